/**
 * HammingIndex beside its twin: random sequences of adding, replacing, removing, searching, saving and sharing, on
 * every backend, with asynchronous searches that stay in flight while the index changes. After each step both must
 * have the same rows and find the same neighbours in the same order.
 */

import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { HammingIndex } from '../../lib/search/hamming-index.ts';
import type { Key } from '../../lib/search/keys.ts';
import type { Filter } from '../../lib/search/roster.ts';
import { allBackends, useBackend } from '../support/backends.ts';
import { CODE_KINDS, codes } from '../support/codes.ts';
import { RUNS } from '../support/generators.ts';
import { HammingTwin } from '../support/hamming-twin.ts';

interface Model {
  readonly twin: HammingTwin;
  fresh: number;
}

interface Real {
  index: HammingIndex;
  /** Searches in flight, each with what it must find. */
  readonly flying: { readonly found: Promise<unknown>; readonly expected: unknown }[];
}

type Command = fc.AsyncCommand<Model, Real>;

/** A number that a command is drawn from; everything else of it follows. */
const draws = fc.tuple(fc.nat(), fc.nat(), fc.nat());
type Draws = [number, number, number];

const KIND_COUNT = CODE_KINDS.length;

/** A command that is printed by its name and draws. */
function command(
  name: string,
  drawn: Draws,
  run: (m: Model, r: Real, d: Draws) => unknown,
): Command {
  return {
    check: () => true,
    toString: () => `${name}(${drawn})`,
    run: async (model, real) => {
      await run(model, real, drawn);
      expectSame(model, real, drawn[0]);
    },
  };
}

function expectSame({ twin }: Model, { index }: Real, seed: number): void {
  expect([index.size, index.rows]).toEqual([twin.size, twin.rows.length]);
  expect([...index.keys()]).toEqual(twin.keys());
  const queries = codes(1 + (seed % 3), twin.bits, CODE_KINDS[seed % KIND_COUNT], seed % 7);
  const expected = twin.search(queries, 4, () => true);
  for (const threads of [1, 2]) expect(index.search(queries, 4, { threads })).toEqual(expected);
}

/** Keys for `count` rows: new ones, and in an upsert some that are present. */
function keysFor(model: Model, count: number, presentEvery: number): Key[] | undefined {
  const present = model.twin.keys();
  const keys: Key[] = [];
  for (let i = 0; i < count; i++) {
    const candidate = present[(i * 7 + model.fresh) % Math.max(present.length, 1)];
    const takesPresent = presentEvery > 0 && i % presentEvery === 0 && present.length > 0;
    if (takesPresent && !keys.includes(candidate)) keys.push(candidate);
    else if (model.twin.keyed)
      keys.push(model.fresh++ % 2 === 0 ? `k${model.fresh}` : -model.fresh);
  }
  return keys;
}

function add(model: Model, real: Real, [size, kind, seed]: Draws): void {
  const batch = codes(size % 40, model.twin.bits, CODE_KINDS[kind % KIND_COUNT], seed % 7);
  const keys = model.twin.keyed ? keysFor(model, batch.rows, 0) : undefined;
  expect([...real.index.add(batch, keys)]).toEqual(model.twin.put(batch, keys));
}

function upsert(model: Model, real: Real, [size, kind, seed]: Draws): void {
  const keys = keysFor(model, size % 12, 1 + (seed % 2)) ?? [];
  const batch = codes(keys.length, model.twin.bits, CODE_KINDS[kind % KIND_COUNT], seed % 7);
  if (keys.length === 0) return;
  expect([...real.index.upsert(batch, keys)]).toEqual(model.twin.put(batch, keys));
}

function remove(model: Model, real: Real, [step, offset]: Draws): void {
  const present = model.twin.keys();
  const keys = present.filter((_key, i) => (i + offset) % (1 + (step % 9)) === 0);
  const asked = [...keys, 'nobody', ...keys.slice(0, 1)];
  expect(real.index.remove(asked)).toBe(model.twin.remove(keys));
}

