// Runs the examples that a list names, one after the other, and prints what went wrong with each as a line of JSON. Its
// process has nothing to do with vitest's, so that examples load the built package as any program would.

import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { format } from 'node:util';

let failures = [];
console.assert = (holds, ...what) => {
  if (!holds) failures.push(`an assertion failed: ${format(...what)}`);
};
console.error = (...what) => failures.push(format(...what));
console.warn = console.error;

for (const { where, file } of JSON.parse(readFileSync(process.argv[2], 'utf8'))) {
  failures = [];
  try {
    await import(pathToFileURL(file).href);
    // What an example left running may still fail.
    await new Promise((resolve) => setImmediate(resolve));
  } catch (error) {
    failures.push(error?.stack ?? String(error));
  }
  console.log(JSON.stringify({ where, failures }));
}
