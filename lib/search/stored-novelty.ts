/**
 * The weights of a novelty filter as parameters and arrays, for files and shared memory, and the checks of its rates.
 * What comes from a file or another thread is copied before it is checked.
 */

import { wrongKind, wrongValue } from '../errors.ts';
import { corrupt, type Parts, type PartsReader } from '../files/parts.ts';
import { MAX_UNITS } from '../hash/connections.ts';
import type { Plasticity, WeightState } from './novelty-weights.ts';

/** What is stored of a filter: copies, so that rows may be inserted while they are on their way to the disk. */
export function noveltyParts(
  { decay, recovery }: Plasticity,
  { weights, touched, count }: WeightState,
): Parts {
  const units = weights.length;
  const tensors = [
    { name: 'weights', shape: [units], data: weights.slice() },
    { name: 'touched', shape: [units], data: touched.slice() },
  ];
  return {
    kind: 'NoveltyFilter',
    parameters: { units, decay, recovery, count },
    tensors: recovery > 0 ? tensors : tensors.slice(0, 1),
  };
}

/** The rates and weights that the parts of a filter hold. */
export function readNovelty(reader: PartsReader): [Plasticity, WeightState] {
  reader.expectKind('NoveltyFilter');
  const units = reader.integer('units', 1, MAX_UNITS);
  const decay = storedRate(reader, 'decay', checkDecay);
  const recovery = storedRate(reader, 'recovery', checkRecovery);
  const state = readWeights(reader, units, recovery > 0);
  reader.end();
  return [{ decay, recovery }, state];
}

function checkFraction(value: number, name: string, expected: string): number {
  if (typeof value !== 'number') throw wrongKind(name, 'a number', value);
  const rounded = Math.fround(value);
  if (!(rounded >= 0 && rounded <= 1)) throw wrongValue(name, expected, value);
  return rounded === 0 ? 0 : rounded; // not -0
}

/** A decay as float32. */
export function checkDecay(value: number): number {
  const expected = 'from 0 to below 1, as float32';
  if (checkFraction(value, 'decay', expected) === 1) throw wrongValue('decay', expected, value);
  return checkFraction(value, 'decay', expected);
}

/** A recovery as float32. */
export function checkRecovery(value: number): number {
  return checkFraction(value, 'recovery', 'from 0 to 1');
}

/** A rate of a file: what `check` would keep as it is. */
function storedRate(
  reader: PartsReader,
  name: 'decay' | 'recovery',
  check: (value: number) => number,
): number {
  const value = reader.number(name);
  try {
    if (Object.is(check(value), value)) return value;
  } catch {
    // told below
  }
  throw corrupt(name, 'a rate as float32', value);
}

/** The weights of a file: copies, each checked. */
function readWeights(reader: PartsReader, units: number, recovers: boolean): WeightState {
  const count = reader.integer('count', 0, Number.MAX_SAFE_INTEGER);
  const weights = reader.tensor('weights', Float32Array, [units]).slice();
  const touched = recovers
    ? reader.tensor('touched', Float64Array, [units]).slice()
    : new Float64Array(0);
  for (let unit = 0; unit < units; unit++) {
    const weight = weights[unit];
    if (!(weight >= 0 && weight <= 1)) throw corrupt(`weights[${unit}]`, 'from 0 to 1', weight);
  }
  for (let unit = 0; unit < touched.length; unit++) {
    const row = touched[unit];
    if (!(Number.isInteger(row) && row >= 0 && row <= count)) {
      throw corrupt(`touched[${unit}]`, `a whole number from 0 to ${count}`, row);
    }
  }
  return { weights, touched, count };
}
