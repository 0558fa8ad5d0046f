// Inputs for the benches: seeded, quick to draw, and spread out as real features are. Not the library's
// generator (lib/random.ts), whose exactness costs time that a bench does not need to wait for.

import { mnistSample } from '../../data/samples.ts';

/** The next state of a 32-bit xorshift (Marsaglia 2003). */
function advance(state: number): number {
  let next = state;
  next ^= next << 13;
  next ^= next >>> 17;
  next ^= next << 5;
  return next;
}

function startState(seed: number): number {
  return Math.imul(seed + 1, 0x9e3779b1) | 1;
}

/** rows x dim values, near enough to a normal distribution: the sum of four uniform bytes and a fine part. */
export function randomVectors(rows: number, dim: number, seed = 1): Float32Array {
  const values = new Float32Array(rows * dim);
  let state = startState(seed);
  for (let i = 0; i < values.length; i++) {
    state = advance(state);
    const bytes = (state & 255) + ((state >>> 8) & 255) + ((state >>> 16) & 255) + (state >>> 24);
    // The product's low bits make ties rare, as they are in real data.
    values[i] = (bytes - 510 + (Math.imul(state, 0x2c1b3c6d) >>> 8) / 2 ** 24) / 148;
  }
  return values;
}

/** rows x (bits / 8) random bytes; bits is a multiple of 32. */
export function randomBits(rows: number, bits: number, seed = 1): Uint8Array {
  const words = new Uint32Array((rows * bits) / 32);
  let state = startState(seed);
  for (let i = 0; i < words.length; i++) {
    state = advance(state);
    words[i] = state;
  }
  return new Uint8Array(words.buffer);
}

/** rows x 784: the bundled MNIST images over and over, each time with other noise, so that learning goes on for long. */
export function imageVectors(rows: number): Float32Array {
  const { values } = mnistSample();
  const vectors = randomVectors(rows, 784);
  for (let i = 0; i < vectors.length; i++) vectors[i] = vectors[i] * 10 + values[i % values.length];
  return vectors;
}
