import { formatShare } from '#base';
import type { Doubt } from '#base';
import type { StepDocument } from '#store';
import type { Hotness } from '../whole-profiles.ts';

/** Changed code below this share of a profile is a cold path: even made free it gains next to nothing. */
const COLD_SHARE = 0.01;

/** Warns when the newest profiles say that what was changed costs next to nothing; silent without a profile. */
export function coldPathDoubts(hot: readonly Hotness[], changed: StepDocument['changed']): readonly Doubt[] {
  const [most] = hot;
  if (most === undefined || changed.length === 0 || most.share >= COLD_SHARE) return [];
  const { share, profile } = most;
  const what = share === 0 ? 'never showed up' : `had ${formatShare(share)} of the ${nounOf(most)}`;
  return [
    {
      code: 'cold-path',
      text: `What was changed ${what} in the newest profile (${profile.workload ?? profile.tool}): it can gain no more than that there.`,
    },
  ];
}

/** What the newest profiles say that the change can gain at most, as the step keeps it. */
export function describeHot(hot: readonly Hotness[]): NonNullable<StepDocument['hot']> {
  return hot.map(({ profile, share, bound }) => ({
    workload: profile.workload ?? profile.tool,
    unit: profile.metric.unit === 'bytes' ? ('bytes' as const) : ('ns' as const),
    share,
    bound,
  }));
}

function nounOf({ profile }: Hotness): string {
  return profile.metric.unit === 'bytes' ? 'memory' : 'time';
}
