// Locality-sensitive hashing tables: rows sorted by short keys, and the nearest codes among the
// rows whose keys lie near a query's (Indyk and Motwani, STOC 1998; probes by margin: Lv et al.,
// "Multi-Probe LSH", VLDB 2007).
//
// A segment holds, for each table, a directory over the top directoryBits of the keys
// (2^directoryBits + 1 starts), the ids of its rows sorted by key and then id, and, where the
// directory does not tell whole keys, the sorted keys. Codes lie row after row in words of 64 bits,
// so that a candidate costs one cache line. Every candidate is compared once, whatever tables hold
// it; the result is the same in any order of probes. Safe for any content of tables.

inline constexpr std::size_t BUCKET_LIST = 8192;
inline constexpr std::size_t BUCKET_RANGES = 64;
inline constexpr std::size_t BUCKET_AHEAD = 16;
inline constexpr unsigned BUCKET_DIGIT = 11;
inline constexpr std::size_t BUCKET_DIGITS = std::size_t{1} << BUCKET_DIGIT;

inline constexpr std::uint64_t bucketMost(std::size_t keyBits) {
  return (std::uint64_t{1} << keyBits) - 1;
}

// Whether a table's bits are neighbours in the code, in their order.
inline bool bucketIsSlice(const std::uint32_t* positions, std::size_t keyBits) {
  for (std::size_t j = 1; j < keyBits; j++) {
    if (positions[j] != positions[0] + j) return false;
  }
  return true;
}

// Up to 32 neighbouring bits, the first one highest.
inline std::uint32_t bucketSlice(const std::uint8_t* code, std::size_t first, std::size_t keyBits) {
  const std::size_t last = first + keyBits - 1;
  std::uint64_t bits = 0;
  for (std::size_t byte = first / 8; byte <= last / 8; byte++) bits = bits << 8 | code[byte];
  return static_cast<std::uint32_t>(bits >> (7 - last % 8) & bucketMost(keyBits));
}

inline std::uint32_t bucketGather(const std::uint8_t* code, const std::uint32_t* positions,
                                  std::size_t keyBits) {
  std::uint32_t key = 0;
  for (std::size_t j = 0; j < keyBits; j++) {
    const std::uint32_t at = positions[j];
    key = key << 1 | (code[at >> 3] >> (7 - (at & 7)) & 1U);
  }
  return key;
}

// keys rows x tables: bit j of a table's key, from the highest down, is the code's bit
// positions[table x keyBits + j]. Row r is code members[r], or code r without members.
inline void bucketKeys(const std::uint8_t* codes, std::size_t codeBytes,
                       const std::uint32_t* members, std::size_t rows,
                       const std::uint32_t* positions, std::size_t tables, std::size_t keyBits,
                       std::uint32_t* keys) {
  for (std::size_t t = 0; t < tables; t++) {
    const std::uint32_t* of = positions + t * keyBits;
    const bool isSlice = bucketIsSlice(of, keyBits);
    for (std::size_t r = 0; r < rows; r++) {
      const std::uint8_t* code = codes + (members == nullptr ? r : members[r]) * codeBytes;
      keys[r * tables + t] =
          isSlice ? bucketSlice(code, of[0], keyBits) : bucketGather(code, of, keyBits);
    }
  }
}

inline std::size_t bucketSortScratchBytes(std::size_t rows) {
  return 2 * rows * sizeof(std::uint64_t);
}

// One pass of a radix sort of key << 32 | id by a digit of the key.
inline void bucketPass(const std::uint64_t* from, std::size_t rows, unsigned shift,
                       std::uint64_t* to) {
  std::uint32_t next[BUCKET_DIGITS] = {};
  for (std::size_t i = 0; i < rows; i++) next[from[i] >> shift & (BUCKET_DIGITS - 1)]++;
  std::uint32_t start = 0;
  for (std::uint32_t& place : next) {
    const std::uint32_t count = place;
    place = start;
    start += count;
  }
  for (std::size_t i = 0; i < rows; i++)
    to[next[from[i] >> shift & (BUCKET_DIGITS - 1)]++] = from[i];
}

