import { formatBytes, formatDuration, formatNumberOf, formatShare } from '#base';
import { formatEvidence } from '#project';
import type { Evidence } from '#project';
import type { Style } from '../operation.ts';
import { clean, showSections, wrap } from './rows.ts';
import type { Row, Section } from './rows.ts';
import type { Inspection } from './schema.ts';

/** More places of one kind than this are counted, not listed. */
const MOST_PLACES = 6;

function at(evidence: Evidence | undefined): string | undefined {
  return evidence === undefined ? undefined : formatEvidence(evidence);
}

/** One fact, or no row when it is not known. */
function known(
  label: string,
  fact: { readonly value: string; readonly evidence: Evidence } | undefined,
): readonly Row[] {
  return fact === undefined ? [] : [{ label, value: fact.value, evidence: at(fact.evidence) }];
}

/** Several rows of which only the first carries the label. */
function group(label: string, rows: readonly Omit<Row, 'label'>[]): readonly Row[] {
  return rows.map((row, index) => ({ ...row, label: index === 0 ? label : '' }));
}

function relativeTo(root: string, path: string): string {
  if (path === root) return '.';
  return path.startsWith(`${root}/`) ? path.slice(root.length + 1) : path;
}

function projectSection(result: Inspection): Section {
  const { project, layout, managers } = result;
  const roots = layout.sourceRoots.map((path) => relativeTo(project.root, path));
  const extension = layout.extension;
  const modules = layout.modules.length === 0 ? 'nothing to import was found' : layout.modules.join(', ');
  return {
    title: `Project${project.name === undefined ? '' : ` ${clean(project.name.value)}`}`,
    rows: [
      { label: 'folder', value: project.root },
      ...group(
        'packages by',
        managers.slice(0, 3).map((manager) => ({
          value: manager.name + (manager.locks.length > 0 ? ', locked' : ''),
          evidence: at(manager.locks[0] ?? manager.evidence),
        })),
      ),
      ...known('built by', result.backend),
      {
        label: 'layout',
        value: `${layout.kind} in ${roots.join(', ')}: ${modules}`,
        evidence: at(layout.evidence) ?? 'seen in the folders',
      },
      ...(extension === undefined
        ? []
        : [
            {
              label: 'compiled',
              value: `${extension.kind}${extension.optional ? ', optional' : ''}`,
              evidence: at(extension.evidence),
            },
          ]),
      ...group(
        'settings',
        project.settings === undefined
          ? []
          : [
              { value: project.settings },
              ...project.workloads.map((one) => ({
                value: `workload ${one.name}`,
                evidence: at(one.evidence),
              })),
            ],
      ),
    ],
  };
}

function pythonSection(result: Inspection): Section {
  const { interpreter, python } = result;
  const traits = [
    interpreter.implementation === 'cpython' ? '' : interpreter.implementation,
    interpreter.freeThreaded ? `free-threaded${interpreter.gil ? ' with the lock on' : ''}` : '',
    interpreter.debugBuild ? 'debug build' : '',
  ].filter((trait) => trait !== '');
  const features = result.availability.filter((one) => one.kind === 'feature');
  const names = (status: string): string =>
    features
      .filter((one) => one.status === status)
      .map((one) => one.name)
      .join(', ');
  const rules = (['in', 'partly', 'out', 'unknown'] as const).flatMap((status): Row[] => {
    const label = { in: 'may use', partly: 'newer only', out: 'may not use', unknown: 'may use or not' }[
      status
    ];
    return names(status) === '' ? [] : [{ label, value: names(status) }];
  });
  return {
    title: `Python ${interpreter.versionText}${traits.length === 0 ? '' : ` (${traits.join(', ')})`}`,
    rows: [
      { label: 'interpreter', value: interpreter.executable, evidence: interpreter.why },
      ...known('requires', python.requires),
      ...group(
        'written for',
        python.targets.map((one) => ({ value: `${one.tool}: ${one.value}`, evidence: at(one.evidence) })),
      ),
      ...known('pinned', python.pinned),
      ...rules,
    ],
  };
}

