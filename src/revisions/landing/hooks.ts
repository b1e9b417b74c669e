import { join, resolve } from 'node:path';
import { StropError } from '#base';
import type { ChildResult, Host } from '#host';
import { gitMessage, runAsUser } from '../git.ts';
import type { Repository } from '../repository.ts';

/** Hooks that a commit runs, in this order (githooks(5)). */
export type HookName = 'pre-commit' | 'prepare-commit-msg' | 'commit-msg' | 'post-commit';

/** The hooks of a repository, as its settings say where they are. */
export interface Hooks {
  /** False when there is certainly nothing to run before a commit. */
  readonly any: boolean;
  /** Runs one as git does; undefined when there is none. */
  run(
    name: HookName,
    args: readonly string[],
    env?: Readonly<Record<string, string>>,
    signal?: AbortSignal,
  ): Promise<ChildResult | undefined>;
}

const BEFORE: readonly HookName[] = ['pre-commit', 'prepare-commit-msg', 'commit-msg'];

/** From this version on git runs hooks itself (`git hook run`). */
const RUNS_HOOKS = [2, 36] as const;

function canRunHooks(version: string): boolean {
  const [, major = '0', minor = '0'] = /(\d+)\.(\d+)/.exec(version) ?? [];
  const [needed, and] = RUNS_HOOKS;
  return Number(major) > needed || (Number(major) === needed && Number(minor) >= and);
}

/** Finds the hooks, wherever `core.hooksPath` says. */
export async function findHooks(host: Host, repository: Repository): Promise<Hooks> {
  const cwd = repository.top;
  const ask = (...args: readonly string[]): Promise<ChildResult> =>
    runAsUser(host, { cwd, argv: ['git', ...args] });
  const where = await ask('rev-parse', '--git-path', 'hooks');
  const folder = resolve(cwd, where.stdout.replace(/\r?\n$/, ''));
  const files = new Set(where.ok ? (await host.files.list(folder)).map(({ name }) => name) : []);
  // Newer versions of git know hooks that only the settings name.
  const configured = await ask('config', '--get-regexp', '^hook\\.');
  const may = (name: HookName): boolean => configured.ok || files.has(name) || files.has(`${name}.exe`);
  const knows = canRunHooks((await ask('version')).stdout);
  return {
    any: BEFORE.some(may),
    run: async (name, args, env = {}, signal) => {
      if (!may(name)) return undefined;
      // No editor: as `git commit --message` tells its hooks.
      const call = { cwd, env: { ...env, GIT_EDITOR: ':' }, signal };
      if (knows) {
        const more = args.length === 0 ? [] : ['--', ...args];
        return runAsUser(host, { ...call, argv: ['git', 'hook', 'run', '--ignore-missing', name, ...more] });
      }
      const result = await runAsUser(host, { ...call, argv: [join(folder, name), ...args] });
      // Git passes a hook by that is not executable.
      return result.startError === 'EACCES' || result.startError === 'ENOENT' ? undefined : result;
    },
  };
}

/** Fails with `commit-refused` when a hook has said no. */
export function demandAgreed(name: HookName, result: ChildResult | undefined): void {
  if (result === undefined || result.ok) return;
  throw new StropError({
    code: 'commit-refused',
    problem: `the ${name} hook refuses the commit`,
    where: name,
    remedy: 'Do what the hook asks for, then measure again: only what was measured is committed.',
    detail: [result.stdout.trim(), gitMessage(result)].filter((text) => text !== '').join('\n'),
  });
}
