import type { Host } from '#host';
import { joinPath } from '../documents.ts';
import { tryList, tryRead } from '../readable.ts';

/** Top-level names that serve a project and are no part of it, wherever they stand. */
const SERVING =
  /^(test|tests|testing|unit_?tests?|integration_?tests?|doc|docs|documentation|manpages|examples?|samples?|demos?|benchmarks?|bench|benches|asv_bench|perf|performance|build|dist|debian|ci|news|newsfragments|changelog|htmlcov|site_scons|exercises?|notebooks?|venv|env|virtualenv|node_modules|vendor|third_party|_.*_test)$/i;
/** Folders that are mostly tools around a project; they count only where nothing else is found. */
const AROUND =
  /^(tools?|scripts?|utils?|bin|contrib|etc|data|python|src|lib|tasks|ext|cmake|licenses?|deps?)$/i;
/** Files at the top that configure or drive tools. */
const DRIVERS =
  /^(setup|conftest|noxfile|toxfile|fabfile|pavement|dodo|tasks|wscript|versioneer|ez_setup|bootstrap|build|manage|conf|SConstruct|gunicorn_conf|test|tests|test_.*|.*_tests?|unit_?tests?|bench|bench_.*|.*_bench|benchmarks?|benchmark_.*|perf_.*|profile_.*|runtests?|run_tests?|hatch_build|_?custom_build|build_ext|make|release|example|examples|publish|dev|distribute_setup)$/i;
const IDENTIFIER = /^[\p{L}_][\p{L}\p{N}_]*$/u;

/** What may be imported from a folder. */
export interface Scanned {
  /** Import names of packages; dotted for the real packages inside a namespace. */
  readonly packages: readonly string[];
  /** Names of single-file modules. */
  readonly modules: readonly string[];
  /** At least one of them lies in a namespace without `__init__.py`. */
  readonly namespace: boolean;
}

interface Folder {
  readonly init: boolean;
  readonly scripts: readonly string[];
  readonly folders: readonly string[];
}

async function readFolder(host: Host, path: string): Promise<Folder> {
  const entries = await tryList(host, path);
  const scripts: string[] = [];
  const folders: string[] = [];
  for (const entry of entries) {
    if (entry.kind === 'folder' || (entry.kind === 'link' && !entry.name.includes('.'))) {
      if (IDENTIFIER.test(entry.name) && entry.name !== '__pycache__') folders.push(entry.name);
    } else if (/\.pyx?$/.test(entry.name)) {
      const name = entry.name.replace(/\.pyx?$/, '');
      if (IDENTIFIER.test(name)) scripts.push(name);
    }
  }
  return {
    init: scripts.includes('__init__'),
    scripts: scripts.filter((name) => !/^__\w+__$/.test(name)),
    folders,
  };
}

/** `__init__.py` of a namespace in the old style: it only extends its path, and no module lies beside it. */
async function isOldNamespace(host: Host, path: string, folder: Folder): Promise<boolean> {
  if (!folder.init || folder.scripts.length > 0 || folder.folders.length === 0) return false;
  const text = (await tryRead(host, joinPath(path, '__init__.py'))) ?? '';
  return /\bextend_path\b|\bdeclare_namespace\b/.test(text) && text.length < 4000;
}

/**
 * The packages that a folder stands for: itself, or the real ones inside a namespace; none when no Python is in
 * it.
 */
export async function packagesIn(
  host: Host,
  path: string,
  name: string,
  depth = 4,
): Promise<{ names: string[]; explicit: boolean }> {
  const folder = await readFolder(host, path);
  if (folder.init && !(await isOldNamespace(host, path, folder))) return { names: [name], explicit: true };
  // A folder of modules without __init__.py is imported as one package too.
  if (folder.scripts.length > 0) return { names: [name], explicit: false };
  if (depth === 0) return { names: [], explicit: false };
  const names: string[] = [];
  for (const child of folder.folders) {
    names.push(...(await packagesIn(host, joinPath(path, child), `${name}.${child}`, depth - 1)).names);
  }
  return { names, explicit: folder.init && names.length > 0 };
}

/**
 * What lies importable in a folder. `dedicated` says that the folder exists to hold the modules (`src`): then
 * everything in it counts; at the top of a project helpers, tests and tools lie around and are left out.
 */
export async function scanFolder(host: Host, path: string, dedicated: boolean): Promise<Scanned> {
  const folder = await readFolder(host, path);
  const explicit: string[] = [];
  const implicit: string[] = [];
  const around: string[] = [];
  const serving: string[] = [];
  for (const name of folder.folders) {
    const serves = SERVING.test(name);
    if (serves && !dedicated) continue;
    const found = await packagesIn(host, joinPath(path, name), name);
    if (found.names.length === 0) continue;
    if (serves) {
      if (found.explicit) serving.push(...found.names);
      continue;
    }
    if (!dedicated && AROUND.test(name)) around.push(...(found.explicit ? found.names : []));
    else (found.explicit ? explicit : implicit).push(...found.names);
  }
  const modules = folder.scripts.filter((name) => !DRIVERS.test(name) && !(dedicated && SERVING.test(name)));
  // Beside real packages, a folder with loose Python files at the top of a project is hardly one of its
  // packages.
  const loose = dedicated || explicit.length === 0 ? implicit : [];
  const packages = [...explicit, ...loose];
  // A project may be called `demo`: alone in a folder for modules, that is what it is.
  const chosen = [packages, around, modules.length > 0 ? [] : serving].find((list) => list.length > 0) ?? [];
  return {
    packages: chosen,
    modules,
    namespace: chosen.some((name) => name.includes('.') || implicit.includes(name)),
  };
}
