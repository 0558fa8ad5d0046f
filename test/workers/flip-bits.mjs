// A worker that writes to the memory of a shared index until it is terminated: bits flipped at places that look
// random, now and then whole runs of ones or zeros. Used by shared-indexes.mjs.

import { parentPort, workerData } from 'node:worker_threads';
import { bytes } from './index-cases.mjs';

const arrays = workerData.shared.tensors
  .map(({ data }) => new Uint8Array(data.buffer))
  .filter(({ length }) => length > 0);
const choices = new Uint32Array(bytes(1 << 16, workerData.seed).buffer);

parentPort.postMessage('flipping');
for (let i = 0; ; i = (i + 3) % (choices.length - 3)) {
  const memory = arrays[choices[i] % arrays.length];
  const at = choices[i + 1] % memory.length;
  if (i % 97 === 0) memory.fill(i % 2 === 0 ? 0xff : 0, at, at + (choices[i + 2] % 64));
  else memory[at] ^= 1 << (choices[i + 2] & 7);
}
