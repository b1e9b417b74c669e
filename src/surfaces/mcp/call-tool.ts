import { resolve } from 'node:path';
import { StropError, failureOf, suggestWord } from '#base';
import type { Consent, ConsentQuestion, Operation } from '#operations';
import { findProjectFolders } from '#operations';
import { answerEnd, answerFailure, answerRunning } from './answer.ts';
import type { Answer } from './answer.ts';
import { checkArguments, confineHost, foldersOfRoots, isInside } from './boundaries.ts';
import { carryOut } from './carry-out.ts';
import { consents, knownArguments, splitArguments } from './derive-tool.ts';
import type { Tool } from './derive-tool.ts';
import { startDetached } from './detached.ts';
import type { Hub, Live } from './hub.ts';
import { newRunId } from './runs.ts';
import type { RunEnd, RunRequest } from './runs.ts';

/** What a call knows about the client that made it. */
export interface Caller {
  readonly signal: AbortSignal;
  /** Tells the client how far the call is. */
  progress(text: string): void;
  /** The roots of the client: undefined when it offers none, `unasked` when it has to be asked first. */
  readonly roots: readonly { readonly uri: string }[] | 'unasked' | undefined;
  /** What the user answered to a question in an earlier round of this call. */
  consentTo(question: ConsentQuestion): Consent | 'unasked';
}

/** An answer, or what the client has to be asked before the call can be made again. */
export type Called =
  | { readonly kind: 'answer'; readonly answer: Answer }
  | { readonly kind: 'ask-roots' }
  | { readonly kind: 'ask-consent'; readonly question: ConsentQuestion };

/** Carries out one call of a tool that stands for an operation. Never rejects. */
export async function callTool(
  hub: Hub,
  { operation, tool }: { readonly operation: Operation; readonly tool: Tool },
  given: Readonly<Record<string, unknown>>,
  caller: Caller,
): Promise<Called> {
  try {
    refuseUnknown(tool, given);
    refuseNul(given);
    const { input: words, options } = splitArguments(operation, given);
    const input =
      hub.options.yes && operation.effects.installs && consents(operation) ? { ...words, yes: true } : words;
    const parsed = parseInput(operation, input);
    refuseForPeople(operation, parsed);
    const place = await findPlace(hub, options.project, caller);
    if (place === 'ask-roots') return { kind: 'ask-roots' };
    await checkArguments(hub.host.files, input, place.project, place.allowed);
    const date = hub.host.clock.date();
    const request: RunRequest = { id: newRunId(date), operation: operation.name, input, ...place, date };
    if (options.detach) {
      await hub.runs.prune();
      await startDetached(hub.host, request);
      return { kind: 'answer', answer: answerRunning(request.id, 'started') };
    }
    return await runHere(hub, operation, parsed, request, caller);
  } catch (error) {
    return { kind: 'answer', answer: answerFailure(failureOf(error)) };
  }
}

async function runHere(
  hub: Hub,
  operation: Operation,
  input: unknown,
  request: RunRequest,
  caller: Caller,
): Promise<Called> {
  const stop = new AbortController();
  const abort = (): void => {
    stop.abort();
  };
  caller.signal.addEventListener('abort', abort, { once: true });
  if (caller.signal.aborted || hub.closing.aborted) stop.abort();
  const host = confineHost(await hub.program.createHost({ cwd: request.project }), request.allowed);
  let question: ConsentQuestion | undefined;
  const running = carryOut({
    operation,
    input,
    host,
    signal: stop.signal,
    progress(text) {
      live.progress = text;
      caller.progress(text);
    },
    confirm(asked) {
      const consent = caller.consentTo(asked);
      if (consent !== 'unasked') return Promise.resolve(consent);
      // Nobody can be asked while a call runs: it ends, the client asks, and the call is made again with the answer.
      question = asked;
      stop.abort();
      return Promise.resolve('no');
    },
  });
  let endLive = (): void => undefined;
  const live: Live = {
    operation: operation.name,
    project: request.project,
    progress: 'started',
    stop: abort,
    ended: new Promise((resolve) => {
      endLive = resolve;
    }),
  };
  hub.live.set(request.id, live);
  if (operation.effects.measures) caller.progress(`run ${request.id}`);
  try {
    const end = await running;
    if (question !== undefined && !caller.signal.aborted) return { kind: 'ask-consent', question };
    return { kind: 'answer', answer: await keepAndAnswer(hub, operation, request, end) };
  } finally {
    hub.live.delete(request.id);
    endLive();
    caller.signal.removeEventListener('abort', abort);
  }
}

