/**
 * What runs in the browser on a page of word codes: a list of units, a word's code and neighbours as one types, two sentences
 * and what their codes share. The functions stand on the page as they are written here, so they are plain declarations that
 * use nothing but each other, and the page itself through the few things that {@link Page} names.
 */

/** What a page of word codes holds. */
export interface WordsPageData {
  readonly words: readonly string[];
  readonly stopWords: readonly string[];
  readonly units: number;
  readonly active: number;
  /** Active units of every word: words x active numbers of codeBytes bytes, in base64. */
  readonly codes: string;
  readonly codeBytes: 2 | 4;
  /** Words whose synapses are here, ascending. */
  readonly rowWords: readonly number[];
  /** Their weights as words around another: rowWords x units numbers of 16 bits, in base64. */
  readonly rows: string;
  /** The words that activate each unit most. */
  readonly tops: readonly (readonly string[])[];
}

/** An element, as far as the page needs one. */
export interface PageElement {
  value: string;
  textContent: string | null;
  className: string;
  readonly clientWidth: number;
  replaceChildren(...children: PageElement[]): void;
  addEventListener(type: string, listener: () => void): void;
}

interface PageChart {
  setOption(option: unknown, notMerge?: boolean): void;
  resize(): void;
}

/** The window of the page, with the library of charts in it. */
export interface Page {
  readonly document: {
    getElementById(id: string): PageElement | null;
    createElement(name: string): PageElement;
  };
  readonly echarts: {
    init(element: PageElement, theme: string | null, options: { renderer: 'svg' }): PageChart;
  };
  matchMedia(query: string): { readonly matches: boolean };
  atob(text: string): string;
  addEventListener(type: string, listener: () => void): void;
}

/** A sentence as the page sees it. */
export interface PageSentence {
  readonly known: readonly number[];
  /** Words that are in the vocabulary, but without synapses on this page. */
  readonly leftOut: readonly string[];
  readonly unknown: readonly string[];
}

export function bytesOf(page: Pick<Page, 'atob'>, text: string): Uint8Array {
  return Uint8Array.from(page.atob(text), (character) => character.charCodeAt(0));
}

export function codesOf(page: Pick<Page, 'atob'>, data: WordsPageData): Uint32Array {
  const view = new DataView(bytesOf(page, data.codes).buffer);
  const count = data.words.length * data.active;
  return Uint32Array.from({ length: count }, (_, i) =>
    data.codeBytes === 2 ? view.getUint16(2 * i, true) : view.getUint32(4 * i, true),
  );
}

export function rowsOf(page: Pick<Page, 'atob'>, data: WordsPageData): Int16Array {
  const view = new DataView(bytesOf(page, data.rows).buffer);
  const count = data.rowWords.length * data.units;
  return Int16Array.from({ length: count }, (_, i) => view.getInt16(2 * i, true));
}

/** The words that share most active units with a code, the more frequent one first among equals. */
export function nearestWords(
  codes: Uint32Array,
  active: number,
  code: ArrayLike<number>,
  leftOut: number,
  most: number,
): { word: number; shared: number }[] {
  const wanted = new Set(Array.from(code));
  const found: { word: number; shared: number }[] = [];
  for (let word = 0; word * active < codes.length; word++) {
    let shared = 0;
    for (let i = 0; i < active; i++) if (wanted.has(codes[word * active + i])) shared++;
    if (shared > 0 && word !== leftOut) found.push({ word, shared });
  }
  found.sort((a, b) => b.shared - a.shared || a.word - b.word);
  return found.slice(0, most);
}

/** The words of a sentence; a word in brackets is looked at by the words around it alone. */
export function readSentence(
  text: string,
  data: WordsPageData,
  ids: ReadonlyMap<string, number>,
): PageSentence {
  const known: number[] = [];
  const leftOut: string[] = [];
  const unknown: string[] = [];
  const around = text.replace(/\[[^\]]*\]/g, ' ');
  for (const [found] of around
    .toLowerCase()
    .matchAll(/[\p{L}\p{Nd}][\p{L}\p{Nd}\p{M}'\u2019]*/gu)) {
    const word = /\p{Nd}/u.test(found) ? '<num>' : found.replaceAll('\u2019', "'").normalize('NFC');
    const id = ids.get(word);
    if (id === undefined) {
      if (!data.stopWords.includes(word)) unknown.push(found);
    } else if (data.rowWords.includes(id)) known.push(id);
    else leftOut.push(found);
  }
  return { known, leftOut, unknown };
}

/** The units of largest sum over the synapses of words, ascending; those of smaller number among equals. */
export function codeOfWords(
  known: readonly number[],
  data: WordsPageData,
  rows: Int16Array,
): number[] {
  const sums = new Float64Array(data.units);
  for (const word of known) {
    const from = data.rowWords.indexOf(word) * data.units;
    for (let unit = 0; unit < data.units; unit++) sums[unit] += rows[from + unit];
  }
  const order = Array.from(sums, (_, unit) => unit);
  order.sort((a, b) => sums[b] - sums[a] || a - b);
  return order.slice(0, data.active).sort((a, b) => a - b);
}
