import type { ExtraMeter, Measurement, Pair, PairWish } from '#measuring';
import { fewestPairs } from '#verdict';
import type { Rule, Suite } from '#verdict';
import type { MeterName } from './meters.ts';
import type { CompareRequest, FormerEvidence, Selected } from './request.ts';
import { Tally } from './tally.ts';

/** Extra meters may take this share of the time that the timed rounds take, until time is decided. */
const EXTRAS_SHARE = 0.5;

/** Memory is given up as undecided after this many times the fewest pairs that could decide it. */
const MEMORY_PATIENCE = 3;

/**
 * Signs need so many times the fewest pairs that could decide: real noise is seldom unanimous. A budget that cannot pay
 * for them is spent on the method that gets by with fewer.
 */
const SIGNS_RESERVE = 1.35;

/** One workload on its way to its verdicts. */
export class Lane {
  readonly selected: Selected;
  readonly measurement: Measurement;
  readonly tally = new Tally();
  readonly #request: CompareRequest;
  /** ns spent, calibration included. */
  spentNs: number;
  #timedNs = 0;
  #extrasNs = 0;
  #memoryPairs = 0;
  #rule: Rule;
  /** Workloads under the same error rate: a single discovery among them needs so many times the evidence. */
  readonly #suiteSize: number;

  constructor(
    selected: Selected,
    measurement: Measurement,
    request: CompareRequest,
    former?: FormerEvidence,
    suiteSize = 1,
  ) {
    this.#suiteSize = suiteSize;
    this.selected = selected;
    this.measurement = measurement;
    this.#request = request;
    this.spentNs = measurement.calibrationNs;
    this.#rule = { ...request.rule, method: former?.method ?? 'signs' };
    for (const pair of former?.pairs ?? []) this.#add(pair);
  }

  get id(): string {
    return this.selected.workload.id;
  }

  /** The rule for time: fixed by what the first pair cost, never by what it said. */
  get rule(): Rule {
    return this.#rule;
  }

  /** The meter that makes the verdict of this workload. */
  get verdictMeter(): MeterName {
    if (this.#request.meter !== 'memory') return this.measurement.plan.meter;
    return this.memoryMeters[0] ?? 'rss';
  }

  /** Memory meters that can be judged here beside the resident size, which comes for free. */
  get memoryMeters(): readonly ('peak' | 'allocations')[] {
    if (this.#request.meter === 'cpu' || this.#request.meter === 'wall') return [];
    return (['peak', 'allocations'] as const).filter((name) => this.measurement.extras.includes(name));
  }

  /** What the next pair should yield, or undefined when this workload is done. */
  nextWish(
    time: Suite,
    memory: Readonly<Record<'peak' | 'allocations' | 'rss', Suite>>,
    timeIsSettled: boolean,
    budgetNs: number,
  ): PairWish | undefined {
    const began = this.tally.pairs.length > 0;
    if (began && this.spentNs + this.pairNs() > budgetNs) return undefined;
    const open = this.memoryMeters.filter(
      (name) => memory[name].outcome(this.id) === 'undecided' && this.#memoryPairs < this.#patience(),
    );
    if (this.#request.meter === 'memory') {
      const rssOpen = this.memoryMeters.length === 0 && memory.rss.outcome(this.id) === 'undecided';
      if (open.length > 0) return { timed: false, extras: open };
      return rssOpen && this.tally.pairs.length < this.#patience() ? { timed: true, extras: [] } : undefined;
    }
    if (time.outcome(this.id) === 'undecided' && !timeIsSettled) {
      const affordable = this.#extrasNs <= EXTRAS_SHARE * this.#timedNs;
      return { timed: true, extras: affordable ? [...open, ...this.#witnesses()] : [] };
    }
    return open.length > 0 ? { timed: false, extras: open } : undefined;
  }

  #patience(): number {
    return MEMORY_PATIENCE * fewestPairs({ ...this.#rule, method: 'signs' });
  }

  /** Deterministic counts need one pair only. */
  #witnesses(): readonly ExtraMeter[] {
    if (this.tally.pairs.length > 0 || this.#request.meter === 'cpu' || this.#request.meter === 'wall')
      return [];
    return (['bytecodes', 'instructions'] as const).filter((name) => this.measurement.extras.includes(name));
  }

  /** Time for this workload, in ns. */
  get budgetNs(): number {
    return this.#request.budgetNs;
  }

  /** Measures one more pair. */
  async advance(wish: PairWish): Promise<void> {
    const pair = await this.measurement.nextPair(wish);
    if (this.tally.pairs.length === 0 && this.#isTooDear(pair)) {
      this.#rule = { ...this.#rule, method: 'near-normal' };
    }
    this.#add(pair);
    this.spentNs += pair.timedNs + pair.extrasNs;
  }

  #isTooDear(pair: Pair): boolean {
    const alpha = this.#rule.alpha / this.#suiteSize;
    const needed = SIGNS_RESERVE * fewestPairs({ ...this.#rule, alpha, method: 'signs' });
    const affordable = (this.#request.budgetNs - this.spentNs) / Math.max(pair.timedNs + pair.extrasNs, 1);
    return affordable < needed;
  }

  #add(pair: Pair): void {
    this.tally.add(pair);
    if (this.memoryMeters.some((name) => pair.extras[name] !== undefined)) this.#memoryPairs += 1;
    this.#timedNs += pair.timedNs;
    this.#extrasNs += pair.extrasNs;
  }

  /** Pairs in all, at least, for a decision that holds beside the other workloads: they share one error rate. */
  get pairsWithOthers(): number {
    const alpha = this.#rule.alpha / this.#suiteSize;
    return Math.max(this.tally.pairs.length + 1, fewestPairs({ ...this.#rule, alpha }));
  }

  /** What one pair costs on average, in ns. */
  pairNs(): number {
    return (this.#timedNs + this.#extrasNs) / Math.max(this.tally.pairs.length, 1);
  }
}
