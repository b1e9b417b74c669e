import type { Doubt } from '#base';
import type { Host } from '#host';
import type { Both } from '#measuring';
import type { Side } from '#revisions';
import { listSupport, placeFile } from './shared-support.ts';

/**
 * A benchmark that neither state has, but the user's working tree does: it is written after the fact, to compare older
 * states. Puts it on both sides, with what serves it and neither side has. The working tree is only read, and once: both
 * sides get the same copy. `file` is relative to the project. Answers the doubt that says so; none where nothing was taken.
 */
export async function takeFromWorkingTree(
  host: Host,
  { a, b }: Both<Side>,
  file: string,
): Promise<readonly Doubt[]> {
  const has = async (project: string, path: string): Promise<boolean> =>
    (await host.files.kind(`${project}/${path}`)) !== undefined;
  const { original } = a;
  if (original === undefined || (await has(a.project, file)) || (await has(b.project, file))) return [];
  const project = original + a.project.slice(a.root.length);
  if ((await host.files.kind(`${project}/${file}`)) !== 'file') return [];
  const inPlace = {
    project,
    sourceRoots: a.sourceRoots.map((root) => original + root.slice(a.root.length)),
    modules: a.modules,
  };
  for (const each of [file, ...(await listSupport(host, inPlace, file))]) {
    if ((await has(a.project, each)) || (await has(b.project, each))) continue;
    await placeFile(host, project, a.project, each);
    if (a !== b) await placeFile(host, a.project, b.project, each);
  }
  return [
    {
      code: 'yardstick-from-working-tree',
      text: `Neither side has ${file}: both were measured with that of the working tree.`,
    },
  ];
}
