import type { ExtraMeter, Pair } from '#measuring';
import { judge, median } from '#verdict';
import type { Judgement, Rule } from '#verdict';
import { METERS, readMeter } from './meters.ts';
import type { MeterName, Reading } from './meters.ts';

/** What all pairs of one workload said so far, by meter. */
export class Tally {
  readonly pairs: Pair[] = [];
  readonly #readings = new Map<MeterName, Reading[]>();
  readonly #judgements = new Map<MeterName, Judgement>();

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
  judgement(meter: MeterName, rule: Rule): Judgement {
    const known = this.#judgements.get(meter);
    if (known !== undefined) return known;
    const judged = judge(
      this.readings(meter).map((reading) => reading.logRatio),
      rule,
    );
    this.#judgements.set(meter, judged);
    return judged;
  }

  /** Medians over pairs of both sides, per iteration. */
  typical(meter: MeterName): { readonly before: number; readonly after: number } {
    const readings = this.readings(meter);
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
