/**
 * One small object of every kind that can be stored, and what using it gives, so that all of them are put through the
 * same trials of files. A kind that is added here needs a file of format 1 too (FLYHASH_GOLDEN=write).
 */

import { createHash } from 'node:crypto';
import { BitCodes } from '../../lib/codes/bit-codes.ts';
import { SparseCodes } from '../../lib/codes/sparse-codes.ts';
import { partsOfBytes } from '../../lib/files/bytes.ts';
import { readAnyKind } from '../../lib/files/kinds.ts';
import type { Stored } from '../../lib/files/stored.ts';
import { madeFrom } from '../../lib/files/stored.ts';
import { WordVectors } from '../../lib/files/word-vectors.ts';
import { BinaryQuantizer } from '../../lib/hash/binary-quantizer.ts';
import { BioHash } from '../../lib/hash/bio-hash.ts';
import { DenseFly } from '../../lib/hash/dense-fly.ts';
import { FlyHash } from '../../lib/hash/fly-hash.ts';
import { Hasher } from '../../lib/hash/hasher.ts';
import { Itq } from '../../lib/hash/itq.ts';
import { NaiveBioHash } from '../../lib/hash/naive-bio-hash.ts';
import { SimHash } from '../../lib/hash/sim-hash.ts';
import { HammingIndex } from '../../lib/search/hamming-index.ts';
import { InvertedIndex } from '../../lib/search/inverted-index.ts';
import { LshIndex } from '../../lib/search/lsh-index.ts';
import type { LshRows } from '../../lib/search/lsh-rows.ts';
import type { Neighbors } from '../../lib/search/neighbors.ts';
import { NoveltyFilter } from '../../lib/search/novelty-filter.ts';
import { VectorIndex } from '../../lib/search/vector-index.ts';
import { BioWord } from '../../lib/words/bio-word.ts';
import { Vocabulary } from '../../lib/words/vocabulary.ts';
import { WordCodes } from '../../lib/words/word-codes.ts';
import { type AnyCodes, bytesOf } from './hashers.ts';
import { answersOf, nearestOf, readBy, smallModel, view } from './stored-words.ts';

/** Numbers of a vector that the hashers below take. */
const DIM = 12;

/** Vectors longer than this are not made up for a model that a damaged file describes. */
const MOST_NUMBERS = 2 ** 16;

function vectors(rows: number, dim: number): Float32Array {
  return Float32Array.from(
    { length: rows * dim },
    (_, i) => ((Math.imul(i + 1, 2654435761) >>> 0) % 1000) - 500,
  );
}

function bitCodes(rows: number, bits: number): BitCodes {
  const bytes = Math.ceil(bits / 8);
  const data = new Uint8Array(rows * bytes);
  for (let i = 0; i < data.length; i++) {
    data[i] = Math.imul(i + 7, 2654435761) >>> 24;
    if ((i + 1) % bytes === 0) data[i] &= 0xff << (8 * bytes - bits);
  }
  return BitCodes.adopt(data, bits);
}

function hammingIndex(keys?: (string | number)[]): HammingIndex {
  const index = HammingIndex.create({ bits: 21 });
  index.add(bitCodes(11, 21), keys);
  return index;
}

function keyedIndex(): HammingIndex {
  const index = hammingIndex(['a', 'bee', -3, 2 ** 52, '', '\u00e9', 6, 7, 8, '9', '10']);
  index.remove(['bee', 6]);
  return index;
}

/** Vectors whose codes are scanned in part, so that every stage of a search is needed. */
function vectorIndex(rerank: 'float32' | 'int8' | 'none'): VectorIndex {
  const index = VectorIndex.create({ dim: DIM, bits: 300, rerank, metric: 'l2', shortlist: 3 });
  index.add(vectors(40, DIM));
  index.remove([3, 17]);
  return index;
}

/** An inverted index with keys and holes: posting bitmaps at 40 units, posting lists at 600. */
function invertedIndex(units: number): InvertedIndex {
  const active = 3;
  const indices = Uint32Array.from({ length: 9 * active }, (_, i) => {
    return Math.floor(i / active) + 11 * (i % active);
  });
  const index = InvertedIndex.create({ units, active });
  index.add(SparseCodes.adopt(indices, { units, active }), ['a', 2, 'c', 4, 'e', 6, 'g', 8, 'i']);
  index.remove([2, 'i']);
  return index;
}

