/** NoveltyFilter in files and in shared memory: it goes on as it was, and what is no filter is told. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SparseCodes } from '../../lib/codes/sparse-codes.ts';
import { FlyhashError } from '../../lib/errors.ts';
import { PARTS, type Parts, PartsReader } from '../../lib/files/parts.ts';
import { NoveltyFilter } from '../../lib/search/novelty-filter.ts';
import { RUNS } from '../support/generators.ts';
import { filterOf, manyCodes, rates, someCodes } from '../support/novelty.ts';

describe('a stored filter', () => {
  const copies: [string, (filter: NoveltyFilter) => NoveltyFilter][] = [
    ['bytes', (filter) => NoveltyFilter.fromBytes(filter.toBytes())],
    ['shared memory', (filter) => NoveltyFilter.fromShared(structuredClone(filter.share()))],
  ];

  it.each(copies)('goes on as the first would, from %s', (_name, copied) => {
    fc.assert(
      fc.property(someCodes, rates, fc.nat(60), (codes, options, cut) => {
        const filter = filterOf(codes, options);
        filter.add(codes.slice(0, cut));
        const copy = copied(filter);
        const { units, decay, recovery, count } = copy;
        expect({ decay, recovery }).toEqual(options);
        expect([units, count]).toEqual([codes.units, filter.count]);
        const later = copied(filter);
        expect(copy.addAndScore(codes)).toEqual(filter.addAndScore(codes));
        expect(later.count).toBe(count);
      }),
      { numRuns: Math.ceil(RUNS / 4) },
    );
  });

  const filter = NoveltyFilter.create({ units: 3, recovery: 0.5 });
  filter.add(SparseCodes.from(Uint32Array.of(1), { units: 3, active: 1 }));
  const { kind, parameters, tensors } = filter[PARTS]();
  const [weights, touched] = tensors;

  const wrong: [string, Partial<Parts>, string][] = [
    ['another kind', { kind: 'HammingIndex' }, 'kind must be "NoveltyFilter", got "HammingIndex"'],
    [
      'no units',
      { parameters: { ...parameters, units: 0 } },
      'units must be a whole number from 1',
    ],
    ['other units', { parameters: { ...parameters, units: 4 } }, 'tensor weights must be Float32'],
    ['decay 1', { parameters: { ...parameters, decay: 1 } }, 'decay must be a rate as float32'],
    ['a finer decay', { parameters: { ...parameters, decay: 0.1 } }, 'decay must be a rate as flo'],
    ['a negative rate', { parameters: { ...parameters, recovery: -1 } }, 'recovery must be a rate'],
    ['half a row', { parameters: { ...parameters, count: 0.5 } }, 'count must be a whole number'],
    [
      'no recovery',
      { parameters: { ...parameters, recovery: 0 } },
      'tensor touched must be absent',
    ],
    ['no times', { tensors: [weights] }, 'tensor touched must be Float64Array of shape [3]'],
    [
      'a weight of no size',
      { tensors: [{ ...weights, data: Float32Array.of(1, Number.NaN, 1) }, touched] },
      'weights[1] must be from 0 to 1, got',
    ],
    [
      'a weight too large',
      { tensors: [{ ...weights, data: Float32Array.of(1, 1, 1.5) }, touched] },
      'weights[2] must be from 0 to 1, got 1.5',
    ],
    [
      'a time to come',
      { tensors: [weights, { ...touched, data: Float64Array.of(0, 2, 0) }] },
      'touched[1] must be a whole number from 0 to 1, got 2',
    ],
  ];

  it.each(wrong)('is corrupt with %s', (_what, changed, sentence) => {
    const read = (): unknown =>
      NoveltyFilter.fromParts(new PartsReader({ kind, parameters, tensors, ...changed }));
    expect(read).toThrow(FlyhashError);
    expect(read).toThrow(`file: ${sentence}`);
  });

  it('is saved as it is at the moment of the call', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'flyhash-novelty-'));
    const codes = manyCodes(2000);
    const filter = filterOf(codes, { recovery: 0.01 });
    filter.add(codes);
    const expected = filter.novelty(codes);
    const saving = filter.save(join(folder, 'filter'));
    filter.reset();
    await saving;
    const loaded = await NoveltyFilter.load(join(folder, 'filter'));
    rmSync(folder, { recursive: true });
    expect(loaded.novelty(codes)).toEqual(expected);
    expect(loaded.count).toBe(2000);
  });
});
