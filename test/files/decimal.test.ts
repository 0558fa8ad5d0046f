/**
 * Decimal numbers of texts: read as JavaScript reads them, to the last bit, and written as float32 in as few digits as
 * say which one it is.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDecimal, shortestFloat32 } from '../../lib/files/decimal.ts';
import { anyFloat, RUNS } from '../support/generators.ts';

describe('decimals', () => {
  const parsed = (text: string): number => {
    const bytes = Buffer.from(`x${text}x`);
    return parseDecimal(bytes, 1, bytes.length - 1);
  };

  it('are read as Number reads them, to the last bit', () => {
    const digits = fc.string({ unit: fc.constantFrom(...'0123456789'), maxLength: 25 });
    const written = fc.oneof(
      fc.double().map(String),
      anyFloat.map(String),
      fc
        .tuple(
          fc.constantFrom('', '-', '+'),
          digits,
          digits,
          fc.constantFrom('', 'e5', 'E-7', 'e+300', 'e-320'),
        )
        .map(([sign, whole, part, power]) => `${sign}${whole}.${part}${power}`),
      fc.tuple(fc.constantFrom('', '-'), digits).map(([sign, whole]) => `${sign}${whole}`),
    );
    fc.assert(
      fc.property(written, (text) => {
        const isDecimal = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text);
        expect(parsed(text)).toBe(isDecimal ? Number(text) : Number.NaN);
      }),
      { numRuns: 10 * RUNS },
    );
  });

  it.each([
    '',
    '-',
    '.',
    'e5',
    '1e',
    '0x1',
    '1_000',
    '1,5',
    'NaN',
    'Infinity',
    '1.2.3',
    '--1',
    ' 1',
    '\u0661',
  ])('are not %j', (text) => {
    expect(parsed(text)).toBeNaN();
  });

  it('are written so that the same float32 comes back, in no more digits than it needs', () => {
    fc.assert(
      fc.property(anyFloat, (value) => {
        const text = shortestFloat32(value);
        expect(Math.fround(Number(text))).toBe(value);
        const digits = text
          .replace(/e.*/, '')
          .replace(/\D/g, '')
          .replace(/^0+|0+$/g, '').length;
        if (digits > 1) expect(Math.fround(Number(value.toPrecision(digits - 1)))).not.toBe(value);
      }),
      { numRuns: 10 * RUNS },
    );
    expect(
      [0.1, 16_777_216, 1e-45, 3.4028235e38, 0.5].map(Math.fround).map(shortestFloat32),
    ).toEqual(['0.1', '16777216', '1e-45', '3.4028235e+38', '0.5']);
  });
});
