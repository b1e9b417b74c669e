import { formatBytes } from '#base';
import type { Style } from '../operation.ts';
import type { ToolsResult } from './schema.ts';

type Tool = ToolsResult['tools'][number];

/** What was done, then one line for each tool with what strop wants it for below. */
export function toolsText(result: ToolsResult, style: Style): readonly string[] {
  const done = result.done.map(
    ({ name, version, python, what }) => `${style.good(what)}: ${name} ${version} for Python ${python}`,
  );
  if (result.action === 'remove' && done.length === 0) return ['Nothing of that is installed.'];
  if (result.action !== 'list')
    return done.length === 0 ? ['Nothing is installed that could be updated.'] : done;
  const width = Math.max(...result.tools.map((tool) => tool.name.length)) + 2;
  const heading =
    result.python === null
      ? 'Tools (no Python was found here)'
      : `Tools for Python ${result.python.version} (${result.python.executable})`;
  return [
    style.bold(heading),
    ...result.tools.flatMap((tool) => [
      `  ${tool.name.padEnd(width)}${(tool.wanted ?? '-').padEnd(9)}${describeState(tool, style)}`,
      `  ${''.padEnd(width)}${style.dim(tool.why)}`,
    ]),
    '',
    style.dim(`They lie in ${result.folder}; your project and its environment are never changed.`),
  ];
}

function describeState(tool: Tool, style: Style): string {
  const places = tool.installed
    .map(({ version, python, bytes }) => `${version} for ${python}, ${formatBytes(bytes)}`)
    .join('; ');
  const behind = places === '' ? '' : ` (${places})`;
  if (tool.state === 'installed') return `${style.good('installed')}${behind}`;
  if (tool.state === 'in the environment') return `${style.good("in the project's environment")}${behind}`;
  if (tool.state === 'outdated') return `${style.warn('outdated')}${behind}`;
  return `not installed, about ${formatBytes(tool.roughBytes)}${behind}`;
}
