/** What a drawn file says besides its times. */
export interface DrawnFile {
  readonly datetime?: string;
  readonly machine?: Readonly<Record<string, unknown>>;
  readonly options?: Readonly<Record<string, unknown>>;
  readonly rounds?: number;
}

/** A snapshot file for tests: benchmarks by name with their median in ns; the minimum is nine tenths of it. */
export function drawSnapshotFile(
  mediansNs: Readonly<Record<string, number>>,
  { datetime, machine = {}, options = {}, rounds = 20 }: DrawnFile = {},
): string {
  return JSON.stringify({
    machine_info: { node: 'box', system: 'Linux', python_version: '3.13.0', cpu: { brand_raw: 'CPU' }, ...machine },
    commit_info: { id: '0123456789abcdef', dirty: false, branch: 'main' },
    benchmarks: Object.entries(mediansNs).map(([fullname, ns]) => ({
      fullname,
      options: { disable_gc: true, timer: 'perf_counter', ...options },
      stats: { min: ns * 0.9e-9, mean: ns * 1e-9, median: ns * 1e-9, stddev: 0, iqr: 0, rounds, iterations: 10 },
    })),
    version: '5.2.3',
    ...(datetime === undefined ? {} : { datetime }),
  }); // prettier-ignore
}
