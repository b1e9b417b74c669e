/** What the file has to import, collected while its code is written. */
export interface Names {
  /** The code for a dotted name of a module of the project; notes the import. */
  use(module: string, path: readonly string[]): string;
  /** The same for another module: `import asyncio`, or `from pathlib import Path` with a name. */
  useOther(group: 'standard' | 'third-party', module: string, name?: string): string;
  /** Names that the imports bind at the top of the file. */
  bound(): ReadonlySet<string>;
  /** The import statements of one group, sorted: modules first, then names by module. */
  statements(group: ImportGroup): readonly ImportStatement[];
}

/** The groups in which imports stand, in this order. */
export type ImportGroup = 'standard' | 'third-party' | 'own';

/** `import module`, or `from module import names`. */
export interface ImportStatement {
  readonly module: string;
  readonly names: readonly string[];
}

/** Names that a file of benchmarks uses itself, and so must not be hidden by an import. */
const TAKEN = new Set(['benchmark', 'self', 'pytest', 'asyncio', 'annotations', 'Any', 'BenchmarkFixture']);

/**
 * Collects imports. `style` is how the project's tests import its modules; a name that pytest would take for a test, or
 * that is bound already, is reached through its module in any case.
 */
export function createNames(style: 'from' | 'module', isTestName: (name: string) => boolean): Names {
  const modules = new Map<string, ImportGroup>();
  const from = new Map<string, { readonly group: ImportGroup; readonly names: Set<string> }>();
  const owner = new Map<string, string>();

  const bind = (name: string, module: string): boolean => {
    const former = owner.get(name);
    if (former === undefined) owner.set(name, module);
    return former === undefined || former === module;
  };
  const useModule = (group: ImportGroup, module: string): string => {
    modules.set(module, group);
    // `import a.b` binds `a`, and several modules of one package share that.
    owner.set(module.split('.')[0] ?? module, `${module.split('.')[0] ?? module}.*`);
    return module;
  };
  const useName = (group: ImportGroup, module: string, name: string): string | undefined => {
    if (!bind(name, module)) return undefined;
    const entry = from.get(module) ?? { group, names: new Set<string>() };
    entry.names.add(name);
    from.set(module, entry);
    return name;
  };

  return {
    use(module, path) {
      const [first = '', ...rest] = path;
      const plain = style === 'from' && !TAKEN.has(first) && !isTestName(first);
      const start = plain ? useName('own', module, first) : undefined;
      return [start ?? `${useModule('own', module)}.${first}`, ...rest].join('.');
    },
    useOther(group, module, name) {
      if (name === undefined) return useModule(group, module);
      return useName(group, module, name) ?? `${useModule(group, module)}.${name}`;
    },
    bound: () => new Set(owner.keys()),
    statements(group) {
      const plain = [...modules].flatMap(([module, its]) => (its === group ? [{ module, names: [] }] : []));
      const named = [...from].flatMap(([module, its]) =>
        its.group === group ? [{ module, names: [...its.names].sort(compareNames) }] : [],
      );
      const byModule = (a: ImportStatement, b: ImportStatement): number => (a.module < b.module ? -1 : 1);
      return [...plain.sort(byModule), ...named.sort(byModule)];
    },
  };
}

/** Constants, then classes, then the rest, as import sorters order them by default. */
function compareNames(a: string, b: string): number {
  const rank = (name: string): number =>
    name.length > 1 && name === name.toUpperCase() ? 0 : /^\p{Lu}/u.test(name) ? 1 : 2;
  return rank(a) - rank(b) || (a < b ? -1 : 1);
}
