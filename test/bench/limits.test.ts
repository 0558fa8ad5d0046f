// The inner doors of the benches: the limits do the work that they say, at every level, and partial_sort, the
// yardstick of top-k, sorts.

import { afterAll, describe, expect, it } from 'vitest';
import {
  activate,
  defaultLevels,
  machineLevels,
  nativeLimits,
} from '../../bench/framework/levels.ts';
import { allLimits, limitProbe } from '../../bench/limits.ts';

afterAll(() => activate(machineLevels().at(-1) ?? 'scalar'));

describe.each(machineLevels())('limits at level %s', (level) => {
  it('computes the fused chains', () => {
    activate(level);
    // x -> 0.999 x + 0.5 tends to 500, in each of 16 lanes of 6 chains.
    const total = nativeLimits().limitMultiplyAdd(1, undefined, 6, 20_000);
    expect(total / 96).toBeCloseTo(500, 0);
  });

  it('counts whole cache lines, on each thread its own', () => {
    activate(level);
    const buffer = new Uint8Array(100_000).subarray(3);
    for (const threads of [1, 2]) {
      const words = nativeLimits().limitRead(threads, undefined, buffer, buffer.length, 2);
      expect(words).toBeGreaterThan(0);
      expect(words % (64 * threads)).toBe(0);
      expect(words * 8).toBeLessThanOrEqual(buffer.length);
    }
  });

  it('reads nothing of a buffer shorter than a step', () => {
    activate(level);
    const buffer = new Uint8Array(7);
    expect(nativeLimits().limitXorPopcount(1, undefined, buffer, 7, 1)).toBe(0);
    expect(nativeLimits().limitRead(1, undefined, buffer, 0, 1)).toBe(0);
  });

  it('gives rates above zero', () => {
    activate(level);
    for (const kind of ['fma', 'xor-512k', 'read-512k'] as const) {
      expect(limitProbe(kind, 1)()).toBeGreaterThan(0);
    }
  });
});

describe('limitPartialSort', () => {
  it('gives the k largest of each row, descending', () => {
    const values = Float32Array.of(3, 1, 2, 5, 4, 9, 7, 8, 6, 0);
    const sorted = new Float32Array(6);
    nativeLimits().limitPartialSort(1, undefined, values, 2, 5, 3, new Float32Array(5), sorted);
    expect([...sorted]).toEqual([5, 4, 3, 9, 8, 7]);
    expect(values[0]).toBe(3);
  });

  it('refuses arrays that are too short', () => {
    const call = (n: number): unknown =>
      nativeLimits().limitPartialSort(
        1,
        undefined,
        new Float32Array(4),
        2,
        n,
        1,
        new Float32Array(n),
        new Float32Array(2),
      );
    expect(() => call(3)).toThrow(RangeError);
    expect(call(2)).toBe(0);
  });
});

describe('levels', () => {
  it('defaults to the SIMD levels, fastest first', () => {
    const levels = defaultLevels();
    expect(levels.length).toBeGreaterThan(0);
    expect(levels[0]).toBe(machineLevels().at(-1));
  });

  it('refuses a level that the machine lacks', () => {
    const missing = machineLevels().includes('neon') ? 'avx2' : 'neon';
    expect(() => activate(missing)).toThrow(`this machine cannot run level ${missing}`);
  });

  it('has a rate for every limit', () => {
    activate(machineLevels().at(-1) ?? 'scalar');
    expect(Object.values(allLimits(1)).every((rate) => rate > 0)).toBe(true);
  });
});
