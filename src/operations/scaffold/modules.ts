import { posix, relative, sep } from 'node:path';
import { StropError, suggestWord } from '#base';
import type { Host } from '#host';
import type { Interpreter, Layout } from '#project';
import { readDefinitions } from './definitions.ts';
import type { DefinitionRecord } from './definitions.ts';

/** A module of the project and what it binds. */
export interface ModuleSource {
  readonly name: string;
  /** `__init__.py`: relative imports count from the module itself. */
  readonly isPackage: boolean;
  /** Relative to the project, for messages. */
  readonly file: string;
  /** Undefined for a compiled module without a stub: it can be imported, and nothing is known about it. */
  readonly records: readonly DefinitionRecord[] | undefined;
}

/** Reads modules of the project by name, each file once. */
export interface ModuleReader {
  /** The module, or undefined when the project has none of this name. */
  read(name: string): Promise<ModuleSource | undefined>;
  /** The names of the project's modules, for suggestions. */
  list(): Promise<readonly string[]>;
}

const MOST_FOLDERS = 2000;

type Place = Pick<ModuleSource, 'isPackage'> & { readonly path: string; readonly readable: boolean };

/** Looks up modules below the source roots, then below the project itself. */
export function createModuleReader(
  host: Host,
  python: Interpreter,
  root: string,
  layout: Layout,
): ModuleReader {
  const roots = [
    ...new Set([...layout.sourceRoots, root].map((path) => posix.normalize(path.replaceAll('\\', '/')))),
  ];
  const known = new Map<string, Promise<ModuleSource | undefined>>();

  const pathsOf = (name: string): readonly string[] => {
    const renamed = layout.renamed.flatMap(({ module, folder }) =>
      name === module || name.startsWith(`${module}.`)
        ? [posix.join(root.replaceAll('\\', '/'), folder, ...name.slice(module.length).split('.'))]
        : [],
    );
    return [...renamed, ...roots.map((folder) => posix.join(folder, ...name.split('.')))];
  };

  const isFile = async (path: string): Promise<boolean> => {
    const kind = await host.files.kind(path);
    return kind === 'file' || kind === 'link';
  };

  const findPlace = async (path: string): Promise<Place | undefined> => {
    for (const ending of ['py', 'pyi']) {
      if (await isFile(`${path}/__init__.${ending}`))
        return { path: `${path}/__init__.${ending}`, isPackage: true, readable: true };
      if (await isFile(`${path}.${ending}`))
        return { path: `${path}.${ending}`, isPackage: false, readable: true };
    }
    const base = posix.basename(path);
    const compiled = (await host.files.list(posix.dirname(path))).find(
      ({ name }) =>
        name.startsWith(`${base}.`) && /^\.(pyx|pyd|so|[\w-]+\.(so|pyd))$/.test(name.slice(base.length)),
    );
    if (compiled === undefined) return undefined;
    return { path: posix.join(posix.dirname(path), compiled.name), isPackage: false, readable: false };
  };

  const load = async (name: string): Promise<ModuleSource | undefined> => {
    for (const path of pathsOf(name)) {
      const place = await findPlace(path);
      if (place === undefined) continue;
      const file = relative(root, place.path).split(sep).join('/');
      const records = place.readable ? await readDefinitions(host, python, place.path, file) : undefined;
      return { name, isPackage: place.isPackage, file, records };
    }
    return undefined;
  };

  return {
    read(name) {
      const former = known.get(name);
      if (former !== undefined) return former;
      const reading = load(name);
      known.set(name, reading);
      return reading;
    },
    async list() {
      const names: string[] = [];
      const queue = layout.modules.map((name) => ({ name, paths: pathsOf(name) }));
      for (const { name, paths } of queue) {
        names.push(name);
        if (queue.length > MOST_FOLDERS) continue;
        for (const path of paths) {
          for (const entry of await host.files.list(path)) {
            const part = entry.name.replace(/\.(pyi?|pyx)$/, '');
            if (!/^[\p{L}_][\p{L}\p{N}_]*$/u.test(part) || /^__\w+__$/.test(part)) continue;
            const child = `${name}.${part}`;
            if (entry.kind === 'folder') queue.push({ name: child, paths: [posix.join(path, part)] });
            else if (part !== entry.name) names.push(child);
          }
        }
      }
      return [...new Set(names)];
    },
  };
}

/** The absolute name of a module in an import statement of `home`. */
export function absoluteModule(home: ModuleSource, module: string, level: number): string {
  if (level === 0) return module;
  const parts = home.name.split('.');
  const kept = parts.slice(0, parts.length - level + (home.isPackage ? 1 : 0));
  return [...kept, ...(module === '' ? [] : [module])].join('.');
}

/** The known dotted name that was probably meant: each part has to be near, for long names share most of their letters. */
export function suggestDotted(name: string, known: readonly string[]): string | undefined {
  const parts = name.split('.');
  const near = known.filter((one) => {
    const others = one.split('.');
    return (
      others.length === parts.length &&
      parts.every((part, index) => suggestWord(part, [others[index] ?? '']) !== undefined)
    );
  });
  return suggestWord(name, near) ?? near[0];
}

/** The refusal of a module that the project does not have. */
export async function missingModule(reader: ModuleReader, name: string): Promise<StropError> {
  const names = await reader.list();
  const meant =
    suggestDotted(name, names) ??
    names.find((known) => known.endsWith(`.${name}`) || name.endsWith(`.${known}`));
  const some = names.slice(0, 20);
  return new StropError({
    code: 'workload-missing',
    problem: `the project has no module '${name}'`,
    remedy:
      meant !== undefined
        ? `Did you mean ${meant}?`
        : names.length === 0
          ? 'No importable module was found in this project: set source-roots in [tool.strop].'
          : 'Name one of the modules of this project.',
    ...(meant === undefined && names.length > 0
      ? { detail: `It has ${some.join(', ')}${names.length > some.length ? ' …' : ''}.` }
      : {}),
  });
}
