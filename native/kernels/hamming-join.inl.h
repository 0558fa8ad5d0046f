// All pairs of codes within a radius, by multi-index hashing (Norouzi, Punjani and Fleet, 2012;
// with keys that may differ in one bit, as Manku, Jain and Das Sarma, 2007, for web pages).
//
// The bits are cut into blocks. Two codes within radius differ in at most flips bits in one block
// when blocks * (flips + 1) > radius. A block's key is its bits, folded by exclusive or to keyBits
// bits: linear, so the keys of two codes differ in no more bits than the blocks do. A table a block
// lists the rows by key, ascending. A pair belongs to the first block in which its keys differ in
// at most flips bits, and is found there alone. Rows are plain rows of words; what they hold
// decides only what is found, while tables must be those that hammingJoinTable made of the rows.

// bits first .. first + count - 1 of a code, count from 1 to 32.
inline std::uint64_t hammingBits(const std::uint64_t* code, std::size_t first, std::size_t count) {
  const std::size_t shift = first % 64;
  std::uint64_t value = code[first / 64] >> shift;
  if (shift + count > 64) value |= code[first / 64 + 1] << (64 - shift);
  return value & ((std::uint64_t{1} << count) - 1);
}

inline std::size_t hammingJoinKey(const HammingJoin& join, const std::uint64_t* code,
                                  std::size_t block) {
  const std::size_t end = (block + 1) * join.bits / join.blocks;
  std::uint64_t key = 0;
  for (std::size_t at = block * join.bits / join.blocks; at < end; at += join.keyBits) {
    key ^= hammingBits(code, at, end - at < join.keyBits ? end - at : join.keyBits);
  }
  return static_cast<std::size_t>(key);
}

// Copies the rows of those ids from a store ([ids / 8][words][8]) to plain rows.
inline void hammingJoinGather(const std::uint64_t* store, std::size_t words,
                              const std::uint32_t* ids, std::size_t count, std::uint64_t* rows) {
  for (std::size_t i = 0; i < count; i++) {
    const std::uint64_t* code = store + ids[i] / 8 * words * 8 + ids[i] % 8;
    for (std::size_t w = 0; w < words; w++) rows[i * words + w] = code[w * 8];
  }
}

// A block's table: members holds the rows by key, ascending; those of key k are
// starts[k] .. starts[k + 1] - 1.
inline void hammingJoinTable(const HammingJoin& join, std::size_t block, std::uint32_t* starts,
                             std::uint32_t* members) {
  const std::size_t keys = std::size_t{1} << join.keyBits;
  std::memset(starts, 0, (keys + 1) * sizeof(std::uint32_t));
  for (std::size_t i = 0; i < join.count; i++) {
    starts[hammingJoinKey(join, join.rows + i * join.words, block)]++;
  }
  std::uint32_t position = 0;
  for (std::size_t key = 0; key <= keys; key++) {
    const std::uint32_t count = starts[key];
    starts[key] = position;
    position += count;
  }
  for (std::size_t i = 0; i < join.count; i++) {
    const std::size_t key = hammingJoinKey(join, join.rows + i * join.words, block);
    members[starts[key]++] = static_cast<std::uint32_t>(i);
  }
  for (std::size_t key = keys; key > 0; key--) starts[key] = starts[key - 1];
  starts[0] = 0;
}

// How many pairs a block's table makes one compare: exact below 2^53.
inline double hammingJoinCandidates(const HammingJoin& join, const std::uint32_t* starts) {
  const std::size_t keys = std::size_t{1} << join.keyBits;
  double twice = 0;
  for (std::size_t key = 0; key < keys; key++) {
    const double own = starts[key + 1] - starts[key];
    double others = own == 0 ? 0 : own - 1;
    for (std::size_t bit = 0; bit < join.keyBits * join.flips && own != 0; bit++) {
      const std::size_t other = key ^ (std::size_t{1} << bit);
      others += starts[other + 1] - starts[other];
    }
    twice += own * others;
  }
  return twice / 2;
}

template <std::size_t WORDS>
inline std::uint64_t hammingDistance(const std::uint64_t* a, const std::uint64_t* b,
                                     std::size_t words) {
  const std::size_t count = WORDS != 0 ? WORDS : words;
  std::uint64_t sum = 0;
  for (std::size_t w = 0; w < count; w++) sum += countBits(a[w] ^ b[w]);
  return sum;
}

// Whether no block before this one has keys as near.
inline bool hammingJoinFirst(const HammingJoin& join, const std::uint64_t* a,
                             const std::uint64_t* b, std::size_t block) {
  for (std::size_t i = 0; i < block; i++) {
    const std::size_t different = hammingJoinKey(join, a, i) ^ hammingJoinKey(join, b, i);
    if (countBits(different) <= join.flips) return false;
  }
  return true;
}

// One row's keys in one block: its table, and the key that its own bits give.
struct HammingProbe {
  const std::uint32_t* starts;
  const std::uint32_t* members;
  std::size_t key;
  std::size_t left;
};

// Rows that memory is fetched ahead: first the table's starts, then its
// members, then their rows. With flips a row reads a bucket for each bit, and fewer rows suffice.
inline constexpr std::size_t HAMMING_PROBES_AHEAD = 16;
inline constexpr std::size_t HAMMING_ROWS_AHEAD = 6;

inline HammingProbe hammingProbe(const HammingJoin& join, std::size_t left, std::size_t block) {
  return {join.starts + block * ((std::size_t{1} << join.keyBits) + 1),
          join.members + block * join.count,
          hammingJoinKey(join, join.rows + left * join.words, block), left};
}

