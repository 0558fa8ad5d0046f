// What Hamming search asks of arm64 NEON beyond the plain blocks: bytes are counted natively, and
// folded into words only once for every 31 words. Every block-*-hamming.h defines the same names.
// Included by isa/neon.cc after block-neon.h, never elsewhere.

// Queries x groups of eight codes that one pass holds in registers: no tile, see nextNearer.
inline constexpr std::size_t HAMMING_TILE_QUERIES = 1;
inline constexpr std::size_t HAMMING_TILE_GROUPS = 1;

// About the time of one word of a code against one query of a batch, for the size of blocks of
// work.
inline constexpr double HAMMING_WORD_NANOSECONDS = 0.1;

// The number of queries from which nibble planes pay: never, bytes are counted natively.
inline constexpr std::size_t HAMMING_PLANES_FROM = SIZE_MAX;

// The hardware's own prefetcher is relied on: no arm64 machine was there to measure more.
inline void prefetch(const void*) {}

// Whether one of the eight codes of a group is nearer than bound. WORDS is words, or 0 for any.
template <std::size_t WORDS>
inline bool anyNearer(const std::uint64_t* group, const std::uint64_t* query, std::size_t words,
                      std::uint64_t bound) {
  const std::size_t count = WORDS != 0 ? WORDS : words;
  U64x8 sums = broadcast(std::uint64_t{0});
  for (std::size_t begin = 0; begin < count; begin += 31) {
    const std::size_t end = count - begin < 31 ? count : begin + 31;
    uint8x16_t bytes[4] = {vdupq_n_u8(0), vdupq_n_u8(0), vdupq_n_u8(0), vdupq_n_u8(0)};
    for (std::size_t w = begin; w < end; w++) {
      const U64x8 different = exclusiveOr(load(group + w * 8), broadcast(query[w]));
      for (int i = 0; i < 4; i++) {
        bytes[i] = vaddq_u8(bytes[i], vcntq_u8(vreinterpretq_u8_u64(different.v[i])));
      }
    }
    for (int i = 0; i < 4; i++) {
      sums.v[i] = vpadalq_u32(sums.v[i], vpaddlq_u16(vpaddlq_u8(bytes[i])));
    }
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

inline U64x8 bitAnd(U64x8 a, U64x8 b) {
  return pairs([&](int i) { return vandq_u64(a.v[i], b.v[i]); });
}
template <int COUNT>
inline U64x8 shiftLeft(U64x8 a) {
  return pairs([&](int i) { return vshlq_n_u64(a.v[i], COUNT); });
}
template <int COUNT>
inline U64x8 shiftRight(U64x8 a) {
  return pairs([&](int i) { return vshrq_n_u64(a.v[i], COUNT); });
}

// The smaller of each pair of lanes; both below 2^63.
inline U64x8 minimum(U64x8 a, U64x8 b) {
  return pairs([&](int i) { return vbslq_u64(vcltq_u64(a.v[i], b.v[i]), a.v[i], b.v[i]); });
}

// --- U8x64 and U16x64: one lane a code

struct U8x64 {
  uint8x16_t v[4];
};

struct U16x64 {
  uint16x8_t low[4], high[4];
};

template <typename Operation>
inline U8x64 quartersOfBytes(Operation operation) {
  return {operation(0), operation(1), operation(2), operation(3)};
}

inline U8x64 loadBytes(const std::uint8_t* from) {
  return quartersOfBytes([&](int i) { return vld1q_u8(from + 16 * i); });
}

// The same 16-entry table in every 16 lanes, as lookup wants it.
inline U8x64 loadTable(const std::uint8_t* from) {
  return quartersOfBytes([&](int) { return vld1q_u8(from); });
}

// table[indices] in each lane; indices below 16.
inline U8x64 lookup(U8x64 table, U8x64 indices) {
  return quartersOfBytes([&](int i) { return vqtbl1q_u8(table.v[i], indices.v[i]); });
}
inline U8x64 add(U8x64 a, U8x64 b) {
  return quartersOfBytes([&](int i) { return vaddq_u8(a.v[i], b.v[i]); });
}
inline U8x64 addSaturating(U8x64 a, U8x64 b) {
  return quartersOfBytes([&](int i) { return vqaddq_u8(a.v[i], b.v[i]); });
}

// Bit i is lane i of 16 lanes, each all ones or all zeros.
inline std::uint64_t signsOfBytes(uint8x16_t lanes) {
  const uint8x16_t weights = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
  const uint8x16_t bits = vandq_u8(lanes, weights);
  return vaddv_u8(vget_low_u8(bits)) | static_cast<unsigned>(vaddv_u8(vget_high_u8(bits))) << 8;
}

// Lanes below bound (0..255).
inline std::uint64_t lanesBelow(U8x64 a, std::uint64_t bound) {
  const uint8x16_t limit = vdupq_n_u8(static_cast<std::uint8_t>(bound));
  std::uint64_t mask = 0;
  for (int i = 0; i < 4; i++) mask |= signsOfBytes(vcltq_u8(a.v[i], limit)) << (16 * i);
  return mask;
}

inline U16x64 addWide(U16x64 sums, U8x64 a) {
  for (int i = 0; i < 4; i++) {
    sums.low[i] = vaddw_u8(sums.low[i], vget_low_u8(a.v[i]));
    sums.high[i] = vaddw_u8(sums.high[i], vget_high_u8(a.v[i]));
  }
  return sums;
}

// Lanes below bound (0..65535), in the order of the bytes that were added.
inline std::uint64_t lanesBelow(U16x64 a, std::uint64_t bound) {
  const uint16x8_t limit = vdupq_n_u16(static_cast<std::uint16_t>(bound));
  std::uint64_t mask = 0;
  for (int i = 0; i < 4; i++) {
    const uint8x8_t low = vmovn_u16(vcltq_u16(a.low[i], limit));
    mask |= signsOfBytes(vcombine_u8(low, vmovn_u16(vcltq_u16(a.high[i], limit)))) << (16 * i);
  }
  return mask;
}
