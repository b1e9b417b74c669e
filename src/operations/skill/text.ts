import type { Style } from '../operation.ts';
import { paintDiff } from '../unified-diff.ts';
import type { SkillResult } from './schema.ts';

type Change = SkillResult['changes'][number];

/** Each file with what happens to it; `ahead` when it has not happened yet. */
export function changeLines(
  changes: readonly Change[],
  ahead: boolean,
  style?: Pick<Style, 'bold' | 'dim' | 'good' | 'bad'>,
): readonly string[] {
  const verbs = { created: 'create', changed: 'change', removed: 'remove' } as const;
  return changes.flatMap(({ path, action, lines, diff }) => {
    const done = ahead ? `would ${verbs[action]}` : action;
    const count = action === 'changed' ? '' : ` (${String(lines)} ${lines === 1 ? 'line' : 'lines'})`;
    const head = `${done} ${style?.bold(path) ?? path}${count}`;
    const body = diff === '' ? [] : diff.split('\n');
    return [head, ...body.map((line) => `    ${style === undefined ? line : paintDiff(line, style)}`)];
  });
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
  const lines = [...changeLines(result.changes, result.dryRun, style)];
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
