/** The advice and the table of comparisons that were made up, so that each clause of the rule decides once. */

import { describe, expect, it } from 'vitest';
import { adviceOf, rounded } from '../../lib/evaluate/compare-advice.ts';
import { comparisonPage } from '../../lib/evaluate/compare-page.ts';
import { formatComparison } from '../../lib/evaluate/compare-table.ts';
import { paretoBest, shownShortlist } from '../../lib/evaluate/comparison.ts';
import { type MadeUpResult, madeUp } from '../support/comparisons.ts';

const sign = (bytes: number, recall: number, ...reranked: number[]): MadeUpResult => ({
  ...{ method: 'sign-mean', bytes, recall, reranked },
});
const hadamard = (bytes: number, recall: number, ...reranked: number[]): MadeUpResult => ({
  ...{ method: 'simhash-hadamard', bytes, recall, reranked },
});
const bio = (bytes: number, recall: number, ...reranked: number[]): MadeUpResult => ({
  ...{ method: 'biohash', bytes, recall, reranked },
});

describe('advice takes', () => {
  it('the fewest bytes that reach a recall of 0.95', () => {
    const results = [sign(48, 0.7, 0.9, 0.96, 0.99), hadamard(96, 0.8, 0.97, 0.99, 1)];
    expect(adviceOf(madeUp(results))).toBe(
      'Take sign-mean codes (48 bytes a vector) and re-rank 100: recall@10 0.960 at 16,700 queries a second (exact search: 1,000); nothing smaller was tried.',
    );
    const smaller = [bio(16, 0.5, 0.6, 0.7, 0.8), ...results];
    expect(adviceOf(madeUp(smaller))).toMatch(
      /^Take sign-mean .* nothing tried below 48 bytes reached 0\.95\.$/,
    );
  });

  it('the shortest shortlist that reaches it, and codes alone where they do', () => {
    expect(adviceOf(madeUp([hadamard(32, 0.6, 0.95, 0.99, 1)]))).toContain('re-rank 50: ');
    expect(adviceOf(madeUp([hadamard(32, 0.96, 0.99, 1, 1)]))).toContain(
      'and search them without re-ranking: recall@10 0.960 at 50,000 queries',
    );
  });

  it('the simpler method within 0.01 of the best, and no simpler one beyond', () => {
    const near = [bio(32, 0.7, 0.8, 0.967, 1), hadamard(32, 0.7, 0.8, 0.958, 1)];
    expect(adviceOf(madeUp(near))).toContain('Take simhash-hadamard');
    const far = [bio(32, 0.7, 0.8, 0.972, 1), hadamard(32, 0.7, 0.8, 0.958, 1)];
    expect(adviceOf(madeUp(far))).toContain('Take biohash');
    const short = [bio(32, 0.7, 0.8, 0.955, 1), hadamard(32, 0.7, 0.8, 0.949, 1)];
    expect(adviceOf(madeUp(short))).toContain('Take biohash');
  });

  it('no notice of bytes that a sparse code leaves unused', () => {
    const spare = { ...bio(29, 0.5, 0.7, 0.8, 0.96), size: 32 };
    const results = [sign(16, 0.1), spare, hadamard(32, 0.5, 0.8, 0.9, 0.98)];
    expect(adviceOf(madeUp(results))).toMatch(
      /^Take simhash-hadamard codes \(32 bytes .* nothing tried below 32 bytes reached 0\.95\.$/,
    );
  });

  it('the fewest bytes within 0.01 of the best recall where nothing reaches 0.95', () => {
    const results = [sign(12, 0.5, 0.6, 0.8, 0.905), hadamard(32, 0.6, 0.7, 0.85, 0.91)];
    expect(adviceOf(madeUp(results))).toBe(
      'Nothing tried reached a recall of 0.95; nearest to it with the fewest bytes: take sign-mean codes (12 bytes a vector) and re-rank 400: recall@10 0.905 at 12,500 queries a second (exact search: 1,000).',
    );
  });

  it('notice of an exact search that is no slower, of one byte, and of no results', () => {
    const fast = madeUp([sign(1, 0.99)], { exactQueriesPerSecond: 1e6, shortlists: [] });
    expect(adviceOf(fast)).toBe(
      'Take sign-mean codes (1 byte a vector) and search them without re-ranking: recall@10 0.990 at 50,000 queries a second (exact search is no slower: 1,000,000, so codes pay only where memory is short); nothing smaller was tried.',
    );
    expect(adviceOf(madeUp([]))).toBe(
      'Nothing could be tried at these sizes: ask for larger ones.',
    );
  });
});

describe('results', () => {
  it('are best where no other has as few bytes and as much recall', () => {
    const best = [sign(8, 0.1, 0.2, 0.5, 1), hadamard(16, 0.1, 0.2, 0.7, 1)];
    const beaten = [bio(8, 0.9, 0.9, 0.4, 1), bio(16, 0.1, 0.2, 0.5, 1), bio(32, 0.1, 0.2, 0.7, 1)];
    const comparison = madeUp([...beaten, ...best]);
    expect([...paretoBest(comparison)].map(({ method, bytes }) => `${method} ${bytes}`)).toEqual([
      'sign-mean 8',
      'simhash-hadamard 16',
    ]);
  });

  it('are shown at the shortlist nearest to ten times k', () => {
    const shown = (k: number, shortlists: number[]): number =>
      shownShortlist(madeUp([], { k, shortlists }).settings);
    expect([shown(10, [50, 100, 400]), shown(1, [50, 400]), shown(10, [])]).toEqual([100, 50, 0]);
  });
});

describe('formatComparison', () => {
  const comparison = madeUp(
    [bio(16, 0.5, 0.6, 0.7, 0.8), sign(48, 0.7, 0.9, 0.96, 0.99), hadamard(16, 0.5, 0.6, 0.8, 0.9)],
    { title: 'evil\u001b[2J\u202etitle' },
  );
  const lines = formatComparison(comparison).split('\n');

  it('is a table of fixed width, by bytes, then recall, its best rows marked', () => {
    const head = lines.findIndex((line) => line.includes('rerank 400'));
    expect(lines.slice(head, head + 4).map((line) => line.slice(0, 26))).toEqual([
      '   method            bytes',
      '*  simhash-hadamard     16',
      '   biohash              16',
      '*  sign-mean            48',
    ]);
  });

  it('opens with the title, without what steers a terminal, and ends with the advice', () => {
    expect(lines[0]).toBe('Hashes of evil [2J title');
    expect(lines.at(-1)).toBe('');
    expect(lines.at(-2)).toBe(adviceOf(comparison));
    expect(lines.join('\n')).toContain('12,345 vectors of 96 numbers (384 bytes as float32)');
  });

  it('has columns of labels and re-ranking only where there are any, and says what was left out', () => {
    const skipped = [{ method: 'biohash', bytes: 8, reason: 'too few rows' }];
    const plain = { ...madeUp([sign(8, 0.5)], { shortlists: [] }), skipped };
    expect(formatComparison(plain)).not.toMatch(/rerank|label|re-ranked/);
    expect(formatComparison(plain)).toContain('Not tried: biohash at 8 bytes: too few rows.');
    const labelled = madeUp([sign(8, 0.5)], { exactLabelPrecision: 0.875 });
    expect(formatComparison(labelled)).toContain('exact neighbours reach 0.875');
    expect(formatComparison(labelled)).toContain('label@10');
  });
});

describe('what is no comparison', () => {
  const { settings, results } = madeUp([sign(8, 0.5)]);
  const wrong: readonly unknown[] = [
    ...[undefined, null, 5, 'comparison', [], {}],
    ...[
      { results: [{}] },
      { results: [null] },
      { results: [{ ...results[0], size: undefined }] },
      { results: [{ ...results[0], reranked: [{ shortlist: 50, recall: '<b>' }] }] },
      { results: [{ ...results[0], parameters: 5 }] },
      { skipped: {} },
      { settings: { ...settings, title: 5 } },
      { settings: { ...settings, k: '10' } },
      { settings: { ...settings, shortlists: undefined } },
    ].map((part) => ({ settings, results, skipped: [], ...part })),
  ];

  it.each(wrong)('%j is refused by both', async (value) => {
    const sentence = 'comparison must be what compare gives, got';
    expect(() => formatComparison(value as never)).toThrow(TypeError);
    expect(() => formatComparison(value as never)).toThrow(sentence);
    await expect(comparisonPage(value as never)).rejects.toThrow(sentence);
  });
});

describe('rounded', () => {
  it('keeps three digits', () => {
    const numbers = [0, 0.004, 1.239, 45.67, 456.7, 1234, 1_234_567];
    expect(numbers.map(rounded)).toEqual(['0', '0', '1.24', '45.7', '457', '1,230', '1,230,000']);
  });
});
