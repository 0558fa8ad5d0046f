/** The kernels of co-occurrence counts, a part of the one list (kernels.ts), where what all kernels promise is said. */

export interface CooccurrenceKernels {
  /**
   * Where words stand in numbered text. tokens: ids below words, 0xFFFFFFFE for the end of a paragraph, and everything
   * else is no word of the vocabulary. The text is cut into parts of ceil(length / parts) tokens, the last ones shorter:
   * places (length) holds, from each part's first token on, the places of its words, by word, then ascending; what
   * stands after them is nothing. ends, parts x (words + 1), says where the places of each word end in each part, the
   * last of each part being that of the word before it. Returns 0.
   */
  cooccurrencePlaces(
    tokens: Uint32Array,
    length: number,
    words: number,
    parts: number,
    ends: Uint32Array,
    places: Uint32Array,
  ): number;

  /**
   * How often words stand near each other in that text: for each word from firstWord on, the sum of weights[d - 1]
   * (weights: radius, 1 to 256) over all pairs of one of its places and another word at the distance d <= radius in the
   * same paragraph, modulo 2^32. Pairs of tokens that both stand before `fresh` are left out: they were counted with the
   * text before. Rows are given, by word, columns ascending, for as long as capacity surely holds the next one, taken to
   * need as many entries as there are words, or 2 x radius for each place, whichever is less: columns and counts hold
   * them, rowEnds where each ends. Returns the word after the last one.
   */
  cooccurrenceCounts(
    tokens: Uint32Array,
    length: number,
    fresh: number,
    words: number,
    parts: number,
    ends: Uint32Array,
    places: Uint32Array,
    weights: Uint32Array,
    radius: number,
    firstWord: number,
    capacity: number,
    rowEnds: Uint32Array,
    columns: Uint32Array,
    counts: Uint32Array,
  ): number;
}
