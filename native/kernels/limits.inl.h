// The machine's own limits, as loops on the blocks: what the benches divide by
// (docs/benchmarking.md). Each does the arithmetic of a real kernel with nothing around it:
// multiply-adds that never wait for one another or for memory, and one pass over a buffer. The idea
// is the roofline model (Williams et al. 2009). They promise no result worth having, only that the
// work is done: every value computed flows into the returned number.

// count chains of multiply-adds, iterations long: 32 x count x iterations floating-point
// operations. A level needs as many chains as latency x units, and no more than its registers hold:
// hence several counts.
template <std::size_t CHAINS>
inline double multiplyAddChains(std::size_t iterations) {
  const F32x16 factor = broadcast(0.999F);
  const F32x16 addend = broadcast(0.5F);
  F32x16 sums[CHAINS];
  for (std::size_t c = 0; c < CHAINS; c++) sums[c] = broadcast(static_cast<float>(c));
  for (std::size_t i = 0; i < iterations; i++) {
    for (std::size_t c = 0; c < CHAINS; c++) sums[c] = fma(sums[c], factor, addend);
  }
  double total = 0;
  for (std::size_t c = 0; c < CHAINS; c++) total += static_cast<double>(fold(sums[c]));
  return total;
}

// chains is 1, 2, 6, 12 or 24; any other count counts as 12.
inline double fmaPeak(std::size_t chains, std::size_t iterations) {
  switch (chains) {
    case 1:
      return multiplyAddChains<1>(iterations);
    case 2:
      return multiplyAddChains<2>(iterations);
    case 6:
      return multiplyAddChains<6>(iterations);
    case 24:
      return multiplyAddChains<24>(iterations);
    default:
      return multiplyAddChains<12>(iterations);
  }
}

// The eight lanes of a sum of words.
inline std::uint64_t foldWords(U64x8 a) {
  std::uint64_t lanes[8];
  store(lanes, a);
  std::uint64_t total = 0;
  for (std::size_t i = 0; i < 8; i++) total += lanes[i];
  return total;
}

// Bits in which words differ from query: the least that any Hamming search must do. count is a
// multiple of 32.
inline std::uint64_t xorPopcount(const std::uint64_t* words, std::size_t count,
                                 std::uint64_t query) {
  const U64x8 pattern = broadcast(query);
  U64x8 sums[4] = {broadcast(std::uint64_t{0}), broadcast(std::uint64_t{0}),
                   broadcast(std::uint64_t{0}), broadcast(std::uint64_t{0})};
  for (std::size_t i = 0; i + 32 <= count; i += 32) {
    for (std::size_t c = 0; c < 4; c++) {
      sums[c] = add(sums[c], popcount(exclusiveOr(load(words + i + 8 * c), pattern)));
    }
  }
  return foldWords(add(add(sums[0], sums[1]), add(sums[2], sums[3])));
}

// Exclusive or of all words: a plain read. count is a multiple of 64.
inline std::uint64_t plainRead(const std::uint64_t* words, std::size_t count) {
  U64x8 sums[8];
  for (std::size_t c = 0; c < 8; c++) sums[c] = broadcast(std::uint64_t{0});
  for (std::size_t i = 0; i + 64 <= count; i += 64) {
    for (std::size_t c = 0; c < 8; c++) sums[c] = exclusiveOr(sums[c], load(words + i + 8 * c));
  }
  U64x8 total = sums[0];
  for (std::size_t c = 1; c < 8; c++) total = exclusiveOr(total, sums[c]);
  return foldWords(total);
}