/** Keys of its own buckets, in tables of 4 bits, with a hole. */
function lshIndex(): LshIndex {
  const sizes = { bits: 21, tables: 3, keyBits: 4 };
  const index = LshIndex.create({ ...sizes, keys: 'external', probes: 1 });
  index.add({ codes: bitCodes(11, 21), buckets: bitCodes(11, 12) });
  index.remove([3]);
  return index;
}

/** How to make one of each, by the name of its file. */
export const STORED: ReadonlyMap<string, () => Promise<Stored>> = new Map<
  string,
  () => Promise<Stored>
>([
  ['bit-codes', async () => bitCodes(5, 13)],
  [
    'sparse-codes',
    async () => SparseCodes.from(Uint32Array.of(1, 4, 9, 0, 3, 8), { units: 10, active: 3 }),
  ],
  [
    'binary-quantizer',
    () => BinaryQuantizer.train(vectors(9, DIM), { dim: DIM, thresholds: 'median' }),
  ],
  ['sim-hash', async () => SimHash.create({ dim: 5, bits: 17, seed: 7 })],
  [
    'sim-hash-orthogonal',
    async () => SimHash.create({ dim: 6, bits: 9, projection: 'orthogonal' }),
  ],
  [
    'sim-hash-hadamard',
    () =>
      SimHash.train(vectors(9, DIM), {
        ...{ dim: DIM, bits: 21, projection: 'hadamard', thresholds: 'mean' },
      }),
  ],
  ['fly-hash', async () => FlyHash.create({ dim: DIM, units: 40, active: 5, fanIn: 3, seed: 2 })],
  ['dense-fly', async () => DenseFly.create({ dim: DIM, bits: 19, fanIn: 4, seed: 2 })],
  ['bio-hash', () => BioHash.train(vectors(30, DIM), { dim: DIM, units: 9, active: 2, seed: 2 })],
  [
    'bio-hash-sgd',
    () =>
      BioHash.train(vectors(30, DIM), {
        ...{ dim: DIM, units: 5, active: 2, trainer: 'sgd', epochs: 2, batchSize: 8 },
        ...{
          power: 3,
          rank: 3,
          repulsion: 0.25,
          assignment: 'inner-product',
          unitLength: false,
          init: 'normal',
        },
      }),
  ],
  ['naive-bio-hash', () => NaiveBioHash.train(vectors(30, DIM), { dim: DIM, bits: 11, seed: 2 })],
  ['itq', () => Itq.train(vectors(30, DIM), { dim: DIM, bits: 7, seed: 2, iterations: 4 })],
  [
    'novelty-filter',
    async () => {
      const filter = NoveltyFilter.create({ units: 10, decay: 0.25, recovery: 0.0625 });
      filter.add(SparseCodes.from(Uint32Array.of(1, 4, 1, 9), { units: 10, active: 2 }));
      return filter;
    },
  ],
  ['hamming-index', async () => hammingIndex()],
  ['hamming-index-keys', async () => keyedIndex()],
  ['vector-index', async () => vectorIndex('float32')],
  ['vector-index-int8', async () => vectorIndex('int8')],
  ['vector-index-none', async () => vectorIndex('none')],
  ['inverted-index', async () => invertedIndex(40)],
  ['inverted-index-lists', async () => invertedIndex(600)],
  ['lsh-index', async () => lshIndex()],
  [
    'vocabulary',
    () =>
      Vocabulary.fromText(['The fly smells \u00e9 1984.', 'A plum, the fly'], { minimumCount: 1 }),
  ],
  ['bio-word', smallModel],
  [
    'word-codes',
    async () => {
      const codes = SparseCodes.from(Uint32Array.of(1, 4, 1, 8, 0, 4), { units: 9, active: 2 });
      return WordCodes.from(['fly', '\u00e9', 'plum'], codes);
    },
  ],
  ['word-codes-bits', async () => WordCodes.from(['fly', 'plum'], bitCodes(2, 13))],
  [
    'word-vectors',
    async () => WordVectors.from(['fly', '\u00e9', 'plum'], [1, -2, 0.1, 3e-7, 5, -0]),
  ],
]);

