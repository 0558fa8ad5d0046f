/**
 * The full windows of a numbered text in mini-batches, as FlyVec's trainer takes them (Liang et al. 2021): windows that no
 * end of a paragraph cuts, in the order of the text, the last batch of it shorter. Segments may be cut anywhere.
 */

import { PARAGRAPH_END } from './word-ids.ts';

/** Windows of one batch. */
export interface WindowBatch {
  readonly tokens: Int32Array;
  /** Places of the middles, ascending; every window is whole within tokens. */
  readonly positions: Uint32Array;
  /** Numbers of the text before its last middle. */
  readonly seen: number;
}

class Windows {
  /** Text that later windows need, and then that of a segment. */
  tokens: Int32Array = new Int32Array(0);
  positions: Uint32Array = new Uint32Array(0);
  readonly #radius: number;
  /** Tokens of the paragraph so far, the last in tokens. */
  #length = 0;

  constructor(radius: number) {
    this.#radius = radius;
  }

  /** Puts a segment behind the text, and its windows behind the windows. */
  add(segment: Int32Array): void {
    const before = this.tokens.length;
    const [tokens, radius] = [new Int32Array(before + segment.length), this.#radius];
    tokens.set(this.tokens);
    tokens.set(segment, before);
    const positions = new Uint32Array(this.positions.length + segment.length);
    positions.set(this.positions);
    let [count, length] = [this.positions.length, this.#length];
    for (let at = before; at < tokens.length; at++) {
      length = tokens[at] === PARAGRAPH_END ? 0 : length + 1;
      if (length > 2 * radius) positions[count++] = at - radius;
    }
    this.#length = length;
    this.tokens = tokens;
    this.positions = positions.subarray(0, count);
  }

  /** Forgets the first windows, and the text that no other one needs. */
  drop(windows: number): void {
    const left = this.positions.subarray(windows);
    const next = this.tokens.length - 2 * this.#radius;
    const from = Math.max(0, Math.min(next, left.length === 0 ? next : left[0] - this.#radius));
    this.tokens = this.tokens.slice(from);
    this.positions = left.map((at) => at - from);
  }
}

/** Calls visit for every batch, in order. */
export async function forEachWindowBatch(
  segments: AsyncIterable<Int32Array> | Iterable<Int32Array>,
  { radius, batchSize }: { readonly radius: number; readonly batchSize: number },
  visit: (batch: WindowBatch) => Promise<void> | void,
): Promise<void> {
  const windows = new Windows(radius);
  let seen = 0;
  for await (const segment of segments) {
    windows.add(segment);
    const { tokens, positions } = windows;
    const begin = seen + segment.length - tokens.length;
    const whole = positions.length - (positions.length % batchSize);
    for (let first = 0; first < whole; first += batchSize) {
      const own = positions.subarray(first, first + batchSize);
      await visit({ tokens, positions: own, seen: begin + own[batchSize - 1] });
    }
    windows.drop(whole);
    seen += segment.length;
  }
  const { tokens, positions } = windows;
  if (positions.length > 0) await visit({ tokens, positions, seen });
}
