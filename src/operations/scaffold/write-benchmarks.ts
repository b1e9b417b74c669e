import { posix, relative, sep } from 'node:path';
import { StropError } from '#base';
import { readFacts } from '#project';
import type { Facts, Interpreter } from '#project';
import type { OpenedProject } from '../opened-project.ts';
import { findPlaceholder } from '../placeholder-remark.ts';
import type { Context } from '../operation.ts';
import { lacksBenchmarkPlugin, tellBenchmarkPlugin } from '../benchmark-plugin.ts';
import { unifiedDiff } from '../unified-diff.ts';
import { writeBenchmarkFile } from './benchmark-file.ts';
import type { NamedBenchmark } from './benchmark-file.ts';
import { planBenchmark, snakeCase } from './benchmark.ts';
import { baselineCommand, chooseCommands } from '../project-commands.ts';
import { quoteWord } from '../shell-words.ts';
import { MARKER, planRegistration } from './marker.ts';
import { createModuleReader } from './modules.ts';
import { createNames } from './names.ts';
import { choosePlace, findTestFolder, listPythonFiles, readOutput, refuseExisting } from './place.ts';
import { resolveTarget } from './resolve.ts';
import type { Resolved } from './resolve.ts';
import type { ScaffoldInput, ScaffoldResult } from './schema.ts';
import { readTestStyle } from './style.ts';
import type { Target } from './targets.ts';
import { createTestNames } from './test-names.ts';
import type { TestNames } from './test-names.ts';
import { writeAll } from './write.ts';

/** Test files that are looked at for their style: more would say the same. */
const MOST_SAMPLES = 40;

/** What the file is named after: its only target, else the module that they share, else their package. */
function stemOf(targets: readonly Resolved[]): string {
  const [first] = targets;
  if (first === undefined) return 'performance';
  if (targets.length === 1) return first.path.map(snakeCase).join('_');
  const shared = targets.every(({ module }) => module === first.module);
  return snakeCase((shared ? first.module.split('.').at(-1) : first.module.split('.')[0]) ?? first.module);
}

/** The test files next to where the new one comes, then all others. */
async function listSamples(
  root: string,
  context: Context,
  facts: Facts,
  place: string,
  names: TestNames,
): Promise<readonly string[]> {
  const { host } = context;
  const folders = [posix.dirname(place), (await findTestFolder(host, root, facts)) ?? 'tests'];
  const found: string[] = [];
  for (const folder of folders) {
    if (folder === '.') continue;
    for (const file of await listPythonFiles(host, root, folder, 10 * MOST_SAMPLES)) {
      if (names.collects(file) && !found.includes(file)) found.push(file);
    }
  }
  return found.slice(0, MOST_SAMPLES).map((file) => posix.join(root, file));
}

/** Gives each benchmark a name of its own. */
function nameTests(
  names: TestNames,
  benchmarks: readonly NamedBenchmark['benchmark'][],
): readonly NamedBenchmark[] {
  const taken = new Set<string>();
  return benchmarks.map((benchmark) => {
    let name = names.function(benchmark.stem);
    for (let number = 2; taken.has(name); number += 1) name = names.function(`${benchmark.stem}_${number}`);
    taken.add(name);
    return { name, benchmark };
  });
}

/** The command that has to come before anything can run; undefined when nothing is missing. */
function missingPackages(interpreter: Interpreter): readonly string[] {
  return [
    ['pytest', 'pytest'],
    ['pytest_benchmark', 'pytest-benchmark'],
  ].flatMap(([module = '', name = '']) => (interpreter.tools[module] === undefined ? [name] : []));
}

/** Whether pytest without a path comes across a file. */
function runsByItself(facts: Facts, path: string): boolean {
  const config = facts.tests.pytest;
  const base = posix.dirname(config?.evidence.file ?? 'pytest.ini');
  const folders = (config?.testpaths?.value ?? []).map((folder) =>
    posix.join(base, folder).replace(/\/$/, ''),
  );
  return folders.length === 0 || folders.some((folder) => folder === '.' || path.startsWith(`${folder}/`));
}

