import { z } from 'zod';
import { noiseResult } from './noise-schema.ts';

/** What `strop inspect` takes. */
export const input = z.object({
  noise: z
    .boolean()
    .default(false)
    .describe(
      'also measure how noisy this machine is, and the smallest effect that can be seen (about a minute)',
    ),
  python: z
    .string()
    .optional()
    .describe(
      'interpreter to describe instead of the one found: a file, an environment, a name on PATH or a version',
    ),
});

/** The input after parsing. */
export type InspectInput = z.infer<typeof input>;

const list = <Item extends z.ZodType>(item: Item): z.ZodReadonly<z.ZodArray<Item>> =>
  z.array(item).readonly();

const evidence = z.object({
  file: z.string().describe('relative to the project'),
  line: z.int().positive().optional().describe('counted from 1'),
});

const fact = <Value extends z.ZodType>(
  value: Value,
): z.ZodObject<{ value: Value; evidence: typeof evidence }> => z.object({ value, evidence });

const text = fact(z.string());
const texts = fact(list(z.string()));

const project = z.object({
  name: text.optional().describe('name of the distribution'),
  root: z.string().describe('absolute path of the project'),
  gitTop: z.string().optional().describe('absolute path of the git working tree'),
  prefix: z.string().describe('the project relative to gitTop'),
  settings: z.string().optional().describe('file that holds settings of strop'),
  workloads: list(z.object({ name: z.string(), kind: z.string(), evidence })).describe(
    'named in the settings',
  ),
});

const interpreter = z.object({
  executable: z.string(),
  version: z.tuple([z.int(), z.int(), z.int()]).readonly(),
  versionText: z.string(),
  implementation: z.string(),
  prefix: z.string(),
  basePrefix: z.string(),
  platform: z.string(),
  abi: z.string(),
  freeThreaded: z.boolean(),
  gil: z.boolean(),
  debugBuild: z.boolean(),
  sitePackages: list(z.string()),
  tools: z.record(z.string(), z.string()).readonly().describe('importable tools with their versions'),
  why: z.string().describe('why this interpreter'),
});

const python = z.object({
  requires: text.optional(),
  targets: list(text.extend({ tool: z.string() })),
  pinned: text.optional(),
  minors: list(z.int()).optional().describe('minor versions of Python 3 that are supported'),
});

const availability = z.object({
  name: z.string(),
  kind: z.enum(['tool', 'feature']),
  status: z.enum(['in', 'partly', 'out', 'unknown']),
  reason: z.string(),
  installed: z.string().optional().describe('version that is importable now'),
});

const manager = z.object({ name: z.string(), evidence, locks: list(evidence) });

const layout = z.object({
  kind: z.enum(['src', 'flat', 'single-module', 'namespace', 'none']),
  sourceRoots: list(z.string()).describe('absolute folders from which the modules are imported'),
  modules: list(z.string()),
  renamed: list(z.object({ module: z.string(), folder: z.string() })),
  extension: z
    .object({ kind: z.string(), evidence, optional: z.boolean(), names: list(z.string()) })
    .optional()
    .describe('how compiled modules come about'),
  evidence: evidence.optional(),
});

const tests = z.object({
  runners: list(text).describe('likeliest first'),
  files: z.int().describe('files that look like tests'),
  pytest: z
    .object({
      evidence,
      style: z.enum(['ini', 'toml', 'native-toml']),
      addopts: text.optional(),
      markers: list(text),
      testpaths: texts.optional(),
      pythonFiles: texts.optional(),
      pythonFunctions: texts.optional(),
      pythonClasses: texts.optional(),
    })
    .optional(),
});

const benchmark = z.object({
  kind: z.enum([
    'pytest-benchmark',
    'pytest-codspeed',
    'asv',
    'pyperf',
    'timeit',
    'profiling-script',
    'folder',
  ]),
  evidence,
  count: z.int().optional(),
  detail: z.string(),
});

const git = z.object({
  top: z.string(),
  commit: z.string().optional(),
  branch: z.string().optional(),
  shallow: z.boolean(),
  changed: z.int(),
  untracked: z.int(),
  unmerged: z.int(),
  submodules: list(z.string()),
  underway: z.string().optional(),
  trouble: z.string().optional(),
});

const machine = z.object({
  system: z.string(),
  arch: z.string(),
  cpuModel: z.string(),
  cores: z.int(),
  cpuLimit: z.number().optional().describe("CPUs' worth of time that the container may use"),
  memoryBytes: z.number(),
  load: z.number().optional().describe('one-minute load average'),
  counters: z.object({ available: z.boolean(), reason: z.string() }),
  ptrace: z.object({
    allowed: z.enum(['same-user', 'own-children', 'root', 'nobody', 'unknown']),
    reason: z.string(),
  }),
  governor: z.string().optional(),
  boost: z.boolean().optional(),
  runDelay: z.boolean().describe('the kernel tells how long a process waited for a core'),
  addressRandomization: z.int().optional(),
  inside: z.string().optional().describe('container or virtual machine'),
});

/** The null measured on this machine: pairs of the same code. */
/** What `strop inspect` answers. */
export const result = z.object({
  kind: z.literal('inspection'),
  version: z.literal(1),
  project,
  interpreter,
  python,
  availability: list(availability),
  managers: list(manager).describe('likeliest first'),
  backend: text.extend({ family: z.string() }).optional().describe('build backend'),
  layout,
  tests,
  benchmarks: list(benchmark),
  git: git.optional(),
  machine,
  noise: noiseResult.optional().describe('what identical code does here, if that was asked'),
  doubts: list(z.object({ code: z.string(), text: z.string() })),
});

/** The result. */
export type Inspection = z.infer<typeof result>;
