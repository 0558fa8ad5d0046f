/**
 * The methods of the BioHash protocol (Ryali, Hopfield, Grinberg, Krotov 2020), each a hasher made from the database for a
 * hash length k: LSH, FlyHash, BioHash with its trainers and assignments, NaiveBioHash, ITQ, and the comparison that its
 * paper leaves out: every other hash with as many bits as the k active units of BioHash take to store.
 */

import type { BitCodes } from '../codes/bit-codes.ts';
import type { SparseCodes } from '../codes/sparse-codes.ts';
import { BioHash } from '../hash/bio-hash.ts';
import type { BioHashTraining } from '../hash/bio-options.ts';
import { DenseFly } from '../hash/dense-fly.ts';
import { FlyHash } from '../hash/fly-hash.ts';
import type { Hasher } from '../hash/hasher.ts';
import { Itq } from '../hash/itq.ts';
import { NaiveBioHash } from '../hash/naive-bio-hash.ts';
import { SimHash } from '../hash/sim-hash.ts';
import type { Matrix } from './evaluation-options.ts';
import { type CodeSize, sparseSize } from './protocol-run.ts';
import { unitBits } from './report.ts';

/** What a method is made from. */
export interface MethodContext {
  readonly database: Matrix;
  readonly k: number;
  /** Share of the units that are active in BioHash. */
  readonly activity: number;
  readonly seed: number;
  readonly threads: number;
  readonly signal: AbortSignal | undefined;
}

export interface MadeHasher {
  readonly hasher: Hasher<BitCodes> | Hasher<SparseCodes>;
  readonly size: CodeSize;
}

type Make = (context: MethodContext) => Promise<MadeHasher | undefined>;

const bioUnits = ({ k, activity }: MethodContext): number => Math.round(k / activity);

function bioHash(training: Partial<BioHashTraining>): Make {
  return async (context) => {
    const { database, k, seed, threads, signal } = context;
    const units = bioUnits(context);
    const options = { dim: database.dim, units, active: k, seed, threads, signal, ...training };
    const hasher = await BioHash.train(database.values, options as BioHashTraining);
    return { hasher, size: sparseSize(units, k) };
  };
}

async function simHash({ database, k, seed, signal }: MethodContext): Promise<MadeHasher> {
  const options = { dim: database.dim, bits: k, seed, signal } as const;
  return { hasher: await SimHash.train(database.values, options), size: { bits: k } };
}

async function flyHash({ database, k, seed }: MethodContext): Promise<MadeHasher> {
  const units = flyUnits(database);
  const hasher = FlyHash.create({ dim: database.dim, units, active: k, seed });
  return { hasher, size: sparseSize(units, k) };
}

const flyUnits = ({ dim }: Matrix): number => 10 * dim;

async function denseFly({ database, k, seed }: MethodContext): Promise<MadeHasher> {
  const hasher = DenseFly.create({ dim: database.dim, bits: k, seed });
  return { hasher, size: { bits: k } };
}

async function itq({ database, k, seed, threads, signal }: MethodContext) {
  if (k > database.dim) return;
  const options = { dim: database.dim, bits: k, seed, threads, signal } as const;
  return { hasher: await Itq.train(database.values, options), size: { bits: k } };
}

async function naiveBioHash({ database, k, seed, threads, signal }: MethodContext) {
  if (k > database.rows) return;
  const options = { dim: database.dim, bits: k, seed, threads, signal } as const;
  return { hasher: await NaiveBioHash.train(database.values, options), size: { bits: k } };
}

/** A dense hash of as many bits as the k active units of BioHash take. */
function inBitsOfBioHash(make: Make): Make {
  return (context) => make({ ...context, k: sparseSize(bioUnits(context), context.k).bits });
}

/** FlyHash of the winners that fit those bits, none where one is too many. */
async function flyHashInBits(context: MethodContext) {
  const { bits } = sparseSize(bioUnits(context), context.k);
  const active = Math.floor(bits / unitBits(flyUnits(context.database)));
  return active < 1 ? undefined : flyHash({ ...context, k: active });
}

/** The paper's images are compared as they are: of their directions from the mean MNIST comes out a point lower. */
const AS_THEY_ARE = { center: false, unitLength: false } as const;
/** Learning to the end: a looser tolerance costs half a point. */
const THOROUGH = { trainer: 'em', tolerance: 1e-6, iterations: 100 } as const;
/** The paper's rule, with 20 epochs; without `rows` from normal weights, as the paper begins. */
const RULE = { ...AS_THEY_ARE, trainer: 'sgd', init: 'normal' } as const;

/** Every method by the name that reports show. */
export const BIO_HASH_METHODS = {
  LSH: simHash,
  FlyHash: flyHash,
  ITQ: itq,
  NaiveBioHash: naiveBioHash,
  BioHash: bioHash({ ...THOROUGH, ...AS_THEY_ARE }),
  'BioHash, centred': bioHash(THOROUGH),
  'BioHash em inner-product': bioHash({
    ...THOROUGH,
    ...AS_THEY_ARE,
    assignment: 'inner-product',
  }),
  'BioHash sgd inner-product': bioHash({ ...RULE, assignment: 'inner-product' }),
  'BioHash sgd inner-product, rows': bioHash({
    ...RULE,
    assignment: 'inner-product',
    init: 'rows',
  }),
  'BioHash sgd normalised, rows': bioHash({
    ...RULE,
    assignment: 'normalised',
    init: 'rows',
  }),
  'SimHash, bits of BioHash': inBitsOfBioHash(simHash),
  'DenseFly, bits of BioHash': inBitsOfBioHash(denseFly),
  'FlyHash, bits of BioHash': flyHashInBits,
  'ITQ, bits of BioHash': inBitsOfBioHash(itq),
  'NaiveBioHash, bits of BioHash': inBitsOfBioHash(naiveBioHash),
} as const satisfies Record<string, Make>;

/** A method of the BioHash protocol, by the name that reports show. */
export type BioHashMethod = keyof typeof BIO_HASH_METHODS;

/** mAP@All on MNIST, from the paper's Table 1, in percent. */
export const MNIST_PAPER: Partial<Record<BioHashMethod, Record<number, number>>> = {
  LSH: { 2: 12.45, 4: 13.77, 8: 18.07, 16: 20.3, 32: 26.2, 64: 32.3 },
  FlyHash: { 2: 18.94, 4: 20.02, 8: 24.24, 16: 26.29, 32: 32.3, 64: 38.41 },
  ITQ: { 2: 21.94, 4: 28.45, 8: 38.44, 16: 41.23, 32: 43.55, 64: 44.92 },
  NaiveBioHash: { 2: 25.85, 4: 29.83, 8: 28.18, 16: 31.69, 32: 36.48, 64: 38.5 },
  BioHash: { 2: 44.38, 4: 49.32, 8: 53.42, 16: 54.92, 32: 55.48 },
  'BioHash sgd inner-product': { 2: 44.38, 4: 49.32, 8: 53.42, 16: 54.92, 32: 55.48 },
};
