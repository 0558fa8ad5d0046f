// Runs the suite with the same compiled addon on newer Node releases: Node-API promises that one binary
// serves all. The Node binaries come from npm. `npm run test:node-versions`.

import { NODE, nodeBinary, runSuite } from './suite.mjs';

const VERSIONS = ['22.23.3', '24.21.0'];

if (process.platform !== 'linux') {
  console.log(`SKIPPED: no Node binaries are fetched for ${process.platform}`);
  process.exit(0);
}
const args = [...NODE, ...process.argv.slice(2)];
const failed = VERSIONS.filter((version) => {
  const binary = nodeBinary(`node-linux-${process.arch}`, version);
  return !runSuite(`node-${version}`, { command: [binary], args });
});
if (failed.length > 0) console.error(`failed on Node ${failed.join(', ')}`);
process.exit(failed.length === 0 ? 0 : 1);
