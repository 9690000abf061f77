import { configDefaults, defineConfig } from 'vitest/config';
import { listInapplicable } from './scripts/systems.mjs';

const exclude = [...configDefaults.exclude, ...listInapplicable(process.platform).map(({ file }) => file)];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts'],
          exclude,
          setupFiles: 'test/support/fixed-seed.ts',
          testTimeout: 30_000,
        },
      },
      {
        // Starts dist/bin.cjs as a process: build it first.
        test: { name: 'cli', include: ['test/cli/**/*.test.ts'], exclude, testTimeout: 30_000 },
      },
      {
        test: { name: 'shells', include: ['test/shells/**/*.test.ts'], testTimeout: 60_000 },
      },
      {
        test: {
          name: 'remote',
          include: ['test/remote/**/*.test.ts'],
          exclude,
          globalSetup: 'test/remote/bundle.ts',
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'abi',
          include: ['test/abi/**/*.test.ts'],
          globalSetup: 'test/abi/modules.ts',
          testTimeout: 20_000,
          hookTimeout: 20_000,
        },
      },
      {
        test: {
          name: 'mesh',
          include: ['test/mesh/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 600_000,
        },
      },
      {
        test: {
          name: 'managers',
          include: ['test/managers/**/*.test.ts'],
          globalSetup: 'test/managers/support/registry.ts',
          testTimeout: 120_000,
        },
      },
      {
        // Runs in a network of its own: scripts/test.mjs starts it there.
        test: {
          name: 'cluster',
          include: ['test/cluster/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 600_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'smoke',
          include: ['test/smoke/**/*.test.ts'],
          globalSetup: 'test/smoke/support/installed-tool.ts',
          testTimeout: 600_000,
          hookTimeout: 600_000,
          // After the other suites, and no more at the same time than two processors can do.
          sequence: { groupOrder: 1 },
          maxWorkers: 2,
          maxConcurrency: 2,
        },
      },
    ],
  },
});
