/*
 * Who may import whom, as data. The rules of dependency-cruiser, the table and the picture in ARCHITECTURE.md, and the
 * tests with planted breaks are all made from this table: change it here, run `npm run arch`, and say why in the commit.
 */

/**
 * @typedef {object} Module
 * @property {string} name folder below src/
 * @property {'thinking' | 'doing' | 'keeping' | 'offering'} ring
 * @property {string} what one line for the table
 * @property {readonly string[]} mayImport other modules, through their faces
 * @property {readonly string[]} packages packages of the registry that production code here may import
 * @property {'none' | 'pure' | 'all'} node which of Node's own modules: none, those that only compute, or all
 */

/** @type {readonly Module[]} */
export const MODULES = [
  {
    name: 'base',
    ring: 'thinking',
    what: 'units, errors, doubts: words that everybody uses',
    mayImport: [],
    packages: [],
    node: 'none',
  },
  {
    name: 'profiles',
    ring: 'thinking',
    what: 'what a profile is and what can be asked of it; `readers/<format>/`',
    mayImport: ['base'],
    packages: [],
    node: 'none',
  },
  {
    name: 'verdict',
    ring: 'thinking',
    what: 'pairs of measurements in; faster, slower, no difference or undecided out',
    mayImport: ['base'],
    packages: [],
    node: 'none',
  },
  {
    name: 'hints',
    ring: 'thinking',
    what: 'advice about hot lines, ranked by what it can gain; `rules/<rule>/`',
    mayImport: ['base', 'profiles'],
    packages: [],
    node: 'none',
  },
  {
    name: 'campaign',
    ring: 'thinking',
    what: 'steps, log and checklist of one effort',
    mayImport: ['base', 'profiles', 'verdict', 'hints'],
    packages: [],
    node: 'none',
  },
  {
    name: 'host',
    ring: 'doing',
    what: 'processes, files, clock and chance, real and scripted: the only way to the outside',
    mayImport: ['base'],
    packages: [],
    node: 'all',
  },
  {
    name: 'tools',
    ring: 'doing',
    what: 'Python packages that strop itself needs, kept outside of every project',
    mayImport: ['base', 'host'],
    packages: ['zod'],
    node: 'pure',
  },
  {
    name: 'project',
    ring: 'doing',
    what: 'facts about a Python project, each with its evidence',
    mayImport: ['base', 'host'],
    packages: ['zod', 'smol-toml', '@renovatebot/pep440'],
    node: 'pure',
  },
  {
    name: 'workloads',
    ring: 'doing',
    what: 'what is run to be measured, in a form that can be repeated',
    mayImport: ['base', 'host', 'project'],
    packages: [],
    node: 'pure',
  },
  {
    name: 'revisions',
    ring: 'doing',
    what: 'one state of the project as a folder that is ready to run',
    mayImport: ['base', 'host', 'project'],
    // Lock files are compared, also as version ranges, and what an interrupted run left behind is read back.
    packages: ['zod', 'smol-toml', '@renovatebot/pep440'],
    node: 'pure',
  },
  {
    name: 'measuring',
    ring: 'doing',
    what: 'runs workloads on two revisions and yields pairs; knows no statistics',
    mayImport: ['base', 'host', 'workloads', 'revisions'],
    // What a shim sends is checked before it is believed.
    packages: ['zod'],
    node: 'pure',
  },
  {
    name: 'profilers',
    ring: 'doing',
    what: 'drives one Python profiler each, `<tool>/`, and says which reader its output needs',
    mayImport: ['base', 'host', 'workloads', 'revisions', 'measuring', 'profiles', 'tools'],
    packages: [],
    node: 'pure',
  },
  {
    name: 'snapshots',
    ring: 'doing',
    what: 'named runs of pytest-benchmark: taken, read, and compared for the little that they prove',
    mayImport: ['base', 'host', 'project', 'workloads', 'revisions', 'measuring'],
    packages: ['zod'],
    node: 'pure',
  },
  {
    name: 'gates',
    ring: 'doing',
    what: 'what a change must pass besides being faster',
    mayImport: ['base', 'host', 'project', 'workloads', 'revisions', 'measuring', 'campaign', 'tools'],
    packages: ['zod'],
    node: 'pure',
  },
  {
    name: 'store',
    ring: 'keeping',
    what: 'the history on disk: a schema, a version and upgraders for each kind of document',
    mayImport: [
      'base',
      'profiles',
      'verdict',
      'campaign',
      'host',
      'project',
      'workloads',
      'revisions',
      'measuring',
    ],
    packages: ['zod'],
    node: 'pure',
  },
  {
    name: 'comparing',
    ring: 'offering',
    what: 'joins pairs and verdicts: several workloads on two sides under one error rate',
    mayImport: ['base', 'verdict', 'host', 'workloads', 'revisions', 'measuring', 'store'],
    packages: ['zod'],
    node: 'none',
  },
  {
    name: 'operations',
    ring: 'offering',
    what: 'everything that strop can do, each declared once in `<operation>/`; joins the modules above',
    mayImport: [
      'base',
      'profiles',
      'verdict',
      'hints',
      'campaign',
      'host',
      'project',
      'workloads',
      'revisions',
      'measuring',
      'profilers',
      'gates',
      'snapshots',
      'tools',
      'store',
      'comparing',
    ],
    packages: ['zod', 'string-width'],
    node: 'pure',
  },
  {
    name: 'surfaces',
    ring: 'offering',
    what: 'offers all operations to somebody: `cli/`, `mcp/`, later `web/`; no logic of their own',
    mayImport: ['base', 'operations'],
    packages: ['commander', 'picocolors', 'string-width', 'zod', '@modelcontextprotocol/server'],
    node: 'all',
  },
];

/** Files through which other modules may be imported, as regular expressions below src/. */
export const FACES = ['[^/]+/index\\.ts', 'profiles/readers/index\\.ts', 'surfaces/[^/]+/index\\.ts'];

/** Folders whose subfolders are extensions: strangers to each other, so that each can be added and removed alone. */
export const FAMILIES = [
  'profiles/readers',
  'hints/rules',
  'workloads',
  'measuring/meters',
  'profilers',
  'gates',
  'operations',
  'surfaces',
];

/** Node's own modules that compute and do not reach out. `crypto` is here for hashes; chance comes from the host. */
export const PURE_NODE = ['path', 'path/posix', 'path/win32', 'url', 'util', 'buffer', 'crypto', 'zlib'];

/** Tests, and what only tests use; both may import more than the code beside them. */
export const TESTS = '(\\.test\\.ts$|/testing/)';
