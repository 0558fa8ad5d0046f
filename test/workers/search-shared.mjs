// A worker that opens an index in shared memory and searches it: a number of times, or until it is terminated; or
// that first changes it, which must show to nobody else. Used by shared-indexes.mjs.

import { parentPort, workerData } from 'node:worker_threads';
import { answer, INDEX_CASES } from './index-cases.mjs';

const { name, shared, times, changes } = workerData;
const { kind, items } = INDEX_CASES[name];
const index = kind.fromShared(shared);

if (changes) {
  index.remove([...index.keys()].slice(0, 100));
  index.add(
    items(300, 5),
    Array.from({ length: 300 }, (_, i) => `more ${i}`),
  );
}
parentPort.postMessage('open');
const answers = new Set();
for (let i = 0; i < times; i++) answers.add(await answer(name, index));
parentPort.postMessage([...answers]);
