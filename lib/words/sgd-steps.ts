/**
 * Units that learn from mini-batches of windows by the rule of FlyVec (Liang et al., ICLR 2021): the winner of a window
 * moves towards its words, each over its frequency, and decays by what it knows of them already; the largest change of
 * a batch is the rate. Weights are float32 and one scale for each unit, so that a decay is one product.
 */

import { alignedArray } from '../backend/aligned-memory.ts';
import type { KernelCall } from '../backend/kernels.ts';
import { allocated } from '../check.ts';
import type { KernelWork } from '../hash/kernel-work.ts';
import { fillNormals } from '../random.ts';
import type { WindowBatch } from './window-batches.ts';

/**
 * The length of units to begin with: that of the paper's, whose weights deviate by 0.02 for 20,000 words. Units settle
 * at a length of 1, so that those that have not won yet are longest, and win next.
 */
const FIRST_LENGTH = 4;

/** A smaller step than this is no step. */
const LEAST_PEAK = 1e-30;

/** Units x windows from which a batch is learnt beside the event loop. */
const LONG = 2 ** 20;

export interface SgdRule {
  readonly units: number;
  readonly radius: number;
  readonly batchSize: number;
}

/** Numbers of a row of weights: units rounded up to the blocks that the kernels read. */
function strideOf(units: number): number {
  return Math.ceil(units / 16) * 16;
}

export class SgdUnits {
  readonly words: number;
  readonly units: number;
  readonly stride: number;
  /** 2 words x stride: words around the middle, then words in it. A weight is its number here times the unit's scale. */
  readonly weights: Float32Array;
  readonly scales: Float32Array;
  /** Windows that each unit won since they were last set to 0. */
  readonly wins: Uint32Array;
  readonly #rule: SgdRule;
  readonly #work: KernelWork;
  readonly #shares: Float32Array;
  readonly #winners: Uint32Array;
  readonly #steps: readonly [
    decays: Float32Array,
    starts: Uint32Array,
    sizes: Uint32Array,
    inputs: Uint32Array,
    gains: Float32Array,
    bounds: Float32Array,
  ];

  constructor(frequencies: Float64Array, rule: SgdRule, work: KernelWork) {
    const { units, batchSize, radius } = rule;
    this.words = frequencies.length;
    this.units = units;
    this.stride = strideOf(units);
    const inputs = 2 * this.words;
    this.weights = alignedArray(Float32Array, inputs, this.stride, 'words x units, the weights,');
    this.scales = new Float32Array(units).fill(1);
    this.wins = new Uint32Array(units);
    this.#rule = rule;
    this.#work = work;
    this.#shares = Float32Array.from(frequencies, (count) => 1 / count);
    this.#winners = new Uint32Array(batchSize);
    const places = 2 * radius + 1;
    this.#steps = [
      new Float32Array(units),
      new Uint32Array(units),
      new Uint32Array(units),
      allocated(Uint32Array, batchSize, places, 'the words of a batch'),
      allocated(Float32Array, batchSize, places, 'the words of a batch'),
      new Float32Array(units).fill(Number.POSITIVE_INFINITY),
    ];
  }

  /** Draws the weights. */
  async draw(seed: number): Promise<void> {
    const normals = new Float32Array(this.units);
    const deviation = FIRST_LENGTH / Math.sqrt(2 * this.words);
    for (let input = 0; input < 2 * this.words; input++) {
      fillNormals(normals, seed, 'initial', input);
      const from = input * this.stride;
      for (let unit = 0; unit < normals.length; unit++) {
        this.weights[from + unit] = deviation * normals[unit];
      }
      if (input % 64 === 0) await this.#work.rest();
    }
  }

  /** Learns from a batch at a rate. */
  async step({ tokens, positions }: WindowBatch, rate: number): Promise<void> {
    const { radius } = this.#rule;
    const own = [
      ...([tokens, tokens.length, radius, positions, positions.length] as const),
      ...([this.weights, this.scales, this.words, this.units] as const),
    ] as const;
    const [winners, steps] = [this.#winners, this.#steps];
    await this.#run({ name: 'windowsLearningWinners', args: [...own, winners] }, positions);
    const args = [...own, winners, this.#shares, ...steps] as const;
    const peak = await this.#run({ name: 'windowsLearningSteps', args }, positions);
    this.#tally(positions.length);
    if (peak === 0) return;
    if (!Number.isFinite(peak)) {
      throw new RangeError(
        `rate must be small enough for steps that a float32 holds, got a step of ${peak}`,
      );
    }
    const moves = [...own, rate / Math.max(peak, LEAST_PEAK), ...steps] as const;
    await this.#run({ name: 'windowsLearningMoves', args: moves }, positions);
  }

  #tally(windows: number): void {
    for (let window = 0; window < windows; window++) {
      const winner = this.#winners[window];
      if (winner < this.units) this.wins[winner]++;
    }
  }

  async #run(call: KernelCall, { length }: Uint32Array): Promise<number> {
    if (length * this.units >= LONG) return this.#work.run(call);
    await this.#work.rest();
    return this.#work.runNow(call);
  }
}
