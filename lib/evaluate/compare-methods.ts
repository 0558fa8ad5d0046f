/**
 * The methods that a comparison tries, each one entry: for a size in bytes, which hasher it is and how it is made from
 * the database. Sparse codes count active x ceil(log2 units) bits (the storage that their papers leave out); sizes are
 * never exceeded. In the order of the table a method is simpler than those below it: advice prefers it.
 */

import type { BitCodes } from '../codes/bit-codes.ts';
import type { SparseCodes } from '../codes/sparse-codes.ts';
import { BinaryQuantizer } from '../hash/binary-quantizer.ts';
import { BioHash } from '../hash/bio-hash.ts';
import { DenseFly } from '../hash/dense-fly.ts';
import { FlyHash } from '../hash/fly-hash.ts';
import type { Hasher } from '../hash/hasher.ts';
import { Itq } from '../hash/itq.ts';
import { NaiveBioHash } from '../hash/naive-bio-hash.ts';
import type { ProjectionKind } from '../hash/projectors.ts';
import { SimHash } from '../hash/sim-hash.ts';
import { unitBits } from './report.ts';

/** What a method may learn from: the rows of the database, never the queries. */
export interface TrainingData {
  readonly vectors: Float32Array;
  readonly rows: number;
  readonly dim: number;
  readonly seed: number;
  readonly threads: number;
  readonly signal: AbortSignal | undefined;
}

/** Sizes that a plan is made for. */
export interface PlanRequest {
  readonly dim: number;
  readonly rows: number;
  readonly bytes: number;
}

export type AnyHasher = Hasher<BitCodes> | Hasher<SparseCodes>;

/** One hasher at one size. */
export interface MethodPlan {
  readonly bits: number;
  readonly parameters: Readonly<Record<string, number | string | boolean>>;
  make(data: TrainingData): AnyHasher | Promise<AnyHasher>;
}

export interface CompareMethod {
  readonly name: string;
  /** The bits of a code where it has just one size; such a method is tried once. */
  readonly onlyBits?: (dim: number) => number;
  /** The plan for a size, or the reason why there is none. */
  plan(request: PlanRequest): MethodPlan | string;
}

const FLY_UNITS_PER_INPUT = 10;

function quantizer(thresholds: 'zero' | 'mean' | 'median'): CompareMethod {
  return {
    name: `sign-${thresholds}`,
    onlyBits: (dim) => dim,
    plan: ({ dim }) => ({
      bits: dim,
      parameters: { thresholds },
      make: ({ vectors, signal }) =>
        thresholds === 'zero'
          ? BinaryQuantizer.create({ dim })
          : BinaryQuantizer.train(vectors, { dim, thresholds, signal }),
    }),
  };
}

function simHash(projection: ProjectionKind): CompareMethod {
  return {
    name: `simhash-${projection}`,
    plan: ({ dim, bytes }) => ({
      bits: 8 * bytes,
      parameters: { projection, center: true },
      make: ({ vectors, seed, signal }) =>
        SimHash.train(vectors, { dim, bits: 8 * bytes, projection, seed, center: true, signal }),
    }),
  };
}

const denseFly: CompareMethod = {
  name: 'densefly',
  plan: ({ dim, bytes }) => ({
    bits: 8 * bytes,
    parameters: { fanIn: Math.max(1, Math.floor(dim / 10)) },
    make: ({ seed }) => DenseFly.create({ dim, bits: 8 * bytes, seed }),
  }),
};

const flyHash: CompareMethod = {
  name: 'flyhash',
  plan: ({ dim, bytes }) => {
    const units = FLY_UNITS_PER_INPUT * dim;
    const active = Math.floor((8 * bytes) / unitBits(units));
    if (active < 1) return `one of ${units} units takes ${unitBits(units)} bits`;
    if (active > units / 2) return `it would need more than half of its ${units} units`;
    return {
      bits: active * unitBits(units),
      parameters: { units, active, fanIn: Math.max(1, Math.floor(dim / 10)) },
      make: ({ seed }) => FlyHash.create({ dim, units, active, seed }),
    };
  },
};

const itq: CompareMethod = {
  name: 'itq',
  plan: ({ dim, bytes }) => {
    const bits = 8 * bytes;
    if (bits > dim) return `vectors of ${dim} numbers have no ${bits} directions`;
    return {
      bits,
      parameters: { iterations: 50 },
      make: ({ vectors, seed, threads, signal }) =>
        Itq.train(vectors, { dim, bits, seed, threads, signal }),
    };
  },
};

const naiveBioHash: CompareMethod = {
  name: 'naivebiohash',
  plan: ({ dim, rows, bytes }) => {
    const bits = 8 * bytes;
    if (rows < bits) return tooFewRows(bits, rows);
    return {
      bits,
      parameters: { units: bits },
      make: ({ vectors, seed, threads, signal }) =>
        NaiveBioHash.train(vectors, { dim, bits, seed, threads, signal }),
    };
  },
};

/** One unit in twenty wins: the activity of the paper on MNIST. */
const UNITS_PER_WINNER = 20;

/** The most winners whose numbers fit so many bits, at an activity of 5 %. */
function winnersWithin(bits: number): number {
  let active = 0;
  while ((active + 1) * unitBits(UNITS_PER_WINNER * (active + 1)) <= bits) active++;
  return active;
}

const bioHash: CompareMethod = {
  name: 'biohash',
  plan: ({ dim, rows, bytes }) => {
    const active = winnersWithin(8 * bytes);
    const units = UNITS_PER_WINNER * active;
    if (active < 1)
      return `one of ${UNITS_PER_WINNER} units takes ${unitBits(UNITS_PER_WINNER)} bits`;
    if (rows < units) return tooFewRows(units, rows);
    return {
      bits: active * unitBits(units),
      parameters: { units, active, activity: '5 %' },
      make: ({ vectors, seed, threads, signal }) =>
        BioHash.train(vectors, { dim, units, active, seed, threads, signal }),
    };
  },
};

function tooFewRows(units: number, rows: number): string {
  return `its ${units} units need as many vectors, and the database has ${rows}`;
}

/** Every method, simplest first. */
export const METHODS: readonly CompareMethod[] = [
  quantizer('zero'),
  quantizer('mean'),
  quantizer('median'),
  simHash('hadamard'),
  simHash('gaussian'),
  simHash('orthogonal'),
  denseFly,
  flyHash,
  itq,
  naiveBioHash,
  bioHash,
];

/** The names of all methods, as the option `hashers` takes them. */
export const METHOD_NAMES: readonly string[] = METHODS.map(({ name }) => name);