function toolsSection(result: Inspection): Section {
  const tools = result.availability.filter((one) => one.kind === 'tool');
  const ready = tools.filter((one) => one.status === 'in');
  const row = (one: (typeof tools)[number]): string =>
    one.installed === undefined || one.installed === '' ? one.name : `${one.name} ${one.installed}`;
  // What comes with Python has no version of its own.
  const bundled = new Set([
    'cProfile',
    'tracemalloc',
    'sys.monitoring',
    'perf trampoline',
    'sys.remote_exec',
    'profiling.sampling',
  ]);
  const here = ready.filter((one) => one.installed !== undefined || bundled.has(one.name));
  const installable = ready.filter((one) => !here.includes(one));
  return {
    title: 'Measuring tools',
    rows: [
      ...(here.length === 0
        ? []
        : [{ label: 'at hand', value: here.map(row).join(', '), mood: 'good' as const }]),
      ...(installable.length === 0 ? [] : [{ label: 'installable', value: installable.map(row).join(', ') }]),
      ...group(
        'ruled out',
        tools.filter((one) => one.status === 'out').map((one) => ({ value: one.name, evidence: one.reason })),
      ),
    ],
  };
}

function testsSection(result: Inspection): Section {
  const { tests } = result;
  const pytest = tests.pytest;
  const lists = (
    label: string,
    fact: { value: readonly string[]; evidence: Evidence } | undefined,
  ): readonly Row[] =>
    fact === undefined ? [] : known(label, { value: fact.value.join(' '), evidence: fact.evidence });
  // Where it can be imported strop runs the suite with it, whatever the files say.
  const version = result.interpreter.tools['pytest'];
  const preferred: readonly Row[] =
    version === undefined || tests.files === 0 || tests.runners.some(({ value }) => value === 'pytest')
      ? []
      : [{ label: 'strop runs', value: `them by pytest ${version}, which is installed` }];
  return {
    title: 'Tests',
    rows: [
      ...group(
        'run by',
        tests.runners.length === 0
          ? [
              {
                value: tests.files === 0 ? 'no tests were found' : 'nothing says what runs them',
                mood: 'warn' as const,
              },
            ]
          : tests.runners.map((one) => ({ value: one.value, evidence: at(one.evidence) })),
      ),
      ...preferred,
      { label: 'test files', value: String(tests.files) },
      ...known('addopts', pytest?.addopts),
      ...lists('testpaths', pytest?.testpaths),
      ...lists('file names', pytest?.pythonFiles),
      ...lists('functions', pytest?.pythonFunctions),
      ...lists('classes', pytest?.pythonClasses),
      ...group(
        'markers',
        (pytest?.markers ?? []).map((one) => ({ value: one.value, evidence: at(one.evidence) })),
      ),
    ],
  };
}

const KINDS: Readonly<Record<Inspection['benchmarks'][number]['kind'], string>> = {
  'pytest-benchmark': 'pytest-benchmark',
  'pytest-codspeed': 'pytest-codspeed',
  asv: 'asv',
  pyperf: 'pyperf',
  timeit: 'timeit',
  'profiling-script': 'profiling',
  folder: 'folders',
};

function benchmarksSection(result: Inspection): Section {
  const rows = (Object.keys(KINDS) as (keyof typeof KINDS)[]).flatMap((kind) => {
    const found = result.benchmarks.filter((one) => one.kind === kind);
    const more = found.length - MOST_PLACES;
    return group(KINDS[kind], [
      ...found.slice(0, MOST_PLACES).map((one) => ({ value: one.detail, evidence: at(one.evidence) })),
      ...(more > 0 ? [{ value: `and ${more} more` }] : []),
    ]);
  });
  const none: Row = { label: 'found', value: 'none; `strop scaffold` writes one', mood: 'warn' };
  return { title: 'Benchmarks', rows: rows.length === 0 ? [none] : rows };
}

