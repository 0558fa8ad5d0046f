/**
 * Oracle of the windows kernels (FlyVec; Liang et al. 2021): sums of 16-bit weights over the words of windows and bags,
 * each made anew from its rows. They are sums of integers, exact in doubles, so that their order does not matter.
 */

import { END_OF_PARAGRAPH, NO_WINNER } from '../backend/windows-kernels.ts';

const PARAGRAPH = -2;

/** A table of weights: vocabulary x stride. */
interface Table {
  readonly weights: Int16Array;
  readonly vocabulary: number;
  readonly units: number;
}

function isWord(token: number, vocabulary: number): boolean {
  return token >= 0 && token < vocabulary;
}

/** Adds weight x the row of a token, if that is a word, to sums; tells whether it is one. */
function addRow(
  sums: Float64Array,
  { weights, vocabulary, units }: Table,
  token: number,
  weight = 1,
) {
  if (!isWord(token, vocabulary)) return false;
  const start = token * Math.ceil(units / 32) * 32;
  for (let unit = 0; unit < units; unit++) sums[unit] += weight * weights[start + unit];
  return true;
}

/** The window of a position that is a token: from begin to end - 1. */
export function windowOf(tokens: Int32Array, count: number, radius: number, at: number) {
  let [begin, end] = [at, at + 1];
  while (begin > 0 && at - begin < radius && tokens[begin - 1] !== PARAGRAPH) begin--;
  while (end < count && end - at <= radius && tokens[end] !== PARAGRAPH) end++;
  return { begin, end };
}

/** Sums of windows around positions; `words` tells how many rows are in them. */
class Windows {
  readonly sums: Float64Array;
  words = 0;
  readonly #tokens: Int32Array;
  readonly #count: number;
  readonly #radius: number;
  readonly #context: Table;
  readonly #target: Table;
  readonly #targetWeight: number;

  constructor(
    text: { tokens: Int32Array; count: number; radius: number },
    context: Table,
    target: Table,
    targetWeight: number,
  ) {
    this.sums = new Float64Array(context.units);
    this.#tokens = text.tokens;
    this.#count = text.count;
    this.#radius = text.radius;
    this.#context = context;
    this.#target = target;
    this.#targetWeight = targetWeight;
  }

  clear(): void {
    this.sums.fill(0);
    this.words = 0;
  }

