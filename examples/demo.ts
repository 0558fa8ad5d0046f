/**
 * The demo (npm run demo): real vectors hashed with every hasher, held-out queries searched by Hamming distance,
 * and what that costs and finds against exact L2 neighbours. One table a data set.
 */

import {
  BinaryQuantizer,
  BitCodes,
  backend,
  DenseFly,
  exactNeighbors,
  FlyHash,
  HammingIndex,
  SimHash,
  type SparseCodes,
} from 'flyhash';
import { mnistSample, type Sample, siftSample } from '../data/samples.ts';

const QUERIES = 200;
const NEAREST = 10;
const RELEVANT = 200;

interface Hashed {
  readonly method: string;
  /** Bytes that the searched form of one code takes. */
  readonly bytes: number;
  hash(vectors: Float32Array): BitCodes | SparseCodes;
}

interface Row {
  readonly method: string;
  readonly 'bytes/vector': number;
  readonly 'recall@10': string;
  readonly 'AP@200': string;
  readonly 'us/vector': string;
  readonly 'queries/s': string;
}

/** Median seconds of one run, over runs that take half a second together. */
function seconds(run: () => void): number {
  const times: number[] = [];
  for (let total = 0; total < 0.5 || times.length < 3; ) {
    const start = performance.now();
    run();
    times.push((performance.now() - start) / 1000);
    total += times[times.length - 1];
  }
  return times.sort((a, b) => a - b)[times.length >> 1];
}

/** Share of the true `NEAREST` among the first `NEAREST` found. */
function recall(truth: Uint32Array, found: Uint32Array): number {
  const wanted = new Set(truth.subarray(0, NEAREST));
  return found.subarray(0, NEAREST).filter((id) => wanted.has(id)).length / NEAREST;
}

/** AP@200: precision at every hit, summed, over 200; relevant are the 200 true nearest. */
function averagePrecision(truth: Uint32Array, found: Uint32Array): number {
  const wanted = new Set(truth);
  let hits = 0;
  let sum = 0;
  found.forEach((id, i) => {
    if (wanted.has(id)) sum += ++hits / (i + 1);
  });
  return sum / RELEVANT;
}

function quality(truth: Uint32Array, found: Uint32Array): [number, number] {
  let recallSum = 0;
  let precisionSum = 0;
  for (let start = 0; start < truth.length; start += RELEVANT) {
    const [wanted, got] = [truth, found].map((ids) => ids.subarray(start, start + RELEVANT));
    recallSum += recall(wanted, got);
    precisionSum += averagePrecision(wanted, got);
  }
  const queries = truth.length / RELEVANT;
  return [recallSum / queries, precisionSum / queries];
}

async function methods(base: Float32Array, dim: number): Promise<Hashed[]> {
  const seed = 1;
  const result: Hashed[] = [];
  const median = await BinaryQuantizer.train(base, { dim, thresholds: 'median' });
  result.push({ method: 'BinaryQuantizer median', bytes: dim / 8, hash: (v) => median.hash(v) });
  for (const projection of ['gaussian', 'orthogonal', 'hadamard'] as const) {
    for (const bits of [256, 1024]) {
      const hasher = await SimHash.train(base, { dim, bits, seed, projection });
      const method = `SimHash ${projection} ${bits}`;
      result.push({ method, bytes: bits / 8, hash: (v) => hasher.hash(v) });
    }
  }
  const denseFly = DenseFly.create({ dim, bits: 1024, seed });
  result.push({ method: 'DenseFly 1024', bytes: 128, hash: (v) => denseFly.hash(v) });
  const flyHash = FlyHash.create({ dim, seed });
  const { units, active } = flyHash;
  const method = `FlyHash ${active} of ${units}`;
  result.push({ method, bytes: Math.ceil(units / 8), hash: (v) => flyHash.hash(v) });
  return result;
}

function asBits(codes: BitCodes | SparseCodes): BitCodes {
  return codes instanceof BitCodes ? codes : codes.toBitCodes();
}

function measure(
  hashed: Hashed,
  base: Float32Array,
  queries: Float32Array,
  rows: number,
  truth: Uint32Array,
): Row {
  const baseCodes = asBits(hashed.hash(base));
  const queryCodes = asBits(hashed.hash(queries));
  const index = HammingIndex.create({ bits: baseCodes.bits });
  index.add(baseCodes);
  const [recallAt10, ap] = quality(truth, index.search(queryCodes, RELEVANT).ids);
  const hashing = seconds(() => hashed.hash(base));
  const searching = seconds(() => index.search(queryCodes, NEAREST));
  return {
    method: hashed.method,
    'bytes/vector': hashed.bytes,
    'recall@10': recallAt10.toFixed(3),
    'AP@200': ap.toFixed(3),
    'us/vector': ((hashing * 1e6) / rows).toFixed(2),
    'queries/s': Math.round(QUERIES / searching).toLocaleString('en'),
  };
}

function exactRow(base: Float32Array, queries: Float32Array, dim: number): Row {
  const listed = Array.from({ length: QUERIES }, (_, i) =>
    queries.subarray(i * dim, (i + 1) * dim),
  );
  const searching = seconds(() => exactNeighbors(base, listed, NEAREST, 'l2'));
  return {
    method: 'exact L2 on float32',
    'bytes/vector': 4 * dim,
    'recall@10': '1.000',
    'AP@200': '1.000',
    'us/vector': '-',
    'queries/s': Math.round(QUERIES / searching).toLocaleString('en'),
  };
}

function printTable(rows: readonly Row[]): void {
  const columns = Object.keys(rows[0]) as (keyof Row)[];
  const texts = [columns, ...rows.map((row) => columns.map((column) => String(row[column])))];
  const widths = columns.map((_, i) => Math.max(...texts.map((cells) => cells[i].length)));
  for (const [method, ...cells] of texts) {
    const rest = cells.map((cell, i) => cell.padStart(widths[i + 1]));
    console.log([method.padEnd(widths[0]), ...rest].join('  '));
  }
}

async function show({ name, rows, dim, values }: Sample): Promise<void> {
  const base = values.subarray(0, (rows - QUERIES) * dim);
  const queries = values.subarray((rows - QUERIES) * dim);
  const listed = Array.from({ length: QUERIES }, (_, i) =>
    queries.subarray(i * dim, (i + 1) * dim),
  );
  const truth = exactNeighbors(base, listed, RELEVANT, 'l2').ids;
  console.log(`\n${name}: ${rows - QUERIES} vectors of ${dim}, ${QUERIES} held-out queries`);
  const table: Row[] = [exactRow(base, queries, dim)];
  for (const hashed of await methods(base, dim)) {
    table.push(measure(hashed, base, queries, rows - QUERIES, truth));
  }
  printTable(table);
}

const { kind, isa, file } = backend();
console.log(
  `flyhash runs on its ${kind} backend, level ${isa}${file === undefined ? '' : `, ${file}`}; one thread.`,
);
console.log(
  'recall@10: share of the 10 nearest by exact L2 among the 10 nearest by code. AP@200: precision at every hit among\n' +
    'the first 200 found, summed, over 200; relevant are the 200 nearest by exact L2. Ties go to the smaller position.\n' +
    'bytes/vector is the searched form; FlyHash is searched as bits, and takes active x ceil(log2 units) / 8 bytes stored.',
);
for (const sample of [siftSample(), mnistSample()]) await show(sample);
