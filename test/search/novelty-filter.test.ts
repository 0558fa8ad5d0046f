/**
 * NoveltyFilter against a dense twin that keeps every weight in plain arrays, against the paper's rule where that
 * needs no rounding, and what it promises: 1 before and 0 after, monotone, merging, asynchronous forms, storage.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SparseCodes } from '../../lib/codes/sparse-codes.ts';
import type { Progress } from '../../lib/hash/hasher.ts';
import { NoveltyFilter } from '../../lib/search/novelty-filter.ts';
import { RUNS } from '../support/generators.ts';
import { filterOf, manyCodes, type Rates, rates, rowsOf, someCodes } from '../support/novelty.ts';

/** Novelty of every row before it is inserted, with all weights written out; `grown` says what steps recover. */
function dense(
  codes: SparseCodes,
  { decay, recovery }: Rates,
  grown = (weight: number, steps: number): number =>
    Math.min(1, Math.fround(weight + Math.fround(recovery * steps))),
): number[] {
  const weights = new Array<number>(codes.units).fill(1);
  const last = new Array<number>(codes.units).fill(0);
  return [...codes].map((row, t) => {
    const now = [...row].map((unit) => grown(weights[unit], t - last[unit]));
    row.forEach((unit, i) => {
      weights[unit] = Math.fround(decay * now[i]);
      last[unit] = t + 1;
    });
    return Math.fround(now.reduce((sum, weight) => Math.fround(sum + weight), 0) / row.length);
  });
}

/** The rule as the paper has it: every weight moves with every row. */
function paper(codes: SparseCodes, { decay, recovery }: Rates): number[] {
  let weights = new Array<number>(codes.units).fill(1);
  return [...codes].map((row) => {
    const novelty = row.reduce((sum, unit) => sum + weights[unit], 0) / row.length;
    weights = weights.map((weight, unit) =>
      row.includes(unit) ? weight * decay : Math.min(1, weight + recovery),
    );
    return Math.fround(novelty);
  });
}

const SETTINGS: readonly Rates[] = [
  { decay: 0, recovery: 0 },
  { decay: 0.5, recovery: 0 },
  { decay: 0.8, recovery: 0.001 },
];

describe('NoveltyFilter', () => {
  it('gives what its definition gives, for any rates', () => {
    fc.assert(
      fc.property(someCodes, rates, (codes, options) => {
        const filter = filterOf(codes, options);
        expect([...filter.addAndScore(codes)]).toEqual(dense(codes, options));
        expect(filter.count).toBe(codes.rows);
      }),
      { numRuns: RUNS },
    );
  });

  it("gives what the paper's rule gives where nothing needs rounding", () => {
    const exact = fc.record({
      decay: fc.constantFrom(0, 0.5),
      recovery: fc.constantFrom(0, 1 / 64, 1 / 4, 1),
    });
    const codes = rowsOf(8, 4, 14); // weights are multiples of 2^-20 then
    fc.assert(
      fc.property(codes, exact, (rows, options) => {
        expect([...filterOf(rows, options).addAndScore(rows)]).toEqual(paper(rows, options));
      }),
      { numRuns: RUNS },
    );
  });

  it('scores and adds the same in one pass, one by one, and in any batches', () => {
    fc.assert(
      fc.property(someCodes, rates, fc.nat(60), (codes, options, cut) => {
        const expected = [...filterOf(codes, options).addAndScore(codes)];
        const single = filterOf(codes, options);
        const each = expected.map((_, i) => {
          const [novelty] = single.novelty(codes.slice(i, i + 1));
          single.add(codes.slice(i, i + 1));
          return novelty;
        });
        expect(each).toEqual(expected);
        const parts = filterOf(codes, options);
        const found = [codes.slice(0, cut), codes.slice(cut)].flatMap((part) => [
          ...parts.addAndScore(part),
        ]);
        expect(found).toEqual(expected);
        expect(parts.novelty(codes)).toEqual(single.novelty(codes));
      }),
      { numRuns: RUNS },
    );
  });

  it('finds everything new before, and with decay 0 nothing that it has just seen', () => {
    fc.assert(
      fc.property(someCodes, (codes) => {
        const filter = filterOf(codes);
        expect([...filter.novelty(codes)]).toEqual(new Array(codes.rows).fill(1));
        filter.add(codes);
        expect([...filter.novelty(codes)]).toEqual(new Array(codes.rows).fill(0));
        filter.reset();
        expect(filter.count).toBe(0);
        expect([...filter.novelty(codes)]).toEqual(new Array(codes.rows).fill(1));
      }),
      { numRuns: RUNS },
    );
  });

  it('never finds more new after an insertion, and without recovery forgets nothing', () => {
    const decay = rates.map((each) => each.decay);
    fc.assert(
      fc.property(someCodes, decay, fc.nat(60), (codes, rate, cut) => {
        const filter = filterOf(codes, { decay: rate });
        filter.add(codes.slice(0, cut));
        const before = filter.novelty(codes);
        filter.add(codes.slice(cut));
        filter.novelty(codes).forEach((after, i) => {
          expect(after).toBeLessThanOrEqual(before[i]);
        });
      }),
      { numRuns: RUNS },
    );
  });

  it('forgets at the rate of recovery', () => {
    const [seen, other] = [
      [0, 1],
      [2, 3],
    ].map((row) => SparseCodes.from(Uint32Array.from(row), { units: 4, active: 2 }));
    const filter = NoveltyFilter.create({ units: 4, recovery: 0.25 });
    filter.add(seen);
    const novelties = Array.from({ length: 6 }, () => {
      const [novelty] = filter.novelty(seen);
      filter.add(other);
      return novelty;
    });
    expect(novelties).toEqual([0, 0.25, 0.5, 0.75, 1, 1]);
  });

  it('keeps rates as float32', () => {
    const { units, decay, recovery } = NoveltyFilter.create({
      units: 3,
      decay: 0.1,
      recovery: 0.3,
    });
    expect([units, decay, recovery]).toEqual([3, Math.fround(0.1), Math.fround(0.3)]);
    expect(NoveltyFilter.create({ units: 1, decay: -0 }).decay).toBe(0);
  });

  it('takes codes of different numbers of active units, and none', () => {
    const filter = NoveltyFilter.create({ units: 4 });
    filter.add(SparseCodes.from(Uint32Array.of(2), { units: 4, active: 1 }));
    const wide = SparseCodes.from(Uint32Array.of(0, 1, 2, 3), { units: 4, active: 4 });
    expect([...filter.novelty(wide)]).toEqual([0.75]);
    const none = SparseCodes.from(new Uint32Array(0), { units: 4, active: 4 });
    expect(filter.addAndScore(none)).toEqual(new Float32Array(0));
    expect(filter.count).toBe(1);
  });
});

