/**
 * Letters whose normal form is that of each by itself: one letter that is as long in UTF-8, and that stays what it is
 * beside any other such letter. Left out are capital sigma, whose lower case depends on its place in the word,
 * whatever becomes several letters, and what NFC would change.
 */

import { characterClasses, LETTER } from './characters.ts';

/** Code points of at most two bytes. */
const POINTS = 0x800;
const ONE_BYTE = 0x80;
const CAPITAL_SIGMA = 0x3a3;

function lowerCase(point: number): number {
  const lower = String.fromCodePoint(point).toLowerCase();
  const isOne = lower.length === 1 && lower.normalize('NFC') === lower;
  const code = lower.charCodeAt(0);
  const isAsLong = code < POINTS && code < ONE_BYTE === point < ONE_BYTE;
  return isOne && isAsLong && point !== CAPITAL_SIGMA ? code : 0;
}

const made = new Map<boolean, Uint16Array>();

/** By code point, the normal form of each plain letter, or the letter itself; 0 for all other characters. */
export function plainLetters(isLower: boolean): Uint16Array {
  const known = made.get(isLower);
  if (known !== undefined) return known;
  const classes = characterClasses();
  const letters = Uint16Array.from({ length: POINTS }, (_, point) => {
    if (classes[point] !== LETTER) return 0;
    return isLower ? lowerCase(point) : point;
  });
  made.set(isLower, letters);
  return letters;
}
