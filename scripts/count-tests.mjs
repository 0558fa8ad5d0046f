// Adds up the reports that vitest and GoogleTest left in a folder: prints one line a run, the levels that
// classes ran on beside npm test, loudly those that they did not, and last "PASSED FAILED SKIPPED" for .ci/run.

import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const LEVELS = ['reference', 'scalar', 'avx2', 'avx512', 'neon'];
const [folder] = process.argv.slice(2);

function fromGoogleTest(report) {
  const cases = report.testsuites.flatMap((suite) => suite.testsuite);
  const failed = cases.filter((one) => one.failures !== undefined).length;
  const skipped = cases.filter((one) => one.result !== 'COMPLETED').length;
  return { passed: cases.length - failed - skipped, failed, skipped };
}

function fromVitest(report) {
  // A file that does not load has no tests to count: it counts as one failure.
  const unloaded = report.testResults.filter(
    (file) =>
      file.status === 'failed' && file.assertionResults.every((one) => one.status !== 'failed'),
  ).length;
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + unloaded,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

const names = new Set();
const total = { passed: 0, failed: 0, skipped: 0 };
for (const name of readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .sort()) {
  const report = JSON.parse(readFileSync(join(folder, name), 'utf8'));
  const counts = report.testsuites === undefined ? fromVitest(report) : fromGoogleTest(report);
  names.add(basename(name, '.json'));
  for (const key of Object.keys(total)) total[key] += counts[key];
  const { passed, failed, skipped } = counts;
  console.log(
    `  ${basename(name, '.json').padEnd(20)} ${passed} passed, ${failed} failed, ${skipped} skipped`,
  );
}

const covered = LEVELS.filter((level) => names.has(`level-${level}`) || names.has(level));
const lacking = LEVELS.filter((level) => !covered.includes(level));
console.log(`  levels covered: ${covered.join(', ')}`);
if (lacking.length > 0)
  console.log(`  !!! LEVELS NOT COVERED ON THIS MACHINE: ${lacking.join(', ')} !!!`);
console.log(`${total.passed} ${total.failed} ${total.skipped}`);