// Calls visit(key) for the keys that a probe looks up, until it gives false.
template <typename Visit>
[[gnu::always_inline]] inline bool hammingProbeKeys(const HammingJoin& join,
                                                    const HammingProbe& probe, Visit visit) {
  if (!visit(probe.key)) return false;
  for (std::size_t bit = 0; bit < join.keyBits * join.flips; bit++) {
    if (!visit(probe.key ^ (std::size_t{1} << bit))) return false;
  }
  return true;
}

inline void hammingFetchStarts(const HammingJoin& join, const HammingProbe& probe) {
  hammingProbeKeys(join, probe, [&](std::size_t key) {
    prefetch(probe.starts + key);
    return true;
  });
}

inline void hammingFetchMembers(const HammingJoin& join, const HammingProbe& probe) {
  hammingProbeKeys(join, probe, [&](std::size_t key) {
    prefetch(probe.members + (probe.starts[key + 1] | 1) - 1);
    return true;
  });
}

inline void hammingFetchRows(const HammingJoin& join, const HammingProbe& probe) {
  hammingProbeKeys(join, probe, [&](std::size_t key) {
    const std::size_t begin = probe.starts[key];
    std::size_t i = probe.starts[key + 1];
    const std::size_t least = i - begin > HAMMING_ROWS_AHEAD ? i - HAMMING_ROWS_AHEAD : begin;
    for (; i > least && probe.members[i - 1] > probe.left; i--) {
      prefetch(join.rows + probe.members[i - 1] * join.words);
    }
    return true;
  });
}

// The rows after left in the buckets of a probe that are within the radius and belong to this
// block; false when there is no place left.
template <std::size_t WORDS>
inline bool hammingJoinBuckets(const HammingJoin& join, const HammingProbe& probe,
                               std::size_t block, std::size_t first, HammingPairs& found) {
  const std::size_t words = WORDS != 0 ? WORDS : join.words;
  const std::uint64_t* code = join.rows + probe.left * words;
  const std::uint64_t left = static_cast<std::uint64_t>(probe.left - first) << 40;
  return hammingProbeKeys(join, probe, [&](std::size_t key) {
    const std::size_t begin = probe.starts[key];
    std::size_t i = probe.starts[key + 1];
    for (; i > begin && probe.members[i - 1] > probe.left; i--) {
      const std::uint64_t* other = join.rows + probe.members[i - 1] * words;
      const std::uint64_t distance = hammingDistance<WORDS>(code, other, words);
      if (distance > join.radius || !hammingJoinFirst(join, code, other, block)) continue;
      if (found.size == found.capacity) return false;
      found.entries[found.size++] = left | std::uint64_t{probe.members[i - 1]} << 8 | distance;
    }
    return true;
  });
}

// The pairs of one block, fetching ahead.
template <std::size_t WORDS>
inline bool hammingJoinBlock(const HammingJoin& join, std::size_t block, std::size_t first,
                             std::size_t end, HammingPairs& found) {
  const std::size_t ahead = join.flips == 0 ? 5 : 1;
  const std::size_t count = end - first;
  HammingProbe ring[HAMMING_PROBES_AHEAD];
  for (std::size_t s = 0; s < count + 3 * ahead; s++) {
    HammingProbe& newest = ring[s % HAMMING_PROBES_AHEAD];
    if (s < count) {
      newest = hammingProbe(join, first + s, block);
      hammingFetchStarts(join, newest);
    }
    if (s >= ahead && s - ahead < count)
      hammingFetchMembers(join, ring[(s - ahead) % HAMMING_PROBES_AHEAD]);
    if (s >= 2 * ahead && s - 2 * ahead < count)
      hammingFetchRows(join, ring[(s - 2 * ahead) % HAMMING_PROBES_AHEAD]);
    if (s < 3 * ahead) continue;
    const HammingProbe& probe = ring[(s - 3 * ahead) % HAMMING_PROBES_AHEAD];
    if (!hammingJoinBuckets<WORDS>(join, probe, block, first, found)) return false;
  }
  return true;
}

// For the rows first .. end - 1 all later rows within the radius, in no order, by one table after
// the other, so that it stays in cache; false when they are more than there are places. An entry is
// (left - first) << 40 | right << 8 | distance: fewer than 2^24 rows, and a radius below 256.
inline bool hammingJoinProbe(const HammingJoin& join, std::size_t first, std::size_t end,
                             HammingPairs& found) {
  for (std::size_t block = 0; block < join.blocks; block++) {
    const bool hasPlace = join.words == 1   ? hammingJoinBlock<1>(join, block, first, end, found)
                          : join.words == 2 ? hammingJoinBlock<2>(join, block, first, end, found)
                          : join.words == 4 ? hammingJoinBlock<4>(join, block, first, end, found)
                                            : hammingJoinBlock<0>(join, block, first, end, found);
    if (!hasPlace) return false;
  }
  return true;
}

// Those of the rows begin .. end - 1 within the radius of left, ascending; there must be places for
// all of them. An entry is right << 32 | distance.
inline void hammingJoinRange(const HammingJoin& join, std::size_t left, std::size_t begin,
                             std::size_t end, HammingPairs& found) {
  const std::uint64_t* code = join.rows + left * join.words;
  for (std::size_t right = begin; right < end; right++) {
    const std::uint64_t* other = join.rows + right * join.words;
    const std::uint64_t distance = hammingDistance<0>(code, other, join.words);
    found.entries[found.size] = static_cast<std::uint64_t>(right) << 32 | distance;
    found.size += distance <= join.radius;
  }
}