describe('merged filters', () => {
  it('are what one filter of both streams is', () => {
    const pair = fc
      .integer({ min: 2, max: 30 })
      .chain((units) => fc.tuple(rowsOf(units, 2, 20), rowsOf(units, 2, 20)));
    fc.assert(
      fc.property(pair, ([a, b]) => {
        const [merged, other, both] = [filterOf(a), filterOf(b), filterOf(a)];
        merged.add(a);
        other.add(b);
        merged.merge(other);
        for (const codes of [a, b]) both.add(codes);
        const all = SparseCodes.from(
          Uint32Array.from({ length: a.units }, (_, i) => i),
          { units: a.units, active: 1 },
        );
        expect(merged.novelty(all)).toEqual(both.novelty(all));
        expect(merged.count).toBe(both.count);
        expect(other.count).toBe(b.rows);
      }),
      { numRuns: RUNS },
    );
  });

  it('may be one and the same', () => {
    const codes = manyCodes(3);
    const filter = filterOf(codes);
    filter.add(codes);
    filter.merge(filter);
    expect([...filter.novelty(codes)]).toEqual([0, 0, 0]);
    expect(filter.count).toBe(6);
  });
});

describe('asynchronous forms', () => {
  it.each(SETTINGS)('give the same with %j', async (options) => {
    const codes = manyCodes(40_000);
    const filter = filterOf(codes, options);
    const beside = filterOf(codes, options);
    const seen: Progress[] = [];
    const onProgress = (progress: Progress): void => void seen.push(progress);
    const scores = await beside.addAndScoreAsync(codes, { onProgress });
    expect(scores).toEqual(filter.addAndScore(codes));
    expect(seen.length).toBeGreaterThan(1);
    expect(seen.map(({ done }) => done)).toEqual(
      seen.map(({ done }) => done).sort((a, b) => a - b),
    );
    expect(seen.at(-1)).toEqual({ done: 40_000, total: 40_000 });
    await beside.addAsync(codes);
    filter.add(codes);
    expect(await beside.noveltyAsync(codes)).toEqual(filter.novelty(codes));
    expect(beside.count).toBe(80_000);
  });

  it('let the event loop turn', async () => {
    const codes = manyCodes(100_000);
    let turns = 0;
    const counting = setInterval(() => turns++, 0);
    for (let i = 0; i < 5; i++) await filterOf(codes).addAsync(codes);
    clearInterval(counting);
    expect(turns).toBeGreaterThan(2);
  });

  it('stop where their signal says so, and tell how far they came', async () => {
    const codes = manyCodes(40_000);
    const filter = filterOf(codes, SETTINGS[2]);
    const controller = new AbortController();
    const onProgress = ({ done }: Progress): void => {
      if (done > 17_000) controller.abort('enough');
    };
    const running = filter.addAsync(codes, { signal: controller.signal, onProgress });
    await expect(running).rejects.toBe('enough');
    const { count } = filter;
    expect(count).toBeGreaterThan(17_000);
    expect(count).toBeLessThan(40_000);
    const twin = filterOf(codes, SETTINGS[2]);
    twin.add(codes.slice(0, count));
    expect(filter.novelty(codes)).toEqual(twin.novelty(codes));
    const signal = AbortSignal.abort('early');
    await expect(filter.addAsync(codes, { signal })).rejects.toBe('early');
    await expect(filter.noveltyAsync(codes, { signal })).rejects.toBe('early');
    expect(filter.count).toBe(count);
  });

  it('fail with what onProgress throws, and report nothing any more', async () => {
    const codes = manyCodes(40_000);
    let calls = 0;
    const onProgress = (): never => {
      calls++;
      throw new Error('from the caller');
    };
    await expect(filterOf(codes).noveltyAsync(codes, { onProgress })).rejects.toThrow('from the');
    expect(calls).toBe(1);
  });
});