  /** Adds the window of a position that is a token; tells whether it is cut. */
  add(at: number): { readonly isCut: boolean } {
    const { begin, end } = windowOf(this.#tokens, this.#count, this.#radius, at);
    for (let i = begin; i < end; i++) {
      if (i !== at && addRow(this.sums, this.#context, this.#tokens[i])) this.words++;
    }
    const weight = this.#targetWeight;
    if (weight > 0 && addRow(this.sums, this.#target, this.#tokens[at], weight)) this.words++;
    return { isCut: end - begin <= 2 * this.#radius };
  }

  winner(): number {
    return this.words === 0
      ? NO_WINNER
      : this.sums.indexOf(this.sums.reduce((a, b) => Math.max(a, b)));
  }
}

export function windowsWinners(
  tokens: Int32Array,
  count: number,
  radius: number,
  context: Int16Array,
  target: Int16Array,
  vocabulary: number,
  units: number,
  targetWeight: number,
  onlyFull: 0 | 1,
  onlyWords: 0 | 1,
  winners: Uint32Array,
): number {
  const sizes = { vocabulary, units };
  const windows = new Windows(
    { tokens, count, radius },
    { weights: context, ...sizes },
    { weights: target, ...sizes },
    targetWeight,
  );
  for (let at = 0; at < count; at++) {
    winners[at] = tokens[at] === PARAGRAPH ? END_OF_PARAGRAPH : NO_WINNER;
    if (tokens[at] === PARAGRAPH) continue;
    windows.clear();
    const { isCut } = windows.add(at);
    if (onlyFull === 1 && isCut) continue;
    if (onlyWords === 1 && !isWord(tokens[at], vocabulary)) continue;
    winners[at] = windows.winner();
  }
  return 0;
}

export function windowsOrder(
  tokens: Int32Array,
  count: number,
  vocabulary: number,
  starts: Uint32Array,
  positions: Uint32Array,
): number {
  const wordAt = (at: number): number => (isWord(tokens[at], vocabulary) ? tokens[at] : vocabulary);
  const next = new Uint32Array(vocabulary + 2);
  for (let at = 0; at < count; at++) next[wordAt(at) + 1]++;
  for (let word = 0; word <= vocabulary; word++) {
    next[word + 1] += next[word];
    starts[word] = next[word];
  }
  for (let at = 0; at < count; at++) positions[next[wordAt(at)]++] = at;
  return 0;
}

/** The places of a word that are within the text. */
function placesOf(word: number, starts: Uint32Array, positions: Uint32Array): Uint32Array {
  return positions.subarray(starts[word], Math.max(starts[word], starts[word + 1]));
}

export function windowsGroupWinners(
  tokens: Int32Array,
  count: number,
  radius: number,
  context: Int16Array,
  target: Int16Array,
  vocabulary: number,
  units: number,
  targetWeight: number,
  starts: Uint32Array,
  positions: Uint32Array,
  groupSize: number,
  winners: Uint32Array,
): number {
  const sizes = { vocabulary, units };
  const windows = new Windows(
    { tokens, count, radius },
    { weights: context, ...sizes },
    { weights: target, ...sizes },
    targetWeight,
  );
  for (let at = 0; at < count; at++) {
    winners[at] = tokens[at] === PARAGRAPH ? END_OF_PARAGRAPH : NO_WINNER;
  }
  for (let word = 0; word < vocabulary; word++) {
    const places = placesOf(word, starts, positions);
    for (let first = 0; first < places.length; first += groupSize) {
      const group = places.subarray(first, first + groupSize);
      windows.clear();
      for (const at of group) windows.add(at);
      const winner = windows.winner();
      for (const at of group) winners[at] = winner;
    }
  }
  return 0;
}

export function windowsCounts(
  winners: Uint32Array,
  count: number,
  radius: number,
  starts: Uint32Array,
  positions: Uint32Array,
  vocabulary: number,
  units: number,
  contextCounts: Uint32Array,
  targetCounts: Uint32Array,
): number {
  const add = (counts: Uint32Array, word: number, unit: number): void => {
    if (unit < units) counts[word * units + unit]++;
  };
  for (let word = 0; word < vocabulary; word++) {
    for (const at of placesOf(word, starts, positions)) {
      if (at >= count) continue;
      add(targetCounts, word, winners[at]);
      for (const step of [-1, 1]) {
        let i = at + step;
        while (
          i >= 0 &&
          i < count &&
          Math.abs(i - at) <= radius &&
          winners[i] !== END_OF_PARAGRAPH
        ) {
          add(contextCounts, word, winners[i]);
          i += step;
        }
      }
    }
  }
  return 0;
}

/** The words of bags and their targets, as the kernels take them. */
interface Bags {
  readonly words: Int32Array;
  readonly starts: Uint32Array;
  readonly table: Table;
  readonly targets: Int32Array | undefined;
  readonly weights: Int32Array | undefined;
  readonly targetTable: Table;
}

function bagSums({ words, starts, table, targets, weights, targetTable }: Bags, bag: number) {
  const sums = new Float64Array(table.units);
  const end = Math.min(starts[bag + 1], words.length);
  for (let i = starts[bag]; i < end; i++) addRow(sums, table, words[i]);
  if (targets !== undefined && weights !== undefined) {
    addRow(sums, targetTable, targets[bag], weights[bag]);
  }
  return sums;
}

export function windowsSums(
  words: Int32Array,
  starts: Uint32Array,
  bags: number,
  table: Int16Array,
  vocabulary: number,
  units: number,
  targets: Int32Array | undefined,
  weights: Int32Array | undefined,
  targetTable: Int16Array | undefined,
  sums: Float64Array,
): number {
  const own = { weights: table, vocabulary, units };
  const other = { ...own, weights: targetTable ?? table };
  const problem = { words, starts, table: own, targets, weights, targetTable: other };
  for (let bag = 0; bag < bags; bag++) sums.set(bagSums(problem, bag), bag * units);
  return 0;
}

export function windowsCodes(
  words: Int32Array,
  starts: Uint32Array,
  bags: number,
  table: Int16Array,
  vocabulary: number,
  units: number,
  targets: Int32Array | undefined,
  weights: Int32Array | undefined,
  targetTable: Int16Array | undefined,
  active: number,
  indices: Uint32Array,
): number {
  const sums = new Float64Array(bags * units);
  windowsSums(words, starts, bags, table, vocabulary, units, targets, weights, targetTable, sums);
  for (let bag = 0; bag < bags; bag++) {
    const own = sums.subarray(bag * units, (bag + 1) * units);
    const order = Uint32Array.from(own, (_, unit) => unit).sort((a, b) => own[b] - own[a] || a - b);
    indices.set(order.subarray(0, active).sort(), bag * active);
  }
  return 0;
}
