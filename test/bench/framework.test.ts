// The framework of the benches: command lines, targets, sampling and the reading of comparisons.

import { describe, expect, it } from 'vitest';
import { summarizeRounds } from '../../bench/framework/comparison.ts';
import { randomBits, randomVectors } from '../../bench/framework/data.ts';
import { defineBench, forLevel } from '../../bench/framework/define.ts';
import { discoverBenches } from '../../bench/framework/discovery.ts';
import { parseBenchOptions } from '../../bench/framework/options.ts';
import { duration, missedTargets, resultRow, short } from '../../bench/framework/report.ts';
import { resolveRevision } from '../../bench/framework/revision.ts';
import { calibrate, sampleTrial } from '../../bench/framework/sampling.ts';

const RESULT = {
  name: 'fake/thing-1',
  level: 'avx2',
  threads: 1,
  seconds: { median: 2e-6, min: 1e-6 },
  items: 1,
  microsecondsPerItem: 2,
} as const;

describe('command line', () => {
  it('reads filters and options', () => {
    const options = parseBenchOptions(['fly', '--isa', 'avx2,scalar', '--threads', '2', '--quick']);
    expect(options).toMatchObject({
      filters: ['fly'],
      levels: ['avx2', 'scalar'],
      threads: 2,
      quick: true,
    });
  });

  it('refuses unknown levels, options and numbers of threads', () => {
    expect(() => parseBenchOptions(['--isa', 'sse'])).toThrow(RangeError);
    expect(() => parseBenchOptions(['--threads', '0'])).toThrow(RangeError);
    expect(() => parseBenchOptions(['--nonsense'])).toThrow(TypeError);
  });
});

describe('definitions', () => {
  it('want a name of two kebab-case parts', () => {
    const setup = () => ({ run: () => 0 });
    expect(defineBench({ name: 'fly/hash-128', setup }).name).toBe('fly/hash-128');
    expect(() => defineBench({ name: 'Fly hash', setup })).toThrow('Fly hash');
  });

  it('may differ by level', () => {
    expect(forLevel(0.5, 'neon')).toBe(0.5);
    expect(forLevel({ avx2: 0.5 }, 'avx2')).toBe(0.5);
    expect(forLevel({ avx2: 0.5 }, 'neon')).toBeUndefined();
  });

  it('all load, each name once, and filters choose among them', async () => {
    const { benches, failures } = await discoverBenches();
    expect(failures).toEqual([]);
    expect(benches.length).toBeGreaterThan(0);
    const some = await discoverBenches(['sign/']);
    expect(some.benches.every(({ name }) => name.includes('sign/'))).toBe(true);
  });
});

describe('targets', () => {
  it('are missed from below for shares and from above for times', () => {
    const limit = { kind: 'fma', own: false, rate: 1, share: 0.8 } as const;
    const missed = missedTargets(
      { limitShare: 0.88, microseconds: { avx2: 1.5 } },
      { ...RESULT, limit },
    );
    expect(missed).toEqual([
      { target: 'share of limit', wanted: 0.88, got: 0.8 },
      { target: 'us an item', wanted: 1.5, got: 2 },
    ]);
    expect(
      missedTargets({ limitShare: 0.8, microseconds: { avx512: 1 } }, { ...RESULT, limit }),
    ).toEqual([]);
  });

  it('are printed with both numbers', () => {
    const missed = [{ target: 'speedup', wanted: 10, got: 9.5 }];
    expect(resultRow({ ...RESULT, missed }).at(-1)).toBe('MISSED speedup: wanted 10.0, got 9.50');
  });
});

describe('sampling', () => {
  const options = { sampleMilliseconds: 1, samples: 4, budgetMilliseconds: 10_000 };

  it('repeats an operation until it is long enough', async () => {
    const repetitions = await calibrate(() => Math.sqrt(2), 1);
    expect(repetitions).toBeGreaterThan(100);
  });

  it('takes the limit around each sample, and the baseline beside it', async () => {
    let probes = 0;
    const probe = (): number => {
      probes++;
      return 100;
    };
    const trial = { run: () => Promise.resolve(), work: 50, baseline: () => 0 };
    const samples = await sampleTrial(trial, probe, options);
    expect(samples.seconds).toHaveLength(4);
    expect(samples.speedups).toHaveLength(4);
    expect(probes).toBe(8);
    for (const [i, share] of samples.limitShares.entries()) {
      expect(share).toBeCloseTo(0.5 / samples.seconds[i], 6);
    }
  });
});

describe('comparison', () => {
  it('divides new by old, round by round', () => {
    const rounds = { newSeconds: [[2, 4], [3]], oldSeconds: [[1, 2], [1.5]] };
    const result = summarizeRounds('fake/thing-1', 'avx2', rounds, 0.05);
    expect(result).toMatchObject({
      median: 2,
      interval: { low: 2, high: 2 },
      verdict: 'slower',
      rounds: 3,
    });
    expect(result).toMatchObject({ newSeconds: 3, oldSeconds: 1.5 });
  });

  it('names a revision that does not exist', () => {
    expect(() => resolveRevision('no-such-revision')).toThrow('no-such-revision is not a revision');
  });
});

describe('inputs', () => {
  it('are the same for the same seed, finite and spread out', () => {
    const vectors = randomVectors(100, 50, 3);
    expect(vectors).toEqual(randomVectors(100, 50, 3));
    expect(vectors).not.toEqual(randomVectors(100, 50, 4));
    const mean = vectors.reduce((sum, value) => sum + value) / vectors.length;
    const variance = vectors.reduce((sum, value) => sum + value * value) / vectors.length;
    expect(Math.abs(mean)).toBeLessThan(0.1);
    expect(variance).toBeGreaterThan(0.8);
    expect(variance).toBeLessThan(1.2);
  });

  it('are bits, half of them set', () => {
    const bits = randomBits(1000, 256);
    expect(bits).toHaveLength(32_000);
    const set = bits.reduce((sum, byte) => sum + byte.toString(2).replaceAll('0', '').length, 0);
    expect(set / 256_000).toBeCloseTo(0.5, 2);
  });
});

describe('numbers', () => {
  it('are short', () => {
    expect([0, 0.01234, 1.234, 12.34, 123.4, 1234].map(short)).toEqual([
      '0',
      '0.0123',
      '1.23',
      '12.3',
      '123',
      '1234',
    ]);
    expect([2.5, 2.5e-3, 2.5e-6, 2.5e-9].map(duration)).toEqual([
      '2.50 s',
      '2.50 ms',
      '2.50 us',
      '2.50 ns',
    ]);
  });
});
