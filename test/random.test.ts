// The random streams: published known answers of the generator, laws of the draws, and golden hashes that freeze
// the numbers, because every saved seed depends on them.

import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  fillNormals,
  naturalLogarithm,
  PURPOSES,
  type Purpose,
  philoxBlock,
  RandomStream,
  stream,
} from '../lib/random.ts';

type Four = [number, number, number, number];

function sha256(array: ArrayBufferView): string {
  const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  return createHash('sha256').update(bytes).digest('hex');
}

function normals(count: number, seed = 1, purpose: Purpose = 'gaussian', index = 0): Float32Array {
  const out = new Float32Array(count);
  fillNormals(out, seed, purpose, index);
  return out;
}

// Standard normal distribution function by its power series (Marsaglia 2004); good to 1e-15 for |x| < 7.
function normalDistribution(x: number): number {
  let sum = x;
  let term = x;
  for (let i = 3; Math.abs(term) > 1e-17; i += 2) {
    term *= (x * x) / i;
    sum += term;
  }
  return 0.5 + sum * Math.exp(-0.5 * x * x - 0.9189385332046728);
}

function kolmogorovSmirnov(sample: Float32Array, distribution: (x: number) => number): number {
  const sorted = sample.slice().sort();
  let worst = 0;
  for (let i = 0; i < sorted.length; i++) {
    const p = distribution(sorted[i]);
    worst = Math.max(worst, p - i / sorted.length, (i + 1) / sorted.length - p);
  }
  return worst * Math.sqrt(sorted.length);
}

