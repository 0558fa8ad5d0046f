// FlyHash and DenseFly over vectors in memory, at the sizes of the fly papers' arithmetic: 20 units an input, a tenth of
// the inputs each, a twentieth of the units active. The time to beat is numpy's (a dense product by OpenBLAS and
// argpartition, 29 and 256 us a vector without its own AVX-512 sort; bench:peers runs it); the worst cases, constant and
// nearly empty vectors and tied integers, must stay within three times the usual time.

import { DenseFly, FlyHash } from '../lib/index.ts';
import { randomVectors } from './framework/data.ts';
import { type Bench, defineBench, type Targets } from './framework/define.ts';

type Kind = 'normal' | 'integers' | 'constant' | 'one-hot' | 'sparse';

/** Vectors of one kind: spread out as features are, or a worst case for selection. */
function vectorsOf(kind: Kind, rows: number, dim: number): Float32Array {
  const values = randomVectors(rows, dim);
  switch (kind) {
    case 'integers':
      return values.map((value) => Math.floor(Math.abs(value) * 4));
    case 'constant':
      return values.fill(3);
    case 'one-hot':
      return values.map((_, i) => (i % dim === (Math.floor(i / dim) * 7) % dim ? 1 : 0));
    case 'sparse':
      return values.map((value, i) => (Math.imul(i, 40503) % 50 === 0 ? value : 0));
    default:
      return values;
  }
}

function winnersBench(dim: number, kind: Kind, targets: Targets): Bench {
  return defineBench({
    name: `fly/winners-${dim}-${20 * dim}-${kind}`,
    targets,
    skipLevels: ['reference'],
    setup: ({ threads, quick }) => {
      const rows = Math.floor((dim > 500 ? 1_600 : 32_000) / (quick ? 8 : 1));
      const vectors = vectorsOf(kind, rows, dim);
      const fanIn = Math.round(dim / 10);
      const hasher = FlyHash.create({ dim, units: 20 * dim, active: dim, fanIn, seed: 1 });
      return { run: () => hasher.hash(vectors, { threads }), items: rows };
    },
  });
}

function oneVectorBench(dim: number): Bench {
  return defineBench({
    name: `fly/winners-one-${dim}-${20 * dim}`,
    skipLevels: ['reference'],
    setup: () => {
      const vector = randomVectors(1, dim);
      const hasher = FlyHash.create({ dim, units: 20 * dim, active: dim, seed: 1 });
      return { run: () => hasher.hash(vector) };
    },
  });
}

function signsBench(dim: number): Bench {
  return defineBench({
    name: `fly/signs-${dim}-${20 * dim}`,
    skipLevels: ['reference'],
    setup: ({ threads, quick }) => {
      const rows = Math.floor((dim > 500 ? 1_600 : 32_000) / (quick ? 8 : 1));
      const vectors = randomVectors(rows, dim);
      const hasher = DenseFly.create({ dim, bits: 20 * dim, seed: 1 });
      return { run: () => hasher.hash(vectors, { threads }), items: rows };
    },
  });
}

const SMALL = { avx512: 29 / 20, avx2: 29 / 15 };
const LARGE = { avx512: 256 / 11, avx2: 256 / 8 };

const WORST: readonly Kind[] = ['integers', 'constant', 'one-hot', 'sparse'];

export const benches: readonly Bench[] = [
  winnersBench(128, 'normal', { microseconds: SMALL }),
  winnersBench(784, 'normal', { microseconds: LARGE }),
  ...WORST.map((kind) =>
    winnersBench(128, kind, {
      microseconds: { avx512: 3 * SMALL.avx512, avx2: 3 * SMALL.avx2 },
    }),
  ),
  ...WORST.map((kind) =>
    winnersBench(784, kind, {
      microseconds: { avx512: 3 * LARGE.avx512, avx2: 3 * LARGE.avx2 },
    }),
  ),
  oneVectorBench(128),
  signsBench(128),
  signsBench(784),
];
