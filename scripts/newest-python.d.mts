/** A Python 3.15 with its sampler. */
export interface NewestPython {
  /** `3.15.2` */
  readonly full: string;
  /** Absolute path of the interpreter. */
  readonly executable: string;
}

/**
 * A Python 3.15, from this machine or downloaded once into .cache/ (Linux with Debian's packages, a minute at most), or
 * why there is none. A notice is printed then.
 */
export function newestPython(): Promise<{ readonly python?: NewestPython; readonly missing?: string }>;
