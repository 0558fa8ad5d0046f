/**
 * NaiveBioHash: as many learnt units as bits, each of which says the sign of its activation (the baseline of Ryali,
 * Hopfield, Grinberg, Krotov 2020). It shows what the sparse expansion of BioHash is worth: units that are trained to
 * win alone make poor bits.
 */

import { activeBackend } from '../backend/active.ts';
import { allocated, checkMaking, MAKING } from '../check.ts';
import { BitCodes } from '../codes/bit-codes.ts';
import { wrongValue } from '../errors.ts';
import { registerKind } from '../files/kinds.ts';
import { PARTS, type Parts, type PartsReader } from '../files/parts.ts';
import { MAX_DIM, type Vectors } from '../vectors.ts';
import {
  type BioReport,
  copyOfReport,
  readReport,
  reportParameters,
  reportTensors,
} from './bio-report.ts';
import { type CompetitionTraining, checkTraining, checkUnits } from './bio-training.ts';
import { Hasher, type RowHash } from './hasher.ts';
import { packThresholds } from './panels.ts';
import { MAX_OUTPUTS, type Projector, weightsProjector } from './projectors.ts';
import { trainUnits } from './train-units.ts';
import { effectiveWeights } from './unit-weights.ts';
import type { VectorStream } from './vector-batches.ts';

/** Options of {@link NaiveBioHash.train}. */
export interface NaiveBioHashTraining extends CompetitionTraining {
  /** Bits of a code: one a unit, 1 to 2^20; there must be as many vectors. */
  bits: number;
}

interface Model {
  readonly projector: Projector;
  readonly thresholds: Float32Array;
  readonly seed: number;
  readonly report: BioReport;
}

/** The projection of the mean: what each output is compared with. */
function projectedMean(projector: Projector, mean: Float32Array): Float32Array {
  const thresholds = new Float32Array(projector.outputs);
  activeBackend().run(projector.values({ vectors: mean, rows: 1 }, thresholds), 1);
  const bad = thresholds.findIndex((threshold) => !Number.isFinite(threshold));
  if (bad < 0) return thresholds;
  const expected = 'finite (the training vectors are too large for float32 when projected)';
  throw wrongValue(`threshold ${bad}`, expected, thresholds[bad]);
}

/**
 * Hashes a vector to the signs of learnt units: bit j = product of the weights of unit j with (vector - mean) > 0. The
 * mean is folded into the thresholds: bit j = product with the vector > product with the mean.
 *
 * @example
 * ```ts
 * import { NaiveBioHash } from 'flyhash';
 * const vectors = Array.from({ length: 60 }, (_, i) => [Math.cos(i), Math.sin(i), i % 3]);
 * const hasher = await NaiveBioHash.train(vectors, { bits: 16, seed: 1 });
 * console.assert(hasher.hash(vectors).bits === 16);
 * ```
 */
export class NaiveBioHash extends Hasher<BitCodes> {
  readonly #model: Model;
  readonly #packed: Float32Array;

  private constructor(making: symbol, model: Model) {
    super(checkMaking(making, 'NaiveBioHash', 'NaiveBioHash.train', model).projector.dim);
    this.#model = model;
    this.#packed = packThresholds(model.thresholds);
  }

  /** Bits of a code. */
  get bits(): number {
    return this.#model.projector.outputs;
  }

  /** The seed of the training. */
  get seed(): number {
    return this.#model.seed;
  }

  /** A copy of the thresholds, one a bit. */
  get thresholds(): Float32Array {
    return this.#model.thresholds.slice();
  }

  /** What the training told; a copy. */
  get report(): BioReport {
    return copyOfReport(this.#model.report);
  }

  /**
   * A hasher whose units have learnt from vectors, in memory or as a stream, as those of {@link BioHash.train}.
   *
   * @throws (rejects) as {@link BioHash.train}; RangeError when vectors are so large that a threshold is not finite.
   */
  static async train(
    vectors: Vectors | VectorStream,
    options: NaiveBioHashTraining,
  ): Promise<NaiveBioHash> {
    const bits = checkUnits(options, 'bits');
    if (bits > MAX_OUTPUTS) throw wrongValue('bits', `at most ${MAX_OUTPUTS}`, bits);
    const settings = checkTraining(options, bits, ['bits']);
    const { mean, state, report } = await trainUnits(vectors, settings);
    const weights = new Float32Array(state.weights.length);
    effectiveWeights(state.weights, settings.power, 1, weights);
    const projector = weightsProjector(weights, bits, mean.length);
    const thresholds = projectedMean(projector, mean);
    return new NaiveBioHash(MAKING, { projector, thresholds, seed: settings.seed, report });
  }

  /** @internal */
  static fromParts(reader: PartsReader): NaiveBioHash {
    reader.expectKind('NaiveBioHash');
    const dim = reader.integer('dim', 1, MAX_DIM);
    const bits = reader.integer('bits', 1, MAX_OUTPUTS);
    const seed = reader.integer('seed', 0, Number.MAX_SAFE_INTEGER);
    const report = readReport(reader, bits);
    const weights = reader.finite('projection', [bits, dim]);
    const thresholds = reader.finite('thresholds', [bits]);
    reader.end();
    const projector = weightsProjector(weights, bits, dim);
    return new NaiveBioHash(MAKING, { projector, thresholds, seed, report });
  }

  /** @internal */
  override [PARTS](): Parts {
    const { projector, thresholds, seed, report } = this.#model;
    const [energies, wins] = reportTensors(report);
    const data = { name: 'thresholds', shape: [this.bits], data: thresholds };
    return {
      kind: 'NaiveBioHash',
      parameters: { dim: this.dim, bits: this.bits, seed, ...reportParameters(report) },
      tensors: [energies, wins, projector.tensor(), data],
    };
  }

  protected override rowHash(rows: number): RowHash<BitCodes> {
    const { projector } = this.#model;
    const codeBytes = Math.ceil(projector.outputs / 8);
    const data = allocated(Uint8Array, rows, codeBytes, 'codes');
    return {
      call: (run) => projector.signs(run, this.#packed, data.subarray(run.first * codeBytes)),
      codes: () => BitCodes.written(data, projector.outputs),
    };
  }
}

registerKind('NaiveBioHash', NaiveBioHash.fromParts);
