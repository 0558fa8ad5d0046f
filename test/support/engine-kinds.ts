/** The indexes of engines as engine-laws.ts wants them: a pool of codes, and their distances counted bit by bit. */

import { BitCodes } from '../../lib/codes/bit-codes.ts';
import { SparseCodes } from '../../lib/codes/sparse-codes.ts';
import {
  MilvusHammingIndex,
  MilvusInvertedIndex,
  type MilvusServer,
} from '../../lib/engines/milvus.ts';
import {
  type PgDatabase,
  PgHammingIndex,
  PgInvertedIndex,
  PgLshIndex,
} from '../../lib/engines/pgvector.ts';
import { codes } from './codes.ts';
import {
  type AnyEngineIndex,
  ENGINE_POOL,
  type EngineTestOptions,
  type EngineUnderTest,
} from './engine-contract.ts';
import { sparseCodes } from './sparse.ts';

/** A number of bits that fills no byte. */
export const BITS = 75;
export const SIZES = { units: 40, active: 6 } as const;
const LSH = { tables: 3, keyBits: 7, probes: 1 } as const;

const bitPool = codes(ENGINE_POOL, BITS, 'near', 3);
const sparsePool = sparseCodes(ENGINE_POOL, SIZES, 'random', 3);

function pickBits(rows: readonly number[]): BitCodes {
  const data = rows.flatMap((row) => [...bitPool.row(row)]);
  return BitCodes.from(Uint8Array.from(data), BITS);
}

function pickUnits(rows: readonly number[]): SparseCodes {
  const indices = rows.flatMap((row) => [...sparsePool.row(row)]);
  return SparseCodes.from(Uint32Array.from(indices), SIZES);
}

function bitDistance(a: number, b: number): number {
  let distance = 0;
  for (let bit = 0; bit < BITS; bit++)
    distance += bitPool.bit(a, bit) === bitPool.bit(b, bit) ? 0 : 1;
  return distance;
}

function unitDistance(a: number, b: number): number {
  const own = new Set(sparsePool.row(a));
  const overlap = [...sparsePool.row(b)].filter((unit) => own.has(unit)).length;
  return overlap === 0 ? Number.POSITIVE_INFINITY : 2 * (SIZES.active - overlap);
}

/** The distance where some table's keys differ in at most one bit: what the index of hash tables finds. */
function bucketDistance(a: number, b: number): number {
  const { tables, keyBits, probes } = LSH;
  for (let table = 0; table < tables; table++) {
    let differing = 0;
    for (let bit = table * keyBits; bit < (table + 1) * keyBits; bit++) {
      differing += bitPool.bit(a, bit) === bitPool.bit(b, bit) ? 0 : 1;
    }
    if (differing <= probes) return bitDistance(a, b);
  }
  return Number.POSITIVE_INFINITY;
}

type Open = (name: string, options: object) => Promise<unknown>;

function opened(open: Open): EngineUnderTest['open'] {
  return async (name, { more = {}, ...options }: EngineTestOptions = {}) =>
    (await open(name, { ...options, ...more })) as AnyEngineIndex;
}

/** Codes of bits in an engine. */
export function bitsIn(
  open: Open,
): Pick<EngineUnderTest, 'open' | 'pick' | 'wrongCodes' | 'distance'> {
  const wrongCodes = BitCodes.from(new Uint8Array(10), 76);
  const withBits: Open = (name, options) => open(name, { bits: BITS, ...options });
  return { open: opened(withBits), pick: pickBits, wrongCodes, distance: bitDistance };
}

/** Sparse codes in an engine. */
export function unitsIn(
  open: Open,
): Pick<EngineUnderTest, 'open' | 'pick' | 'wrongCodes' | 'distance'> {
  const wrongCodes = SparseCodes.from(Uint32Array.of(1), { units: 41, active: 1 });
  const withSizes: Open = (name, options) => open(name, { ...SIZES, ...options });
  return { open: opened(withSizes), pick: pickUnits, wrongCodes, distance: unitDistance };
}

/** The indexes of PostgreSQL. */
export function postgresKinds(
  database: () => PgDatabase,
  runs: number,
): Record<string, () => EngineUnderTest> {
  const langIs = (lang: string) => ({ sql: "payload->>'lang' = $1 -- theirs", values: [lang] });
  const shared = { ordersTies: true, langIs, runs, refusesKey: /\0/ };
  return {
    PgHammingIndex: () => ({
      ...bitsIn((name, options) => PgHammingIndex.open(database(), { name, ...options } as never)),
      ...shared,
      hasVectors: true,
    }),
    PgInvertedIndex: () => ({
      ...unitsIn((name, options) =>
        PgInvertedIndex.open(database(), { name, ...options } as never),
      ),
      ...shared,
      hasVectors: true,
    }),
    PgLshIndex: () => ({
      ...bitsIn((name, options) =>
        PgLshIndex.open(database(), { name, ...LSH, ...options } as never),
      ),
      ...shared,
      distance: bucketDistance,
      hasVectors: false,
    }),
  };
}

/** What a version of Milvus can do. */
export interface MilvusAbilities {
  readonly runs: number;
  /** Several vector fields, and sparse ones: since 2.4. */
  readonly hasVectors: boolean;
  readonly hasSparse: boolean;
  /** Keys that it cannot store. */
  readonly failsKey?: RegExp;
}

/** The indexes of Milvus. */
export function milvusKinds(
  server: () => MilvusServer,
  { runs, hasVectors, hasSparse, failsKey }: MilvusAbilities,
): Record<string, () => EngineUnderTest> {
  const langIs = (lang: string): string => `payload["lang"] == ${JSON.stringify(lang)}`;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  const refusesKey = /[\0-\x1f]/;
  const shared = { ordersTies: false, langIs, runs, hasVectors, refusesKey, failsKey };
  const kinds: Record<string, () => EngineUnderTest> = {
    MilvusHammingIndex: () => ({
      ...bitsIn((name, options) =>
        MilvusHammingIndex.open(server(), { name, ...options } as never),
      ),
      ...shared,
    }),
  };
  if (hasSparse) {
    kinds.MilvusInvertedIndex = () => ({
      ...unitsIn((name, options) =>
        MilvusInvertedIndex.open(server(), { name, ...options } as never),
      ),
      ...shared,
    });
  }
  return kinds;
}
