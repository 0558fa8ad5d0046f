// Hamming search of some rows only: those whose bit is set in a bitmap, the first row highest in
// its byte. Blocks of rows are searched in place where most rows of a block may enter, and the bits
// are then asked only of the few groups that hold a nearer code; where few may enter, or the
// forbidden ones are the nearer ones, those that may are gathered first, with their numbers, and
// searched as if there were no others. Which way is taken never shows in the result.

// Rows that are decided about at once; a multiple of every form's blocks.
inline constexpr std::size_t HAMMING_ALLOWED_ROWS = 4096;
inline constexpr std::size_t HAMMING_ALLOWED_WORDS = HAMMING_ALLOWED_ROWS / 64;

// Gathered codes: many enough to pay for the tables of a batch, and at home in the second-level
// cache. Codes of more words are not gathered.
inline constexpr std::size_t HAMMING_GATHERED_BYTES = std::size_t{1} << 18;
inline constexpr std::size_t HAMMING_GATHERED_WORDS = 1024;

// Gathering fetches rows that many times 64 rows ahead.
inline constexpr std::size_t HAMMING_GATHER_AHEAD = 6;

// Nanoseconds, about, measured at 256 bits: fetching a word of each code of a group in order, the
// same in leaps, moving a code and each of its words, and offering a group in vain, beside the time
// of its words.
inline constexpr double HAMMING_FETCH_NANOSECONDS = 0.1;
inline constexpr double HAMMING_LEAP_NANOSECONDS = 0.2;
inline constexpr double HAMMING_MOVE_NANOSECONDS = 1;
inline constexpr double HAMMING_MOVE_WORD_NANOSECONDS = 0.5;
inline constexpr double HAMMING_OFFER_NANOSECONDS = 8;

// Codes gathered so far, interleaved as in a store, and their rows.
struct HammingGathering {
  std::uint64_t* codes;
  std::uint32_t* names;
  std::size_t capacity;
  std::size_t size;
};

// Codes that can be gathered before they are searched.
inline std::size_t hammingGatheredRows(std::size_t words) {
  if (words > HAMMING_GATHERED_WORDS) return 0;
  const std::size_t rows = HAMMING_GATHERED_BYTES / (words * 8) / 64 * 64;
  if (rows < 64) return 64;
  return rows < HAMMING_ALLOWED_ROWS ? rows : HAMMING_ALLOWED_ROWS;
}

inline std::size_t hammingAllowedScratchBytes(std::size_t words, std::size_t queryCount) {
  return hammingGatheredRows(words) * (words * 8 + 4) + hammingScratchBytes(words, queryCount);
}

// What is searched, and for whom: the arguments of hammingSearchAllowed that no block changes.
struct HammingFiltered {
  const std::uint8_t* allowed;
  std::size_t words;
  const std::uint64_t* queries;
  std::size_t queryCount;
  HammingNearest* lists;
  std::uint8_t* scratch;
};

// Searches what was gathered.
inline void hammingSearchGathered(HammingGathering& gathering, const HammingFiltered& search) {
  if (gathering.size == 0) return;
  for (std::size_t q = 0; q < search.queryCount; q++) search.lists[q].names = gathering.names;
  hammingSearch(gathering.codes, gathering.size, search.words, 0, search.queries, search.queryCount,
                search.lists, search.scratch);
  for (std::size_t q = 0; q < search.queryCount; q++) search.lists[q].names = nullptr;
  gathering.size = 0;
}

// Appends the rows whose bits are set, bit i for row i of eight groups.
template <std::size_t WORDS>
inline void hammingGather(const std::uint64_t* codes, std::size_t words, std::uint32_t firstRow,
                          std::uint64_t bits, HammingGathering& gathering) {
  const std::size_t count = WORDS != 0 ? WORDS : words;
  std::size_t size = gathering.size;
  for (; bits != 0; bits &= bits - 1) {
    const std::size_t row = trailingZeros(bits);
    const std::uint64_t* from = codes + row / 8 * count * 8 + row % 8;
    std::uint64_t* to = gathering.codes + size / 8 * count * 8 + size % 8;
    for (std::size_t w = 0; w < count; w++) to[w * 8] = from[w * 8];
    gathering.names[size++] = firstRow + static_cast<std::uint32_t>(row);
  }
  gathering.size = size;
}

inline void hammingGatherAny(const std::uint64_t* codes, std::size_t words, std::uint32_t firstRow,
                             std::uint64_t bits, HammingGathering& gathering) {
  switch (words) {
    case 1:
      return hammingGather<1>(codes, words, firstRow, bits, gathering);
    case 2:
      return hammingGather<2>(codes, words, firstRow, bits, gathering);
    case 4:
      return hammingGather<4>(codes, words, firstRow, bits, gathering);
    default:
      return hammingGather<0>(codes, words, firstRow, bits, gathering);
  }
}

