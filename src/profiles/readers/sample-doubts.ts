import type { Doubt } from '#base';

/** Below this a share of one half is known to no better than 7 points (95 %, binomial). */
const FEW_SAMPLES = 200;

/** What few samples and cut frames give reason to doubt. `cut` is the share of the cost that went with the tool. */
export function doubtSamples(samples: number, cut = 0): Doubt[] {
  const doubts: Doubt[] = [];
  if (samples < FEW_SAMPLES) {
    const half = Math.min(50, Math.round(98 / Math.sqrt(Math.max(1, samples))));
    doubts.push({
      code: 'few-samples',
      text:
        `Only ${String(samples)} samples: a share of 50 % is known to ±${String(half)} points; ` +
        'record longer or at a higher rate.',
    });
  }
  if (cut >= 0.01) {
    doubts.push({
      code: 'tool-frames-cut',
      text: `${String(Math.round(cut * 100))} % of the cost was the profiler's own and is left out.`,
    });
  }
  return doubts;
}
