/** Texts for the tokeniser: all scripts, characters of one to four bytes, halves of pairs, and ways to cut them. */

import { Buffer } from 'node:buffer';
import fc from 'fast-check';

const PARTS = [
  ...['the', 'The fly', "don't", "rock'n'roll", "'tis", "dogs'", 'a', 'I', 'x-ray', 'snake_case'],
  ...['1984', '3rd', '1,000.50', 'b4', '\u0664\u0665', "1'000", "90's", 'H2O', '4\u00b2'],
  ...[
    '\u00c9cole',
    'na\u00efve',
    'e\u0301te\u0301',
    'don\u2019t',
    '\u2018quoted\u2019',
    'ex\u00adample',
  ],
  ...[
    '\u039f\u0394\u039f\u03a3',
    '\u039f\u03a3\u0391',
    '\u0130stanbul',
    '\u0414\u043e\u043c',
    '\u0587',
    '\u2167',
  ],
  ...[
    '\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645',
    '\u05e9\u05dc\u05d5\u05dd',
    '\u0928\u092e\u0938\u094d\u0924\u0947',
    '\ud55c\uad6d\uc5b4\ub97c',
    '\u1790\u200b',
  ],
  ...[
    '\u6771\u4eac\u90fd\u306b\u884c\u304f',
    '\u65e5\u672c\u8a9e',
    '\u30c7\u30fc\u30bf',
    'iPhone\u3092\u8cb7\u3046',
    '3\u6708',
    '\uff76\uff9e',
  ],
  ...[
    '\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35\u0e04\u0e23\u0e31\u0e1a',
    '\u0eaa\u0eb0\u0e9a\u0eb2\u0e8d\u0e94\u0eb5',
    '\u179f\u17bd\u179f\u17d2\u178f\u17b8',
    '\u1019\u1004\u103a\u1039\u1002\u101c\u102c\u1015\u102b',
  ],
  ...[
    '\u{1f600}',
    '\u2764\ufe0f',
    '\u{1f469}\u200d\u{1f680}',
    '\u{10400}\u{10428}',
    '\u{20000}\u{20001}',
    '\ufffd',
    '\ufeff',
  ],
  ...[
    ' ',
    '  ',
    '\t',
    '\n',
    '\r\n',
    '\n\n',
    '\u2028',
    '\u2029',
    '\u0085',
    '\f',
    '.',
    '...',
    '"',
    '\u3002',
    '\u00a0',
    '\0',
  ],
  ...['x'.repeat(256), 'x'.repeat(257), `${'y'.repeat(255)}\u00e9`, `${'z'.repeat(300)}'s 1`],
];

/** Characters that take two bytes: letters with and without case, and the marks and signs among them. */
const anyTwoBytes = fc
  .integer({ min: 0x80, max: 0x7ff })
  .map((point) => String.fromCodePoint(point));

/** A text of parts like the above and of any characters, well-formed. */
export const anyText: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom(...PARTS) },
      { weight: 2, arbitrary: fc.constantFrom(' ', ' ', "'", '\u2019', '\n') },
      { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 6 }) },
      { weight: 2, arbitrary: fc.string({ unit: anyTwoBytes, maxLength: 6 }) },
    ),
    { maxLength: 40 },
  )
  .map((parts) => parts.join(''));

/** Bytes that are mostly text, with some that no UTF-8 has. */
export const anyBytes: fc.Arbitrary<Uint8Array> = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: anyText.map((text) => new Uint8Array(Buffer.from(text))) },
      { weight: 1, arbitrary: fc.uint8Array({ maxLength: 5 }) },
      {
        weight: 1,
        arbitrary: fc.constantFrom(
          ...[
            [0xf0, 0x9f],
            [0xe2, 0x82],
            [0xed, 0xa0, 0x80],
            [0xc0, 0xaf],
            [0xf4, 0x90, 0x80, 0x80],
          ].map((bytes) => Uint8Array.from(bytes)),
        ),
      },
    ),
    { maxLength: 5 },
  )
  .map((parts) => new Uint8Array(Buffer.concat(parts)));

/** Where something of any length is cut: shares of its length. */
export const anyCuts: fc.Arbitrary<number[]> = fc.array(
  fc.double({ min: 0, max: 1, noNaN: true }),
  { maxLength: 12 },
);

/** The pieces between the cuts. */
export function pieces<Kind extends string | Uint8Array>(
  whole: Kind,
  cuts: readonly number[],
): Kind[] {
  const places = [
    0,
    ...cuts.map((cut) => Math.round(cut * whole.length)).sort((a, b) => a - b),
    whole.length,
  ];
  return places.slice(1).map((end, i) => whole.slice(places[i], end) as Kind);
}
