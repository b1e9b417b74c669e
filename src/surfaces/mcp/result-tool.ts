import { setTimeout as wait } from 'node:timers/promises';
import process from 'node:process';
import { StropError, failureOf } from '#base';
import { z } from 'zod';
import { RESULT_TOOL, answerEnd, answerFailure, answerRunning } from './answer.ts';
import type { Answer } from './answer.ts';
import { MOST_STRUCTURED, MOST_TEXT, boundLines, boundValue, cutText, joinPath, valueAt } from './bounded.ts';
import { foldersOfRoots, isInside } from './boundaries.ts';
import type { Called, Caller } from './call-tool.ts';
import type { Tool } from './derive-tool.ts';
import { envelopeOf } from './envelope.ts';
import type { Cut } from './envelope.ts';
import type { Hub } from './hub.ts';
import { isAlive } from './runs.ts';
import type { Run, RunEnd } from './runs.ts';

/** A tool of the server itself: it stands for no operation. */
interface OwnTool {
  readonly tool: Tool;
  /** Tells nothing of runs outside of `folders`. */
  call(
    hub: Hub,
    given: Readonly<Record<string, unknown>>,
    caller: Caller,
    folders: readonly string[],
  ): Promise<Answer>;
}

/** How often a run in another process is looked at. */
const LOOK_EVERY_MS = 500;
/** Shorter than the minute after which clients end a call. */
const LONGEST_WAIT_S = 50;
const MOST_LISTED = 20;
/** Room for the line that says where the next lines begin. */
const HINT_BYTES = 100;

const resultInput = z.strictObject({
  run: z.string().optional().describe('id of a run; without it the newest runs are listed'),
  wait: z
    .number()
    .min(0)
    .max(LONGEST_WAIT_S)
    .default(0)
    .describe('seconds to wait for the end of a run that goes on'),
  path: z
    .string()
    .optional()
    .describe(
      'a part of the result, names and numbers joined by dots, as "cut" of an answer names it: table',
    ),
  text: z.boolean().default(false).describe('the lines for people instead of the data'),
  offset: z.int().min(0).default(0).describe('first item, character or line of the part'),
  limit: z.int().min(1).max(1000).default(100).describe('items or lines at most'),
});

const stopInput = z.strictObject({ run: z.string().describe('id of the run to end') });

interface ListedRun {
  readonly run: string;
  readonly tool: string;
  readonly project: string;
  readonly outcome: string;
  readonly progress?: string;
}

/** The list of runs, or a part of a result. */
interface Page {
  readonly runs?: readonly ListedRun[];
  readonly path?: string;
  readonly offset?: number;
  /** Items, characters or lines that there are. */
  readonly of?: number;
  /** Undefined where only parts of it fit: `cut` names them. */
  readonly value?: unknown;
}

/** Tells how far a run is, what came out, and the rest of what did not fit into an answer. */
const result: OwnTool = {
  tool: {
    name: RESULT_TOOL,
    title: 'Tell how far a run is, what came out, or the rest of a long answer',
    description:
      'Tell how far a run is, what came out, or the rest of a long answer.\nEvery answer that was cut and every measurement has an id; runs with detach: true go on without a connection. The newest 50 runs are kept.',
    inputSchema: schemaOf(resultInput, 'input'),
    outputSchema: schemaOf(envelopeOf(z.unknown()), 'output'),
    annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  },
  async call(hub, given, caller, folders) {
    const input = parse(resultInput, given);
    if (input.run === undefined) return listRuns(hub, folders);
    const deadline = performance.now() + input.wait * 1000;
    for (;;) {
      const run = await findRun(hub, input.run, folders);
      if (run.end !== undefined) return answerPart(input.run, run.end, input);
      caller.progress(run.progress);
      const left = deadline - performance.now();
      if (left <= 0 || caller.signal.aborted) return answerRunning(input.run, run.progress);
      await wait(Math.min(left, LOOK_EVERY_MS));
    }
  },
};

