import type { Doubt } from '#base';
import type { Profile, StackNode, StackProfile } from '#profiles';

/** From this part of the whole on it is worth a word. */
const NOTABLE = 0.05;

/** What Python calls by itself on the way of a line's own work: a key of `sorted`, a generator in `sum`. */
const PART_OF_LINE = /^<(?:lambda|genexpr|listcomp|setcomp|dictcomp)>$/;

/**
 * Samplers charge the freeing of what a call left behind to the line of the module that made the call, at the end of the
 * program above all: `main()` seems to cost by itself. Work of the line itself looks the same.
 */
export function doubtTeardown(profile: Profile): readonly Doubt[] {
  if (profile.shape !== 'stacks') return [];
  const { frames, nodes } = profile;
  const isCall = ({ frame }: StackNode): boolean =>
    frames[frame]?.origin === 'mine' && !PART_OF_LINE.test(frames[frame].name);
  const calls = new Set(nodes.filter(isCall).map(({ parent }) => parent));
  const byPlace = new Map<string, number>();
  for (const [at, node] of nodes.entries()) {
    const frame = frames[node.frame];
    if (!calls.has(at) || frame?.name !== '<module>' || frame.origin !== 'mine' || node.line === undefined)
      continue;
    const place = `${frame.file ?? ''}:${String(node.line)}`;
    byPlace.set(place, (byPlace.get(place) ?? 0) + (node.self[0] ?? 0));
  }
  const total = costOf(profile);
  const [most] = [...byPlace].sort(([, one], [, other]) => other - one);
  if (most === undefined || !(most[1] >= NOTABLE * total)) return [];
  const [place, cost] = most;
  return [
    {
      code: 'teardown',
      text: `${String(Math.round((100 * cost) / total))} % of the cost is on ${place.replace(/^.*[\\/]/, '')}, which calls your functions, outside of these calls: work of the line itself (a sort, a loop), or the freeing of what the calls left, which no change of the line makes cheaper.`,
    },
  ];
}

function costOf({ nodes }: StackProfile): number {
  return nodes.reduce((sum, { self }) => sum + (self[0] ?? 0), 0);
}
