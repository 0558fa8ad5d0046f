/**
 * The kernels of FlyVec's rule (Liang et al. 2021) on mini-batches of windows, in float32: winners, what units take
 * from the windows that they won, and the step. docs/numerics.md says every rounding.
 *
 * Text and windows are those of windows-kernels.ts; a batch is the windows of `positions`, in their order, of which
 * each has its place in the text and its paragraph (a position that is no token has a window without words). Inputs
 * are words as context, 0 to vocabulary - 1, then words as target, vocabulary to 2 x vocabulary - 1. A unit's weights
 * are scales[unit] x weights[input x stride + unit]: weights 2 x vocabulary x stride, stride being units rounded up
 * to a multiple of 16, whose columns beyond `units` are not looked at; scales (units), 1 in the beginning.
 */

/** Kernels of learning from mini-batches of windows. */
export interface WindowsLearningKernels {
  /**
   * The unit of the largest activation of each window: the unit's scale x the sum of the inputs' numbers, context in
   * the order of the text, then the middle; no number counts as -Infinity; ties to the smaller unit; NO_WINNER where
   * there is no word. winners (windows). Returns 0.
   */
  windowsLearningWinners(
    tokens: Int32Array,
    count: number,
    radius: number,
    positions: Uint32Array,
    windows: number,
    weights: Float32Array,
    scales: Float32Array,
    vocabulary: number,
    units: number,
    winners: Uint32Array,
  ): number;

  /**
   * What each unit takes from the windows that it won (winners at or beyond `units` are nobody's): its distinct
   * inputs, windows x (2 radius + 1) places shared by all units, of which the unit has sizes[unit] from
   * starts[unit] on; their gains, how often an input came x shares[word]; and decays[unit], the sum of gains x
   * weights. The change of a weight is gain - decay x weight; returns the largest |change| of any weight of any unit.
   * bounds (units) are at least the largest |number| of each unit, Infinity where that is not known; those that it
   * had to look up are made exact, which changes no result.
   */
  windowsLearningSteps(
    tokens: Int32Array,
    count: number,
    radius: number,
    positions: Uint32Array,
    windows: number,
    weights: Float32Array,
    scales: Float32Array,
    vocabulary: number,
    units: number,
    winners: Uint32Array,
    shares: Float32Array,
    decays: Float32Array,
    starts: Uint32Array,
    sizes: Uint32Array,
    inputs: Uint32Array,
    gains: Float32Array,
    bounds: Float32Array,
  ): number;

  /**
   * Changes all weights by rate x their change. Scales that leave [2^-64, 2^64] are folded into the numbers of
   * their group of 16 units. Everything else is what windowsLearningSteps was given and gave. Returns 0.
   */
  windowsLearningMoves(
    tokens: Int32Array,
    count: number,
    radius: number,
    positions: Uint32Array,
    windows: number,
    weights: Float32Array,
    scales: Float32Array,
    vocabulary: number,
    units: number,
    rate: number,
    decays: Float32Array,
    starts: Uint32Array,
    sizes: Uint32Array,
    inputs: Uint32Array,
    gains: Float32Array,
    bounds: Float32Array,
  ): number;
}