// The bits of up to HAMMING_ALLOWED_ROWS rows, bit i of word j for row 64 j + i; the rest zero.
// Returns how many are set.
inline std::size_t hammingAllowedBits(const std::uint8_t* allowed, std::size_t rows,
                                      std::uint64_t (&bits)[HAMMING_ALLOWED_WORDS]) {
  const std::size_t bytes = (rows + 7) / 8;
  U64x8 counts = broadcast(std::uint64_t{0});
  for (std::size_t i = 0; i < HAMMING_ALLOWED_WORDS; i++) {
    const std::size_t rest = i * 8 < bytes ? bytes - i * 8 : 0;
    bits[i] = rest >= 8 ? loadWord(allowed + i * 8) : loadWordPartial(allowed + i * 8, rest);
    bits[i] = reverseBytesBits(bits[i]);
  }
  if (rows % 64 != 0) bits[rows / 64] &= (std::uint64_t{1} << rows % 64) - 1;
  for (std::size_t i = 0; i < HAMMING_ALLOWED_WORDS; i += 8) {
    counts = add(counts, popcount(load(bits + i)));
  }
  std::uint64_t lanes[8];
  store(lanes, counts);
  std::size_t sum = 0;
  for (const std::uint64_t lane : lanes) sum += lane;
  return sum;
}

// Searches a block in place; returns how many groups were offered for forbidden rows alone.
inline std::size_t hammingSearchInPlace(const std::uint64_t* codes, std::size_t rows,
                                        std::uint32_t firstRow, const HammingFiltered& search) {
  for (std::size_t q = 0; q < search.queryCount; q++) {
    search.lists[q].allowed = search.allowed;
    search.lists[q].vain = 0;
  }
  hammingSearch(codes, rows, search.words, firstRow, search.queries, search.queryCount,
                search.lists, search.scratch);
  std::size_t vain = 0;
  for (std::size_t q = 0; q < search.queryCount; q++) {
    vain += search.lists[q].vain;
    search.lists[q].allowed = nullptr;
  }
  return vain;
}

// Fetches the groups in which a bit is set, of eight; codes are where the first begins.
inline void hammingFetch(const std::uint64_t* codes, std::size_t words, std::uint64_t bits) {
  for (std::size_t half = 4; half != 0; half /= 2) bits |= bits >> half;
  for (bits &= 0x0101010101010101U; bits != 0; bits &= bits - 1) {
    const std::uint64_t* group = codes + trailingZeros(bits) * words;
    for (std::size_t w = 0; w < words; w++) prefetch(group + w * 8);
  }
}

// Whether a block of which `count` rows may enter is searched faster in place, where as many offers
// in vain are to be expected.
inline bool hammingInPlacePays(std::size_t rows, std::size_t count, std::size_t vain,
                               const HammingFiltered& search) {
  const double words = static_cast<double>(search.words);
  const double compare = words * HAMMING_WORD_NANOSECONDS;
  const double all = compare * static_cast<double>(search.queryCount);
  const double offer = HAMMING_OFFER_NANOSECONDS + 16 * compare;
  const double inPlace = static_cast<double>(rows) * (words * HAMMING_FETCH_NANOSECONDS + all) +
                         static_cast<double>(vain) * offer;
  const double touched = static_cast<double>(count * 8 < rows ? count * 8 : rows);
  const double move = HAMMING_MOVE_NANOSECONDS + words * HAMMING_MOVE_WORD_NANOSECONDS;
  return inPlace <
         touched * words * HAMMING_LEAP_NANOSECONDS + static_cast<double>(count) * (move + all);
}

// As hammingSearch, for the rows whose bits are set in allowed, which begins with row 0.
inline void hammingSearchAllowed(const std::uint64_t* codes, std::size_t rows, std::size_t words,
                                 std::uint32_t firstRow, const std::uint8_t* allowed,
                                 const std::uint64_t* queries, std::size_t queryCount,
                                 HammingNearest* lists, std::uint8_t* scratch) {
  const std::size_t capacity = hammingGatheredRows(words);
  auto* const gathered = reinterpret_cast<std::uint64_t*>(scratch);
  auto* const names = reinterpret_cast<std::uint32_t*>(gathered + capacity * words);
  HammingGathering gathering{gathered, names, capacity, 0};
  const HammingFiltered search{allowed, words,
                               queries, queryCount,
                               lists,   reinterpret_cast<std::uint8_t*>(names + capacity)};
  const std::size_t step = capacity == 0 ? 64 : HAMMING_ALLOWED_ROWS;
  std::size_t vain = 0;
  for (std::size_t row = 0; row < rows; row += step) {
    const std::size_t some = rows - row < step ? rows - row : step;
    const std::uint64_t* block = codes + row * words;
    const std::uint32_t blockRow = firstRow + static_cast<std::uint32_t>(row);
    std::uint64_t bits[HAMMING_ALLOWED_WORDS];
    const std::size_t count = hammingAllowedBits(allowed + blockRow / 8, some, bits);
    if (count == 0) continue;
    if (capacity == 0 || hammingInPlacePays(some, count, vain, search)) {
      hammingSearchGathered(gathering, search);
      vain = hammingSearchInPlace(block, some, blockRow, search);
      continue;
    }
    vain -=
        vain / 8;  // so that the first block, in which all rows are near, is not the judge for ever
    for (std::size_t i = 0; i * 64 < some; i++) {
      if (gathering.size + 64 > capacity) hammingSearchGathered(gathering, search);
      const std::size_t next = i + HAMMING_GATHER_AHEAD;
      if (next * 64 < some) hammingFetch(block + next * 64 * words, words, bits[next]);
      hammingGatherAny(block + i * 64 * words, words, blockRow + static_cast<std::uint32_t>(i * 64),
                       bits[i], gathering);
    }
  }
  hammingSearchGathered(gathering, search);
}
