import { FACES, FAMILIES, MODULES, PURE_NODE, TESTS } from './architecture.mjs';

const either = (words) => `(${words.join('|')})`;
const inside = (names) => `^src/${either(names)}/`;
const PACKAGE = ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-bundled', 'npm-no-pkg', 'npm-unknown'];

const borders = MODULES.map(({ name, what, mayImport }) => ({
  name: `border-of-${name}`,
  comment:
    `${name} is: ${what}. It may import ${mayImport.length === 0 ? 'no other module' : mayImport.join(', ')}. ` +
    'If it needs more, the code probably belongs into the module that it wants to import, or into an operation, ' +
    'which joins modules. Types count: whoever knows the type changes with it.',
  severity: 'error',
  from: { path: inside([name]), pathNot: TESTS },
  to: { path: '^src/', pathNot: inside([name, ...mayImport]) },
}));

const packages = MODULES.map(({ name, packages: allowed }) => ({
  name: `packages-of-${name}`,
  comment:
    `${name} may use ${allowed.length === 0 ? 'no package of the registry' : allowed.join(', ')}. Each package is ` +
    'something to keep up with and weight at the start: name it in architecture.mjs when it earns its place.',
  severity: 'error',
  from: { path: inside([name]), pathNot: TESTS },
  to: {
    dependencyTypes: PACKAGE,
    ...(allowed.length === 0 ? {} : { pathNot: `node_modules/${either(allowed)}/` }),
  },
}));

const siblings = FAMILIES.map((family) => ({
  name: `siblings-in-${family.replace('/', '-')}`,
  comment:
    `Each folder in ${family} is an extension that can be added or removed alone. What two of them share belongs ` +
    `into ${family} itself or one module down.`,
  severity: 'error',
  from: { path: `^src/${family}/([^/]+)/`, pathNot: TESTS },
  to: { path: `^src/${family}/[^/]+/`, pathNot: `^src/${family}/$1/` },
}));

const named = (node) => MODULES.filter((module) => module.node === node).map(({ name }) => name);

export default {
  forbidden: [
    ...borders,
    ...packages,
    ...siblings,
    {
      name: 'module-is-known',
      comment:
        'A new folder in src/ needs its row in architecture.mjs before it has code: what it is, whom it may import.',
      severity: 'error',
      from: { path: '^src/[^/]+/', pathNot: inside(MODULES.map(({ name }) => name)) },
      to: {},
    },
    {
      name: 'face-only',
      comment:
        "Across modules only through the face: import { x } from '#verdict', which is src/verdict/index.ts. What is " +
        'not exported there is free to change without asking.',
      severity: 'error',
      from: { path: '^src/([^/]+)/', pathNot: TESTS },
      to: { path: '^src/', pathNot: ['^src/$1/', `^src/${either(FACES)}$`] },
    },
    {
      name: 'main-through-faces',
      comment: 'main.ts wires modules together by their faces, like everybody else.',
      severity: 'error',
      from: { path: '^src/main\\.ts$' },
      to: { path: '^src/', pathNot: `^src/${either(FACES)}$` },
    },
    {
      name: 'thinking-without-node',
      comment: `${named('none').join(', ')} think and also run in a browser: nothing of Node, not even as a type.`,
      severity: 'error',
      from: { path: inside(named('none')), pathNot: TESTS },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'world-through-host',
      comment:
        'Files, processes, time and chance are reached through the Host that an operation is given, so that a test ' +
        'can script them. Only host and surfaces touch Node itself.',
      severity: 'error',
      from: { path: inside(named('pure')), pathNot: TESTS },
      to: { dependencyTypes: ['core'], pathNot: `^(node:)?${either(PURE_NODE)}$` },
    },
    {
      name: 'no-test-in-production',
      comment: 'Production code does not lean on tests, nor on what is made for tests.',
      severity: 'error',
      from: { pathNot: TESTS },
      to: { path: `^src/.*${TESTS}` },
    },
    {
      name: 'no-cycle',
      comment:
        'Files that import each other in a circle can only be understood, tested and loaded all at once.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'resolves',
      comment:
        'This import leads nowhere: a typing mistake, a deleted file, or a package that is not installed.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-orphan',
      comment: 'Nobody imports this file and it imports nobody: it is forgotten.',
      severity: 'error',
      from: { orphan: true, pathNot: [TESTS, '\\.d\\.[mc]?ts$'] },
      to: {},
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // Type imports tie modules together as much as others do.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