/** The object in bytes of any kind, as `load` makes it. */
export function opened(bytes: Uint8Array): Stored {
  return madeFrom(partsOfBytes(bytes), (reader) => readAnyKind(reader) as Stored);
}

/** The surface that every index shares. */
interface AnyIndex<Items> {
  readonly rows: number;
  readonly size: number;
  keys(): Iterable<number | string>;
  search(queries: Items, k: number): Neighbors;
}

/** Queries for an index of hash tables; undefined when they would be too large. */
function lshQueries({ bits, tables, keyBits, keySource, probes }: LshIndex): LshRows | undefined {
  const width = keySource === 'external' ? tables * keyBits : bits;
  const effort = typeof probes === 'object' ? probes.directed * tables : 0;
  if (Math.max(bits, width, effort) > MOST_NUMBERS) return undefined;
  const buckets = keySource === 'external' ? { buckets: bitCodes(3, width) } : {};
  const margins = typeof probes === 'object' ? { margins: vectors(3, width) } : {};
  return { codes: bitCodes(3, bits), ...buckets, ...margins };
}

/** Rows and keys of an index, and what it finds. */
function searched<Items>(index: AnyIndex<Items>, queries?: Items): Buffer[] {
  const told = Buffer.from(JSON.stringify([index.rows, index.size, [...index.keys()]]));
  if (queries === undefined) return [told];
  const { ids, distances, counts } = index.search(queries, 4);
  return [told, ...[ids, distances, counts].map(view)];
}

/** Codes to search with, unless a damaged file wants huge ones. */
function queryCodes(bits: number): BitCodes | undefined {
  return bits > MOST_NUMBERS ? undefined : bitCodes(3, bits);
}

/** The first units, as many as a code of the index has, unless a damaged file wants very many. */
function overlapQueries({ units, active }: InvertedIndex): SparseCodes | undefined {
  if (active > MOST_NUMBERS) return undefined;
  return SparseCodes.adopt(
    Uint32Array.from({ length: active }, (_, i) => i),
    { units, active },
  );
}

function noveltyOf(filter: NoveltyFilter): Buffer[] {
  const { units } = filter;
  const active = Math.min(3, units);
  const indices = Uint32Array.from({ length: active }, (_, i) => i);
  const codes = SparseCodes.adopt(indices, { units, active });
  const copy = NoveltyFilter.fromBytes(filter.toBytes());
  return [filter.novelty(codes), copy.addAndScore(codes), copy.novelty(codes)].map(view);
}

/** Everything that an object does, as pieces of bytes. Must not fail, whatever file the object came from. */
function results(stored: Stored): Buffer[] {
  if (stored instanceof Hasher) {
    if (stored.dim > MOST_NUMBERS) return [];
    return [bytesOf(stored.hash(vectors(20, stored.dim)) as AnyCodes)];
  }
  if (stored instanceof HammingIndex) return searched(stored, queryCodes(stored.bits));
  if (stored instanceof InvertedIndex) return searched(stored, overlapQueries(stored));
  if (stored instanceof LshIndex) return searched(stored, lshQueries(stored));
  if (stored instanceof NoveltyFilter) return noveltyOf(stored);
  if (stored instanceof Vocabulary) return readBy(stored);
  if (stored instanceof BioWord) return answersOf(stored);
  if (stored instanceof WordCodes) return nearestOf(stored);
  if (stored instanceof WordVectors) {
    const { words, vectors } = stored;
    return [Buffer.from(JSON.stringify(words.map((word) => stored.id(word)))), view(vectors)];
  }
  if (stored instanceof VectorIndex) {
    return searched(stored, stored.dim > MOST_NUMBERS ? undefined : vectors(3, stored.dim));
  }
  return [bytesOf(stored as unknown as AnyCodes)];
}

/** The SHA-256 of everything that an object does. */
export function digestOfUse(stored: Stored): string {
  const hash = createHash('sha256');
  for (const piece of results(stored)) hash.update(piece);
  return hash.digest('hex');
}

/** What ends a file: the SHA-256 of the bytes before it, put right in place. */
export function withChecksum(bytes: Uint8Array): Uint8Array {
  if (bytes.length < 32) return bytes;
  const end = bytes.length - 32;
  bytes.set(createHash('sha256').update(bytes.subarray(0, end)).digest(), end);
  return bytes;
}
