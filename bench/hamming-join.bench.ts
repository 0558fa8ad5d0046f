// The price of finding near duplicates, through HammingIndex.selfJoin. The limit is what XOR and population count of
// every pair would take, over cache: tables of blocks are to beat it by far where codes are random, and comparing all
// pairs, which is left for large radii, is to come near it.

import { BitCodes, HammingIndex } from '../lib/index.ts';
import { randomBits } from './framework/data.ts';
import { type Bench, defineBench } from './framework/define.ts';

interface Job {
  name: string;
  rows: number;
  bits: number;
  radius: number;
  limitShare: number;
  /** Most MiB that the process may have taken. */
  peak?: number;
  data?: (rows: number, bits: number) => Uint8Array;
}

/** Random codes, one in a hundred of them another one with a bit flipped. */
function planted(rows: number, bits: number): Uint8Array {
  const data = randomBits(rows, bits, 1);
  const bytes = bits / 8;
  for (let i = 0; i < rows / 100; i++) {
    const from = ((i * 37) % rows) * bytes;
    const to = ((i * 7919 + 13) % rows) * bytes;
    data.copyWithin(to, from, from + bytes);
    data[to + (i % bytes)] ^= 1 << (i & 7);
  }
  return data;
}

/** Codes whose bits are set one time in four: buckets are uneven, and 35 times as full. */
function skewed(rows: number, bits: number): Uint8Array {
  const other = randomBits(rows, bits, 2);
  return randomBits(rows, bits, 1).map((byte, i) => byte & other[i]);
}

function joinBench({ name, rows, bits, radius, limitShare, peak, data = planted }: Job): Bench {
  return defineBench({
    name: `hamming-join/${name}`,
    limit: 'xor-512k',
    targets: { limitShare, ...(peak === undefined ? {} : { readings: { 'peak MiB': peak } }) },
    skipLevels: ['scalar', 'reference'],
    setup: ({ threads, quick }) => {
      const count = quick ? rows / 8 : rows;
      const index = HammingIndex.create({ bits });
      index.add(BitCodes.adopt(data(count, bits), bits));
      let pairs = 0;
      const run = async (): Promise<void> => {
        pairs = 0;
        for await (const block of index.selfJoin(radius, { threads })) pairs += block.count;
      };
      return {
        run,
        items: count,
        work: ((count * (count - 1)) / 2) * (bits / 8),
        readings: () => ({ pairs, 'peak MiB': process.resourceUsage().maxRSS / 1024 }),
      };
    },
  });
}

export const benches: readonly Bench[] = [
  joinBench({
    name: '1m-64-radius-3',
    rows: 1_000_000,
    bits: 64,
    radius: 3,
    limitShare: 10,
    peak: 1024,
  }),
  joinBench({
    name: '1m-64-radius-3-skewed',
    rows: 1_000_000,
    bits: 64,
    radius: 3,
    limitShare: 1,
    data: skewed,
  }),
  joinBench({ name: '200k-64-radius-7', rows: 200_000, bits: 64, radius: 7, limitShare: 1 }),
  joinBench({ name: '200k-256-radius-31', rows: 200_000, bits: 256, radius: 31, limitShare: 1 }),
  joinBench({ name: '64k-64-radius-12', rows: 1 << 16, bits: 64, radius: 12, limitShare: 0.6 }),
  joinBench({ name: '64k-256-radius-90', rows: 1 << 16, bits: 256, radius: 90, limitShare: 0.8 }),
];
