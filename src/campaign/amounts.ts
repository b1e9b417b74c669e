import { formatBytes, formatChange, formatCount, formatDuration } from '#base';
import type { StepWorkload } from './step.ts';

const METER_NAMES: Readonly<Record<string, string>> = {
  cpu: 'CPU time',
  wall: 'wall time',
  'wall-less-queue': 'wall time less waiting for a core',
  rss: 'peak RSS',
  peak: 'peak of allocations',
  allocations: 'allocations',
};

/** What a meter is called in a sentence: `CPU time`; an unknown one keeps its own name. */
export function nameMeter(meter: string): string {
  return METER_NAMES[meter] ?? meter;
}

/** An amount per iteration with its unit: `12.3 ms`, `41.8 MiB`, `1.25 M`. */
export function formatAmount(value: number, unit: StepWorkload['unit']): string {
  switch (unit) {
    case 'ns':
      return formatDuration(value);
    case 'bytes':
      return formatBytes(value);
    case 'count':
      return formatCount(value);
  }
}

/** The interval of a ratio B/A as changes: `[-61.0 %, -55.0 %]`; says so while nothing is excluded. */
export function formatInterval(interval: { readonly low: number; readonly high: number | null }): string {
  if (interval.high === null || !Number.isFinite(interval.high) || interval.low <= 0)
    return 'nothing excluded';
  return `[${formatChange(interval.low)}, ${formatChange(interval.high)}]`;
}

/** A probability in per cent that never rounds a small one to nothing: `1 %`, `0.167 %`. */
export function formatRate(rate: number): string {
  return `${String(Number((rate * 100).toPrecision(3)))} %`;
}

/** The first characters of a hash, as people say it. */
export function shortHash(hash: string): string {
  return hash.slice(0, 9);
}
