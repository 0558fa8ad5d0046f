/**
 * Oracle of the co-occurrence counts (Church and Hanks 1990; Levy, Goldberg, Dagan 2015): what stands around each place
 * of a word, in the same paragraph, one place after the other.
 */

/** The token that ends a paragraph. */
export const PARAGRAPH_END = 0xfffffffe;

export function cooccurrencePlaces(
  tokens: Uint32Array,
  length: number,
  words: number,
  parts: number,
  ends: Uint32Array,
  places: Uint32Array,
): number {
  const partLength = Math.ceil(length / parts);
  for (let part = 0; part < parts; part++) {
    const first = Math.min(part * partLength, length);
    const end = Math.min(first + partLength, length);
    const own = ends.subarray(part * (words + 1), (part + 1) * (words + 1)).fill(0);
    for (let i = first; i < end; i++) if (tokens[i] < words) own[tokens[i]]++;
    let before = 0;
    for (let word = 0; word <= words; word++) {
      const count = own[word];
      own[word] = before;
      before += count;
    }
    for (let i = first; i < end; i++) {
      if (tokens[i] < words) places[first + own[tokens[i]]++] = i;
    }
  }
  return 0;
}

/** A text as the arguments of cooccurrenceCounts describe it. */
interface Text {
  readonly tokens: Uint32Array;
  readonly length: number;
  readonly fresh: number;
  readonly words: number;
  readonly weights: Uint32Array;
  readonly radius: number;
}

/** The places of a word in all parts. */
function placesOf(
  word: number,
  { length, words }: Text,
  parts: number,
  ends: Uint32Array,
  places: Uint32Array,
): number[] {
  const partLength = Math.ceil(length / parts);
  const own: number[] = [];
  for (let part = 0; part < parts; part++) {
    const first = Math.min(part * partLength, length);
    const most = Math.min(partLength, length - first);
    const at = part * (words + 1) + word;
    const end = Math.min(ends[at], most);
    for (let i = word === 0 ? 0 : ends[at - 1]; i < end; i++) own.push(places[first + i]);
  }
  return own;
}

/** Adds what stands on one side of a place: step -1 or 1. */
function look(text: Text, place: number, step: number, counts: Map<number, number>): void {
  const { tokens, length, fresh, words, weights, radius } = text;
  for (let distance = 1; distance <= radius; distance++) {
    const other = place + step * distance;
    if (other < 0 || other >= length || tokens[other] === PARAGRAPH_END) return;
    const word = tokens[other];
    if (word >= words || (place < fresh && other < fresh)) continue;
    counts.set(word, ((counts.get(word) ?? 0) + weights[distance - 1]) >>> 0);
  }
}

export function cooccurrenceCounts(
  tokens: Uint32Array,
  length: number,
  fresh: number,
  words: number,
  parts: number,
  ends: Uint32Array,
  places: Uint32Array,
  weights: Uint32Array,
  radius: number,
  firstWord: number,
  capacity: number,
  rowEnds: Uint32Array,
  columns: Uint32Array,
  counts: Uint32Array,
): number {
  const text = { tokens, length, fresh, words, weights, radius };
  let [room, size] = [capacity, 0];
  for (let word = firstWord; word < words; word++) {
    const own = placesOf(word, text, parts, ends, places);
    const most = Math.min(words, 2 * radius * own.length);
    if (most > room) return word;
    room -= most;
    const row = new Map<number, number>();
    for (const place of own) {
      if (place >= length) continue;
      look(text, place, -1, row);
      look(text, place, 1, row);
    }
    for (const column of [...row.keys()].sort((a, b) => a - b)) {
      columns[size] = column;
      counts[size++] = row.get(column) ?? 0;
    }
    rowEnds[word - firstWord] = size;
  }
  return words;
}
