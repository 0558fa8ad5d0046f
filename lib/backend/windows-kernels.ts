/**
 * The kernels of words (BioWord): the units that win the windows of a text, what units learn from them as counts, and
 * codes of bags of words, by 16-bit weights whose sums are exact in any order (docs/numerics.md).
 *
 * Text is tokens: numbers of words below `vocabulary`; -2 ends a paragraph; anything else is masked, it keeps its
 * place and counts for nothing. The window of a position are the tokens up to `radius` away in its paragraph; the ends
 * of the array are ends of paragraphs too. Tables are vocabulary x stride, stride being units rounded up to a multiple
 * of 32, whose columns beyond `units` are not looked at; tables that start at a cache line, in large pages
 * (lib/backend/aligned-memory.ts), are read a third faster. All return 0.
 */

/** The winner where there is none. */
export const NO_WINNER = 0xffffffff;

/** What stands among winners where a paragraph ends. */
export const END_OF_PARAGRAPH = 0xfffffffe;

/** The most that radius + targetWeight may be: sums and the numbers of units then fit 32 bits. */
export const MOST_REACH = 511;

/** The most that groupSize x (radius + targetWeight) may be. */
export const MOST_GROUP_REACH = 32767;

/** Kernels of windows of words and of bags of words. */
export interface WindowsKernels {
  /**
   * The unit that wins each window: that of the largest sum of the context rows of the window's other words and
   * targetWeight x the target row of its middle, ties to the smaller unit. winners (count): END_OF_PARAGRAPH for -2;
   * NO_WINNER where there is nothing to sum (a middle of weight 0 is nothing), with onlyFull where the window is cut
   * by an end of the paragraph, with onlyWords where the middle is masked. radius + targetWeight is at most
   * MOST_REACH.
   */
  windowsWinners(
    tokens: Int32Array,
    count: number,
    radius: number,
    context: Int16Array,
    target: Int16Array,
    vocabulary: number,
    units: number,
    targetWeight: number,
    onlyFull: 0 | 1,
    onlyWords: 0 | 1,
    winners: Uint32Array,
  ): number;

  /**
   * Positions in order of their words, ascending for each word, those of what is no word last: those of word w are
   * positions[starts[w]] to positions[starts[w + 1] - 1]. starts vocabulary + 1, positions count.
   */
  windowsOrder(
    tokens: Int32Array,
    count: number,
    vocabulary: number,
    starts: Uint32Array,
    positions: Uint32Array,
  ): number;

  /**
   * The units that win groups of windows around one word: the places of each word, as windowsOrder gives them, are
   * cut into runs of groupSize, and the winner of a run is that of the sum over all its windows, as windowsWinners
   * sums one. winners (count) has it at each of the run's positions; NO_WINNER where there is nothing to sum and at
   * masked positions, END_OF_PARAGRAPH for -2. groupSize x (radius + targetWeight) is at most MOST_GROUP_REACH.
   */
  windowsGroupWinners(
    tokens: Int32Array,
    count: number,
    radius: number,
    context: Int16Array,
    target: Int16Array,
    vocabulary: number,
    units: number,
    targetWeight: number,
    starts: Uint32Array,
    positions: Uint32Array,
    groupSize: number,
    winners: Uint32Array,
  ): number;

  /**
   * What the winners of windows were made of, added to contextCounts and targetCounts, vocabulary x units (which may
   * be one array): for each place of a word, one in targetCounts for the winner of its own window, and one in
   * contextCounts for the winner of each other window that it lies in. Winners as the kernels above give them; starts
   * and positions as windowsOrder does. Counts wrap at 2^32, so keep 2 x radius x the places of a word below that.
   */
  windowsCounts(
    winners: Uint32Array,
    count: number,
    radius: number,
    starts: Uint32Array,
    positions: Uint32Array,
    vocabulary: number,
    units: number,
    contextCounts: Uint32Array,
    targetCounts: Uint32Array,
  ): number;

  /**
   * The sums of bags of words: bag b is words[starts[b]] to words[starts[b + 1] - 1] (starts bags + 1), masked where
   * they are no words, each counting as often as it stands there. With targets (bags), the row of targets[b] in
   * targetTable is added weights[b] (any int32) times, unless it is masked. sums bags x units, exact below 2^53.
   */
  windowsSums(
    words: Int32Array,
    starts: Uint32Array,
    bags: number,
    table: Int16Array,
    vocabulary: number,
    units: number,
    targets: Int32Array | undefined,
    weights: Int32Array | undefined,
    targetTable: Int16Array | undefined,
    sums: Float64Array,
  ): number;

  /**
   * The active units of largest sum of each bag, ascending, ties to the smaller unit: indices bags x active; 1 <=
   * active <= units. An empty bag's sums are all 0, so its code is the first units: leave it out if it means nothing.
   */
  windowsCodes(
    words: Int32Array,
    starts: Uint32Array,
    bags: number,
    table: Int16Array,
    vocabulary: number,
    units: number,
    targets: Int32Array | undefined,
    weights: Int32Array | undefined,
    targetTable: Int16Array | undefined,
    active: number,
    indices: Uint32Array,
  ): number;
}
