import { StropError } from '#base';
import { parseDuration, parseShare } from '#project';
import type { Settings } from '#project';
import type { CompareRequest } from '#comparing';
import { z } from 'zod';

/** The flags that every operation which compares has alike. */
export const compareFlags = {
  budget: z.string().optional().describe('time to spend on each workload (default 60s)'),
  margin: z
    .string()
    .optional()
    .describe('a change whose estimate is no larger is not called one, even where it is proven (default 1%)'),
  fpr: z.string().optional().describe('error rate: expected share of false findings (default 1%)'),
  meter: z
    .enum(['auto', 'cpu', 'wall', 'memory'])
    .optional()
    .describe(
      'auto: time by the best clock, and memory; cpu or wall: time alone by that clock; memory: memory makes the verdict',
    ),
  timeout: z.string().optional().describe('longest time that a workload may take to answer (default 60s)'),
  python: z.string().optional().describe('interpreter to use instead of the one found'),
};

/** The flags after parsing, as the user wrote them. */
export interface CompareFlags {
  readonly budget?: string | undefined;
  readonly margin?: string | undefined;
  readonly fpr?: string | undefined;
  readonly meter?: CompareRequest['meter'] | undefined;
  readonly timeout?: string | undefined;
}

const METERS = ['auto', 'cpu', 'wall', 'memory'] as const;

function refuse(flag: string, text: string, form: string): StropError {
  return new StropError({
    code: 'bad-request',
    problem: `"${text}" is no ${form}`,
    where: flag,
    remedy: form === 'duration' ? 'Write for example 30s or 2m.' : 'Write for example 1% or 0.01.',
  });
}

function duration(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const parsed = parseDuration(text);
  if (parsed === undefined) throw refuse(flag, text, 'duration');
  return parsed;
}

function share(flag: string, text: string | undefined, least: number): number | undefined {
  if (text === undefined) return undefined;
  const parsed = parseShare(text);
  if (parsed === undefined || parsed < least || parsed > 0.5)
    throw refuse(flag, text, 'share from 0% to 50%');
  return parsed;
}

function meterOf(input: CompareFlags, settings: Settings): CompareRequest['meter'] {
  const text = input.meter ?? settings.meter ?? 'auto';
  const known = METERS.find((name) => name === text);
  if (known !== undefined) return known;
  throw new StropError({
    code: 'bad-config',
    problem: `"${text}" is no meter`,
    where: settings.file ?? '--meter',
    remedy: `Choose one of ${METERS.join(', ')}.`,
  });
}

/** Joins flags, settings and defaults; throws `bad-request` for a flag that cannot be read. */
export function readRequest(input: CompareFlags, settings: Settings): CompareRequest {
  return {
    budgetNs: duration('--budget', input.budget) ?? settings.budgetNs ?? 60e9,
    timeoutMs: (duration('--timeout', input.timeout) ?? settings.timeoutNs ?? 60e9) / 1e6,
    rule: {
      alpha: share('--fpr', input.fpr, 1e-9) ?? settings.fpr ?? 0.01,
      margin: share('--margin', input.margin, 0) ?? settings.margin ?? 0.01,
    },
    meter: meterOf(input, settings),
  };
}