// Writes one table of a segment: keys with stride tables, members ascending or absent.
inline void bucketSort(const std::uint32_t* keys, std::size_t tables, const std::uint32_t* members,
                       std::size_t rows, std::size_t keyBits, std::size_t directoryBits,
                       std::byte* scratch, std::uint32_t* table) {
  auto* sorted = reinterpret_cast<std::uint64_t*>(scratch);
  std::uint64_t* other = sorted + rows;
  for (std::size_t r = 0; r < rows; r++) {
    const std::uint64_t key = keys[r * tables] & bucketMost(keyBits);
    sorted[r] = key << 32 | (members == nullptr ? r : members[r]);
  }
  for (unsigned digit = 0; digit < keyBits; digit += BUCKET_DIGIT) {
    bucketPass(sorted, rows, 32 + digit, other);
    std::uint64_t* const done = other;
    other = sorted;
    sorted = done;
  }
  const std::size_t cells = std::size_t{1} << directoryBits;
  std::uint32_t* ids = table + cells + 1;
  std::size_t cell = 0;
  for (std::size_t i = 0; i < rows; i++) {
    const std::size_t own = sorted[i] >> 32 >> (keyBits - directoryBits);
    while (cell <= own) table[cell++] = static_cast<std::uint32_t>(i);
    ids[i] = static_cast<std::uint32_t>(sorted[i]);
    if (directoryBits < keyBits) ids[rows + i] = static_cast<std::uint32_t>(sorted[i] >> 32);
  }
  while (cell <= cells) table[cell++] = static_cast<std::uint32_t>(rows);
}

// One query's candidates. seen has a bit a row, set too where a filter forbids the row.
struct BucketRanking {
  const std::uint64_t* query;
  std::uint8_t* seen;
  std::uint32_t* list;
  std::size_t listed;
  bool isComplete;  // the list holds every row that this query has set in seen
  std::uint64_t* nearest;
  std::size_t count;
  std::size_t k;
  std::uint32_t candidates;
};

template <std::size_t WORDS>
inline void bucketRankOf(const BucketIndex& index, BucketRanking& ranking) {
  const std::size_t words = WORDS != 0 ? WORDS : index.words;
  const std::uint64_t* const codes = index.codes;
  const std::uint64_t* const query = ranking.query;
  const std::uint32_t* const list = ranking.list;
  const std::size_t listed = ranking.listed;
  for (std::size_t i = 0; i < listed; i++) {
    const std::size_t later = i + BUCKET_AHEAD < listed ? i + BUCKET_AHEAD : i;
    prefetch(codes + list[later] * words);
    const std::uint32_t id = list[i];
    const std::uint64_t* code = codes + id * words;
    std::uint64_t distance = 0;
    for (std::size_t w = 0; w < words; w++) distance += countBits(code[w] ^ query[w]);
    const std::uint64_t key = distance << 32 | id;
    if (ranking.count < ranking.k || key < ranking.nearest[0]) {
      ranking.count = nearestOffer(ranking.nearest, ranking.count, ranking.k, key);
    }
  }
  ranking.candidates += static_cast<std::uint32_t>(ranking.listed);
}

// Compares the listed candidates. Two prefetched lines serve codes of up to 1024 bits; the
// hardware follows in longer ones.
inline void bucketRank(const BucketIndex& index, BucketRanking& ranking) {
  switch (index.words) {
    case 1:
      return bucketRankOf<1>(index, ranking);
    case 2:
      return bucketRankOf<2>(index, ranking);
    case 4:
      return bucketRankOf<4>(index, ranking);
    default:
      return bucketRankOf<0>(index, ranking);
  }
}

// Lists the rows of a range that were not seen before, as many as the list takes; returns how many
// rows it looked at. Without a branch on what was seen: duplicates come at random. In local
// variables, since bytes may be anything's memory.
inline std::size_t bucketVisitSome(const BucketSegment& segment, const std::uint32_t* ids,
                                   std::size_t count, BucketRanking& ranking) {
  const std::size_t limit = segment.limit;
  const std::uint8_t* const stale = segment.stale;
  std::uint8_t* const seen = ranking.seen;
  std::uint32_t* const list = ranking.list;
  std::size_t listed = ranking.listed;
  const std::size_t room = BUCKET_LIST - listed;
  const std::size_t some = count < room ? count : room;
  for (std::size_t i = 0; i < some; i++) {
    const std::uint32_t id = ids[i];
    const unsigned bit = 0x80U >> (id & 7);
    if (id >= limit || (stale != nullptr && (stale[id >> 3] & bit) != 0)) continue;
    const unsigned byte = seen[id >> 3];
    list[listed] = id;
    listed += (byte & bit) == 0;
    seen[id >> 3] = static_cast<std::uint8_t>(byte | bit);
  }
  ranking.listed = listed;
  return some;
}

