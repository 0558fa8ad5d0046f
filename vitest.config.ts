// How the tests run: in worker threads, which also proves that the addon lives in them; with room for the
// slow TypeScript reference. FLYHASH_ISA and FLYHASH_BACKEND, set outside, choose what is tested; FLYHASH_SEED
// repeats a run of the property tests.

import { availableParallelism } from 'node:os';
import { configDefaults, defineConfig } from 'vitest/config';

/** Tests that need servers, which `npm run test:engines` gets. */
const SERVERS = process.env.FLYHASH_ENGINES === undefined ? ['test/engines/servers/**'] : [];

/** Recipes for batch engines, which `npm run test:batch` gets. */
const BATCH = process.env.FLYHASH_BATCH === undefined ? ['test/batch/**'] : [];

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: [...configDefaults.exclude, ...SERVERS, ...BATCH, 'test/package/**'],
    pool: 'threads',
    // Left to itself vitest keeps a core free, which on two cores is every second one.
    maxWorkers: Number(process.env.VITEST_MAX_WORKERS ?? availableParallelism()),
    testTimeout: 120_000,
    hookTimeout: 120_000,
    allowOnly: false,
    cache: false, // CI runs two suites side by side
    coverage: { include: ['lib/**'], exclude: ['lib/cli/**'] },
  },
});
