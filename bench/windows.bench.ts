// The price of words by 16-bit weights, 20,000 words: the winners of sliding windows, beside the float32 sums of all
// eleven rows that they stand for and the rate at which memory gives rows; a round of learning over numbered text
// (winners, then counts), on one thread and on two; codes of all words, and of bags. Stop words count as tokens.
// FLYHASH_TEXT names a real text to take instead of a drawn one.

import { activeBackend } from '../lib/backend/active.ts';
import { alignedArray } from '../lib/backend/aligned-memory.ts';
import type { KernelCall } from '../lib/backend/kernels.ts';
import { randomBits, randomVectors } from './framework/data.ts';
import { type Bench, defineBench } from './framework/define.ts';
import { type NumberedText, numberedText } from './framework/text.ts';

const VOCABULARY = 20_000;
const RADIUS = 5;
const TARGET_WEIGHT = 1;

const strideOf = (units: number, block: number): number => Math.ceil(units / block) * block;

/** Any weights, at a cache line and in large pages, as a trainer should hold them. */
function randomTable(units: number, seed: number): Int16Array {
  const table = alignedArray(Int16Array, VOCABULARY, strideOf(units, 32), 'table');
  const bytes = new Uint8Array(table.buffer, table.byteOffset, table.byteLength);
  bytes.set(randomBits(1, 8 * bytes.length, seed));
  return table;
}

function emptyCounts(units: number): Uint32Array {
  return alignedArray(Uint32Array, VOCABULARY, units, 'counts').fill(0);
}

const texts = new Map<number, NumberedText>();

function textOf(quick: boolean): NumberedText {
  const count = quick ? 300_000 : 4_000_000;
  const text = texts.get(count) ?? numberedText(count, VOCABULARY);
  texts.set(count, text);
  return text;
}

/** The winners of all windows of a text, and what they are made of. */
function winnersCall({ tokens }: NumberedText, units: number) {
  const context = randomTable(units, 1);
  const winners = new Uint32Array(tokens.length);
  const tables = [context, randomTable(units, 2)] as const;
  const own = [tokens, tokens.length, RADIUS, ...tables, VOCABULARY, units] as const;
  const args = [...own, TARGET_WEIGHT, 0, 0, winners] as const;
  const call: KernelCall = { name: 'windowsWinners', args };
  const memory = new Uint8Array(context.buffer, context.byteOffset, context.byteLength);
  return { call, winners, memory };
}

/** Float32 sums of the rows of each window, which do not slide. */
function floatWinnersCall(tokens: Int32Array, units: number): KernelCall {
  const positions = Uint32Array.from(tokens, (_, at) => at);
  const weights = randomVectors(2 * VOCABULARY, strideOf(units, 16));
  const scales = new Float32Array(units).fill(1);
  const own = [tokens, tokens.length, RADIUS, positions, tokens.length, weights, scales] as const;
  const winners = new Uint32Array(tokens.length);
  return {
    name: 'windowsLearningWinners',
    args: [...own, VOCABULARY, units, winners],
  };
}

/** Bytes of the two rows that each word brings. */
const rowBytes = (text: NumberedText, units: number): number =>
  text.words * 2 * 2 * strideOf(units, 32);

function winnersBench(units: number): Bench {
  return defineBench({
    name: `windows/winners-${units}`,
    limit: 'read-32m',
    baseline: 'float32 sums of all rows of a window',
    targets: { speedup: 2 },
    skipLevels: ['scalar', 'reference'],
    setup: ({ threads, quick }) => {
      const text = textOf(quick);
      const { call, memory } = winnersCall(text, units);
      const few = text.tokens.subarray(0, text.tokens.length >> 3);
      const floats = floatWinnersCall(few, units);
      const run = (): unknown => activeBackend().run(call, threads);
      const baseline = (): void => {
        for (let i = 0; i < 8; i++) activeBackend().run(floats, threads);
      };
      const sizes = { items: text.tokens.length, work: rowBytes(text, units) };
      return { run, baseline, limitBuffer: memory, ...sizes };
    },
  });
}

