/**
 * Words of a novel as sparse binary codes (npm run example:words): trained in a second or two on the bundled Hound of the
 * Baskervilles, then asked for neighbours, for what units have learnt, and for one word in two sentences.
 */

import { fileURLToPath } from 'node:url';
import { BioWord, readText } from 'flyhash';
import { NOVEL } from '../data/samples.ts';

const WORDS = ['holmes', 'moor', 'window', 'letter', 'road', 'night'];
const UNITS_SHOWN = 8;
const SENTENCES = [
  'a lamp threw its light from the lower windows of the house',
  'this letter may throw some light on the death of sir charles baskerville',
];

const start = performance.now();
// A novel is a small text: rarer words may enter, and there are fewer units to learn and dimensions to learn them in.
const model = await BioWord.train(readText(fileURLToPath(NOVEL)), {
  ...{ minimumCount: 5, units: 150, active: 8, svd: { dimensions: 100 }, seed: 1 },
});
const seconds = ((performance.now() - start) / 1000).toFixed(1);
const { tokens } = model.vocabulary.report;
console.log(`${tokens} tokens, ${model.vocabulary.size} words, ${model.units} units: ${seconds} s`);
console.log(`a code takes ${model.toWordCodes().bits} bits\n`);

function listed(found: readonly { readonly word: string }[] | undefined): string {
  return found === undefined ? 'not in the vocabulary' : found.map(({ word }) => word).join(', ');
}

console.log('Nearest words');
for (const word of [...WORDS, 'spaceship']) {
  console.log(`  ${word.padEnd(10)} ${listed(model.nearest(word, 6))}`);
}

console.log('\nWhat units stand for');
for (let unit = 0; unit < UNITS_SHOWN; unit++) {
  console.log(`  ${String(unit).padEnd(10)} ${listed(model.topWords(unit, 6))}`);
}

console.log('\n"light" in two sentences');
const codes = SENTENCES.map((sentence) => {
  const words = sentence.split(' ');
  const position = words.indexOf('light');
  console.log(`  ${sentence}\n    near: ${listed(model.nearestInContext(words, position, 6))}`);
  return new Set(model.contextVector(words, position)?.row(0));
});
const shared = [...codes[0]].filter((unit) => codes[1].has(unit));
console.log(`  active units in common: ${shared.length} of ${model.active}`);
