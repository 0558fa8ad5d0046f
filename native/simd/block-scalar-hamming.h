// What Hamming search asks of the blocks beyond the plain ones, in plain C++: the specification of
// each operation. Every block-*-hamming.h defines the same names. Included by isa/scalar.cc after
// block-scalar.h, never elsewhere.

// Queries x groups of eight codes that one pass holds in registers: no tile, see nextNearer.
inline constexpr std::size_t HAMMING_TILE_QUERIES = 1;
inline constexpr std::size_t HAMMING_TILE_GROUPS = 1;

// About the time of one word of a code against one query of a batch, for the size of blocks of
// work.
inline constexpr double HAMMING_WORD_NANOSECONDS = 0.9;

// The number of queries from which nibble planes pay: never, without a lookup in registers.
inline constexpr std::size_t HAMMING_PLANES_FROM = SIZE_MAX;

inline void prefetch(const void*) {}

// Whether one of the eight codes of a group is nearer than bound. WORDS is words, or 0 for any.
template <std::size_t WORDS>
inline bool anyNearer(const std::uint64_t* group, const std::uint64_t* query, std::size_t words,
                      std::uint64_t bound) {
  const std::size_t count = WORDS != 0 ? WORDS : words;
  U64x8 sums = broadcast(std::uint64_t{0});
  for (std::size_t w = 0; w < count; w++) {
    sums = add(sums, popcount(exclusiveOr(load(group + w * 8), broadcast(query[w]))));
  }
  return less(sums, broadcast(bound)) != 0;
}

// A group from begin on before which no code is nearer to the query than bound, or end if there is
// none at all.
template <std::size_t WORDS, std::size_t AHEAD>
inline std::size_t nextNearer(const std::uint64_t* codes, std::size_t begin, std::size_t end,
                              const std::uint64_t* query, std::size_t words, std::uint64_t bound) {
  const std::size_t count = WORDS != 0 ? WORDS : words;
  for (std::size_t g = begin; g < end; g++) {
    const std::uint64_t* group = codes + g * count * 8;
    if (anyNearer<WORDS>(group, query, words, bound)) return g;
  }
  return end;
}

inline U64x8 bitAnd(const U64x8& a, const U64x8& b) {
  return words([&](std::size_t i) { return a.v[i] & b.v[i]; });
}
template <int COUNT>
inline U64x8 shiftLeft(const U64x8& a) {
  return words([&](std::size_t i) { return a.v[i] << COUNT; });
}
template <int COUNT>
inline U64x8 shiftRight(const U64x8& a) {
  return words([&](std::size_t i) { return a.v[i] >> COUNT; });
}

// The smaller of each pair of lanes; both below 2^63.
inline U64x8 minimum(const U64x8& a, const U64x8& b) {
  return words([&](std::size_t i) { return a.v[i] < b.v[i] ? a.v[i] : b.v[i]; });
}

// --- U8x64 and U16x64: one lane a code

struct U8x64 {
  std::uint8_t v[64];
};

struct U16x64 {
  std::uint16_t v[64];
};

template <typename Operation>
inline U8x64 bytes(Operation operation) {
  U8x64 result;
  for (std::size_t i = 0; i < 64; i++) result.v[i] = static_cast<std::uint8_t>(operation(i));
  return result;
}

inline U8x64 loadBytes(const std::uint8_t* from) {
  return bytes([&](std::size_t i) { return from[i]; });
}

// The same 16-entry table in every 16 lanes, as lookup wants it.
inline U8x64 loadTable(const std::uint8_t* from) {
  return bytes([&](std::size_t i) { return from[i % 16]; });
}

// table[indices] in each lane; indices below 16.
inline U8x64 lookup(const U8x64& table, const U8x64& indices) {
  return bytes([&](std::size_t i) { return table.v[i / 16 * 16 + indices.v[i]]; });
}
inline U8x64 add(const U8x64& a, const U8x64& b) {
  return bytes([&](std::size_t i) { return a.v[i] + b.v[i]; });
}
inline U8x64 addSaturating(const U8x64& a, const U8x64& b) {
  return bytes([&](std::size_t i) { return a.v[i] + b.v[i] < 255 ? a.v[i] + b.v[i] : 255; });
}

// Lanes below bound (0..255).
inline std::uint64_t lanesBelow(const U8x64& a, std::uint64_t bound) {
  std::uint64_t mask = 0;
  for (std::size_t i = 0; i < 64; i++) mask |= static_cast<std::uint64_t>(a.v[i] < bound) << i;
  return mask;
}

inline U16x64 addWide(U16x64 sums, const U8x64& a) {
  for (std::size_t i = 0; i < 64; i++) sums.v[i] = static_cast<std::uint16_t>(sums.v[i] + a.v[i]);
  return sums;
}

// Lanes below bound (0..65535), in the order of the bytes that were added.
inline std::uint64_t lanesBelow(const U16x64& a, std::uint64_t bound) {
  std::uint64_t mask = 0;
  for (std::size_t i = 0; i < 64; i++) mask |= static_cast<std::uint64_t>(a.v[i] < bound) << i;
  return mask;
}
