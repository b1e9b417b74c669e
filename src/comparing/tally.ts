import type { ExtraMeter, Pair } from '#measuring';
import { judgeCalls, median } from '#verdict';
import type { CallsJudgement, Rule } from '#verdict';
import { METERS, readMeter } from './meters.ts';
import type { MeterName, Reading } from './meters.ts';

/** What all pairs of one workload said so far, by meter. */
export class Tally {
  readonly pairs: Pair[] = [];
  readonly #readings = new Map<MeterName, Reading[]>();
  readonly #judgements = new Map<MeterName, CallsJudgement>();

  /** Takes one more pair, whatever it yielded. */
  add(pair: Pair): void {
    this.pairs.push(pair);
    for (const meter of Object.keys(METERS) as MeterName[]) {
      const reading = readMeter(pair, meter);
      if (reading === undefined) continue;
      this.#readings.set(meter, [...this.readings(meter), reading]);
      this.#judgements.delete(meter);
    }
  }

  readings(meter: MeterName): readonly Reading[] {
    return this.#readings.get(meter) ?? [];
  }

  /** The judgement of one meter over all pairs that read it. */
  judgement(meter: MeterName, rule: Rule): CallsJudgement {
    const known = this.#judgements.get(meter);
    if (known !== undefined) return known;
    const judged = judgeCalls(
      this.readings(meter).map(({ logRatio, mean }) => ({ middle: logRatio, mean: mean.logRatio })),
      rule,
    );
    this.#judgements.set(meter, judged);
    return judged;
  }

  /** Medians over pairs of what was judged on both sides: the call in the middle, or the mean of all, per iteration. */
  typical(
    meter: MeterName,
    { of }: Pick<CallsJudgement, 'of'>,
  ): { readonly before: number; readonly after: number } {
    const readings = this.readings(meter).map((reading) => (of === 'all calls' ? reading.mean : reading));
    if (readings.length === 0) return { before: Number.NaN, after: Number.NaN };
    return {
      before: median(readings.map((reading) => reading.a)),
      after: median(readings.map((reading) => reading.b)),
    };
  }

  /** The first reading of a deterministic count: both sides of that pair had the same hash seed. */
  witness(meter: ExtraMeter): { readonly before: number; readonly after: number } | undefined {
    const found = this.pairs.find((pair) => pair.extras[meter] !== undefined)?.extras[meter];
    return found === undefined ? undefined : { before: found.a, after: found.b };
  }

  /** Pairs with timed rounds. */
  get timedPairs(): number {
    return this.pairs.filter((pair) => pair.rounds.length > 0).length;
  }
}
