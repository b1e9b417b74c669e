import { join } from 'node:path';
import { StropError, formatCount } from '#base';
import type { Doubt } from '#base';
import type { GateReport } from '#campaign';
import type { ChildResult, Host } from '#host';
import type { Side } from '#revisions';
import { compareApis } from './compare-api.ts';
import type { ApiDifferences } from './compare-api.ts';
import { describeFinding } from './finding.ts';
import { ApiRecord } from './record.ts';
import type { ApiSide } from './record.ts';

/** What the gate needs to read the public API of both sides. */
export interface ApiRequest {
  readonly sides: { readonly a: Side; readonly b: Side };
  /** Where griffe lies, and the interpreter that runs it, which need not be that of the project. */
  readonly griffe: { readonly folder: string; readonly python: string };
  /** An existing folder for this run's own files. */
  readonly runFolder: string;
  /** Why the API may change, as the user said it. */
  readonly reason: string | null;
  /** Default 2 min. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** How the gate answered, and what it saw besides. */
export interface ApiCheck {
  readonly report: GateReport;
  /** Public names that are new in B. */
  readonly added: readonly string[];
  /** Changes that break no caller, one sentence each. */
  readonly notes: readonly string[];
  readonly doubts: readonly Doubt[];
}

const TIMEOUT_MS = 120_000;

const SHOWN = 8;

/**
 * Compares the public API of both sides as griffe reads it from the sources and stubs: nothing of the project is
 * imported or run. Public is what `__all__` names, else what has no leading underscore and is defined where it stands or
 * offered again (by an `__init__`, as `x as x`); what A had is there in B whoever defines it. Tests and benchmarks are
 * left out. What cannot be read is a doubt. Fails with `environment-failed` when griffe itself fails, and `interrupted`.
 */
export async function checkApi(host: Host, request: ApiRequest): Promise<ApiCheck> {
  const { a, b } = await recordApis(host, request);
  const differences = compareApis(a, b);
  const details = differences.findings.map(describeFinding);
  const names = Object.keys(a.names).length;
  const failed = details.length > 0;
  return {
    report: {
      gate: 'api',
      outcome: !failed ? 'passed' : request.reason === null ? 'failed' : 'excused',
      summary: failed
        ? `${count(details.length, 'change')} of the public API (${count(names, 'public name')} in A)`
        : `${count(names, 'public name')} of A ${names === 1 ? 'is' : 'are'} as before in B${also(differences)}`,
      details,
      reason: failed ? request.reason : null,
    },
    added: differences.added,
    notes: differences.notes,
    doubts: doubtsOf(a, b, differences),
  };
}

function count(number: number, noun: string): string {
  return `${formatCount(number)} ${noun}${number === 1 ? '' : 's'}`;
}

function also({ added }: ApiDifferences): string {
  return added.length === 0
    ? ''
    : `, ${formatCount(added.length)} more ${added.length === 1 ? 'is' : 'are'} new`;
}

async function recordApis(host: Host, request: ApiRequest): Promise<ApiRecord> {
  const { griffe, runFolder, signal } = request;
  const mark = host.random.token(6);
  const [question, answer] = [
    join(runFolder, `api-${mark}.json`),
    join(runFolder, `api-${mark}-record.json`),
  ];
  const side = ({ project, sourceRoots, modules }: Side) => ({ project, roots: sourceRoots, modules });
  const sides = { a: side(request.sides.a), b: side(request.sides.b) };
  await host.files.writeAtomically(question, JSON.stringify({ griffe: griffe.folder, sides }));
  try {
    const run = await host.processes.run({
      // Isolated, and without site-packages: no code of the project's environment runs, not even its .pth files.
      argv: [
        ...[griffe.python, '-I', '-S', '-B', join(host.folders.shims, '_strop_tools', 'api.py')],
        ...[question, answer],
      ] as [string, ...string[]],
      cwd: runFolder,
      timeoutMs: request.timeoutMs ?? TIMEOUT_MS,
      ...(signal === undefined ? {} : { signal }),
    });
    const record = ApiRecord.safeParse(parseJson(await host.files.readText(answer)));
    if (run.ok && record.success) return record.data;
    throw failure(run, griffe.python);
  } finally {
    await host.files.remove(question);
    await host.files.remove(answer);
  }
}

function parseJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}

function failure(run: ChildResult, python: string): StropError {
  if (run.aborted) {
    return new StropError({
      code: 'interrupted',
      problem: 'the comparison of the public API was stopped',
      remedy: 'Run the same command again.',
    });
  }
  return new StropError({
    code: 'environment-failed',
    problem: run.timedOut
      ? 'griffe did not read the public API in time'
      : 'griffe could not read the public API',
    where: python,
    remedy:
      'Install it anew (`strop tools remove griffe`, then `strop tools install griffe`), or report this with the lines below.',
    detail: `${run.stdout}\n${run.stderr}`.trim().slice(-4000),
  });
}

function doubtsOf(a: ApiSide, b: ApiSide, { unseen }: ApiDifferences): readonly Doubt[] {
  const doubts: Doubt[] = [];
  const say = (text: string): void => {
    doubts.push({ code: 'api-partly-unseen', text });
  };
  const unread = [
    ...Object.entries(a.unread).map(([module, { why }]) => `${module} of A (${why})`),
    ...Object.entries(b.unread).map(([module, { why }]) => `${module} of B (${why})`),
  ];
  if (unread.length > 0) say(`The public API of some modules was not compared: ${list(unread)}.`);
  if (unseen.length > 0)
    say(`These names are gone from the source, but their module may make them when asked: ${list(unseen)}.`);
  if (Object.keys(a.names).length === 0) say('No public name was found in A, so nothing was compared.');
  return doubts;
}

function list(items: readonly string[]): string {
  const more = items.length - SHOWN;
  return `${items.slice(0, SHOWN).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
