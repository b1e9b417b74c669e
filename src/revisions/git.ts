import { StropError } from '#base';
import type { ProblemCode } from '#base';
import type { ChildResult, Host } from '#host';

/** Variables that say where a repository is; set in hooks, and wrong for every other repository. */
const PLACE_VARIABLES = [
  'GIT_DIR',
  'GIT_WORK_TREE',
  'GIT_INDEX_FILE',
  'GIT_PREFIX',
  'GIT_COMMON_DIR',
  'GIT_NAMESPACE',
  'GIT_OBJECT_DIRECTORY',
  'GIT_ALTERNATE_OBJECT_DIRECTORIES',
  'GIT_IMPLICIT_WORK_TREE',
  'GIT_INTERNAL_SUPER_PREFIX',
  'GIT_GRAFT_FILE',
  'GIT_SHALLOW_FILE',
  'GIT_CONFIG',
  'GIT_LITERAL_PATHSPECS',
  'GIT_GLOB_PATHSPECS',
  'GIT_NOGLOB_PATHSPECS',
  'GIT_ICASE_PATHSPECS',
  'GIT_EXTERNAL_DIFF',
];

/**
 * Settings under which git neither writes into the repository nor starts anything of its own: a split index would put a
 * shared file beside the real index, the index hook would run the user's code, git-lfs would download into the
 * repository. What decides about the content of files (line ends, attributes, other filters) stays the user's.
 */
function quietSettings(host: Host): readonly string[] {
  return [
    'core.fsmonitor=false',
    `core.hooksPath=${host.platform === 'win32' ? 'NUL' : '/dev/null'}`,
    'core.splitIndex=false',
    'core.untrackedCache=false',
    'core.ignoreStat=false',
    'core.safecrlf=false',
    'core.looseCompression=0',
    'gc.auto=0',
    'maintenance.auto=false',
    'submodule.recurse=false',
    'filter.lfs.smudge=',
    'filter.lfs.clean=',
    'filter.lfs.process=',
    'filter.lfs.required=false',
  ].flatMap((setting) => ['-c', setting]);
}

/** One call of git. */
export interface GitCall {
  readonly cwd: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly stdin?: string | Uint8Array;
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number;
  /** See {@link Command} of the host: goes on when strop dies. */
  readonly outlives?: boolean;
}

/** Long enough for a checkout of a very large repository on a slow disk. */
const GIT_TIMEOUT_MS = 15 * 60_000;

/** Lists of files are kept whole: half a list would be half a checkout. */
const KEEP_BYTES = 512 * 1024 * 1024;

/** Fails with `interrupted` when the user has stopped strop. */
export function demandGoing(signal: AbortSignal | undefined): void {
  if (signal?.aborted !== true) return;
  throw new StropError({
    code: 'interrupted',
    problem: 'stopped while the revisions were being prepared',
    remedy: 'Start the comparison again.',
  });
}

/** Runs git so that it leaves the repository alone and asks nothing; the result says how it ended. */
export async function runGit(host: Host, call: GitCall): Promise<ChildResult> {
  return runWith(host, call, ['git', ...quietSettings(host), ...call.args], {
    LC_ALL: 'C',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
    // Missing objects of a partial clone must not be fetched into the repository: only where a call allows it.
    GIT_NO_LAZY_FETCH: '1',
    GIT_ALLOW_PROTOCOL: 'none',
  });
}

/**
 * Runs a program in the repository as the user's own git would: their settings, their hooks, their words. For what is
 * meant to change the repository, and for hooks themselves, whose own calls of git must not inherit settings of strop.
 */
export async function runAsUser(
  host: Host,
  call: Omit<GitCall, 'args'> & { readonly argv: readonly [string, ...string[]] },
): Promise<ChildResult> {
  return runWith(host, call, call.argv, {});
}

async function runWith(
  host: Host,
  call: Omit<GitCall, 'args'>,
  argv: readonly [string, ...string[]],
  own: Readonly<Record<string, string>>,
): Promise<ChildResult> {
  const env: Record<string, string | undefined> = { ...host.env };
  for (const name of PLACE_VARIABLES) env[name] = undefined;
  Object.assign(env, own, call.env);
  const result = await host.processes.run({
    argv,
    cwd: call.cwd,
    env,
    stdin: call.stdin ?? '',
    timeoutMs: call.timeoutMs ?? GIT_TIMEOUT_MS,
    keepBytes: KEEP_BYTES,
    outlives: call.outlives ?? false,
    ...(call.signal === undefined ? {} : { signal: call.signal }),
  });
  demandGoing(call.signal);
  if (argv[0] === 'git' && result.startError === 'ENOENT' && (await host.files.kind(call.cwd)) === 'folder') {
    throw new StropError({
      code: 'no-git',
      problem: 'git is not installed or not on PATH',
      remedy: 'Install git: strop takes the two sides of a comparison from it.',
    });
  }
  if (result.truncated) {
    throw new StropError({
      code: 'bad-tree',
      problem: 'git lists more files than strop can hold',
      where: call.cwd,
      remedy: 'Ignore large folders of generated files in .gitignore.',
    });
  }
  return result;
}

/** Runs git and returns its stdout; a failure becomes a StropError with what git said. */
export async function askGit(
  host: Host,
  call: GitCall,
  failure: {
    readonly code?: ProblemCode;
    readonly problem: string;
    readonly where?: string;
    readonly remedy: string;
  },
): Promise<string> {
  const result = await runGit(host, call);
  if (result.ok) return result.stdout;
  const detail = gitMessage(result);
  if (/no space left|disk quota exceeded/i.test(detail)) {
    throw new StropError({
      code: 'disk',
      problem: 'the disk is full',
      where: call.cwd,
      remedy: 'Free some space, or set STROP_HOME to a folder on another disk.',
      detail,
    });
  }
  throw new StropError({ code: 'bad-revision', ...failure, detail });
}

/** What git said when it failed, in words that can be shown. */
export function gitMessage(result: ChildResult): string {
  if (result.timedOut) return 'git gave no answer in time and was stopped';
  const said = result.stderr.trim();
  if (said !== '') return said.slice(-4000);
  return result.startError ?? `git ended with exit code ${result.exitCode ?? 'unknown'}`;
}

/** The parts of a list that ends each entry with a zero byte (`-z`). */
export function splitZero(text: string): readonly string[] {
  return text.split('\0').filter((part) => part !== '');
}
