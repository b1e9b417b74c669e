import { describe, expect, it } from 'vitest';
import { createHost, type Random } from '#host';

const draw = (random: Random) => [
  ...Array.from({ length: 20 }, () => random.below(1000)),
  random.token(8),
  random.below(2 ** 40),
];

describe('chance', () => {
  it('repeats for the same seed and not for another one', () => {
    const first = draw(createHost({ seed: 'a' }).random);
    expect(draw(createHost({ env: { STROP_SEED: 'a' } }).random)).toEqual(first);
    expect(draw(createHost({ seed: 'b' }).random)).not.toEqual(first);
    expect(draw(createHost().random)).not.toEqual(draw(createHost().random));
  });

  it.each(['seeded', 'system'])('is even (%s)', (kind) => {
    const { random } = createHost(kind === 'seeded' ? { seed: 'even' } : {});
    const bound = 7;
    const draws = 70_000;
    const counts = Array.from({ length: bound }, () => 0);
    for (let index = 0; index < draws; index += 1) counts[random.below(bound)]! += 1;
    // Chi-squared with 6 degrees of freedom: above 38 once in a million.
    const expected = draws / bound;
    const chiSquared = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    expect(chiSquared).toBeLessThan(38);
    expect(random.token(16)).toMatch(/^[0-9a-f]{32}$/);
    expect(random.below(1)).toBe(0);
    for (const bad of [0, -1, 1.5, Number.NaN]) expect(() => random.below(bad)).toThrow();
  });
});

describe('the clock', () => {
  it('goes forward and wakes a sleeper at once when the signal aborts', async () => {
    const { clock } = createHost();
    const controller = new AbortController();
    const startNs = clock.nowNs();
    await clock.sleep(2);
    expect(clock.nowNs() - startNs).toBeGreaterThan(1e6);
    const long = clock.sleep(1e9, controller.signal);
    controller.abort();
    await long;
    await clock.sleep(1e9, controller.signal);
    expect(clock.date()).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });
});
