// The page of word codes in a browser, for test-browser.mjs: a small model is trained, its page opened, and what the page
// answers to a word, to sentences and to a filter of its units is compared with the model, bit for bit; nothing overflows,
// nothing is fetched and nothing fails.

import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { wordsPage } from '../lib/evaluate/words-page.ts';
import { BioWord } from '../lib/words/bio-word.ts';

const TITLE = `</script><img src=x onerror="document.title='obeyed'"> & ${'words'.repeat(40)}`;
const SENTENCES = [
  'The hungry cat eats [fish] at night',
  'A fast bus burns diesel; no <b>cat</b> drives',
];

/** Two kinds of things that are done with two kinds of words. */
function text() {
  const kinds = [
    [
      ['cat', 'dog', 'fox', 'owl'],
      ['eats', 'hunts', 'smells'],
      ['meat', 'fish', 'mice'],
      'hungry',
      'night',
    ],
    [
      ['car', 'bus', 'van', 'lorry'],
      ['burns', 'needs', 'wastes'],
      ['petrol', 'diesel', 'oil'],
      'fast',
      'noon',
    ],
  ];
  return Array.from({ length: 400 }, (_, i) => {
    const [who, does, what, how, when] = kinds[i % 2];
    const pick = (words, step) => words[Math.floor(i / step) % words.length];
    return `the ${how} ${pick(who, 2)} ${pick(does, 3)} the ${pick(what, 5)} at ${when}`;
  });
}

/** What the page shows. Runs in the browser. */
function seen() {
  const { scrollWidth, clientWidth } = document.documentElement;
  const units = (id) =>
    [...document.querySelectorAll(`#${id} .unit b`)].map((b) => Number(b.textContent));
  return {
    title: document.title,
    overflow: scrollWidth - clientWidth,
    images: document.querySelectorAll('img').length,
    said: document.querySelector('#word-said').textContent,
    code: units('word-code'),
    left: [...units('only-left'), ...units('both')].sort((a, b) => a - b),
    right: [...units('only-right'), ...units('both')].sort((a, b) => a - b),
    both: units('both'),
    saidLeft: document.querySelector('#said-left').textContent,
    saidRight: document.querySelector('#said-right').textContent,
    units: units('unit-list'),
    neighbors: [...document.querySelectorAll('#chart-neighbors text')].map((t) => t.textContent),
    bars: document.querySelectorAll('#chart-load path').length,
  };
}

function compareWithModel(model, found, word, expectEqual) {
  const [left, right] = ['hungry cat eats at night', 'fast bus burns diesel cat'].map((words) =>
    Array.from(model.document(words).indices),
  );
  expectEqual('code of a word', found.code, Array.from(model.vector(word).indices));
  const near = model.nearest(word, 15).map((neighbor) => neighbor.word);
  const shown = found.neighbors.filter((label) => model.vocabulary.has(label));
  expectEqual('neighbours', shown.reverse(), near);
  expectEqual('one sentence', found.left, left);
  expectEqual('the other', found.right, right);
  expectEqual(
    'in common',
    found.both,
    left.filter((unit) => right.includes(unit)),
  );
  expectEqual('what counts', found.saidLeft, '4 words count.');
  expectEqual(
    'what does not',
    found.saidRight,
    '5 words count; not in the vocabulary: b, b, drives.',
  );
}

async function type(page, id, text) {
  await page.$eval(
    `#${id}`,
    (field, value) => {
      field.value = value;
      field.dispatchEvent(new Event('input'));
    },
    text,
  );
}

async function visit(chromium, { folder, address, model, width, scheme, failures, expectEqual }) {
  const what = `words, ${width} pixels, ${scheme}`;
  const page = await chromium.newPage();
  const same = (name, got, expected) => expectEqual(`${what}: ${name}`, got, expected);
  page.on('console', (message) => failures.push(`${what}: console: ${message.text()}`));
  page.on('pageerror', (error) => failures.push(`${what}: ${error}`));
  page.on('request', (request) => {
    if (request.url() !== address) failures.push(`${what}: fetched ${request.url()}`);
  });
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
  await page.setViewport({ width, height: 900 });
  await page.goto(address);
  const first = await page.evaluate(seen);
  same('title', first.title, TITLE);
  same('images', first.images, 0);
  same('pixels wider than the window', first.overflow, 0);
  same(
    'units',
    first.units,
    Array.from({ length: model.units }, (_, unit) => unit),
  );
  same('the chart of units is drawn', first.bars > model.units, true);
  compareWithModel(model, first, 'cat', same);
  await page.screenshot({ path: `${folder}words-${width}-${scheme}.png`, fullPage: true });

  await type(page, 'word', 'Bus');
  await type(page, 'sentence-left', 'a bus');
  await type(page, 'sentence-right', 'bus bus');
  await type(page, 'unit-filter', 'petrol');
  const then = await page.evaluate(seen);
  same('code of another word', then.code, Array.from(model.vector('bus').indices));
  same('equal sentences', [then.left, then.both], [then.right, then.right]);
  const fits = (unit) => model.topWords(unit, 12).some(({ word }) => word.includes('petrol'));
  same('filtered units', then.units, first.units.filter(fits));

  await type(page, 'word', 'unheard');
  const last = await page.evaluate(seen);
  same(
    'a word that is none',
    [last.said, last.code],
    ['No code: "unheard" is not a word here.', []],
  );
  await page.close();
}

/** Looks at the page at every width in every scheme. */
export async function lookAtWords(chromium, { folder, widths, schemes, failures, expectEqual }) {
  const options = { units: 12, active: 4, minimumCount: 5, ppmi: { shift: 1 }, seed: 1 };
  const model = await BioWord.train(text(), options);
  const page = await wordsPage(model, { title: TITLE, word: 'cat', sentences: SENTENCES });
  writeFileSync(`${folder}words.html`, page);
  const address = pathToFileURL(`${folder}words.html`).href;
  for (const width of widths) {
    for (const scheme of schemes) {
      await visit(chromium, { folder, address, model, width, scheme, failures, expectEqual });
    }
  }
}
