import { posix } from 'node:path';
import type { Doubt } from '#base';
import type { Host } from '#host';
import { bytecodeFolder } from '#measuring';
import type { Both } from '#measuring';
import { walkFiles } from '#project';
import type { Side } from '#revisions';

/** Folders of tests and benchmarks: what else lies in them serves to measure. */
const SERVING = /^(tests?|testing|(asv_)?bench.*)$/i;

/** Other tests are no support, except where somebody imports them. */
const TEST_FILE = /^(test_.*|.*_tests?)\.py$/;

/** Files beyond these are no benchmark's folder: nobody wants to wait for them to be read. */
const LIMITS = { depth: 5, entries: 5000 };

/** Names in a doubt. */
const MOST_NAMED = 3;

type Place = Pick<Side, 'project' | 'sourceRoots' | 'modules'>;

/** The folder around a benchmark file in which everything serves to measure; undefined where the project's code lies. */
function supportFolder(side: Place, file: string): string | undefined {
  const folders = posix.dirname(file).split('/');
  if (folders[0] === '.' || side.modules.length === 0) return undefined;
  const outermost = folders.findIndex((name) => SERVING.test(name));
  const folder = (outermost < 0 ? folders : folders.slice(0, outermost + 1)).join('/');
  const full = `${side.project}/${folder}/`;
  const isCode = side.sourceRoots.some((root) => {
    const places = side.modules.map((module) => `${root}/${module.replaceAll('.', '/')}/`);
    return `${root}/`.startsWith(full) || (outermost < 0 && places.some((place) => full.startsWith(place)));
  });
  return isCode ? undefined : folder;
}

/**
 * What a benchmark file needs besides the project, relative to the project: each conftest.py from its folder upwards, and
 * the helper modules and data in the folder of the benchmarks.
 */
export async function listSupport(host: Host, side: Place, file: string): Promise<readonly string[]> {
  const found = new Set<string>();
  for (let folder = posix.dirname(file); ; folder = posix.dirname(folder)) {
    const conftest = posix.join(folder, 'conftest.py');
    if ((await host.files.kind(`${side.project}/${conftest}`)) === 'file') found.add(conftest);
    if (folder === '.') break;
  }
  const folder = supportFolder(side, file);
  if (folder === undefined) return [...found];
  const text = (await host.files.readText(`${side.project}/${file}`)) ?? '';
  for await (const { path, name } of walkFiles(host, `${side.project}/${folder}`, LIMITS)) {
    if (TEST_FILE.test(name) && !text.includes(name.slice(0, -3))) continue;
    found.add(`${folder}/${path}`);
  }
  found.delete(file);
  return [...found];
}

/** Puts a file of one project folder into another, and lets nothing compiled of the former one be used. */
export async function placeFile(host: Host, from: string, to: string, file: string): Promise<void> {
  const folder = posix.dirname(`${to}/${file}`);
  await host.files.makeFolder(folder);
  await host.files.copy(`${from}/${file}`, `${to}/${file}`);
  // Looking for benchmarks has compiled the former text. Python takes bytecode for that of a source of the same size and
  // the same second, so the side would go on running its own benchmark.
  await host.files.remove(bytecodeFolder(host, folder));
}

async function isSame(host: Host, one: string, other: string): Promise<boolean> {
  const [first, second] = [await host.files.readBytes(one), await host.files.readBytes(other)];
  if (first === undefined || second === undefined) return first === second;
  return first.length === second.length && first.every((byte, index) => byte === second[index]);
}

/**
 * Makes what serves the benchmark `files` the same on both sides: as in side A, or as in side B when `fromA` is not set;
 * what that side lacks comes from the other one. The copies go into strop's own checkouts. Answers the doubt that names
 * what differed, or undefined.
 */
export async function shareSupport(
  host: Host,
  sides: Both<Place>,
  files: readonly string[],
  fromA: boolean,
): Promise<Doubt | undefined> {
  const [first, second] = fromA ? [sides.a, sides.b] : [sides.b, sides.a];
  const benchmarks = new Set(files);
  const support = new Set<string>();
  for (const file of files) {
    for (const side of [first, second]) {
      for (const each of await listSupport(host, side, file)) if (!benchmarks.has(each)) support.add(each);
    }
  }
  const differing: string[] = [];
  for (const file of support) {
    if (await isSame(host, `${first.project}/${file}`, `${second.project}/${file}`)) continue;
    const has = (await host.files.kind(`${first.project}/${file}`)) !== undefined;
    await placeFile(
      host,
      ...(has ? ([first.project, second.project] as const) : ([second.project, first.project] as const)),
      file,
    );
    differing.push(file);
  }
  if (differing.length === 0) return undefined;
  const named = differing.sort().slice(0, MOST_NAMED).join(', ');
  const more = differing.length > MOST_NAMED ? ` and ${String(differing.length - MOST_NAMED)} more` : '';
  return {
    code: 'yardstick-differs',
    text: `${named}${more} beside the benchmarks differ between the sides: both were measured with side ${fromA ? 'A' : 'B'}'s where it has them.`,
  };
}
