// Builds the addon with cmake-js, the developers' build, and runs golden hashes and the loader's tests on it.
// Both builds read one source list and repeat the same flags; here that is tested. `npm run test:cmake`.

import { join } from 'node:path';
import { npm, ROOT, runSuite, stage } from './suite.mjs';

npm(['run', '--silent', 'build:cmake']);
const cwd = stage('cmake', join(ROOT, 'build-cmake', 'Release', 'flyhash.node'));
const args = ['test/golden/', 'test/backend/', ...process.argv.slice(2)];
process.exit(runSuite('cmake', { cwd, args }) ? 0 : 1);
