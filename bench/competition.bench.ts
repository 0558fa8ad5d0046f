// The price of BioHash: encoding, with the selection of winners, against the peak of multiply-adds, and one round of its
// batch training (the winner of every row, then the sums of each unit's rows), on one thread and on two; and the whole
// training, from vectors to a hasher, of which only the winners' products count as work.

import { activeBackend } from '../lib/backend/active.ts';
import type { KernelCall } from '../lib/backend/kernels.ts';
import { emptyUnitPanels, writeUnit } from '../lib/hash/unit-panels.ts';
import { BioHash } from '../lib/index.ts';
import { imageVectors, randomVectors } from './framework/data.ts';
import { type Bench, defineBench } from './framework/define.ts';

const DIM = 784;

function randomPanels(units: number, dim: number): Float32Array {
  const weights = randomVectors(units, dim);
  const panels = emptyUnitPanels(units, dim);
  for (let unit = 0; unit < units; unit++) {
    writeUnit(panels, unit, weights.subarray(unit * dim, (unit + 1) * dim));
  }
  return panels;
}

function encodingBench(dim: number, units: number, active: number): Bench {
  return defineBench({
    name: `competition/encode-${dim}-to-${active}-of-${units}`,
    limit: 'fma',
    targets: { limitShare: { avx512: 0.75, avx2: 0.75 } },
    skipLevels: ['scalar', 'reference'],
    setup: ({ threads, quick }) => {
      const rows = quick ? 4800 : 48_000;
      const panels = randomPanels(units, dim);
      const indices = new Uint32Array(rows * active);
      const vectors = randomVectors(rows, dim);
      const mean = new Float32Array(dim).fill(0.01);
      const args = [vectors, rows, dim, mean, panels, units, active, indices] as const;
      const call: KernelCall = { name: 'competitionWinners', args };
      const run = (): unknown => activeBackend().run(call, threads);
      return { run, items: rows, work: 2 * rows * dim * units };
    },
  });
}

function roundBench(units: number, threads: number): Bench {
  return defineBench({
    name: `competition/em-round-${DIM}-to-${units}${threads === 2 ? '-two-threads' : ''}`,
    limit: 'fma',
    threads,
    targets: { limitShare: { avx512: 0.7, avx2: 0.7 } },
    skipLevels: ['scalar', 'reference'],
    setup: ({ quick }) => {
      const rows = quick ? 9600 : 69_000;
      const panels = randomPanels(units, DIM);
      const prepared = randomVectors(rows, DIM);
      const ranks = new Uint32Array(rows);
      const best = new Float32Array(rows);
      const sums = new Float32Array(units * DIM);
      const find: KernelCall = {
        name: 'competitionRanks',
        args: [prepared, rows, DIM, panels, units, 1, ranks, best],
      };
      const add: KernelCall = {
        name: 'competitionSums',
        args: [prepared, rows, DIM, ranks, 1, 0, units, sums],
      };
      const run = (): unknown => {
        activeBackend().run(find, threads);
        return activeBackend().run(add, threads);
      };
      return { run, items: rows, work: 2 * rows * DIM * units };
    },
  });
}

function trainingBench(units: number, threads: number): Bench {
  const iterations = 20;
  return defineBench({
    name: `competition/em-training-${DIM}-to-${units}${threads === 2 ? '-two-threads' : ''}`,
    limit: 'fma',
    threads,
    targets: { limitShare: { avx512: 0.7, avx2: 0.7 } },
    skipLevels: ['scalar', 'reference'],
    setup: ({ quick }) => {
      const rows = quick ? 9600 : 69_000;
      const vectors = imageVectors(rows);
      const settings = { dim: DIM, units, seed: 1, iterations, tolerance: 0, threads };
      const run = async (): Promise<void> => {
        const { report } = await BioHash.train(vectors, settings);
        if (report.iterations < iterations) throw new Error('the training ended early');
      };
      return { run, items: rows * iterations, work: 2 * rows * DIM * units * iterations };
    },
  });
}

export const benches: readonly Bench[] = [
  encodingBench(DIM, 320, 16),
  encodingBench(DIM, 640, 32),
  encodingBench(DIM, 40, 2),
  encodingBench(384, 2048, 102),
  roundBench(320, 1),
  roundBench(320, 2),
  trainingBench(320, 1),
  trainingBench(320, 2),
];
