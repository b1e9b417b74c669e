import { join } from 'node:path';
import type { ChildResult, Host } from '#host';
import { z } from 'zod';

const Answer = z.object({
  version: z.tuple([z.number(), z.number(), z.number()]),
  text: z.string(),
  executable: z.string(),
  implementation: z.string().default('unknown'),
  prefix: z.string().default(''),
  basePrefix: z.string().default(''),
  platform: z.string().default(''),
  abi: z.string().default(''),
  freeThreaded: z.boolean().default(false),
  gil: z.boolean().default(true),
  debug: z.boolean().default(false),
  sitePackages: z.array(z.string()).default([]),
  tools: z.record(z.string(), z.string()).default({}),
});

/** What an interpreter says of itself. */
export type ProbeAnswer = z.infer<typeof Answer>;

/** The answer, or one sentence on why there is none, with the output of the interpreter. */
export type Probe =
  | { readonly ok: true; readonly answer: ProbeAnswer }
  | { readonly ok: false; readonly reason: string; readonly detail: string };

/**
 * Long enough for a cold interpreter on a network file system; a healthy one answers in a tenth of a second.
 */
const PROBE_TIMEOUT_MS = 30_000;

function explainFailure(run: ChildResult, timeoutMs: number): string {
  if (run.startError === 'ENOENT') return 'it does not exist (or is a link to something that is gone)';
  if (run.startError === 'EACCES') return 'it may not be executed';
  if (run.startError !== undefined) return `it could not be started (${run.startError})`;
  if (run.timedOut) return `it gave no answer within ${timeoutMs / 1000} s and was stopped`;
  if (run.signal !== undefined) return `it was ended by ${run.signal}`;
  if (run.exitCode !== 0) return `it ended with exit code ${run.exitCode ?? 'unknown'}`;
  return 'it ran but did not answer like a Python interpreter';
}

/**
 * Starts an interpreter once and asks what it is. The answer stands between two fresh marks, so that whatever
 * `sitecustomize` or a wrapper script prints cannot be taken for it.
 */
export async function probePython(
  host: Host,
  executable: string,
  cwd: string,
  timeoutMs: number = PROBE_TIMEOUT_MS,
): Promise<Probe> {
  const mark = `strop-${host.random.token(12)}`;
  const run = await host.processes.run({
    argv: [executable, join(host.folders.shims, '_strop', 'facts.py'), mark],
    cwd,
    timeoutMs,
  });
  const start = run.stdout.indexOf(mark);
  const end = run.stdout.indexOf(mark, start + mark.length);
  if (start !== -1 && end !== -1) {
    const parsed = Answer.safeParse(parseJson(run.stdout.slice(start + mark.length, end)));
    if (parsed.success) return { ok: true, answer: parsed.data };
  }
  const detail = [run.stderr.trim(), run.stdout.trim()].filter((part) => part !== '').join('\n');
  return { ok: false, reason: explainFailure(run, timeoutMs), detail: detail.slice(-4000) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