/** Writes one benchmark file for the targets, or says what would be written. */
export async function writeBenchmarks(
  context: Context,
  { project, settings, interpreter }: OpenedProject,
  targets: readonly Target[],
  input: Pick<ScaffoldInput, 'output' | 'dryRun'>,
): Promise<Omit<ScaffoldResult, 'candidates' | 'profile'>> {
  const { host, signal } = context;
  context.progress({ kind: 'step', text: 'reading the project' });
  const facts = await readFacts(host, project, interpreter, settings.sourceRoots);
  const root = project.root.replaceAll('\\', '/');
  const reader = createModuleReader(host, interpreter, root, facts.layout);
  const resolved: Resolved[] = [];
  for (const target of targets) resolved.push(await resolveTarget(reader, target));

  const testNames = createTestNames(facts.tests.pytest);
  const stem = stemOf(resolved);
  const path =
    input.output === undefined
      ? await choosePlace(host, root, facts, testNames, stem)
      : await readOutput(host, root, input.output, testNames, stem);
  await refuseExisting(host, root, path);

  const samples = await listSamples(root, context, facts, path, testNames);
  const style = await readTestStyle(host, interpreter, root, samples, facts.layout.modules);
  const names = createNames(style.imports, testNames.isTest);
  const quote = (text: string): string => `${style.quote}${text}${style.quote}`;
  const benchmarks = [];
  for (const one of resolved) benchmarks.push(await planBenchmark({ reader, names, quote }, one));
  const tests = nameTests(testNames, benchmarks);
  const className = style.classes ? testNames.className : undefined;
  const missing = missingPackages(interpreter);
  const fixtureType = interpreter.tools['pytest_benchmark'] !== undefined;
  const content = writeBenchmarkFile({ tests, className, names, style, fixtureType });

  const { edit, note } = await planRegistration(host, project, facts.tests.pytest, path);
  if (signal.aborted) {
    throw new StropError({
      code: 'interrupted',
      problem: 'stopped before anything was written',
      remedy: 'Run the same command again.',
    });
  }
  if (!input.dryRun) await writeAll(host, root, edit, { path, content });

  const commands = await chooseCommands(host, project, interpreter, facts);
  const workloads = tests.map(({ name }) =>
    [path, ...(className === undefined ? [] : [className]), name].join('::'),
  );
  const baseline = await baselineCommand(host, root, facts, commands, path, MARKER);
  const install = missing.length === 0 ? undefined : commands.add(missing);
  const excluded = /\bnot\s+slow\b/.test(facts.tests.pytest?.addopts?.value ?? '');
  const added = [path, ...(edit === undefined ? [] : [edit.path])];
  const notes = [
    ...(findPlaceholder(content) !== undefined
      ? [`The values marked TODO in ${path} are placeholders: put real data there before you measure.`]
      : []),
    ...benchmarks.flatMap((benchmark) => benchmark.notes),
    ...(note === undefined ? [] : [note]),
    ...(testNames.collects(path)
      ? []
      : [
          `pytest does not find ${path} by itself, since its name does not fit python_files: name it on the command line.`,
        ]),
    ...(excluded || baseline.includes('--runslow') || !runsByItself(facts, path)
      ? []
      : [`A plain pytest runs the benchmarks, too; -m 'not ${MARKER}' leaves them out.`]),
    `Without strop the baseline is: ${baseline}${install === undefined ? '' : `; it needs ${missing.join(' and ')} (${install})`}`,
    `After a change, strop step judges it; strop compare only measures: strop compare --workload ${quoteWord(workloads[0] ?? path)}`,
    ...((await lacksBenchmarkPlugin(host, interpreter))
      ? [`${tellBenchmarkPlugin(commands.add(['pytest-benchmark']))}.`]
      : []),
  ];
  const below = relative(root, (await host.files.real(host.cwd)) ?? host.cwd)
    .split(sep)
    .filter((part) => part !== '');
  const back = below.length === 0 ? '' : `cd ${below.map(() => '..').join('/')} && `;
  return {
    kind: 'scaffold',
    version: 1,
    dryRun: input.dryRun,
    files: [
      ...(edit === undefined
        ? []
        : [
            edit.before === undefined
              ? { path: edit.path, action: 'created' as const, content: edit.afterText }
              : {
                  path: edit.path,
                  action: 'changed' as const,
                  diff: unifiedDiff(edit.path, edit.beforeText, edit.afterText),
                },
          ]),
      { path, action: 'created' as const, content },
    ],
    written: input.dryRun ? [] : [path],
    workloads,
    notes,
    // strop measures benchmarks itself; of what may be missing it needs pytest alone. A baseline is of HEAD.
    next:
      back +
      (missing.includes('pytest') && install !== undefined
        ? install
        : `git add ${added.map(quoteWord).join(' ')} && git commit -m 'Add a benchmark' && strop baseline`),
  };
}