/** Ends a run and everything that it started. */
const stop: OwnTool = {
  tool: {
    name: 'stop',
    title: 'End a run with everything that it started',
    description: 'End a run with everything that it started.\nNothing of the project is changed by that.',
    inputSchema: schemaOf(stopInput, 'input'),
    outputSchema: schemaOf(envelopeOf(z.unknown()), 'output'),
    annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  },
  async call(hub, given, _caller, folders) {
    const { run: id } = parse(stopInput, given);
    const run = await findRun(hub, id, folders);
    if (run.end !== undefined) return answerEnd(id, run.end);
    // A run that has just begun is not to be reached until it has said which process it is.
    let isTold = run.stop();
    for (const began = performance.now(); performance.now() - began < 20_000;) {
      await wait(100);
      const now = await findRun(hub, id, folders).catch(() => undefined);
      isTold ||= now?.end === undefined && now?.stop() === true;
      if (now === undefined || now.end !== undefined)
        return {
          ...answerRunning(id, ''),
          envelope: { outcome: 'good', run: id },
          text: `run ${id} has ended`,
        };
    }
    return answerRunning(id, 'it was told to end and takes long');
  },
};

/** The tools that stand for no operation. */
export const ownTools: readonly OwnTool[] = [result, stop];

/** Calls one of them. Never rejects. */
export async function callOwnTool(
  own: OwnTool,
  hub: Hub,
  given: Readonly<Record<string, unknown>>,
  caller: Caller,
): Promise<Called> {
  try {
    const folders = await readableFolders(hub, given['run'], caller);
    if (folders === 'ask-roots') return { kind: 'ask-roots' };
    return { kind: 'answer', answer: await own.call(hub, given, caller, folders) };
  } catch (error) {
    return { kind: 'answer', answer: answerFailure(failureOf(error)) };
  }
}

/** A run that was started in a root of the client is found again there; the client is asked only when it has to be. */
async function readableFolders(
  hub: Hub,
  id: unknown,
  { roots }: Caller,
): Promise<readonly string[] | 'ask-roots'> {
  if (typeof id === 'string') {
    const project = hub.live.get(id)?.project ?? (await hub.runs.get(id))?.request.project;
    if (project === undefined || mayRead(hub.allowed, project)) return hub.allowed;
  }
  if (roots === 'unasked') return 'ask-roots';
  return [...hub.allowed, ...(await foldersOfRoots(hub.host.files, roots ?? []))];
}

function mayRead(folders: readonly string[], project: string): boolean {
  return folders.some((folder) => isInside(project, folder));
}

/** A run as it is asked for: here or in another process, going on or ended. */
interface FoundRun {
  readonly progress: string;
  readonly end: RunEnd | undefined;
  /** Tells the run to end; false when it cannot be told yet. */
  stop(): boolean;
}

async function findRun(hub: Hub, id: string, folders: readonly string[]): Promise<FoundRun> {
  const live = hub.live.get(id);
  if (live !== undefined && mayRead(folders, live.project))
    return {
      progress: live.progress,
      end: undefined,
      stop: () => {
        live.stop();
        return true;
      },
    };
  const run = await hub.runs.get(id);
  if (run === undefined || !mayRead(folders, run.request.project)) {
    throw new StropError({
      code: 'bad-request',
      problem: 'no such run is kept',
      where: id,
      remedy: `Call the tool ${RESULT_TOOL} without arguments for those that are.`,
    });
  }
  const stopProcess = (): boolean => {
    if (run.state === undefined) return false;
    try {
      process.kill(run.state.pid, 'SIGTERM');
    } catch {
      // It ended by itself.
    }
    return true;
  };
  return { progress: run.state?.progress ?? 'starting', end: await endOf(hub, run), stop: stopProcess };
}

/** A process gets so long from its request to its first note. */
const STARTING_MS = 30_000;

async function endOf(hub: Hub, run: Run): Promise<RunEnd | undefined> {
  if (run.end !== undefined) return run.end;
  const { state, request } = run;
  const isStarting = Date.parse(hub.host.clock.date()) - Date.parse(request.date) < STARTING_MS;
  if (state === undefined ? isStarting : await isAlive(hub.host, run)) return undefined;
  // It may have ended between the two looks.
  const again = await hub.runs.get(request.id);
  if (again?.end !== undefined) return again.end;
  return {
    outcome: 'failed',
    failure: {
      code: 'interrupted',
      problem: 'the process that carried this run out is gone, without a result',
      remedy: `Call the tool ${request.operation} again.`,
    },
  };
}

