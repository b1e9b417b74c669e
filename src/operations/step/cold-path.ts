import { formatShare } from '#base';
import type { Doubt } from '#base';
import { shareOf } from '#profiles';
import type { History, StepDocument } from '#store';

/** Changed code below this share of a profile is a cold path: even made free it gains next to nothing. */
const COLD_SHARE = 0.01;

/** Warns when the newest profile says that what was changed costs next to nothing; silent without a profile. */
export async function coldPathDoubts(
  history: History,
  changed: StepDocument['changed'],
): Promise<readonly Doubt[]> {
  const profile = await history.profiles.latest();
  if (profile === undefined || changed.length === 0) return [];
  const share = shareOf(profile, changed);
  if (share >= COLD_SHARE) return [];
  const what = share === 0 ? 'never showed up' : `had ${formatShare(share)} of the time`;
  return [
    {
      code: 'cold-path',
      text: `What was changed ${what} in the newest profile (${profile.workload ?? profile.tool}): it can gain no more than that there.`,
    },
  ];
}
