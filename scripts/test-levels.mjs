// Runs the tests of whole classes once per instruction-set level of this machine and once on the reference, forced by
// FLYHASH_ISA and FLYHASH_BACKEND, and says aloud which levels the machine lacks. `npm run test:levels`.

import { createRequire } from 'node:module';
import { join } from 'node:path';
import { CLASSES, ROOT, runSuite } from './suite.mjs';

const addon = createRequire(import.meta.url)(join(ROOT, 'build', 'Release', 'flyhash.node'));
const levels = addon.levels().split(' ');
const args = [...CLASSES, ...process.argv.slice(2)];

const runs = [
  { label: 'reference', env: { FLYHASH_BACKEND: 'reference' } },
  ...levels.map((level) => ({
    label: level,
    env: { FLYHASH_BACKEND: 'native', FLYHASH_ISA: level },
  })),
];
const failed = runs.filter(({ label, env }) => !runSuite(`level-${label}`, { env, args }));

console.log(`levels covered: ${runs.map(({ label }) => label).join(', ')}`);
const lacking = ['scalar', 'avx2', 'avx512', 'neon'].filter((level) => !levels.includes(level));
if (lacking.length > 0)
  console.log(`LEVELS SKIPPED, this machine lacks them: ${lacking.join(', ')}`);
if (failed.length > 0) console.error(`failed: ${failed.map(({ label }) => label).join(', ')}`);
process.exit(failed.length === 0 ? 0 : 1);
