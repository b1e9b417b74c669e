import { posix, relative, sep } from 'node:path';
import type { Host } from '#host';
import { readIni, readToml, tomlValue } from '#project';
import type { PytestConfig } from '#project';
import type { Side } from '#revisions';

const MODULE = /^[\p{L}_][\p{L}\p{N}_]*(\.[\p{L}_][\p{L}\p{N}_]*)*$/u;

/** `-p name` and `-pname`; `no:name` switches one off. */
function namedByOptions(addopts: string): readonly string[] {
  return [...addopts.matchAll(/(?:^|\s)-p\s*["']?([\w.:]+)/g)].map((match) => match[1] ?? '');
}

/** What `pytest_plugins = …` of a conftest file names. */
function namedByConftest(text: string): readonly string[] {
  const assigned = [...text.matchAll(/^pytest_plugins\b[^=\n]*=\s*([([][^)\]]*[)\]]|[^\n]*)/gm)];
  return assigned.flatMap((match) =>
    [...(match[1] ?? '').matchAll(/["']([\w.]+)["']/g)].map((name) => name[1] ?? ''),
  );
}

/** Modules of entry points: `shop.plug` of `shop.plug:Plugin`. */
async function namedByEntryPoints(host: Host, project: string): Promise<readonly string[]> {
  const document = await readToml(host, project, 'pyproject.toml').catch(() => undefined);
  const table = tomlValue(document, 'project', 'entry-points', 'pytest11');
  const values: unknown[] = typeof table === 'object' && table !== null ? Object.values(table) : [];
  const cfg = readIni((await host.files.readText(`${project}/setup.cfg`)) ?? '');
  const lines = cfg.get('options.entry_points')?.values.get('pytest11')?.text.split('\n') ?? [];
  return [
    ...values.filter((value) => typeof value === 'string'),
    ...lines.map((line) => line.slice(line.indexOf('=') + 1)),
  ].map((value) => (value.split(':')[0] ?? '').trim());
}

/**
 * Files, relative to the repository, of the modules that side A has pytest load as plugins (`-p`, `pytest_plugins`, an
 * entry point): they run in the tests' process and may decide what becomes of a test. Some of them may not exist.
 */
export async function findPlugins(
  host: Host,
  side: Side,
  config: PytestConfig | undefined,
): Promise<ReadonlySet<string>> {
  const inside = (folder: string): string => relative(side.root, folder).split(sep).join('/');
  const paths = (config?.testpaths?.value ?? []).map((path) => posix.join(side.project, path));
  const folders = new Set([
    side.root,
    side.project,
    `${side.project}/tests`,
    `${side.project}/test`,
    ...paths,
  ]);
  const names = [
    ...namedByOptions(config?.addopts?.value ?? ''),
    ...(await namedByEntryPoints(host, side.project)),
  ];
  for (const folder of folders) {
    const text = await host.files.readText(`${folder}/conftest.py`).catch(() => undefined);
    names.push(...namedByConftest(text ?? ''));
  }
  const roots = [...new Set([side.project, ...side.sourceRoots, ...paths].map(inside))];
  return new Set(
    names
      .filter((name) => MODULE.test(name))
      .map((name) => name.replaceAll('.', '/'))
      .flatMap((path) =>
        roots.flatMap((root) => [`${path}.py`, `${path}/__init__.py`].map((file) => posix.join(root, file))),
      ),
  );
}
