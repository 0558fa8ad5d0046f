/**
 * Units that learn from the vectors of words: BioHash's batch trainer over the words that were learnt of, centred and of
 * unit length; a word's activation of a unit is the cosine of the centred word to it.
 */

import { checkTraining } from '../hash/bio-training.ts';
import { EM_ACTIVATION } from '../hash/em-trainer.ts';
import type { KernelWork } from '../hash/kernel-work.ts';
import { trainUnits } from '../hash/train-units.ts';
import { UnitPanels } from '../hash/unit-weights.ts';
import type { Activations } from './synapses.ts';
import type { WordSpread } from './types-stages.ts';
import type { TrainedWords, TrainerMeans } from './word-trainer.ts';

/** Activations that are made at a time. */
const RUN = 2 ** 20;

/** What the units are told. */
export interface UnitSettings {
  readonly units: number;
  readonly seed: number;
  readonly iterations: number;
}

/** The vectors of words that were learnt of, one after the other. */
function heardVectors({ vectors, dimensions, silent }: WordSpread): Float32Array {
  if (!silent.includes(1)) return vectors;
  const heard: number[] = [];
  for (const [word, flag] of silent.entries()) if (flag === 0) heard.push(word);
  const own = new Float32Array(heard.length * dimensions);
  for (const [row, word] of heard.entries()) {
    own.set(vectors.subarray(word * dimensions, (word + 1) * dimensions), row * dimensions);
  }
  return own;
}

/** What units are, once they have learnt. */
interface Units {
  readonly mean: Float32Array;
  /** units x dimensions. */
  readonly weights: Float32Array;
  readonly units: number;
}

/** The cosines of all words to all units, made anew in each reading. */
class Cosines implements Activations {
  readonly words: number;
  readonly units: number;
  readonly silent: Uint8Array;
  readonly #spread: WordSpread;
  readonly #mean: Float32Array;
  readonly #panels: Float32Array;
  readonly #work: KernelWork;

  constructor(spread: WordSpread, { mean, weights, units }: Units, work: KernelWork) {
    this.words = spread.silent.length;
    this.units = units;
    this.silent = spread.silent;
    this.#spread = spread;
    this.#mean = mean;
    this.#panels = new UnitPanels(weights, mean.length, EM_ACTIVATION).panels;
    this.#work = work;
  }

  async *runs(): AsyncGenerator<Float32Array, void, void> {
    const { vectors, dimensions: dim } = this.#spread;
    const most = Math.max(1, Math.floor(RUN / this.units));
    const prepared = new Float32Array(most * dim);
    const norms = new Float32Array(most);
    const values = new Float32Array(most * this.units);
    // Prepared rows are centred already.
    const origin = new Float32Array(dim);
    for (let first = 0; first < this.words; first += most) {
      const rows = Math.min(most, this.words - first);
      const own = vectors.subarray(first * dim, (first + rows) * dim);
      const centred = [own, rows, dim, this.#mean, 1, prepared, norms] as const;
      await this.#work.run({ name: 'competitionPrepare', args: centred });
      const args = [prepared, rows, dim, origin, this.#panels, this.units, values] as const;
      await this.#work.run({ name: 'competitionValues', args });
      yield values.subarray(0, rows * this.units);
    }
  }
}

/** Units of the words that were learnt of. */
export async function trainVectorUnits(
  spread: WordSpread,
  { units, seed, iterations }: UnitSettings,
  { work, threads, signal, tell }: TrainerMeans,
): Promise<TrainedWords> {
  const onProgress = ({ done, total }: { done: number; total: number }): void =>
    tell('learning', done, total);
  tell('learning', 0, iterations);
  const options = { dim: spread.dimensions, seed, iterations, signal, onProgress };
  const own = threads === undefined ? options : { ...options, threads };
  const settings = checkTraining(own as never, units, []);
  const { mean, state, report } = await trainUnits(heardVectors(spread), settings);
  const cosines = new Cosines(spread, { mean, weights: state.weights, units }, work);
  const { iterations: made, converged, reseeded, deadUnits } = report;
  const told = { entries: spread.entries, iterations: made, converged, reseeded, deadUnits };
  return { target: cosines, context: cosines, told };
}
