// The statistics behind bench:compare: exact on small inputs, covering on simulated ones, and a verdict that
// neither cries wolf nor sleeps.

import { describe, expect, it } from 'vitest';
import {
  bootstrapInterval,
  compareRatios,
  integerSource,
  median,
  quantile,
  verdict,
} from '../../bench/framework/statistics.ts';

/** Groups of rounds whose log ratio is centre + process noise + round noise (sums of uniforms). */
function simulatedRatios(
  seed: number,
  centre: number,
  processNoise: number,
  roundNoise: number,
): number[][] {
  const next = integerSource(seed);
  const noise = (): number => {
    let sum = 0;
    for (let i = 0; i < 12; i++) sum += next(1 << 20) / (1 << 20);
    return sum - 6;
  };
  return Array.from({ length: 5 }, () => {
    const shift = processNoise * noise();
    return Array.from({ length: 5 }, () => centre * Math.exp(shift + roundNoise * noise()));
  });
}

describe('median', () => {
  it('takes the middle value, or the mean of the middle two', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(median([7])).toBe(7);
  });

  it('does not change its input and sorts by number', () => {
    const values = [10, 9, 100];
    expect(median(values)).toBe(10);
    expect(values).toEqual([10, 9, 100]);
  });

  it('refuses an empty list', () => {
    expect(() => median([])).toThrow(RangeError);
  });
});

describe('quantile', () => {
  it('interpolates between neighbours', () => {
    expect(quantile([1, 2, 3, 4, 5], 0)).toBe(1);
    expect(quantile([1, 2, 3, 4, 5], 1)).toBe(5);
    expect(quantile([1, 2, 3, 4, 5], 0.5)).toBe(3);
    expect(quantile([1, 2], 0.25)).toBe(1.25);
  });
});

describe('bootstrapInterval', () => {
  it('is a point when all rounds agree', () => {
    expect(bootstrapInterval([[2, 2], [2]])).toEqual({ low: 2, high: 2 });
  });

  it('is the same for the same seed and differs for another', () => {
    const groups = simulatedRatios(3, 1, 0.02, 0.02);
    expect(bootstrapInterval(groups, { seed: 5 })).toEqual(bootstrapInterval(groups, { seed: 5 }));
    expect(bootstrapInterval(groups, { seed: 5 })).not.toEqual(
      bootstrapInterval(groups, { seed: 6 }),
    );
  });

  it('covers the true ratio about as often as it says', () => {
    let covered = 0;
    for (let seed = 0; seed < 200; seed++) {
      const { low, high } = bootstrapInterval(simulatedRatios(seed, 1.1, 0, 0.03), {
        resamples: 300,
      });
      if (low <= 1.1 && 1.1 <= high) covered++;
    }
    expect(covered).toBeGreaterThan(180);
  });

  it('is wider when processes differ than when rounds do', () => {
    const width = (groups: number[][]): number => {
      const { low, high } = bootstrapInterval(groups);
      return high - low;
    };
    expect(width(simulatedRatios(1, 1, 0.05, 0.001))).toBeGreaterThan(
      width(simulatedRatios(1, 1, 0, 0.02)),
    );
  });

  it('leaves out processes without rounds and refuses nothing at all', () => {
    expect(bootstrapInterval([[], [3]])).toEqual({ low: 3, high: 3 });
    expect(() => bootstrapInterval([[], []])).toThrow(RangeError);
  });
});

describe('verdict', () => {
  it('needs both the median and the interval', () => {
    expect(verdict({ median: 1.08, interval: { low: 1.02, high: 1.2 } })).toBe('slower');
    expect(verdict({ median: 1.08, interval: { low: 0.99, high: 1.2 } })).toBe('unclear');
    expect(verdict({ median: 1.04, interval: { low: 1.03, high: 1.05 } })).toBe('same');
    expect(verdict({ median: 0.9, interval: { low: 0.85, high: 0.95 } })).toBe('faster');
    expect(verdict({ median: 0.9, interval: { low: 0.85, high: 1.05 } })).toBe('unclear');
    expect(verdict({ median: 1, interval: { low: 1, high: 1 } })).toBe('same');
  });

  it('raises no alarm on equal builds and always on 15 % under the usual noise', () => {
    let falseAlarms = 0;
    let caught = 0;
    for (let seed = 0; seed < 100; seed++) {
      const options = { resamples: 300 };
      if (verdict(compareRatios(simulatedRatios(seed, 1, 0.01, 0.03), options)) === 'slower')
        falseAlarms++;
      if (verdict(compareRatios(simulatedRatios(seed, 1.15, 0.01, 0.03), options)) === 'slower')
        caught++;
    }
    expect(falseAlarms).toBe(0);
    expect(caught).toBe(100);
  });
});
