import { describe, expect, it } from 'vitest';
import { formatBytes, formatChange, formatCount, formatDuration, formatShare } from '#base';

describe('units', () => {
  it('shows durations with three digits and the unit that fits', () => {
    expect([0, 1, 999.9, 1000, 12_345, 1.5e6, 61e9].map(formatDuration)).toEqual([
      '0 ns',
      '1.00 ns',
      '1.00 µs',
      '1.00 µs',
      '12.3 µs',
      '1.50 ms',
      '61.0 s',
    ]);
  });

  it('shows a ratio as a signed change and never as minus zero', () => {
    expect([0.95, 1, 1 + 1e-9, 0.99998, 1.031, 2.5, 0.003].map(formatChange)).toEqual([
      '-5.0 %',
      '±0.00 %',
      '±0.00 %',
      '-0.002 %',
      '+3.1 %',
      '+150 %',
      '-99.70 %',
    ]);
  });

  it('shows sizes, counts and shares', () => {
    expect(formatBytes(1023)).toBe('1023 B');
    expect(formatBytes(43_800_000)).toBe('41.8 MiB');
    expect(formatCount(9_999)).toBe('9999');
    expect(formatCount(1_250_000)).toBe('1.25 M');
    expect(formatShare(0.1234)).toBe('12.3 %');
  });
});
