import type { Host } from '#host';
import { joinPath } from './documents.ts';
import type { Evidence } from './evidence.ts';
import { readPytestConfig } from './pytest-config.ts';
import { tryKind, tryRead } from './readable.ts';
import type { ProjectRoot } from './root.ts';

/** Examples of docstrings that a project runs as tests by what calls pytest there, and not by pytest's own settings. */
export interface ToldDoctests {
  readonly evidence: Evidence;
  /** What pytest has to be told to run them as well; undefined where the command cannot be taken over. */
  readonly options: readonly string[] | undefined;
}

const CALLERS = ['tox.ini', 'noxfile.py', 'Makefile', 'justfile'];
const CALL = /(?:^|[\s"'=])(?:pytest|py\.test)\b(.*--doctest-(?:modules|glob)\b.*)$/;

/** Looks into tox.ini and the like for a call of pytest with doctests; undefined where the settings have them, or nobody does. */
export async function findToldDoctests(host: Host, project: ProjectRoot): Promise<ToldDoctests | undefined> {
  const config = await readPytestConfig(host, project);
  if (/--doctest-(modules|glob)\b/.test(config?.addopts?.value ?? '')) return undefined;
  for (const file of CALLERS) {
    const lines = ((await tryRead(host, joinPath(project.root, file))) ?? '').split(/\r?\n/);
    for (const [index, line] of lines.entries()) {
      const told = /^\s*[#;]/.test(line) ? undefined : CALL.exec(line)?.[1];
      if (told === undefined) continue;
      return {
        evidence: { file, line: index + 1 },
        // Of the others the line is code or shell.
        options: file === 'tox.ini' ? await readOptions(host, project.root, told) : undefined,
      };
    }
  }
  return undefined;
}

/**
 * The options about doctests and what they leave out. A call that names its files runs others than pytest's settings say,
 * and is not taken over. `{posargs:DEFAULT}`: https://tox.wiki/en/latest/config.html#positional-arguments-in-command
 */
async function readOptions(host: Host, root: string, told: string): Promise<readonly string[] | undefined> {
  const words = told
    .replace(/\{posargs(?::([^}]*))?\}/g, '$1')
    .split(/\s+/)
    .filter((word) => word !== '');
  const options: string[] = [];
  for (const [index, word] of words.entries()) {
    if (/[{}"'\\]/.test(word)) return undefined;
    const before = words[index - 1] ?? '';
    if (/^--(doctest-|ignore(-glob)?=)/.test(word)) options.push(word);
    else if (/^--ignore(-glob)?$/.test(before)) options.push(`${before}=${word}`);
    else if (!word.startsWith('-') && (await tryKind(host, joinPath(root, word))) !== undefined)
      return undefined;
  }
  return options;
}