describe('the generator', () => {
  // Random123, tests/kat_vectors, the lines "philox4x32 10".
  const answers: [Four, [number, number], string][] = [
    [[0, 0, 0, 0], [0, 0], '6627e8d5 e169c58d bc57ac4c 9b00dbd8'],
    [
      [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      [0xffffffff, 0xffffffff],
      '408f276d 41c83b0e a20bc7c6 6d5451fd',
    ],
    [
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      [0xa4093822, 0x299f31d0],
      'd16cfe09 94fdcceb 5001e420 24126ea1',
    ],
  ];
  it.each(answers)('gives the published answer for counter %o', (counter, key, expected) => {
    const out = new Uint32Array(4);
    philoxBlock(counter, key, out);
    expect([...out].map((word) => word.toString(16).padStart(8, '0')).join(' ')).toBe(expected);
  });

  it('takes its blocks from the counter (block, index low, index high, purpose)', () => {
    const seed = 2 ** 53 - 1;
    const index = 5 * 2 ** 32 + 7;
    const out = new Uint32Array(4);
    const drawn = stream(seed, 'hadamard', index);
    for (let block = 0; block < 40; block++) {
      philoxBlock([block, 7, 5, PURPOSES.hadamard], [0xffffffff, 0x1fffff], out);
      expect([0, 0, 0, 0].map(() => drawn.uint32())).toEqual([...out]);
    }
  });

  it('separates seeds, purposes and indexes', () => {
    const seen = new Set<number>();
    for (const purpose of Object.keys(PURPOSES) as Purpose[]) {
      for (const seed of [0, 1, 2 ** 32, 2 ** 53 - 1]) {
        for (const index of [0, 1, 2 ** 32]) seen.add(stream(seed, purpose, index).uint32());
      }
    }
    expect(seen.size).toBe(Object.keys(PURPOSES).length * 12);
    expect(new Set(Object.values(PURPOSES)).size).toBe(Object.keys(PURPOSES).length);
  });

  it.each([-1, 1.5, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY])('refuses seed %s', (seed) => {
    expect(() => stream(seed, 'gaussian')).toThrow(RangeError);
    expect(() => stream(1, 'gaussian', seed)).toThrow(RangeError);
  });

  it('refuses a seed that is no number', () => {
    expect(() => stream('7' as unknown as number, 'gaussian')).toThrow(TypeError);
    expect(() => stream(null as unknown as number, 'gaussian')).toThrow(/got null/);
  });
});

describe('naturalLogarithm', () => {
  it('is within 4e-16 of Math.log, relative above 1', () => {
    const drawn = stream(9, 'evaluation');
    let worst = 0;
    for (let i = 0; i < 200000; i++) {
      const x = (drawn.uint32() + 1) * 2 ** ((drawn.uint32() % 140) - 100);
      const expected = Math.log(x);
      const error = Math.abs(naturalLogarithm(x) - expected);
      worst = Math.max(worst, error / Math.max(1, Math.abs(expected)));
    }
    expect(worst).toBeLessThan(4e-16);
  });

  it('is exact at 1 and powers of two', () => {
    expect(naturalLogarithm(1)).toBe(0);
    expect(naturalLogarithm(2)).toBe(Math.LN2);
    expect(naturalLogarithm(0.25)).toBe(-2 * Math.LN2);
  });
});

describe('normal deviates', () => {
  it('have the moments of the standard normal', () => {
    const count = 1 << 20;
    const sample = normals(count, 20, 'gaussian', 4);
    const moments = [1, 2, 3, 4].map((p) => sample.reduce((sum, x) => sum + x ** p, 0) / count);
    // Five standard errors: sqrt(1, 2, 15, 96) / 1024.
    expect(Math.abs(moments[0])).toBeLessThan(0.005);
    expect(Math.abs(moments[1] - 1)).toBeLessThan(0.007);
    expect(Math.abs(moments[2])).toBeLessThan(0.019);
    expect(Math.abs(moments[3] - 3)).toBeLessThan(0.048);
  });

  it.each([0, 1, 2, 2 ** 53 - 1])('fit the distribution function (seed %d)', (seed) => {
    // 1.95 is passed by chance once in a thousand.
    const statistic = kolmogorovSmirnov(
      normals(100000, seed, 'gaussian', seed),
      normalDistribution,
    );
    expect(statistic).toBeLessThan(1.95);
  });

  it('are uncorrelated with their neighbours in the stream and across streams', () => {
    const count = 1 << 18;
    const a = normals(count, 3, 'gaussian', 0);
    const b = normals(count, 3, 'gaussian', 1);
    const c = normals(count, 3, 'hadamard', 0);
    const product = (x: Float32Array, y: Float32Array, shift: number): number => {
      let sum = 0;
      for (let i = shift; i < count; i++) sum += x[i] * y[i - shift];
      return Math.abs(sum) / Math.sqrt(count);
    };
    for (const shift of [1, 2, 3, 4]) expect(product(a, a, shift)).toBeLessThan(4);
    for (const other of [b, c]) expect(product(a, other, 0)).toBeLessThan(4);
  });

  it('of a shorter array are a prefix of those of a longer one', () => {
    const long = normals(1000, 6);
    for (const count of [0, 1, 2, 3, 15, 63, 64, 65, 257, 999]) {
      expect(normals(count, 6)).toEqual(long.subarray(0, count));
    }
  });

  it('are rounded once from double', () => {
    const doubles = new Float64Array(500);
    stream(6, 'gaussian').fillNormals(doubles);
    expect(normals(500, 6)).toEqual(Float32Array.from(doubles));
  });
});

describe('integers', () => {
  it('below n are uniform', () => {
    const drawn = stream(8, 'sample');
    const counts = new Array<number>(7).fill(0);
    for (let i = 0; i < 70000; i++) counts[drawn.below(7)]++;
    const chiSquare = counts.reduce((sum, c) => sum + (c - 10000) ** 2 / 10000, 0);
    expect(chiSquare).toBeLessThan(22.5); // six degrees of freedom, one in a thousand
  });

  it('are rejected where the last incomplete range would bias them', () => {
    // n = 3 * 2^30: a quarter of the words is thrown away, and every third of the range stays equally likely.
    const drawn = stream(8, 'sample', 1);
    const counts = [0, 0, 0];
    for (let i = 0; i < 30000; i++) counts[Math.floor(drawn.below(3 * 2 ** 30) / 2 ** 30)]++;
    for (const count of counts) expect(Math.abs(count - 10000)).toBeLessThan(330);
  });

  it('reach the ends of the range', () => {
    const drawn = stream(8, 'sample', 2);
    expect(drawn.below(1)).toBe(0);
    expect(drawn.below(2 ** 32)).toBeLessThan(2 ** 32);
    for (const n of [0, -1, 1.5, 2 ** 32 + 1, Number.NaN]) {
      expect(() => drawn.below(n)).toThrow(RangeError);
    }
  });
});

describe('signs', () => {
  it('are +1 or -1, equally often', () => {
    const signs = new Float32Array(100000);
    stream(5, 'hadamard').fillSigns(signs);
    expect(new Set(signs)).toEqual(new Set([1, -1]));
    expect(Math.abs(signs.reduce((sum, sign) => sum + sign, 0))).toBeLessThan(
      4 * Math.sqrt(100000),
    );
  });

  it('are the bits of the words from the lowest up', () => {
    const signs = new Int8Array(70);
    stream(5, 'hadamard', 1).fillSigns(signs);
    const drawn = stream(5, 'hadamard', 1);
    const words = [drawn.uint32(), drawn.uint32(), drawn.uint32()];
    const expected = signs.map((_, i) => ((words[i >> 5] >>> (i & 31)) & 1 ? -1 : 1));
    expect(signs).toEqual(expected);
  });
});

describe('samples', () => {
  it('are distinct, ascending and below n, for every count', () => {
    for (let n = 0; n <= 70; n++) {
      for (let count = 0; count <= n; count++) {
        const sample = stream(n, 'connections', count).sample(count, n);
        expect(sample.length).toBe(count);
        sample.forEach((value, i) => {
          expect(value).toBeGreaterThanOrEqual(i === 0 ? 0 : sample[i - 1] + 1);
          expect(value).toBeLessThan(n);
        });
      }
    }
  });

  it('choose every element equally often', () => {
    const counts = new Float64Array(50);
    for (let i = 0; i < 20000; i++) {
      for (const chosen of stream(4, 'connections', i).sample(5, 50)) counts[chosen]++;
    }
    const chiSquare = counts.reduce((sum, c) => sum + (c - 2000) ** 2 / 2000, 0);
    expect(chiSquare).toBeLessThan(85.4); // 49 degrees of freedom, one in a thousand
  });

  it('of more than there are is a RangeError', () => {
    expect(() => stream(1, 'sample').sample(4, 3)).toThrow(RangeError);
    expect(() => stream(1, 'sample').sample(-1, 3)).toThrow(RangeError);
  });
});

describe('shuffle', () => {
  it('permutes in place and gives every order equally often', () => {
    const drawn = new RandomStream(2, 'order');
    const counts = new Map<string, number>();
    for (let i = 0; i < 24000; i++) {
      const items = [0, 1, 2, 3];
      expect(drawn.shuffle(items)).toBe(items);
      counts.set(items.join(''), (counts.get(items.join('')) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    const chiSquare = [...counts.values()].reduce((sum, c) => sum + (c - 1000) ** 2 / 1000, 0);
    expect(chiSquare).toBeLessThan(49.7); // 23 degrees of freedom, one in a thousand
  });

  it('leaves empty and single arrays alone', () => {
    expect(stream(1, 'order').shuffle([])).toEqual([]);
    expect(stream(1, 'order').shuffle([7])).toEqual([7]);
  });
});

describe('the numbers are frozen', () => {
  it('words', () => {
    const drawn = stream(42, 'sample', 3);
    expect(sha256(Uint32Array.from({ length: 10000 }, () => drawn.uint32()))).toBe(
      '0a2581aaea88bcef093b01a1d0d34ddd6af737a4e44f4af82e603cb7d2e0ccd6',
    );
  });
  it('normals', () =>
    expect(sha256(normals(10000, 42, 'gaussian', 3))).toBe(
      '0e46c17b14e39a032cd183ed7c8bb0a6ad40ff23eb4b7471c4025a8f5ebb76df',
    ));
  it('signs', () => {
    const signs = new Int8Array(10000);
    stream(42, 'hadamard', 3).fillSigns(signs);
    expect(sha256(signs)).toBe('313bd8d326a9ba964425d294e45c9b3bf0e844e1a29a2a09d3ef6e4219c8099f');
  });
  it('samples', () => {
    expect(sha256(stream(42, 'connections', 3).sample(1000, 15680))).toBe(
      '4de68f62465a6de1246d89aab999c3014f70f31d89152ca5155d04a62bb80d34',
    );
  });
  it('orders', () => {
    expect(
      sha256(stream(42, 'order', 3).shuffle(Uint32Array.from({ length: 999 }, (_, i) => i))),
    ).toBe('d17ed11407a1fc9ee456ff8cf4b01896961dd0bbc666b9d5c71af7ac2f4ab67d');
  });
});
