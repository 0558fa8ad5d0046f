/** The classes of characters, of every one, beside the engine's Unicode, which may be newer and has only more. */

import { describe, expect, it } from 'vitest';
import {
  APOSTROPHE,
  BREAK,
  characterClasses,
  classOf,
  DIGIT,
  LETTER,
  MARK,
  SEPARATOR,
  UNSPACED,
} from '../../lib/words/characters.ts';

describe('the classes of characters', () => {
  const classes = characterClasses();
  const points = Array.from({ length: 0x110000 }, (_, point) => point);
  const unspaced = ['Han', 'Hiragana', 'Katakana', 'Thai', 'Lao', 'Khmer', 'Myanmar'];
  const all = (property: string): RegExp =>
    new RegExp(unspaced.map((name) => `\\p{${property}=${name}}`).join('|'), 'u');

  it('are those of the engine, but for what was encoded since', () => {
    const engine: readonly (readonly [RegExp, readonly number[]])[] = [
      [/[\p{L}\p{Nl}]/u, [LETTER, UNSPACED]],
      [/\p{M}|\u200c|\u200d|\u00ad/u, [MARK, UNSPACED]],
      [/\p{Nd}/u, [DIGIT]],
      [/['\u2019]/u, [APOSTROPHE]],
      [/[\n\v\f\r\u0085\u2028\u2029]/u, [BREAK]],
    ];
    let newer = 0;
    for (const point of points) {
      const own = classOf(classes, point);
      const [, allowed = [SEPARATOR]] =
        engine.find(([set]) => set.test(String.fromCodePoint(point))) ?? [];
      if (own === SEPARATOR && allowed[0] !== SEPARATOR) newer++;
      else if (!allowed.includes(own)) expect.fail(`U+${point.toString(16)} is of class ${own}`);
    }
    // Unicode 17.0 has 9,754 more than 15.0.
    expect(newer).toBeLessThan(20_000);
  });

  it('know the scripts without spaces', () => {
    const [script, extensions] = [all('sc'), all('scx')];
    for (const point of points) {
      const own = classOf(classes, point);
      const character = String.fromCodePoint(point);
      const isWrong =
        own === UNSPACED
          ? !extensions.test(character)
          : (own === LETTER || own === MARK) && script.test(character);
      if (isWrong) expect.fail(`U+${point.toString(16)} is of class ${own}`);
    }
  });
});
