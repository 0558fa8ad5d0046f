// Starts and terminates a hundred workers of hash-forever.mjs, four at a time; used by terminate.test.ts in a
// process of its own, so that a crash is an exit status and not the end of the test run.

import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

const CYCLES = 100;
const AT_ONCE = 4;

async function startAndTerminate() {
  const worker = new Worker(new URL('./hash-forever.mjs', import.meta.url));
  const [message] = await once(worker, 'message');
  if (message !== 'working') throw new Error(`a worker must be working, got ${message}`);
  if ((await worker.terminate()) !== 1) throw new Error('a terminated worker must end with 1');
}

for (let cycle = 0; cycle < CYCLES; cycle += AT_ONCE) {
  await Promise.all(Array.from({ length: AT_ONCE }, startAndTerminate));
}
console.log(`${CYCLES} cycles`);