// Lists all of them; a full list is ranked and begun anew.
inline void bucketVisit(const BucketIndex& index, std::size_t segment, const std::uint32_t* ids,
                        std::size_t count, BucketRanking& ranking) {
  for (std::size_t done = 0; done < count;) {
    if (ranking.listed == BUCKET_LIST) {
      bucketRank(index, ranking);
      ranking.listed = 0;
      ranking.isComplete = false;
    }
    done += bucketVisitSome(index.segments[segment], ids + done, count - done, ranking);
  }
}

// A table of a segment.
struct BucketTable {
  const std::uint32_t* directory;
  const std::uint32_t* ids;
  const std::uint32_t* keys;  // null where the directory tells whole keys
  std::size_t rows;
  std::size_t cells;
  std::size_t shift;
};

inline BucketTable bucketTable(const BucketIndex& index, std::size_t segment, std::size_t table) {
  const BucketSegment& of = index.segments[segment];
  const std::size_t cells = std::size_t{1} << of.directoryBits;
  const bool isWhole = of.directoryBits == index.keyBits;
  const std::uint32_t* start = of.tables + table * (cells + 1 + (isWhole ? 1 : 2) * of.rows);
  const std::uint32_t* ids = start + cells + 1;
  return {start,   ids,   isWhole ? nullptr : ids + of.rows,
          of.rows, cells, index.keyBits - of.directoryBits};
}

// Visits the rows of a cell that have that key.
inline void bucketVisitCell(const BucketIndex& index, std::size_t segment, const BucketTable& table,
                            std::uint64_t key, BucketRanking& ranking) {
  const std::uint32_t* cell = table.directory + (key >> table.shift);
  const std::size_t stop = cell[1];
  const std::size_t start = cell[0];
  std::size_t end = stop < table.rows ? stop : table.rows;
  std::size_t begin = start < end ? start : end;
  if (table.keys != nullptr) {
    std::size_t above = end;
    while (begin < above) {
      const std::size_t middle = begin + (above - begin) / 2;
      if (table.keys[middle] < key) {
        begin = middle + 1;
      } else {
        above = middle;
      }
    }
    std::size_t last = begin;
    while (last < end && table.keys[last] == key) last++;
    end = last;
  }
  bucketVisit(index, segment, table.ids + begin, end - begin, ranking);
}

// Visits the buckets key ^ masks[i]: directory entries of a run of probes are fetched first, then
// the first of their ids.
inline void bucketProbe(const BucketIndex& index, std::size_t segment, const BucketTable& table,
                        std::uint64_t key, const std::uint32_t* masks, std::size_t count,
                        BucketRanking& ranking) {
  const std::uint64_t most = bucketMost(index.keyBits);
  for (std::size_t first = 0; first < count; first += BUCKET_RANGES) {
    const std::size_t end = count - first < BUCKET_RANGES ? count : first + BUCKET_RANGES;
    for (std::size_t i = first; i < end; i++) {
      prefetch(table.directory + (((key ^ masks[i]) & most) >> table.shift));
    }
    for (std::size_t i = first; i < end; i++) {
      const std::size_t begin = table.directory[((key ^ masks[i]) & most) >> table.shift];
      const std::size_t at = begin < table.rows ? begin : 0;
      prefetch((table.keys == nullptr ? table.ids : table.keys) + at);
    }
    for (std::size_t i = first; i < end; i++) {
      bucketVisitCell(index, segment, table, (key ^ masks[i]) & most, ranking);
    }
  }
}

// Visits every row whose key lies within the radius, by looking at all keys: for more probes than
// there are keys.
inline void bucketWalk(const BucketIndex& index, std::size_t segment, const BucketTable& table,
                       std::uint64_t key, std::size_t radius, BucketRanking& ranking) {
  if (table.keys == nullptr) {
    for (std::size_t cell = 0; cell < table.cells; cell++) {
      if (countBits(cell ^ key) <= radius) bucketVisitCell(index, segment, table, cell, ranking);
    }
    return;
  }
  for (std::size_t i = 0; i < table.rows; i++) {
    if (countBits(table.keys[i] ^ key) <= radius)
      bucketVisit(index, segment, table.ids + i, 1, ranking);
  }
}
