/**
 * The kernels of learned hashes, where units compete for a vector (BioHash; Ryali, Hopfield, Grinberg, Krotov 2020):
 * prepared rows, the units with the largest activations, and the sums and steps that learning takes from the winners.
 * The weights of units stand in panels, [ceil(units / 16)][dim][16]: those of unit j for input i at
 * (floor(j / 16) x dim + i) x 16 + j mod 16, zeros for the units beyond the last (lib/hash/unit-panels.ts).
 */

/** Kernels of learning and of encoding by competition. */
export interface CompetitionKernels {
  /**
   * prepared rows x dim: each vector minus mean (dim), rounded; where unitLength is 1 also divided by its norm, the
   * square root of the lane sum of squares that `dot` makes. norms (rows): those norms; a row whose norm is 0
   * stays as it is. A norm that is infinite is left to the caller, who finds it in norms.
   */
  competitionPrepare(
    vectors: Float32Array,
    rows: number,
    dim: number,
    mean: Float32Array,
    unitLength: 0 | 1,
    prepared: Float32Array,
    norms: Float32Array,
  ): number;

  /**
   * The count units of largest activation of each prepared row, largest first, ties to the smaller unit: ranks and
   * activations rows x count; 1 <= count <= units. An activation is one running fused sum over the inputs,
   * ascending, from +0; no number counts as -Infinity.
   */
  competitionRanks(
    prepared: Float32Array,
    rows: number,
    dim: number,
    panels: Float32Array,
    units: number,
    count: number,
    ranks: Uint32Array,
    activations: Float32Array,
  ): number;

  /** The active units of largest activation of each vector minus mean, ascending: indices rows x active. */
  competitionWinners(
    vectors: Float32Array,
    rows: number,
    dim: number,
    mean: Float32Array,
    panels: Float32Array,
    units: number,
    active: number,
    indices: Uint32Array,
  ): number;

  /** The activations themselves, of each vector minus mean: values rows x units. */
  competitionValues(
    vectors: Float32Array,
    rows: number,
    dim: number,
    mean: Float32Array,
    panels: Float32Array,
    units: number,
    values: Float32Array,
  ): number;

  /**
   * sums units x dim, continued: each prepared row is added to the sum of the unit that ranks names at `place` of
   * the row's `count` entries, rows ascending, plain float32 adds. Units at or beyond `units` get nothing. Returns 0.
   */
  competitionSums(
    prepared: Float32Array,
    rows: number,
    dim: number,
    ranks: Uint32Array,
    count: number,
    place: number,
    units: number,
    sums: Float32Array,
  ): number;

  /**
   * The steps of a mini-batch (Krotov and Hopfield's rule) against weights units x dim: for each unit, rows
   * ascending, plus the row where the unit ranks first, minus repulsion x the row where it ranks last of `count`
   * (for count 1 nobody is repelled), minus the weights times the so weighted sum of those activations. deltas
   * units x dim, written where peaks (units), the largest |delta|, is above zero or the unit took part; peaks 0
   * elsewhere. Fused: sum = fma(g, x, sum), decay = fma(g, a, decay), delta = fma(-decay, weight, sum). Returns 0.
   */
  competitionDeltas(
    prepared: Float32Array,
    rows: number,
    dim: number,
    ranks: Uint32Array,
    activations: Float32Array,
    count: number,
    repulsion: number,
    weights: Float32Array,
    units: number,
    deltas: Float32Array,
    peaks: Float32Array,
  ): number;
}