function gitSection(result: Inspection): Section {
  const git = result.git;
  if (git === undefined) {
    const value = 'not a git repository: revisions cannot be compared';
    return { title: 'Git', rows: [{ label: 'state', value, mood: 'warn' }] };
  }
  const counts = [
    [git.changed, 'changed'],
    [git.untracked, 'untracked'],
    [git.unmerged, 'in conflict'],
  ] as const;
  const dirty = counts.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`);
  const remarks = [
    git.shallow ? 'shallow: older revisions may be missing' : '',
    git.underway === undefined ? '' : `a ${git.underway} is under way`,
  ].filter((remark) => remark !== '');
  return {
    title: 'Git',
    rows: [
      ...(git.trouble === undefined
        ? [
            {
              label: 'at',
              value: `${git.branch ?? 'detached HEAD'}, ${git.commit === undefined ? 'no commit yet' : git.commit.slice(0, 12)}`,
            },
            {
              label: 'files',
              value: dirty.length === 0 ? 'clean' : dirty.join(', '),
              mood: git.unmerged > 0 ? ('bad' as const) : undefined,
            },
          ]
        : [{ label: 'trouble', value: git.trouble, mood: 'bad' as const }]),
      ...group(
        'beware',
        remarks.map((value) => ({ value, mood: 'warn' as const })),
      ),
      ...(git.submodules.length === 0 ? [] : [{ label: 'submodules', value: git.submodules.join(', ') }]),
      ...(result.project.prefix === '' ? [] : [{ label: 'project in', value: result.project.prefix }]),
    ],
  };
}

function machineSection(result: Inspection): Section {
  const { machine } = result;
  const busy = machine.load !== undefined && machine.load > machine.cores / 2;
  const limit = machine.cpuLimit === undefined ? '' : `, limited to ${machine.cpuLimit}`;
  const clock = [
    machine.governor === undefined ? '' : `governor ${machine.governor}`,
    machine.boost === undefined ? '' : `boost ${machine.boost ? 'on' : 'off'}`,
  ].filter((part) => part !== '');
  const inside = machine.inside === undefined ? '' : `, ${machine.inside}`;
  return {
    title: 'Machine',
    rows: [
      { label: 'system', value: `${machine.system}, ${machine.arch}${inside}` },
      {
        label: 'processor',
        value: `${machine.cpuModel}, ${formatNumberOf(machine.cores, 'core')}${limit}, ${formatBytes(machine.memoryBytes)}`,
      },
      ...(machine.load === undefined
        ? []
        : [
            {
              label: 'load',
              value: machine.load.toFixed(2) + (busy ? ': busy, measurements will take longer' : ''),
              mood: busy ? ('warn' as const) : undefined,
            },
          ]),
      ...(clock.length === 0 ? [] : [{ label: 'clock', value: clock.join(', ') }]),
      {
        label: 'counters',
        value: machine.counters.available ? 'yes' : 'no',
        evidence: machine.counters.reason,
      },
      { label: 'ptrace', value: machine.ptrace.allowed.replace('-', ' '), evidence: machine.ptrace.reason },
      {
        label: 'run queue',
        value: machine.runDelay ? 'the kernel tells waiting times' : 'waiting times are not told',
      },
    ],
  };
}

function seen(effect: number | null): string {
  return effect === null ? 'nothing' : formatShare(effect);
}

function noiseSection(result: Inspection): Section {
  return {
    title: 'Noise: the same code measured against itself',
    rows: (result.noise ?? []).map((one) => ({
      label: formatDuration(one.iterationNs),
      value: `${one.workload}: pairs scatter by ${formatShare(one.pairSd)}; a change of ${seen(one.detectableIn15s)} is seen in 15 s, of ${seen(one.detectableIn60s)} in 60 s`,
      evidence: `${String(one.pairs)} pairs, ${formatDuration(one.secondsPerPair * 1e9)} each, at most ${formatShare(one.worst)} apart${one.changed ? '; called different: a false alarm' : ''}`,
      mood: one.changed ? ('bad' as const) : undefined,
    })),
  };
}

/** The inspection as grouped, aligned lines; what says so stands dimmed behind each fact. */
export function inspectionText(result: Inspection, style: Style): readonly string[] {
  const sections = [
    projectSection(result),
    pythonSection(result),
    testsSection(result),
    benchmarksSection(result),
    toolsSection(result),
    gitSection(result),
    machineSection(result),
    noiseSection(result),
  ];
  const doubts = result.doubts.flatMap((doubt) =>
    wrap(clean(doubt.text), style.width - 2).map((line, index) =>
      style.warn(`${index === 0 ? '!' : ' '} ${line}`),
    ),
  );
  return [...showSections(sections, style), ...(doubts.length === 0 ? [] : ['', ...doubts])];
}