function get(model: Model, real: Real, [which]: Draws): void {
  const keys = model.twin.keys();
  const key = which % 5 === 0 ? 'nobody' : (keys[which % Math.max(keys.length, 1)] ?? 3);
  expect(real.index.has(key)).toBe(model.twin.idOf(key) !== undefined);
  const [got, expected] = [real.index.get(key), model.twin.get(key)];
  expect(got?.toUbinary()).toEqual(expected?.toUbinary());
}

/** A filter of a kind, and the rows that it means. */
function filterOf(
  { twin }: Model,
  { index }: Real,
  draw: number,
): { filter?: Filter; allows: (key: Key, id: number) => boolean } {
  const modulus = 1 + (draw % 5);
  const allows = (_key: Key, id: number): boolean => (id * 13 + draw) % modulus === 0;
  const keys = twin.keys().filter((key) => allows(key, twin.idOf(key) as number));
  switch (draw % 4) {
    case 0:
      return { allows: () => true };
    case 1:
      return { filter: allows, allows };
    case 2:
      return { filter: [...keys, 'nobody'], allows };
    default:
      return { filter: index.bitmap(keys), allows };
  }
}

function questionOf(model: Model, real: Real, [size, draw, seed]: Draws) {
  const { bits } = model.twin;
  const queries = codes(size % 20, bits, CODE_KINDS[seed % KIND_COUNT], seed % 7);
  const { filter, allows } = filterOf(model, real, draw);
  const options = { threads: 1 + (seed % 3), ...(filter === undefined ? {} : { filter }) };
  const [k, radius] = [draw % 23, seed % (bits + 2)];
  const expected = {
    search: model.twin.search(queries, k, allows),
    range: model.twin.rangeSearch(queries, radius, allows),
  };
  return { queries, k, radius, options, expected };
}

function search(model: Model, real: Real, drawn: Draws): void {
  const { queries, k, radius, options, expected } = questionOf(model, real, drawn);
  expect(real.index.search(queries, k, options)).toEqual(expected.search);
  expect(real.index.rangeSearch(queries, radius, options)).toEqual(expected.range);
}

/** Starts searches that later commands overtake. */
function startSearches(model: Model, { index, flying }: Real, drawn: Draws): void {
  const { queries, k, radius, options, expected } = questionOf(model, { index, flying }, drawn);
  flying.push({ found: index.searchAsync(queries, k, options), expected: expected.search });
  const range = index.rangeSearchAsync(queries, radius, options);
  flying.push({ found: range, expected: expected.range });
}

async function land({ flying }: Real): Promise<void> {
  for (const { found, expected } of flying.splice(0)) expect(await found).toEqual(expected);
}

function saveAndLoad(_model: Model, real: Real): void {
  real.index = HammingIndex.fromBytes(real.index.toBytes());
}

function share(_model: Model, real: Real): void {
  real.index = HammingIndex.fromShared(structuredClone(real.index.share()));
}

const commands = [
  ['add', add],
  ['upsert', upsert],
  ['remove', remove],
  ['get', get],
  ['search', search],
  ['startSearches', startSearches],
  ['land', (_model: Model, real: Real) => land(real)],
  ['saveAndLoad', saveAndLoad],
  ['share', share],
] as const;

const sequence = fc.commands(
  commands.map(([name, run]) => draws.map((drawn) => command(name, drawn, run))),
  { maxCommands: 30, size: 'max' },
);

describe.each([...allBackends])('HammingIndex on %s', (_name, backend) => {
  beforeAll(() => useBackend(backend));

  it('is its twin, whatever is done to it', async () => {
    const property = fc.asyncProperty(
      sequence,
      fc.constantFrom(7, 64, 70, 130),
      fc.boolean(),
      async (steps, bits, keyed) => {
        const flying: Real['flying'] = [];
        const setup = () => ({
          model: { twin: new HammingTwin(bits, keyed), fresh: 0 },
          real: { index: HammingIndex.create({ bits }), flying },
        });
        await fc.asyncModelRun(setup, steps);
        await land({ flying } as Real);
      },
    );
    await fc.assert(property, { numRuns: Math.ceil(RUNS / 8) });
  }, 120_000);
});
