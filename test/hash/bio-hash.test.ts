/**
 * Trainings of BioHash, whichever trainer: the bytes of the reference at every level and on any number of threads, the
 * same bytes however the rows come, codes that are the largest activations, and a hasher that does not change under its
 * users.
 */

import { mkdtempSync, readdirSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BioHash } from '../../lib/hash/bio-hash.ts';
import type { BioHashTraining, BioIteration } from '../../lib/hash/bio-options.ts';
import { stream } from '../../lib/random.ts';
import { allBackends, levelBackends, reference, useBackend } from '../support/backends.ts';
import { RUNS } from '../support/generators.ts';
import { cutInBatches, normals, once } from '../support/training-cases.ts';

const fastest = [...levelBackends.values()].at(-1) ?? reference;
const [ROWS, DIM] = [40, 7];

/** Trainings of every kind that differ in what they sum and in what order. */
const training = fc.oneof(
  fc.record({
    trainer: fc.constant('em' as const),
    iterations: fc.integer({ min: 1, max: 4 }),
    restarts: fc.integer({ min: 1, max: 2 }),
    repulsion: fc.constantFrom(0, 0, 0.25),
  }),
  fc.record({
    trainer: fc.constant('sgd' as const),
    epochs: fc.integer({ min: 1, max: 2 }),
    batchSize: fc.integer({ min: 1, max: 50 }),
    power: fc.integer({ min: 1, max: 3 }),
    rank: fc.integer({ min: 2, max: 3 }),
    repulsion: fc.constantFrom(0, 0.25),
    init: fc.constantFrom('normal' as const, 'rows' as const),
    shuffle: fc.boolean(),
  }),
);

const options: fc.Arbitrary<BioHashTraining> = fc
  .record({
    units: fc.integer({ min: 3, max: 20 }),
    seed: fc.nat(),
    assignment: fc.constantFrom('normalised' as const, 'inner-product' as const),
    center: fc.boolean(),
    unitLength: fc.boolean(),
    training,
  })
  .map(({ training: own, ...rest }) => ({ dim: DIM, active: 2, ...rest, ...own }));

/** Normal deviates, or integers with many equal rows and rows of zeros. */
const vectors = fc.tuple(fc.nat(), fc.boolean()).map(([seed, hasTies]) => {
  const values = normals(ROWS, DIM, seed);
  return hasTies ? values.map((value) => Math.trunc(value)) : values;
});

describe.each([...levelBackends])('BioHash at level %s', (_level, backend) => {
  it('learns the bytes of the reference, on any number of threads', async () => {
    await fc.assert(
      fc.asyncProperty(
        ...([options, vectors, fc.integer({ min: 1, max: 3 })] as const),
        async (given, values, threads) => {
          useBackend(reference);
          const expected = (await BioHash.train(values, given)).toBytes();
          useBackend(backend);
          const learnt = await BioHash.train(values, { ...given, threads });
          expect(learnt.toBytes()).toEqual(expected);
        },
      ),
      { numRuns: Math.ceil(RUNS / 8) },
    );
  });
});

describe.each([...allBackends])('BioHash on %s', (_name, backend) => {
  it('hashes to the largest activations of (vector - mean), smaller units first among equals', async () => {
    useBackend(backend);
    const values = normals(ROWS, DIM, 3);
    const hasher = await BioHash.train(values, { dim: DIM, units: 9, active: 4, iterations: 3 });
    const [activations, { indices }] = [hasher.activations(values), hasher.hash(values)];
    const { mean, weights } = hasher;
    for (let row = 0; row < ROWS; row++) {
      const own = activations.subarray(row * 9, row * 9 + 9);
      const order = [...own.keys()].sort((a, b) => own[b] - own[a] || a - b);
      expect([...indices.subarray(row * 4, row * 4 + 4)]).toEqual(order.slice(0, 4).sort());
      const product = mean.reduce(
        (sum, middle, i) => sum + (values[row * DIM + i] - middle) * weights[2 * DIM + i],
        0,
      );
      expect(own[2]).toBeCloseTo(product, 4);
    }
  });

  it('learns the same from memory, batches, a stream that comes once, and a web stream', async () => {
    useBackend(backend);
    const values = normals(150, DIM, 5);
    const batches = cutInBatches(values, DIM, stream(5, 'order'));
    for (const own of [{ trainer: 'em' }, { trainer: 'sgd', shuffle: false, epochs: 2 }] as const) {
      const given = { units: 10, seed: 8, iterations: 3, ...own };
      if (own.trainer === 'sgd') Reflect.deleteProperty(given, 'iterations');
      const expected = (await BioHash.train(values, { dim: DIM, ...given })).toBytes();
      const forms = [
        () => batches,
        () => once(batches),
        once(batches),
        new Blob([Uint8Array.from(Buffer.from(values.buffer))])
          .stream()
          .pipeThrough(floats()) as unknown as AsyncIterable<Float32Array>,
      ];
      for (const form of forms) {
        const learnt = await BioHash.train(form, { dim: DIM, ...given });
        expect(learnt.toBytes()).toEqual(expected);
      }
    }
  });
});

