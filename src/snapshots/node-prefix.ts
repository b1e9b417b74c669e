import { sep } from 'node:path';
import type { Host } from '#host';
import { readPytestConfig } from '#project';
import type { ProjectRoot } from '#project';

/**
 * What full names of benchmarks have before the path within the project: pytest names tests relative to the folder of its
 * settings, which in a monorepo may lie above the project (`packages/shop/`). Empty where both are the same.
 */
export async function findNodePrefix(host: Host, project: ProjectRoot): Promise<string> {
  const config = await readPytestConfig(host, project);
  const up = /^(?:\.\.\/)*/.exec(config?.evidence.file ?? '')?.[0].length ?? 0;
  if (up === 0) return '';
  const folders = project.root.split(sep);
  return `${folders.slice(-up / '../'.length).join('/')}/`;
}