/** What took long or does not fit into the answer is kept, so that it can be asked for by its id. */
async function keepAndAnswer(
  hub: Hub,
  operation: Operation,
  request: RunRequest,
  end: RunEnd,
): Promise<Answer> {
  if (end.outcome === 'failed') {
    // The client may know its id from the progress, and ask on another connection what became of it.
    if (end.failure.code === 'interrupted' && operation.effects.measures) await keep(hub, request, end);
    return answerFailure(end.failure);
  }
  const answer = answerEnd(request.id, end);
  if (answer.isWhole && !operation.effects.measures) return answerEnd(undefined, end);
  // A full disk takes away the handle, not the answer.
  return (await keep(hub, request, end)) ? answer : answerEnd(undefined, end);
}

async function keep({ runs }: Hub, request: RunRequest, end: RunEnd): Promise<boolean> {
  try {
    await runs.begin(request);
    await runs.end(request.id, end);
    await runs.prune();
    return true;
  } catch {
    return false;
  }
}

function refuseUnknown(tool: Tool, given: Readonly<Record<string, unknown>>): void {
  const known = knownArguments(tool);
  for (const name of Object.keys(given)) {
    if (known.includes(name)) continue;
    const meant = suggestWord(name, [...known]);
    throw new StropError({
      code: 'bad-request',
      problem: `the tool ${tool.name} takes no argument "${name}"`,
      remedy:
        name === 'yes'
          ? 'Consent is the user’s: the client asks, or the user runs `strop tools install NAME --yes`, or starts the server with --yes.'
          : meant === undefined
            ? `It takes: ${known.join(', ')}.`
            : `Did you mean "${meant}"?`,
    });
  }
}

/** No path, no code and no word of a command can hold it, and every system refuses it in a way of its own. */
function refuseNul(given: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(given)) {
    const texts: readonly unknown[] = Array.isArray(value) ? value : [value];
    if (!texts.some((text) => typeof text === 'string' && text.includes('\0'))) continue;
    throw new StropError({
      code: 'bad-request',
      problem: 'a text holds the character NUL',
      where: name,
      remedy: 'Leave that character out.',
    });
  }
}

function refuseForPeople(operation: Operation, input: unknown): void {
  const remedy = operation.needsPerson?.(input);
  if (remedy === undefined) return;
  throw new StropError({
    code: 'bad-request',
    problem: 'this opens a page and goes on until a person closes it',
    where: operation.name,
    remedy,
  });
}

function parseInput(operation: Operation, input: Readonly<Record<string, unknown>>): unknown {
  const parsed = operation.input.safeParse(input);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(({ path, message }) =>
    path.length === 0 ? message : `${path.join('.')}: ${message}`,
  );
  throw new StropError({
    code: 'bad-request',
    problem: issues.join('; '),
    remedy: `See the input schema of the tool ${operation.name}.`,
  });
}

type Place = Pick<RunRequest, 'project' | 'allowed'>;

/** The folder of a call, and what it may use: the project around it, and what every call may use. */
async function findPlace(
  hub: Hub,
  named: string | undefined,
  { roots }: Caller,
): Promise<Place | 'ask-roots'> {
  if (named === undefined) return { project: hub.options.start, allowed: hub.allowed };
  const { files } = hub.host;
  const project = await files.real(resolve(hub.options.start, named));
  if (project === undefined || (await files.kind(project)) !== 'folder') {
    throw new StropError({
      code: 'no-project',
      problem: 'this folder does not exist',
      where: named,
      remedy: 'Name a folder below the start folder of the server or below a root of the client.',
    });
  }
  const inside = (folders: readonly string[]): boolean => folders.some((folder) => isInside(project, folder));
  let rooted: readonly string[] = [];
  if (!inside(hub.choosable)) {
    if (roots === 'unasked') return 'ask-roots';
    rooted = await foldersOfRoots(files, roots ?? []);
    if (!inside(rooted)) {
      throw new StropError({
        code: 'bad-request',
        problem: 'this folder is outside of the folders that the server may use',
        where: named,
        remedy: `Choose a folder below ${hub.options.start}${roots === undefined ? '' : ' or below a root of the client'}, or let the user start the server with --allow ${project}.`,
      });
    }
  }
  const host = await hub.program.createHost({ cwd: project });
  try {
    return {
      project,
      allowed: [...new Set([...hub.allowed, project, ...rooted, ...(await findProjectFolders(host))])],
    };
  } finally {
    await host.close();
  }
}
