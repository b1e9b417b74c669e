/*
 * Simulated measurements with a fixed seed, and the check that a procedure keeps its error rate.
 * Used by the tests of this module only.
 */
import { combineRounds } from './quantile.ts';

/** Uniform numbers in [0, 1), the same sequence for the same seed (a 32-bit Weyl sequence, hashed). */
export type Draw = () => number;

export function startDraw(seed: number): Draw {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let hash = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    hash = Math.imul(hash ^ (hash >>> 15), 0x735a2d97);
    return ((hash ^ (hash >>> 15)) >>> 0) / 2 ** 32;
  };
}

export function drawGauss(draw: Draw): number {
  return Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw());
}

/** Student's t: 1 degree of freedom is Cauchy, 2 has no variance. */
export function drawStudent(draw: Draw, freedom: number): number {
  let squares = 0;
  for (let i = 0; i < freedom; i += 1) squares += drawGauss(draw) ** 2;
  return drawGauss(draw) / Math.sqrt(squares / freedom);
}

/** The log ratios of the rounds of one pair. */
export type Rounds = readonly number[];

/** A machine that measures identical code: every call yields the next pair. */
export type Machine = (draw: Draw) => () => Rounds;

export const gaussian: Machine = (draw) => () => [drawGauss(draw)];

export function student(freedom: number): Machine {
  return (draw) => () => [drawStudent(draw, freedom)];
}

/** What the machine does to the second run of a pair against the first: a trend, long waves, and two speeds. */
function startDrift(draw: Draw): () => number {
  let wave = 0;
  let slow = false;
  return () => {
    wave = 0.9 * wave + 0.3 * drawGauss(draw);
    if (draw() < 0.15) slow = !slow;
    return 0.5 + wave + (slow ? 4 : 1) * 0.3 * drawGauss(draw);
  };
}

/** A drifting machine on which the order inside each pair is drawn, so that the drift hits A or B by chance. */
export const drifting: Machine = (draw) => {
  const next = startDrift(draw);
  return () => [draw() < 0.5 ? next() : -next()];
};

/** The same with A always first. No statistics repairs that. */
export const driftingUnshuffled: Machine = (draw) => {
  const next = startDrift(draw);
  return () => [next()];
};

/** Ten rounds a pair that share what their two processes happened to get (memory layout, core). */
export const nested: Machine = (draw) => () => {
  const shared = drawGauss(draw);
  return Array.from({ length: 10 }, () => shared + 2 * drawGauss(draw));
};

/**
 * A core with two speeds, 1.5x apart, or two kinds of it: in so large a share of the pairs the sides get different ones,
 * which of them by chance. Between pairs of one kind there is 2 % of noise.
 */
export function twoSpeeds(share: number): Machine {
  return (draw) => () => {
    const gap = draw() < share ? Math.log(1.5) : 0;
    return [(draw() < 0.5 ? gap : -gap) + 0.02 * drawGauss(draw)];
  };
}

/** A way to decide: fed one pair at a time, it says whether it would now call A and B different. */
export type Procedure = () => (rounds: Rounds) => boolean;

/** How often a procedure called identical code different. */
export interface Calibration {
  readonly rate: number;
  /** Within three standard errors of the promised rate. */
  readonly passes: boolean;
}

/** Runs a procedure on identical code, looking after every pair until it decides or the pairs are used up. */
export function calibrate(
  procedure: Procedure,
  machine: Machine,
  { alpha = 0.01, pairs = 60, runs = 3000, seed = 1 } = {},
): Calibration {
  const draw = startDraw(seed);
  let alarms = 0;
  for (let run = 0; run < runs; run += 1) {
    const decide = procedure();
    const next = machine(draw);
    for (let pair = 0; pair < pairs; pair += 1) {
      if (decide(next())) {
        alarms += 1;
        break;
      }
    }
  }
  return { rate: alarms / runs, passes: alarms <= runs * alpha + 3 * Math.sqrt(runs * alpha * (1 - alpha)) };
}

/**
 * P(|T| > t) for Student's t. With tan(x) = t / sqrt(freedom) the density becomes cos(x)^(freedom - 1), which
 * Simpson's rule integrates.
 */
export function studentTails(t: number, freedom: number): number {
  const integrate = (end: number): number => {
    const steps = 400;
    let sum = 1 + Math.cos(end) ** (freedom - 1);
    for (let i = 1; i < steps; i += 1)
      sum += (i % 2 === 0 ? 2 : 4) * Math.cos((end * i) / steps) ** (freedom - 1);
    return (sum * end) / (3 * steps);
  };
  return 1 - integrate(Math.atan(Math.abs(t) / Math.sqrt(freedom))) / integrate(Math.PI / 2);
}

const criticalValues = new Map<string, number>();

/** The |t| that is exceeded with probability alpha. */
function criticalValue(freedom: number, alpha: number): number {
  const key = `${String(freedom)} ${String(alpha)}`;
  const known = criticalValues.get(key);
  if (known !== undefined) return known;
  let low = 0;
  let high = 1e4;
  while (high - low > 1e-6 * high) {
    const middle = (low + high) / 2;
    if (studentTails(middle, freedom) > alpha) low = middle;
    else high = middle;
  }
  criticalValues.set(key, high);
  return high;
}

/** Collects values and tests "mean 0" with the ordinary t-test. */
function startTTest(alpha: number): { add(value: number): void; isSignificant(): boolean } {
  let count = 0;
  let sum = 0;
  let squares = 0;
  return {
    add(value) {
      count += 1;
      sum += value;
      squares += value * value;
    },
    isSignificant() {
      if (count < 3) return false;
      const variance = (squares - (sum * sum) / count) / (count - 1);
      return Math.abs(sum / count) > criticalValue(count - 1, alpha) * Math.sqrt(variance / count);
    },
  };
}

/** The planted mistake "peeking": an ordinary t-test on the pairs, looked at after every pair. */
export function peekingTTest(alpha: number): Procedure {
  return () => {
    const test = startTTest(alpha);
    return (rounds) => {
      test.add(combineRounds(rounds));
      return test.isSignificant();
    };
  };
}

/** The ordinary t-test on the pairs, looked at once. */
export function singleTTest(alpha: number, pairs: number): Procedure {
  return () => {
    const test = startTTest(alpha);
    let seen = 0;
    return (rounds) => {
      test.add(combineRounds(rounds));
      seen += 1;
      return seen === pairs && test.isSignificant();
    };
  };
}

/** The planted mistake "rounds taken as independent": the t-test on all rounds, looked at once. */
export function roundsTTest(alpha: number, pairs: number): Procedure {
  return () => {
    const test = startTTest(alpha);
    let seen = 0;
    return (rounds) => {
      rounds.forEach(test.add);
      seen += 1;
      return seen === pairs && test.isSignificant();
    };
  };
}
