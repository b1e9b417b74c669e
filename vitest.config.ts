import { defineConfig } from 'vitest/config';
import { BaseSequencer } from 'vitest/node';
import type { TestSpecification } from 'vitest/node';

/** Files of end-to-end tests that take minutes: begun last, they would leave a core without work at the end. */
const LONGEST = ['test/step-kill', 'test/workload-kinds', 'test/markdown', 'test/step-places'];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const found = LONGEST.findIndex((name) => moduleId.includes(name));
      return found < 0 ? LONGEST.length : found;
    };
    return (await super.sort(files)).toSorted((one, other) => rank(one) - rank(other));
  }
}

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'unit',
          // Each file would load most of strop anew. No test replaces a module or changes the environment of its process.
          isolate: false,
          include: ['src/**/*.test.ts', 'scripts/**/*.test.mjs'],
          // Against hanging, not a measure of speed: the machine may be crowded.
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/**/*.test.ts', 'scripts/**/*.e2e.mjs'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          // Real measurements share two cores: one file at a time keeps them from disturbing each other.
          fileParallelism: process.env['STROP_TEST_PARALLEL'] === '1',
        },
      },
    ],
  },
});
