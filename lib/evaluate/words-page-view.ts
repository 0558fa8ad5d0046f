/**
 * What a page of word codes shows and how it answers, in the browser: functions that stand on the page as they are written
 * here, together with those of words-page-script.ts.
 */

import { chartColors, loadOption, neighborOption } from './words-page-charts.ts';
import {
  bytesOf,
  codeOfWords,
  codesOf,
  nearestWords,
  type Page,
  type PageElement,
  type PageSentence,
  readSentence,
  rowsOf,
  type WordsPageData,
} from './words-page-script.ts';

export function elementOf(page: Page, id: string): PageElement {
  const element = page.document.getElementById(id);
  if (element === null) throw new Error(`the page must have an element ${id}`);
  return element;
}

export function made(page: Page, name: string, text: string, className: string): PageElement {
  const element = page.document.createElement(name);
  element.textContent = text;
  element.className = className;
  return element;
}

/** Units as a list, each with the words that activate it most. */
export function unitList(page: Page, data: WordsPageData, units: readonly number[], most: number) {
  return units.map((unit) => {
    const item = made(page, 'li', '', 'unit');
    const words = data.tops[unit].slice(0, most).join(', ');
    item.replaceChildren(
      made(page, 'b', `${unit}`, ''),
      made(page, 'span', words === '' ? '(no word above its mean)' : words, ''),
    );
    return item;
  });
}

export function startUnits(page: Page, data: WordsPageData, codes: Uint32Array): void {
  const filter = elementOf(page, 'unit-filter');
  const list = elementOf(page, 'unit-list');
  const shown = elementOf(page, 'unit-count');
  const most = 100;
  const show = (): void => {
    const wanted = filter.value.trim().toLowerCase();
    const units = data.tops.flatMap((tops, unit) => {
      const fits = wanted === '' || `${unit}` === wanted || tops.some((t) => t.includes(wanted));
      return fits ? [unit] : [];
    });
    list.replaceChildren(...unitList(page, data, units.slice(0, most), 12));
    const first = units.length > most ? `, the first ${most} shown` : '';
    shown.textContent = `${units.length} of ${data.units} units${first}`;
  };
  filter.addEventListener('input', show);
  show();
  const chart = page.echarts.init(elementOf(page, 'chart-load'), null, { renderer: 'svg' });
  chart.setOption(loadOption(page, data, codes));
  page.addEventListener('resize', () => chart.resize());
}

export function startWord(
  page: Page,
  data: WordsPageData,
  codes: Uint32Array,
  ids: ReadonlyMap<string, number>,
): void {
  const field = elementOf(page, 'word');
  const said = elementOf(page, 'word-said');
  const list = elementOf(page, 'word-code');
  const chart = page.echarts.init(elementOf(page, 'chart-neighbors'), null, { renderer: 'svg' });
  const show = (): void => {
    const word = field.value.trim().toLowerCase();
    const id = ids.get(word);
    if (id === undefined) {
      said.textContent = word === '' ? 'Type a word.' : `No code: "${word}" is not a word here.`;
      list.replaceChildren();
      chart.setOption(neighborOption(page, data, []), true);
      return;
    }
    const code = Array.from(codes.subarray(id * data.active, (id + 1) * data.active));
    const found = nearestWords(codes, data.active, code, id, 15);
    said.textContent = `"${word}" is word ${id + 1} of ${data.words.length}, in order of frequency.`;
    list.replaceChildren(...unitList(page, data, code, 6));
    chart.setOption(neighborOption(page, data, found), true);
  };
  field.addEventListener('input', show);
  page.addEventListener('resize', () => chart.resize());
  show();
}

/** What a sentence leaves out, in words. */
export function leftOutSentence({ known, leftOut, unknown }: PageSentence): string {
  const parts = [known.length === 1 ? '1 word counts' : `${known.length} words count`];
  if (unknown.length > 0) parts.push(`not in the vocabulary: ${unknown.join(', ')}`);
  if (leftOut.length > 0) parts.push(`too rare for this page: ${leftOut.join(', ')}`);
  return `${parts.join('; ')}.`;
}

export function startSentences(
  page: Page,
  data: WordsPageData,
  codes: Uint32Array,
  ids: ReadonlyMap<string, number>,
): void {
  const rows = rowsOf(page, data);
  const sides = ['left', 'right'] as const;
  const lists = ['only-left', 'both', 'only-right'].map((id) => elementOf(page, id));
  const show = (): void => {
    const found = sides.map((side) => {
      const sentence = readSentence(elementOf(page, `sentence-${side}`).value, data, ids);
      elementOf(page, `said-${side}`).textContent = leftOutSentence(sentence);
      const code = sentence.known.length === 0 ? [] : codeOfWords(sentence.known, data, rows);
      const near = nearestWords(codes, data.active, code, -1, 8);
      const words = near.map(({ word }) => data.words[word]).join(', ');
      elementOf(page, `near-${side}`).textContent = words === '' ? '' : `Near it: ${words}`;
      return code;
    });
    const [left, right] = found;
    const both = left.filter((unit) => right.includes(unit));
    const parts = [
      left.filter((unit) => !right.includes(unit)),
      both,
      right.filter((unit) => !left.includes(unit)),
    ];
    for (const [i, list] of lists.entries()) {
      list.replaceChildren(...unitList(page, data, parts[i], 6));
    }
    const shared = elementOf(page, 'shared');
    shared.textContent = `${both.length} of ${data.active} active units in common`;
  };
  for (const side of sides) elementOf(page, `sentence-${side}`).addEventListener('input', show);
  show();
}

export function startWordsPage(page: Page, data: WordsPageData): void {
  const codes = codesOf(page, data);
  const ids = new Map(data.words.map((word, id) => [word, id]));
  startUnits(page, data, codes);
  startWord(page, data, codes, ids);
  startSentences(page, data, codes, ids);
}

/** All functions of the page, the last one to be called with its window and its data. */
export const PAGE_FUNCTIONS: readonly { readonly name: string; toString(): string }[] = [
  bytesOf,
  codesOf,
  rowsOf,
  nearestWords,
  readSentence,
  codeOfWords,
  elementOf,
  made,
  unitList,
  chartColors,
  loadOption,
  neighborOption,
  startUnits,
  startWord,
  leftOutSentence,
  startSentences,
  startWordsPage,
];
