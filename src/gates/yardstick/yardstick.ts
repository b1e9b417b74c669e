import { formatNumberOf } from '#base';
import { posix } from 'node:path';
import type { GateReport } from '#campaign';
import type { Host } from '#host';
import type { ChangedPath, Side } from '#revisions';
import { readDefinitions } from '../definitions.ts';
import { compareTestFiles } from './additions.ts';
import { isAside } from './asides.ts';
import { openClassifier, prefixOf, seenFromProject } from './classify.ts';
import type { YardstickPart } from './classify.ts';
import { copyFromA } from '../restore.ts';
import { compareTables } from './tables.ts';

/** What is to be checked. */
export interface YardstickRequest {
  readonly sides: { readonly a: Side; readonly b: Side };
  /** What differs between the sides, as `changedPaths` of `#revisions` lists it. */
  readonly changed: readonly ChangedPath[];
  /** The user's reason for a changed yardstick, or null. */
  readonly reason: string | null;
}

/** A file of the yardstick that is not the same on both sides. */
export interface YardstickFile {
  /** Relative to the repository, with `/`. */
  readonly path: string;
  /** `added`: a new file, or a former file with new tests in which every former test is as it was. */
  readonly kind: 'changed' | 'removed' | 'added';
  readonly what: YardstickPart;
  /** Whether it changes how the former tests and measurements come out. */
  readonly blocks: boolean;
}

/** The answer of the gate. */
export interface YardstickCheck {
  readonly report: GateReport;
  /** Those that block first. */
  readonly changed: readonly YardstickFile[];
  /**
   * What B adds to the yardstick, relative to the repository: new files, and former ones with new tests. Judged apart from
   * the former tests, which they could reach when both are loaded into one process. Empty when the gate is excused: then
   * B is judged by its own.
   */
  readonly additions: readonly string[];
  /** The change itself: what is neither yardstick nor beside the code (documentation, strop's own log). */
  readonly code: readonly ChangedPath[];
  /**
   * Makes side B's checkout (strop's own copy) use side A's version of every changed file of the yardstick; removed ones
   * come back, added conftest and configuration files go, added tests stay. Does nothing when the gate is excused: then
   * B is judged by its own.
   */
  useSideA(): Promise<void>;
}

interface Finding extends YardstickFile {
  /** What to say about it besides path and kind. */
  readonly note: string;
  readonly restore: boolean;
}

interface Sorted {
  readonly findings: Finding[];
  readonly code: ChangedPath[];
  /** What is told although it is no finding. */
  readonly remarks: string[];
  /** Files that A and B mean alike, restored with the others. */
  readonly quiet: string[];
}

async function sortTables(
  host: Host,
  { sides }: YardstickRequest,
  change: ChangedPath,
  sorted: Sorted,
): Promise<void> {
  const { path } = change;
  const tables = await compareTables(host, `${sides.a.root}/${path}`, `${sides.b.root}/${path}`);
  if (tables.others.length > 0) {
    sorted.remarks.push(`${path}: ${tables.others.join(', ')} differs, which is no part of the yardstick`);
  }
  if (tables.yardstick.length === 0) {
    sorted.code.push(change);
    return;
  }
  const note = tables.yardstick.join(', ');
  sorted.findings.push({ path, kind: change.kind, what: 'configuration', blocks: true, note, restore: true });
}

/** Files that are read to see whether they only add tests: changed Python files that are plain files on both sides. */
async function findReadable(
  host: Host,
  { sides }: YardstickRequest,
  paths: readonly string[],
): Promise<readonly string[]> {
  const readable: string[] = [];
  for (const path of paths) {
    const kinds = [
      await host.files.kind(`${sides.a.root}/${path}`),
      await host.files.kind(`${sides.b.root}/${path}`),
    ];
    if (path.endsWith('.py') && kinds.every((kind) => kind === 'file')) readable.push(path);
  }
  return readable;
}

async function sortChangedTests(
  host: Host,
  request: YardstickRequest,
  files: ReadonlyMap<string, YardstickPart>,
  sorted: Sorted,
): Promise<void> {
  const { a, b } = request.sides;
  const readable = await findReadable(host, request, [...files.keys()]);
  const read = await readDefinitions(
    host,
    a.python,
    readable.flatMap((path) => [
      [`a ${path}`, `${a.root}/${path}`],
      [`b ${path}`, `${b.root}/${path}`],
    ]),
  );
  for (const [path, what] of files) {
    const entry = { path, what, restore: true };
    if (!readable.includes(path)) {
      sorted.findings.push({ ...entry, kind: 'changed', blocks: true, note: '' });
      continue;
    }
    const difference = compareTestFiles(read.get(`a ${path}`), read.get(`b ${path}`));
    const note = difference.clauses.slice(0, 5).join('; ');
    if (difference.quiet) {
      sorted.remarks.push(`${path}: only comments, docstrings or layout (${what})`);
      sorted.quiet.push(path);
    } else if (difference.onlyAdds) {
      sorted.findings.push({ ...entry, kind: 'added', blocks: false, note, restore: false });
    } else sorted.findings.push({ ...entry, kind: 'changed', blocks: true, note });
  }
}

