/**
 * An index in an engine as the tests of all of them see it, and what its answers must be: those of a list of rows that is
 * compared one by one. Rows come from a pool and are told by their number there. An engine that breaks ties as it likes
 * must still give the distances of that list, and neighbours at their distances.
 */

import { expect } from 'vitest';
import { compareKeys } from '../../lib/engines/engine-keys.ts';
import type { EngineMatches, RerankedMatches } from '../../lib/engines/engine-matches.ts';
import type { Key } from '../../lib/search/keys.ts';
import { NO_ID } from '../../lib/search/neighbors.ts';
import { integers } from './codes.ts';

/** The surface of every index in an engine, as JavaScript sees it: arguments may be anything. */
export interface AnyEngineIndex {
  add(codes: unknown, keys: unknown, options?: unknown): Promise<void>;
  upsert(codes: unknown, keys: unknown, options?: unknown): Promise<void>;
  remove(keys: unknown): Promise<number>;
  has(key: unknown): Promise<boolean>;
  count(): Promise<number>;
  search(queries: unknown, k: unknown, options?: unknown): Promise<EngineMatches>;
  searchReranked(
    queries: unknown,
    vectors: unknown,
    k: unknown,
    options: unknown,
  ): Promise<RerankedMatches>;
  drop(): Promise<void>;
}

/** Options that every index in an engine has. */
export interface EngineTestOptions {
  readonly model?: unknown;
  readonly keyType?: unknown;
  readonly vectorDim?: unknown;
  readonly more?: object;
}

/** A kind of index in an engine. */
export interface EngineUnderTest {
  open(name: string, options?: EngineTestOptions): Promise<AnyEngineIndex>;
  /** Codes of the pool, by their numbers. */
  pick(rows: readonly number[]): unknown;
  /** Codes that are of another size. */
  readonly wrongCodes: unknown;
  /** The distance of two codes of the pool; Infinity where one is never found by the other. */
  distance(query: number, row: number): number;
  /** Whether ties go to the smaller key. */
  readonly ordersTies: boolean;
  /** A condition in the language of the engine: payload.lang is this. */
  langIs(lang: string): unknown;
  readonly hasVectors: boolean;
  /** Keys that it refuses as arguments, and those that it cannot take though they are sent. */
  readonly refusesKey: RegExp;
  readonly failsKey?: RegExp;
  /** How many histories are tried. */
  readonly runs: number;
}

/** Codes in the pool. */
export const ENGINE_POOL = 64;
/** A key and the number of its code in the pool. */
export type Row = readonly [key: Key, row: number];

/** The rows of a list that are nearest to a code of the pool. */
export function nearest(engine: EngineUnderTest, rows: readonly Row[], query: number, k: number) {
  return rows
    .map(([key, row]) => ({ key, distance: engine.distance(query, row) }))
    .filter(({ distance }) => Number.isFinite(distance))
    .sort((a, b) => a.distance - b.distance || compareKeys(a.key, b.key))
    .slice(0, k);
}

/** Throws unless matches are those of a list that is compared row by row. */
export function expectMatches(
  engine: EngineUnderTest,
  matches: EngineMatches,
  rows: readonly Row[],
  queries: readonly number[],
): void {
  const { k, keys, distances, counts } = matches;
  const places = new Map(rows);
  expect(matches.rows).toBe(queries.length);
  for (const [i, query] of queries.entries()) {
    const wanted = nearest(engine, rows, query, k);
    const own = keys.slice(i * k, (i + 1) * k);
    const padding = Array.from({ length: k - wanted.length }, () => NO_ID);
    const wantedDistances = [...wanted.map(({ distance }) => distance), ...padding];
    expect([...distances.subarray(i * k, (i + 1) * k)]).toEqual(wantedDistances);
    expect(counts[i]).toBe(wanted.length);
    expect(own.slice(wanted.length)).toEqual(padding.map(() => null));
    const found = own.slice(0, wanted.length) as Key[];
    if (engine.ordersTies) {
      expect(found).toEqual(wanted.map(({ key }) => key));
      continue;
    }
    expect(new Set(found).size).toBe(found.length);
    const of = found.map((key) => engine.distance(query, places.get(key) as number));
    expect(of).toEqual(wantedDistances.slice(0, wanted.length));
  }
}

/** Numbers of a vector. */
export const DIM = 5;

/** Keys and texts that statements, formats and orders stumble over. */
export const STRANGE: readonly string[] = [
  'plain',
  "O'Hara",
  '"quoted"',
  'back\\slash',
  '\\N',
  'tab\tand\nline\r',
  "'); DROP TABLE x; --",
  '$1',
  '%_',
  '',
  ' ',
  '\u00e9',
  'e\u0301',
  '\uffee',
  '\u{1f600}',
  '{a,b}',
  'null',
  '1',
];

/** Vectors of rows of the pool. */
export function poolVectors(rows: readonly number[]): Float32Array {
  const draw = integers(5);
  const all = Float32Array.from({ length: ENGINE_POOL * DIM }, () => (draw() % 2000) / 7 - 140);
  return Float32Array.from(rows.flatMap((row) => [...all.subarray(row * DIM, (row + 1) * DIM)]));
}