async function listRuns(hub: Hub, folders: readonly string[]): Promise<Answer> {
  const runs: ListedRun[] = [];
  for (const [run, { operation, project, progress }] of hub.live)
    if (mayRead(folders, project)) runs.push({ run, tool: operation, project, outcome: 'running', progress });
  for (const id of await hub.runs.ids()) {
    if (runs.length >= MOST_LISTED) break;
    const run = hub.live.has(id) ? undefined : await hub.runs.get(id);
    if (run === undefined || !mayRead(folders, run.request.project)) continue;
    const outcome = (await endOf(hub, run))?.outcome ?? 'running';
    const { operation: tool, project } = run.request;
    const progress = outcome === 'running' ? run.state?.progress : undefined;
    runs.push({ run: id, tool, project, outcome, ...(progress === undefined ? {} : { progress }) });
  }
  const lines = runs.map(({ run, tool, outcome, progress }) =>
    [run, tool, outcome, progress ?? ''].join('  ').trimEnd(),
  );
  return answerPage({ runs }, lines.length === 0 ? 'no run is kept' : boundLines(lines).text);
}

function answerPage(value: Page, text: string, run?: string): Answer {
  return {
    envelope: { outcome: 'good', ...(run === undefined ? {} : { run }), result: value },
    text,
    isError: false,
    isWhole: true,
  };
}

function answerPart(id: string, end: RunEnd, input: z.infer<typeof resultInput>): Answer {
  if (end.outcome === 'failed' || (!input.text && input.path === undefined)) return answerEnd(id, end);
  const { offset, limit } = input;
  if (input.text) {
    const lines = end.lines.slice(offset, offset + limit);
    const { text, left } = boundLines(lines, MOST_TEXT - HINT_BYTES);
    const next = offset + lines.length - left;
    const rest = end.lines.length - next;
    const hint = rest > 0 ? `\n… ${String(rest)} more lines: "offset": ${String(next)}` : '';
    return answerPage({ offset, of: end.lines.length }, `${text}${hint}`, id);
  }
  const path = input.path ?? '';
  const whole = valueAt(end.result, path);
  if (whole === undefined) {
    throw new StropError({
      code: 'bad-request',
      problem: 'the result has no such part',
      where: path,
      remedy: 'Take a path from "cut" of the answer.',
    });
  }
  if (typeof whole === 'string') {
    const value = cutText(whole.slice(offset), MOST_STRUCTURED / 2);
    return answerPage({ path, offset, of: whole.length, value }, cutText(value, MOST_TEXT), id);
  }
  if (!Array.isArray(whole)) {
    const { value, cut } = boundValue(whole);
    const text =
      value === undefined
        ? `too large for one answer; its parts: ${cut.map((each) => joinPath(path, each.path)).join(', ')}`
        : JSON.stringify(value);
    const below = cut.map((each) => ({ ...each, path: joinPath(path, each.path) }));
    return withCut(answerPage({ path, value }, cutText(text, MOST_TEXT), id), below);
  }
  const items: readonly unknown[] = whole;
  let count = Math.min(limit, items.length - offset);
  const take = (): readonly unknown[] => items.slice(offset, offset + Math.max(1, count));
  while (count > 1 && Buffer.byteLength(JSON.stringify(take())) > MOST_STRUCTURED)
    count = Math.floor(count / 2);
  const { value = [], cut } = boundValue(take());
  const next = offset + Math.max(1, count);
  const text =
    next < items.length
      ? `items ${String(offset)} to ${String(next - 1)} of ${String(items.length)}; next: "offset": ${String(next)}`
      : `items from ${String(offset)}, the last of ${String(items.length)}`;
  // Items are counted from the first of the whole list.
  const below = cut.map((each) => {
    const [index, ...names] = each.path.split('.');
    return {
      ...each,
      path: [path, offset + Number(index), ...names].filter((name) => name !== '').join('.'),
    };
  });
  return withCut(answerPage({ path, offset, of: items.length, value }, text, id), below);
}

/** What an answer tells about cuts at most. */
const MOST_CUTS = 20;

function withCut(answer: Answer, cut: readonly Cut[]): Answer {
  return cut.length === 0
    ? answer
    : { ...answer, envelope: { ...answer.envelope, cut: cut.slice(0, MOST_CUTS) } };
}

function parse<T>(schema: z.ZodType<T>, given: unknown): T {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new StropError({
    code: 'bad-request',
    problem: parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '),
    remedy: 'See the input schema of the tool.',
  });
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Tool['inputSchema'] {
  const { $schema: _, ...rest } = schema.toJSONSchema({ io, unrepresentable: 'any' });
  return rest;
}
