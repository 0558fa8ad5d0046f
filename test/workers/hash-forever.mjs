// A worker that keeps asynchronous hashes in flight until it is terminated; used by terminate.test.ts.

import { parentPort } from 'node:worker_threads';
import { BinaryQuantizer } from 'flyhash';

const quantizer = BinaryQuantizer.create({ dim: 128 });
const vectors = new Float32Array(128 * 20_000).fill(1);

async function hashForever() {
  for (;;) await quantizer.hashAsync(vectors, { threads: 2 });
}

for (let i = 0; i < 3; i++) hashForever();
parentPort.postMessage('working');
