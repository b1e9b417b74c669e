import { isAbsolute, join, resolve } from 'node:path';
import type { Host } from '#host';
import { readPytestConfig } from '#project';
import type { ProjectRoot } from '#project';

/** Where the project's snapshots lie: a folder, or a service that strop does not speak to. */
export type Storage =
  { readonly kind: 'folder'; readonly folder: string } | { readonly kind: 'service'; readonly url: string };

const DEFAULT = './.benchmarks';

/** Splits options as a shell does: quotes hold words together, a backslash takes the next letter as it is. */
function splitWords(text: string): readonly string[] {
  const words: string[] = [];
  for (const match of text.matchAll(/(?:"(?:[^"\\]|\\.)*"|'[^']*'|\\.|[^\s"'\\])+/g)) {
    words.push(
      match[0].replace(/"((?:[^"\\]|\\.)*)"|'([^']*)'|\\(.)/g, (_whole, double, single, letter) =>
        String(double ?? single ?? letter),
      ),
    );
  }
  return words;
}

function storageIn(options: string): string | undefined {
  const words = splitWords(options);
  return words
    .map((word, index) =>
      word === '--benchmark-storage' ? words[index + 1] : /^--benchmark-storage=(.*)$/s.exec(word)?.[1],
    )
    .findLast((value) => value !== undefined);
}

/**
 * Where pytest-benchmark keeps the snapshots of a project when pytest is started in its folder: what `addopts` or the
 * variable PYTEST_ADDOPTS say with `--benchmark-storage`, else `.benchmarks` in the project.
 */
export async function findStorage(host: Host, project: ProjectRoot): Promise<Storage> {
  const config = await readPytestConfig(host, project);
  const written =
    storageIn(host.env['PYTEST_ADDOPTS'] ?? '') ?? storageIn(config?.addopts?.value ?? '') ?? DEFAULT;
  const path = written.replace(/^file:\/\//, '');
  if (path.includes('://')) return { kind: 'service', url: path };
  return { kind: 'folder', folder: isAbsolute(path) ? path : resolve(join(project.root, path)) };
}
