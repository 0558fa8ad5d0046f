/**
 * Activations of words out of the counts of units: their weights as they learnt, of words in the middle and around it; or,
 * as one table for both places, the positive pointwise mutual information of word and unit over all windows that the
 * word lies in.
 */

import type { KernelWork } from '../hash/kernel-work.ts';
import { lengthsOf, PmiRows, type WeightRows } from './count-weights.ts';
import type { Activations, Learnt } from './synapses.ts';
import type { WindowCounts } from './window-counts.ts';

/** What is read out of units. */
export type Readout = 'weights' | 'pmi';

export const READOUTS: readonly Readout[] = ['weights', 'pmi'];

/** Activations that are made at a time. */
const RUN = 2 ** 17;

/** One block of weights over the lengths of the units. */
class RowActivations implements Activations {
  readonly words: number;
  readonly units: number;
  readonly silent: Uint8Array;
  readonly #rows: WeightRows;
  readonly #block: number;
  readonly #lengths: Float64Array;

  constructor(rows: WeightRows, block: number, silent: Uint8Array, lengths: Float64Array) {
    this.words = rows.words;
    this.units = rows.units;
    this.silent = silent;
    this.#rows = rows;
    this.#block = block;
    this.#lengths = lengths;
  }

  *runs(): Generator<Float64Array, void, void> {
    const { words, units } = this;
    const most = Math.max(1, Math.floor(RUN / units));
    const values = new Float64Array(most * units);
    for (let first = 0; first < words; first += most) {
      const rows = Math.min(most, words - first);
      for (let row = 0; row < rows; row++) {
        const own = values.subarray(row * units, (row + 1) * units);
        this.#rows.fill(this.#block, first + row, own);
        for (let unit = 0; unit < units; unit++) {
          // A unit without a length has won nothing: all its weights are 0.
          if (own[unit] !== 0) own[unit] /= this.#lengths[unit];
        }
      }
      yield values.subarray(0, rows * units);
    }
  }
}

/** Words that no unit has a count of. */
function silentOf(counts: Uint32Array, words: number, units: number): Uint8Array {
  const silent = new Uint8Array(words);
  for (let word = 0; word < words; word++) {
    let unit = word * units;
    const end = unit + units;
    while (unit < end && counts[unit] === 0) unit++;
    silent[word] = unit === end ? 1 : 0;
  }
  return silent;
}

/** Reads out weights. */
async function weightsOf(
  rows: WeightRows,
  counts: WindowCounts,
  work: KernelWork,
): Promise<Learnt> {
  const { words, units } = counts;
  const lengths = await lengthsOf(rows, work);
  const [context, target] = [counts.context, counts.target].map((own, block) => {
    const silent = silentOf(own, words, units);
    return new RowActivations(rows, Math.min(block, rows.blocks - 1), silent, lengths);
  });
  return rows.blocks === 1 ? { context, target: context } : { context, target };
}

/** Reads out mutual information, of counts that are added up in the place of those of words around. */
async function informationOf(counts: WindowCounts, work: KernelWork): Promise<Learnt> {
  const { words, units, context: both, target } = counts;
  for (let at = 0; at < both.length && target !== both; at++) both[at] += target[at];
  const rows = await PmiRows.of({ words, units, blocks: [both] }, 1, work);
  const lengths = new Float64Array(units).fill(1);
  const activations = new RowActivations(rows, 0, silentOf(both, words, units), lengths);
  return { context: activations, target: activations };
}

/** What the units have learnt; the counts are this function's. */
export function readOut(
  readout: Readout,
  counts: WindowCounts,
  rows: WeightRows,
  work: KernelWork,
): Promise<Learnt> {
  return readout === 'pmi' ? informationOf(counts, work) : weightsOf(rows, counts, work);
}