/** Bytes of float32 numbers to batches of whole rows. */
function floats(): TransformStream<Uint8Array, Float32Array> {
  let rest = new Uint8Array(0);
  return new TransformStream({
    transform(chunk, controller): void {
      const all = Uint8Array.from([...rest, ...chunk]);
      const whole = all.length - (all.length % (4 * DIM));
      controller.enqueue(new Float32Array(all.slice(0, whole).buffer));
      rest = all.slice(whole);
    },
  });
}

describe('BioHash', () => {
  it('learns from a stream of more rows than it holds as from memory, and deletes its file', async () => {
    useBackend(fastest);
    const folder = mkdtempSync(join(tmpdir(), 'flyhash-spools-'));
    const [rows, dim] = [750, 3001]; // a run of a stream has 4 MiB, 349 rows of these
    const values = normals(rows, dim, 7);
    const third = values.length / 3;
    const batches = [0, 1, 2].map((i) => values.subarray(i * third, (i + 1) * third));
    const given = { dim, units: 4, iterations: 2, repulsion: 0.1 };
    const expected = (await BioHash.train(values, given)).toBytes();
    const files = new Set<string>();
    const onIteration = (): void => {
      for (const name of readdirSync(folder, { recursive: true })) files.add(String(name));
    };
    Object.assign(process.env, { TMPDIR: folder, TEMP: folder });
    const learnt = await BioHash.train(once(batches), { ...given, onIteration });
    expect(learnt.toBytes()).toEqual(expected);
    expect(files.size).toBe(2); // a folder of its own, and the file in it
    expect(readdirSync(folder)).toEqual([]);
    rmdirSync(folder);
  });

  it('tells its progress: once an iteration, all of it at the end', async () => {
    useBackend(fastest);
    const values = normals(ROWS, DIM, 9);
    const told: string[] = [];
    const iterations: BioIteration[] = [];
    const hasher = await BioHash.train(values, {
      ...{ dim: DIM, units: 4, iterations: 50, restarts: 2, tolerance: 0 },
      onProgress: ({ done, total }) => told.push(`${done}/${total}`),
      onIteration: (iteration) => iterations.push(iteration),
    });
    expect(told[0]).toBe('1/100');
    expect(told.at(-1)).toBe('100/100');
    expect(hasher.report.converged).toBe(true);
    expect(iterations.map(({ restart }) => restart)).toContain(1);
    // What an iteration offers is a whole hasher, that of its moment.
    const [first] = iterations;
    expect(first.iteration).toBe(1);
    expect(first.hasher().report.energies).toEqual(Float64Array.of(first.energy));
    expect(first.hasher().toBytes()).not.toEqual(hasher.toBytes());
    expect(first.hasher().hash(values).rows).toBe(ROWS);
  });

  it('keeps the restart of the lowest energy', async () => {
    useBackend(fastest);
    const values = normals(200, DIM, 11);
    const last = ({ report }: BioHash): number => report.energies.at(-1) ?? 0;
    const given = { dim: DIM, units: 12, seed: 2 };
    const energies: number[] = [];
    const best = await BioHash.train(values, {
      ...{ ...given, restarts: 6 },
      onIteration: ({ restart, energy }) => {
        energies[restart] = energy;
      },
    });
    expect(new Set(energies).size).toBe(6);
    expect(last(best)).toBe(Math.min(...energies));
    expect(last(await BioHash.train(values, given))).toBe(energies[0]);
  });

  it('gives copies, which nobody can change it by, and draws by its seed', async () => {
    useBackend(fastest);
    const values = normals(ROWS, DIM, 13);
    const given = { dim: DIM, units: 6, active: 2 };
    const hasher = await BioHash.train(values, { ...given, seed: 1 });
    const before = hasher.toBytes();
    for (const copy of [hasher.weights, hasher.mean, hasher.report.energies, hasher.report.wins]) {
      copy.fill(5);
    }
    values.fill(0, 0, DIM);
    expect(hasher.toBytes()).toEqual(before);
    expect([hasher.seed, hasher.units, hasher.active, hasher.trainer]).toEqual([1, 6, 2, 'em']);
    const other = await BioHash.train(values, { ...given, seed: 2 });
    expect(other.weights).not.toEqual(hasher.weights);
  });
});
