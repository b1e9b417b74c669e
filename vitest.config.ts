import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
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
