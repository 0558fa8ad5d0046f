// Where a scan for a shortlist begins: a bound below which the k nearest rows of a query probably
// lie, from the distances of a sample. The scan is repeated without it when it was too low, so that
// no result depends on the sample, and only its speed on how good the guess is.

// Groups of eight rows that are sampled: one in SHORTLIST_SAMPLE_STEP, fewer of many rows, more of
// few, and none where that would be every one.
inline constexpr std::size_t SHORTLIST_SAMPLE_STEP = 16;
inline constexpr std::size_t SHORTLIST_SAMPLE = 512;
inline constexpr std::size_t SHORTLIST_LEAST_SAMPLE = 48;

// Words of a code whose distances are looked at as bytes, and rows of a block of such codes.
inline constexpr std::size_t SHORTLIST_BYTE_WORDS = 4;
inline constexpr std::size_t SHORTLIST_BLOCK_ROWS = HAMMING_BLOCK_BYTES / 8;

// The rows of a whole group that may be found; bit i is row i.
inline unsigned shortlistAllowed(const ShortlistCodes& codes, std::size_t group) {
  return codes.allowed == nullptr ? 0xffU : reverseBits(codes.allowed[group]);
}

inline U64x8 shortlistGroup(const std::uint64_t* group, const std::uint64_t* query,
                            std::size_t words) {
  U64x8 sum = popcount(exclusiveOr(load(group), broadcast(query[0])));
  for (std::size_t w = 1; w < words; w++) {
    sum = add(sum, popcount(exclusiveOr(load(group + w * 8), broadcast(query[w]))));
  }
  return sum;
}

// The groups that are sampled are step / 2, step / 2 + step, and so on; none where step is 0.
inline std::size_t shortlistStep(std::size_t groups) {
  std::size_t step = groups / SHORTLIST_LEAST_SAMPLE;
  if (step > SHORTLIST_SAMPLE_STEP) step = SHORTLIST_SAMPLE_STEP;
  if (step > 0 && groups / step > SHORTLIST_SAMPLE) step = groups / SHORTLIST_SAMPLE;
  return step < 2 ? 0 : step;
}

// How many of `seen` sampled rows are to be nearer than the bound: those that a fair sample has of
// the k nearest, and three standard deviations more.
inline double shortlistWanted(const ShortlistCodes& codes, std::size_t k, std::size_t seen) {
  const double expected =
      static_cast<double>(k) * static_cast<double>(seen) / static_cast<double>(codes.live);
  return expected + 3.0 * std::sqrt(expected) + 2.0;
}

// A bound below which the k nearest probably lie, by the distances of a sample.
inline std::uint64_t shortlistBound(const ShortlistCodes& codes, const std::uint64_t* query,
                                    HammingNearest& list) {
  const std::uint64_t none = codes.words * 64 + 1;
  const std::size_t groups = codes.rows / 8;
  const std::size_t step = shortlistStep(groups);
  if (step == 0) return none;
  std::memset(list.counts, 0, none * sizeof(std::uint32_t));
  std::size_t seen = 0;
  for (std::size_t g = step / 2; g < groups; g += step) {
    std::uint64_t lanes[8];
    store(lanes, shortlistGroup(codes.store + g * codes.words * 8, query, codes.words));
    for (unsigned some = shortlistAllowed(codes, g); some != 0; some &= some - 1) {
      list.counts[lanes[trailingZeros(some)]]++;
      seen++;
    }
  }
  const double wanted = shortlistWanted(codes, list.k, seen);
  std::uint64_t bound = 0;
  for (double within = 0.0; within < wanted && bound < none; bound++) within += list.counts[bound];
  return bound;
}

// The same for codes of at most SHORTLIST_BYTE_WORDS words, whose sampled distances are kept as
// bytes that saturate, 64 at a time, and counted below one bound after the other: a histogram would
// wait for itself wherever two distances are equal.
inline std::uint64_t shortlistByteBound(const ShortlistCodes& codes, const std::uint64_t* query,
                                        std::size_t k) {
  constexpr std::size_t PARTS = SHORTLIST_SAMPLE / 8 * 17 / 16 + 1;
  const std::uint64_t none = codes.words * 64 + 1;
  const std::size_t groups = codes.rows / 8;
  const std::size_t step = shortlistStep(groups);
  if (step == 0) return none;
  std::uint8_t bytes[PARTS * 64];
  std::uint64_t allowed[PARTS] = {};
  std::size_t sampled = 0;
  for (std::size_t g = step / 2; g < groups && sampled < PARTS * 8; g += step) {
    storeBytes(bytes + sampled * 8,
               shortlistGroup(codes.store + g * codes.words * 8, query, codes.words));
    allowed[sampled / 8] |= std::uint64_t{shortlistAllowed(codes, g)} << sampled % 8 * 8;
    sampled++;
  }
  const std::size_t parts = (sampled + 7) / 8;
  std::size_t seen = 0;
  for (std::size_t p = 0; p < parts; p++) seen += countBits(allowed[p]);
  const double wanted = shortlistWanted(codes, k, seen);
  std::uint64_t bound = 0;  // the largest with too few below it
  for (std::uint64_t half = 128; half > 0; half /= 2) {
    std::size_t within = 0;
    for (std::size_t p = 0; p < parts; p++) {
      within += countBits(lanesBelow(loadBytes(bytes + p * 64), bound + half) & allowed[p]);
    }
    if (static_cast<double>(within) < wanted) bound += half;
  }
  return bound == 255 ? none : bound + 1;
}