function roundBench(units: number, threads: number, microseconds: number): Bench {
  return defineBench({
    name: `windows/round-${units}${threads === 2 ? '-two-threads' : ''}`,
    limit: 'read-32m',
    threads,
    targets: { microseconds: { avx512: microseconds } },
    skipLevels: ['scalar', 'reference'],
    setup: ({ quick }) => {
      const text = textOf(quick);
      const { tokens } = text;
      const { call, winners, memory } = winnersCall(text, units);
      const starts = new Uint32Array(VOCABULARY + 1);
      const positions = new Uint32Array(tokens.length);
      const order = [tokens, tokens.length, VOCABULARY, starts, positions] as const;
      activeBackend().run({ name: 'windowsOrder', args: order }, 1);
      const own = [winners, tokens.length, RADIUS, starts, positions, VOCABULARY, units] as const;
      const args = [...own, emptyCounts(units), emptyCounts(units)] as const;
      const run = (): unknown => {
        activeBackend().run(call, threads);
        return activeBackend().run({ name: 'windowsCounts', args }, threads);
      };
      return { run, items: tokens.length, work: rowBytes(text, units), limitBuffer: memory };
    },
  });
}

function groupBench(units: number, groupSize: number): Bench {
  return defineBench({
    name: `windows/groups-of-${groupSize}-${units}`,
    skipLevels: ['scalar', 'reference'],
    setup: ({ threads, quick }) => {
      const { tokens } = textOf(quick);
      const starts = new Uint32Array(VOCABULARY + 1);
      const positions = new Uint32Array(tokens.length);
      const order = [tokens, tokens.length, VOCABULARY, starts, positions] as const;
      activeBackend().run({ name: 'windowsOrder', args: order }, 1);
      const tables = [randomTable(units, 1), randomTable(units, 2)] as const;
      const own = [tokens, tokens.length, RADIUS, ...tables, VOCABULARY, units] as const;
      const winners = new Uint32Array(tokens.length);
      const args = [...own, TARGET_WEIGHT, starts, positions, groupSize, winners] as const;
      const run = (): unknown =>
        activeBackend().run({ name: 'windowsGroupWinners', args }, threads);
      return { run, items: tokens.length };
    },
  });
}

function orderBench(): Bench {
  return defineBench({
    name: 'windows/order',
    skipLevels: ['scalar', 'reference'],
    setup: ({ quick }) => {
      const { tokens } = textOf(quick);
      const lists = [new Uint32Array(VOCABULARY + 1), new Uint32Array(tokens.length)] as const;
      const args = [tokens, tokens.length, VOCABULARY, ...lists] as const;
      const run = (): unknown => activeBackend().run({ name: 'windowsOrder', args }, 1);
      return { run, items: tokens.length };
    },
  });
}

/** Codes of bags of so many words each: of all words, if that is one. */
function codesBench(units: number, active: number, bagWords: number): Bench {
  return defineBench({
    name: `windows/codes-${active}-of-${units}-bags-of-${bagWords}`,
    limit: 'read-32m',
    skipLevels: ['scalar', 'reference'],
    setup: ({ threads }) => {
      const words = Int32Array.from({ length: VOCABULARY }, (_, i) => (i * 7919) % VOCABULARY);
      const bags = VOCABULARY / bagWords;
      const starts = Uint32Array.from({ length: bags + 1 }, (_, bag) => bag * bagWords);
      const table = randomTable(units, 1);
      const indices = new Uint32Array(bags * active);
      const own = [words, starts, bags, table, VOCABULARY, units] as const;
      const args = [...own, undefined, undefined, undefined, active, indices] as const;
      const run = (): unknown => activeBackend().run({ name: 'windowsCodes', args }, threads);
      return { run, items: bags, work: table.byteLength };
    },
  });
}

export const benches: readonly Bench[] = [
  winnersBench(400),
  winnersBench(2000),
  roundBench(400, 1, 1 / 15),
  roundBench(400, 2, 1 / 25.5),
  roundBench(1000, 1, 1),
  orderBench(),
  groupBench(2000, 4),
  codesBench(400, 32, 1),
  codesBench(1000, 16, 1),
  codesBench(1000, 16, 200),
];
