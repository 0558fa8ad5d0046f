/**
 * Co-occurrence counts of texts of 30,000 tokens at every level against the reference: many blocks, lists that are
 * drained on the way, wide windows, a vocabulary whose counters are many cache lines, and one word that is everywhere.
 */

import { describe, expect, it } from 'vitest';
import type { Backend } from '../../lib/backend/kernels.ts';
import { stream } from '../../lib/random.ts';
import { levelBackends, reference } from '../support/backends.ts';

const TOKENS = 30_000;

/** Few words often, many seldom; one token in four is masked, one in forty ends a paragraph. */
function textOf(words: number, seed: number): Uint32Array {
  const draw = stream(seed, 'evaluation');
  return Uint32Array.from({ length: TOKENS }, () => {
    const kind = draw.below(40);
    if (kind === 0) return 0xfffffffe;
    if (kind < 10) return 0xffffffff;
    return draw.below(1 + draw.below(words));
  });
}

function countsBy(
  backend: Backend,
  tokens: Uint32Array,
  words: number,
  radius: number,
  threads: number,
) {
  const parts = 4;
  const ends = new Uint32Array(parts * (words + 1));
  const places = new Uint32Array(tokens.length);
  const sorting = [tokens, tokens.length, words, parts, ends, places] as const;
  backend.run({ name: 'cooccurrencePlaces', args: sorting }, threads);
  const weights = Uint32Array.from({ length: radius }, (_, i) => radius - i);
  const capacity = 2 ** 17;
  const rowEnds = new Uint32Array(words);
  const [columns, counts] = [new Uint32Array(capacity), new Uint32Array(capacity)];
  const found: string[] = [];
  for (let first = 0; first < words; ) {
    const text = [tokens, tokens.length, 0, words, parts, ends, places] as const;
    const window = [weights, radius, first, capacity, rowEnds, columns, counts] as const;
    const args = [...text, ...window] as const;
    const end = backend.run({ name: 'cooccurrenceCounts', args }, threads);
    const size = rowEnds[end - first - 1];
    for (const numbers of [
      rowEnds.slice(0, end - first),
      columns.slice(0, size),
      counts.slice(0, size),
    ]) {
      found.push(Buffer.from(numbers.buffer).toString('latin1'));
    }
    first = end;
  }
  return found.join('|');
}

const CASES = [
  { words: 900, radius: 5 },
  { words: 5000, radius: 2 },
  { words: 300, radius: 256 },
  { words: 1, radius: 40 },
];

const expected = CASES.map(({ words, radius }, i) =>
  countsBy(reference, textOf(words, i), words, radius, 1),
);

describe.each([...levelBackends])('many co-occurrences at level %s', (_level, backend) => {
  it.each(CASES.map((c, i) => ({ ...c, i })))(
    'of $words words, $radius around',
    ({ words, radius, i }) => {
      for (const threads of [1, 2, 3]) {
        expect(countsBy(backend, textOf(words, i), words, radius, threads)).toBe(expected[i]);
      }
    },
  );
});
