import type { Style } from '../operation.ts';
import { paintDiff } from '../unified-diff.ts';
import type { SkillResult } from './schema.ts';

type Change = SkillResult['changes'][number];

type Paint = Pick<Style, 'bold' | 'dim' | 'good' | 'bad'>;

function count(number: number, thing: string): string {
  return `${String(number)} ${thing}${number === 1 ? '' : 's'}`;
}

/**
 * What happens to each file, with its diff; whole files of a skill are one line for each of the folders. `ahead` when it
 * has not happened yet.
 */
export function changeLines(
  changes: readonly Change[],
  folders: readonly string[],
  ahead: boolean,
  style?: Paint,
): readonly string[] {
  const verbs = { created: 'would create', changed: 'would change', removed: 'would remove' } as const;
  const line = (action: Change['action'], path: string, behind: string): string =>
    `${ahead ? verbs[action] : action} ${style?.bold(path) ?? path}${behind}`;
  const lines: string[] = [];
  const told = new Set<string>();
  for (const { path, action, lines: length, diff } of changes) {
    const folder = diff === '' ? folders.find((each) => path.startsWith(`${each}/`)) : undefined;
    if (folder === undefined) {
      lines.push(line(action, path, action === 'changed' ? '' : ` (${count(length, 'line')})`));
      const body = diff === '' ? [] : diff.split('\n');
      lines.push(...body.map((each) => `    ${style === undefined ? each : paintDiff(each, style)}`));
      continue;
    }
    if (told.has(`${action} ${folder}`)) continue;
    told.add(`${action} ${folder}`);
    const alike = changes.filter(
      (each) => each.action === action && each.diff === '' && each.path.startsWith(`${folder}/`),
    );
    const sum = alike.reduce((total, each) => total + each.lines, 0);
    lines.push(line(action, folder, ` (${count(alike.length, 'file')}, ${count(sum, 'line')})`));
  }
  return lines;
}

function stateLines({ agents, folder }: SkillResult, style: Style): readonly string[] {
  const width = Math.max(...agents.map(({ label }) => label.length)) + 2;
  return [
    style.bold(`The skill and MCP server of strop in ${folder}`),
    ...agents.flatMap(({ label, state, used, skill, config, why }) => [
      `  ${label.padEnd(width)}${state}${used ? '' : style.dim(' (no sign of it here)')}`,
      `  ${''.padEnd(width)}${style.dim(config === null ? skill : `${skill}, ${config}`)}`,
      ...why.map((line) => `  ${''.padEnd(width)}${style.warn(line)}`),
    ]),
  ];
}

/** What was or would be written, what stays, and what to know. */
export function skillText(result: SkillResult, style: Style): readonly string[] {
  if (result.action === 'list') return stateLines(result, style);
  const folders = result.agents.map(({ skill }) => skill);
  const lines = [...changeLines(result.changes, folders, result.dryRun, style)];
  lines.push(...result.kept.map(({ path, why }) => `${style.warn('kept')} ${style.bold(path)}: ${why}`));
  if (lines.length === 0) {
    const labels = result.agents.map(({ label }) => label).join(', ');
    lines.push(
      result.action === 'install'
        ? `Nothing to do: up to date for ${labels}.`
        : 'Nothing of strop is installed here.',
    );
  }
  if (result.notes.length > 0) lines.push('', ...result.notes.map((note) => `- ${note}`));
  return lines;
}
