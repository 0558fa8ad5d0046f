/**
 * The memory of reading text: a line of 100 MB is never held, whether it has spaces or not, and whoever cuts it into
 * words. A process of its own looks at how far its peak grew, with room for what V8 does meanwhile.
 */

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { PEAK_BYTES } from '../support/peak.ts';

const MIB = 2 ** 20;
const LINE_BYTES = 100 * MIB;
const MOST_GROWTH = 64 * MIB;
const cwd = fileURLToPath(new URL('../..', import.meta.url));

/** What a process tells of the vocabulary of such a line, and how far its peak grew. */
function measured(
  piece: string,
  options: string,
): { tokens: number; tooLong: number; grown: number } {
  const script = `${PEAK_BYTES}
    import { Vocabulary } from 'flyhash';
    function* line() {
      const piece = new TextEncoder().encode(${JSON.stringify(piece)});
      for (let bytes = 0; bytes < ${LINE_BYTES}; bytes += piece.length) yield piece;
      yield ' end';
    }
    const options = { minimumCount: 1, ${options} };
    await Vocabulary.fromText('some words first', options);
    const before = peakBytes();
    const { report } = await Vocabulary.fromText(line(), options);
    console.log(JSON.stringify({ ...report, grown: peakBytes() - before }));`;
  const args = ['--input-type=module', '-e', script];
  const ended = spawnSync(process.execPath, args, { cwd, encoding: 'utf8' });
  expect(ended.stderr).toBe('');
  return JSON.parse(ended.stdout);
}

describe('a line of 100 MB', () => {
  it('with spaces is read in bounded memory', () => {
    const { tokens, grown } = measured('abcdefghi klmnop'.repeat(4096), '');
    expect(tokens).toBe(LINE_BYTES / 16 + 2);
    expect(grown).toBeLessThan(MOST_GROWTH);
  });

  it('without spaces is one word, which is too long', () => {
    const { tokens, tooLong, grown } = measured('abcdefghi'.repeat(7000), '');
    expect([tokens, tooLong]).toEqual([2, 1]);
    expect(grown).toBeLessThan(MOST_GROWTH);
  });

  it('goes to a function of the user in parts', () => {
    const { tokens, grown } = measured(
      'abcdefghi'.repeat(7000),
      'tokenize: (part) => [part.slice(0, 9)]',
    );
    const bytes = Math.ceil(LINE_BYTES / 63_000) * 63_000;
    expect(tokens).toBe(Math.ceil(bytes / 65_536) + 1);
    expect(grown).toBeLessThan(MOST_GROWTH);
  });
});
