import { StropError } from '#base';
import { parseDuration, parseShare } from '#project';
import type { Settings } from '#project';
import type { Rule } from '#verdict';
import type { CompareInput } from './schema.ts';

/** The numbers and choices of one comparison, from flags before settings before defaults. */
export interface CompareRequest {
  readonly budgetNs: number;
  readonly timeoutMs: number;
  readonly rule: Pick<Rule, 'alpha' | 'margin'>;
  readonly meter: 'auto' | 'cpu' | 'wall' | 'memory';
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

function meterOf(input: CompareInput, settings: Settings): CompareRequest['meter'] {
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
export function readRequest(input: CompareInput, settings: Settings): CompareRequest {
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
