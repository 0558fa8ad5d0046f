// How test/package runs: on the packed tarball that scripts/test-package.mjs made, with time for installs and bundlers.
// One file at a time, since each starts many programs.

import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/package/**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 300_000,
    allowOnly: false,
    cache: false,
  },
});
