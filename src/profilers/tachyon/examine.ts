import { StropError } from '#base';
import type { Doubt } from '#base';
import type { Ask, Printed } from '../profiler.ts';

/** Above this share of late attempts the rate was too high, as for any sampler. */
const MISSED_SHARE = 0.1;

/**
 * What profiling.sampling prints at its end: it ends well also when it saw nothing or came late. The attempts that
 * failed are in the binary file itself.
 */
export function examineTachyon({ text }: Printed, { question, rateHz }: Ask): readonly Doubt[] {
  // The counts of attempts have the separators of the locale; this one has none.
  const written = /\((\d+) samples\)\s*$/m.exec(text)?.[1];
  const attempts = /Captured (\S+) samples?/.exec(text)?.[1];
  if (written === '0' || (written === undefined && attempts === '0')) {
    throw new StropError({
      code: 'tool-failed',
      problem: 'profiling.sampling took no sample',
      remedy:
        question === 'wall' || question === 'async'
          ? 'Record for longer (--duration 10s).'
          : 'Nothing ran that long: record for longer (--duration 10s), or count waiting, too (--wall).',
    });
  }
  const doubts: Doubt[] = [];
  const missed = Number(/missed [^\n]*\(([\d.]+)%\)/.exec(text)?.[1] ?? 0) / 100;
  if (missed > MISSED_SHARE) {
    doubts.push({
      code: 'sampling-behind',
      text: `profiling.sampling missed ${String(Math.round(missed * 100))} % of its moments at ${String(rateHz)} samples a second: record with a lower --rate, or on a machine with less to do.`,
    });
  }
  if (/stopping early/.test(text)) {
    doubts.push({
      code: 'profile-cut-short',
      text: 'profiling.sampling stopped when its file was full: what came later is not in here.',
    });
  }
  return doubts;
}
