/** The hasher of a vector index: its own, or one that is given, and how many bits of its codes are scanned. */

import { BitCodes } from '../codes/bit-codes.ts';
import { wrongKind, wrongValue } from '../errors.ts';
import { readAnyKind } from '../files/kinds.ts';
import { corrupt, type PartsReader } from '../files/parts.ts';
import { BinaryQuantizer } from '../hash/binary-quantizer.ts';
import { Hasher } from '../hash/hasher.ts';
import { SimHash } from '../hash/sim-hash.ts';
import { MOST_BYTE_DIM } from './byte-vectors.ts';
import { type Rerank, VectorStore } from './vector-store.ts';

/** Bits of the default hasher (docs/vector-index.md). */
export const DEFAULT_BITS = 1024;

/** Bits that are scanned where any bits of a code tell as much as any others. */
const SCAN_BITS = 256;

interface HasherOptions {
  readonly dim?: number;
  readonly bits?: number;
  readonly seed?: number;
  readonly hasher?: Hasher<BitCodes>;
}

/** Random rotations, around the origin. */
export function defaultHasher({ dim, bits = DEFAULT_BITS, seed }: HasherOptions): SimHash {
  if (dim === undefined) throw wrongKind('dim', 'given, or a hasher', dim);
  const chosen = seed === undefined ? {} : { seed };
  return SimHash.create({ dim, bits, projection: 'hadamard', ...chosen });
}

/** The hasher in the options, checked against them. */
export function givenHasher({ hasher, dim, bits, seed }: HasherOptions): Hasher<BitCodes> {
  if (!(hasher instanceof Hasher) || !(codesOfNone(hasher) instanceof BitCodes)) {
    throw wrongKind('hasher', 'a hasher that gives BitCodes', hasher);
  }
  if (bits !== undefined) throw wrongKind('bits', 'absent, as a hasher is given', bits);
  if (seed !== undefined) throw wrongKind('seed', 'absent, as a hasher is given', seed);
  if (dim !== undefined && dim !== hasher.dim) {
    throw wrongValue('dim', `that of the hasher, ${hasher.dim}`, dim);
  }
  return hasher;
}

function codesOfNone(hasher: Hasher<unknown>): unknown {
  return hasher.hash(new Float32Array(0));
}

/** The hasher of a file. */
export function readHasher(reader: PartsReader): Hasher<BitCodes> {
  const inner = readAnyKind(reader.nested('hasher'));
  if (inner instanceof Hasher && codesOfNone(inner) instanceof BitCodes) return inner;
  throw corrupt('hasher.kind', 'a hasher that gives BitCodes', inner.constructor.name);
}

/** An empty store for codes of a hasher. */
export function storeFor(hasher: Hasher<BitCodes>, rerank: Rerank): VectorStore {
  const { dim } = hasher;
  if (rerank === 'int8' && dim > MOST_BYTE_DIM) {
    throw wrongValue('dim', `at most ${MOST_BYTE_DIM} where rerank is 'int8'`, dim);
  }
  const { bits } = hasher.hash(new Float32Array(0));
  // The first bits of a quantizer are the first numbers of the vector, not a sample of it.
  const isWhole = rerank === 'none' || hasher instanceof BinaryQuantizer;
  return new VectorStore({
    dim,
    bits,
    rerank,
    scanBits: isWhole ? bits : Math.min(bits, SCAN_BITS),
  });
}
