// The price of FlyVec's rule: mini-batches of 10,000 full windows, 400 units, 20,000 words, everything that a batch
// does (winners, steps, moves), on one thread and on two; beside the float32 sums of the winners alone, at the rate at
// which memory gives rows. FLYHASH_TEXT names a real text to take instead of a drawn one.

import { activeBackend } from '../lib/backend/active.ts';
import { alignedArray } from '../lib/backend/aligned-memory.ts';
import { randomVectors } from './framework/data.ts';
import { type Bench, defineBench } from './framework/define.ts';
import { numberedText } from './framework/text.ts';

const VOCABULARY = 20_000;
const RADIUS = 5;
const BATCH = 10_000;
const RATE = 0.2;

/** The positions of full windows. */
function fullWindows(tokens: Int32Array): Uint32Array {
  const positions: number[] = [];
  let length = 0;
  for (const [at, token] of tokens.entries()) {
    length = token === -2 ? 0 : length + 1;
    if (length > 2 * RADIUS) positions.push(at - RADIUS);
  }
  return Uint32Array.from(positions);
}

/** Weights as they are drawn in the beginning, at a cache line and in large pages. */
function firstWeights(units: number): Float32Array {
  const stride = Math.ceil(units / 16) * 16;
  const weights = alignedArray(Float32Array, 2 * VOCABULARY, stride, 'weights');
  weights.set(randomVectors(2 * VOCABULARY, stride).map((value) => value * 0.02));
  return weights;
}

/** What a batch is learnt with, and how to learn it. */
function learning(tokens: Int32Array, counts: Uint32Array, units: number, threads: number) {
  const positions = fullWindows(tokens);
  const weights = firstWeights(units);
  const scales = new Float32Array(units).fill(1);
  const shares = Float32Array.from(counts, (count) => 1 / count);
  const winners = new Uint32Array(BATCH);
  const places = BATCH * (2 * RADIUS + 1);
  const steps = [
    new Float32Array(units),
    new Uint32Array(units),
    new Uint32Array(units),
    new Uint32Array(places),
    new Float32Array(places),
    new Float32Array(units).fill(Number.POSITIVE_INFINITY),
  ] as const;
  const learn = (batch: number, part: 'all' | 'winners'): void => {
    const backend = activeBackend();
    const own = [
      ...([tokens, tokens.length, RADIUS] as const),
      ...([positions.subarray(batch * BATCH, (batch + 1) * BATCH), BATCH] as const),
      ...([weights, scales, VOCABULARY, units] as const),
    ] as const;
    backend.run({ name: 'windowsLearningWinners', args: [...own, winners] }, threads);
    if (part === 'winners') return;
    const args = [...own, winners, shares, ...steps] as const;
    const peak = backend.run({ name: 'windowsLearningSteps', args }, threads);
    const moves = [...own, RATE / peak, ...steps] as const;
    backend.run({ name: 'windowsLearningMoves', args: moves }, threads);
  };
  return { windows: positions.length, learn };
}

function batchBench(units: number, threads: number, part: 'all' | 'winners'): Bench {
  const name = part === 'all' ? 'batch' : 'winners';
  return defineBench({
    name: `windows-learning/${name}-${units}${threads === 2 ? '-two-threads' : ''}`,
    limit: 'read-32m',
    threads,
    targets: part === 'all' && threads === 1 ? { microseconds: { avx512: 1 / 1.5 } } : {},
    skipLevels: ['scalar', 'reference'],
    setup: ({ quick }) => {
      const { tokens, counts, words } = numberedText(quick ? 300_000 : 2_000_000, VOCABULARY);
      const { windows, learn } = learning(tokens, counts, units, threads);
      const batches = Math.floor(windows / BATCH);
      const run = (): void => {
        for (let batch = 0; batch < batches; batch++) learn(batch, part);
      };
      const rows = (words / tokens.length) * batches * BATCH * 2;
      // Tokens that the windows stand for, those of cut windows too.
      const items = tokens.length * ((batches * BATCH) / windows);
      return { run, items, work: rows * 4 * units };
    },
  });
}

export const benches: readonly Bench[] = [
  batchBench(400, 1, 'all'),
  batchBench(400, 2, 'all'),
  batchBench(400, 1, 'winners'),
  batchBench(1000, 1, 'all'),
];
