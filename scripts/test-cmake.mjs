// Builds the addon with cmake-js, the developers' build, and runs the suite on it. Both builds read one source
// list and repeat the same flags; here that is tested. `npm run test:cmake`.

import { join } from 'node:path';
import { npm, ROOT, runSuite, SAME_ON_EVERY_BUILD, stage, without } from './suite.mjs';

npm(['run', '--silent', 'build:cmake']);
const cwd = stage('cmake', join(ROOT, 'build-cmake', 'Release', 'flyhash.node'));
process.exit(
  runSuite('cmake', { cwd, args: [...without(SAME_ON_EVERY_BUILD), ...process.argv.slice(2)] })
    ? 0
    : 1,
);
