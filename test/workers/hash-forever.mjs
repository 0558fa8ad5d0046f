// A worker that keeps asynchronous work of several kinds in flight until it is terminated; used by
// terminate.test.ts. Hashes of three kernels with aborts among them, and searches of an index that grows.

import { parentPort } from 'node:worker_threads';
import { BinaryQuantizer, FlyHash, HammingIndex, SimHash } from 'flyhash';

const DIM = 128;
const ROWS = 8_000;
const BITS = 128;

const vectors = Float32Array.from({ length: DIM * ROWS }, (_, i) => (i * 40503) % 1009);
const quantizer = BinaryQuantizer.create({ dim: DIM });
const index = HammingIndex.create({ bits: BITS });
const codes = quantizer.hash(vectors);
index.add(codes);

async function hashForever(hasher, threads) {
  for (;;) await hasher.hashAsync(vectors, { threads });
}

async function abortForever(hasher) {
  for (let i = 0; ; i++) {
    const signal = AbortSignal.timeout(i % 3);
    await hasher.hashAsync(vectors, { threads: 2, signal }).catch(() => {});
  }
}

async function searchForever() {
  for (let i = 0; ; i++) {
    const searching = index.searchAsync(codes.slice(0, 1000), 10, { threads: 2 });
    if (i < 20) index.add(codes.slice(0, 100));
    await searching;
  }
}

hashForever(quantizer, 2);
hashForever(FlyHash.create({ dim: DIM, units: 1280, fanIn: 6, seed: 1 }), 2);
abortForever(SimHash.create({ dim: DIM, bits: 64, seed: 1, projection: 'hadamard' }));
searchForever();
parentPort.postMessage('working');
