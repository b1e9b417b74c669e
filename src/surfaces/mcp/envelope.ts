import { z } from 'zod';

/** How a call ended: as exit codes 0, 1 and 3 of the command line, by an error, or not yet. */
export type Outcome = 'good' | 'bad-news' | 'undecided' | 'failed' | 'running';

const OUTCOMES = ['good', 'bad-news', 'undecided', 'failed', 'running'] as const;

/** A list, text or table of the result that was too long for one answer. */
export interface Cut {
  /** Names and numbers joined by dots, as the tool `result` takes them; empty for the whole. */
  readonly path: string;
  readonly kept: number;
  readonly of: number;
}

/** What every tool answers as structured content, around the result of its operation. */
export interface Envelope {
  readonly outcome: Outcome;
  /** Handle of this call for the tool `result`, where there is more to ask for. */
  readonly run?: string;
  readonly result?: unknown;
  readonly cut?: readonly Cut[];
  /** How to get what was cut. */
  readonly more?: string;
  readonly error?: {
    readonly code: string;
    readonly problem: string;
    readonly where?: string | undefined;
    readonly remedy: string;
    readonly detail?: string | undefined;
  };
}

/** The form of {@link Envelope} around a result of this form. */
export function envelopeOf(result: z.ZodType): z.ZodObject {
  return z.object({
    outcome: z.enum(OUTCOMES),
    run: z.string().optional(),
    result: result.optional(),
    cut: z.array(z.object({ path: z.string(), kept: z.number(), of: z.number() })).optional(),
    more: z.string().optional(),
    error: z
      .object({
        code: z.string(),
        problem: z.string(),
        where: z.string().optional(),
        remedy: z.string(),
        detail: z.string().optional(),
      })
      .optional(),
  });
}

/** The outcome that an exit code stands for. */
export function outcomeOf(exitCode: 0 | 1 | 3): Outcome {
  if (exitCode === 0) return 'good';
  return exitCode === 1 ? 'bad-news' : 'undecided';
}