/** A removed file whose content came back elsewhere was renamed: said, because the remedy is another. */
async function findRenames(host: Host, request: YardstickRequest, findings: Finding[]): Promise<void> {
  const { a, b } = request.sides;
  const added = findings.filter(({ kind, restore }) => kind === 'added' && !restore);
  for (const [index, finding] of findings.entries()) {
    if (finding.kind !== 'removed') continue;
    const before = await host.files.readBytes(`${a.root}/${finding.path}`).catch(() => undefined);
    for (const { path } of before === undefined ? [] : added) {
      const after = await host.files.readBytes(`${b.root}/${path}`).catch(() => undefined);
      if (after === undefined || before === undefined || Buffer.compare(before, after) !== 0) continue;
      findings[index] = { ...finding, note: `its content is now ${path}` };
    }
  }
}

/** An `__init__.py` runs before everything in its folder: a new one reaches the tests that lie there already. */
async function runsForFormer(host: Host, a: Side, path: string): Promise<boolean> {
  if (posix.basename(path) !== '__init__.py') return false;
  return (await host.files.kind(`${a.root}/${posix.dirname(path)}`)) === 'folder';
}

async function sortPaths(host: Host, request: YardstickRequest): Promise<Sorted> {
  const classify = await openClassifier(host, request.sides.a);
  const prefix = prefixOf(request.sides.a);
  const sorted: Sorted = { findings: [], code: [], remarks: [], quiet: [] };
  const tests = new Map<string, YardstickPart>();
  for (const change of request.changed) {
    const { path, kind } = change;
    const what = classify(path, kind === 'added');
    if (what === 'tables') await sortTables(host, request, change, sorted);
    else if (what === undefined) {
      if (!isAside(seenFromProject(prefix, path))) sorted.code.push(change);
    } else if (kind === 'changed' && (what === 'test' || what === 'benchmark' || what === 'conftest')) {
      tests.set(path, what);
    } else {
      // What is new and judges for itself leaves the former tests as they were; settings reach all of them.
      const blocks =
        kind !== 'added' ||
        what === 'conftest' ||
        what === 'plugin' ||
        what === 'configuration' ||
        (await runsForFormer(host, request.sides.a, path));
      sorted.findings.push({ path, kind, what, blocks, note: '', restore: blocks });
    }
  }
  await sortChangedTests(host, request, tests, sorted);
  // New tests do not belong into a conftest or __init__ file; whatever is new there reaches all tests.
  for (const [index, finding] of sorted.findings.entries()) {
    const reaches = finding.what === 'conftest' || (await runsForFormer(host, request.sides.a, finding.path));
    if (reaches && !finding.blocks) {
      sorted.findings[index] = { ...finding, kind: 'changed', blocks: true, restore: true };
    }
  }
  await findRenames(host, request, sorted.findings);
  sorted.findings.sort(
    (one, other) => Number(other.blocks) - Number(one.blocks) || (one.path < other.path ? -1 : 1),
  );
  return sorted;
}

function report(sorted: Sorted, reason: string | null): GateReport {
  const blocking = sorted.findings.filter(({ blocks }) => blocks).length;
  const others = sorted.findings.length - blocking;
  const added = others === 0 ? '' : `, ${formatNumberOf(others, 'file')} with new tests or checks`;
  return {
    gate: 'yardstick',
    outcome: blocking === 0 ? 'passed' : reason === null ? 'failed' : 'excused',
    summary:
      blocking === 0
        ? `tests, benchmarks and their configuration are those of A${added}`
        : `${formatNumberOf(blocking, 'file')} of the tests, benchmarks and their configuration changed${added}`,
    details: [
      ...sorted.findings.map(
        ({ path, kind, what, note }) => `${path}: ${kind} (${what})${note === '' ? '' : `: ${note}`}`,
      ),
      ...sorted.remarks,
    ],
    reason: blocking === 0 ? null : reason,
  };
}

/**
 * The yardstick gate: a change is judged by the tests, benchmarks and configuration that were there before it. A changed
 * or removed one fails the gate, and so does a new file that reaches the former tests (conftest, configuration, an
 * `__init__.py` in a folder of theirs); new tests and benchmarks are shown and never block. Of pyproject.toml and setup.cfg only the tables count on which tests and measurements depend. Nothing of
 * the project is run.
 */
export async function checkYardstick(host: Host, request: YardstickRequest): Promise<YardstickCheck> {
  const sorted = await sortPaths(host, request);
  const answer = report(sorted, request.reason);
  const restored = [
    ...sorted.findings.filter(({ restore }) => restore).map(({ path }) => path),
    ...sorted.quiet,
  ];
  return {
    report: answer,
    changed: sorted.findings.map(({ path, kind, what, blocks }) => ({ path, kind, what, blocks })),
    additions:
      answer.outcome === 'excused'
        ? []
        : sorted.findings.filter(({ restore }) => !restore).map(({ path }) => path),
    code: sorted.code.sort((one, other) => (one.path < other.path ? -1 : 1)),
    useSideA: async () => {
      if (answer.outcome !== 'excused') await copyFromA(host, request.sides, restored);
    },
  };
}
