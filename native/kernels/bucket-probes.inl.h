// Which buckets to visit, and one query's whole search. Directed probes come in the order of their
// scores: the score of a set of flipped bits is the sum of their squared margins, and sets are
// enumerated by a heap with two moves, shift and expand (Lv et al., VLDB 2007, section 4.5), each
// of which leads to a set that comes later, so that equal scores have an order too.

// A set of a table's bits: bit i stands for the i-th smallest margin.
struct BucketSet {
  double score;
  std::uint32_t set;
};

inline bool bucketBefore(const BucketSet& a, const BucketSet& b) {
  return a.score < b.score || (a.score == b.score && a.set < b.set);
}

inline void bucketPush(BucketSet* heap, std::size_t& count, const BucketSet& set) {
  std::size_t hole = count++;
  while (hole > 0 && bucketBefore(set, heap[(hole - 1) / 2])) {
    heap[hole] = heap[(hole - 1) / 2];
    hole = (hole - 1) / 2;
  }
  heap[hole] = set;
}

inline BucketSet bucketPop(BucketSet* heap, std::size_t& count) {
  const BucketSet first = heap[0];
  const BucketSet last = heap[--count];
  std::size_t hole = 0;
  for (std::size_t child = 1; child < count; child = 2 * hole + 1) {
    if (child + 1 < count && bucketBefore(heap[child + 1], heap[child])) child++;
    if (!bucketBefore(heap[child], last)) break;
    heap[hole] = heap[child];
    hole = child;
  }
  heap[hole] = last;
  return first;
}

// The bits of a key by ascending margin, ties by the earlier bit.
struct BucketMargins {
  double squares[32];
  std::uint32_t bits[32];
  std::size_t count;
};

inline void bucketOrderMargins(const float* margins, std::size_t keyBits, BucketMargins& order) {
  order.count = keyBits;
  for (std::size_t j = 0; j < keyBits; j++) {
    const double square = static_cast<double>(margins[j]) * static_cast<double>(margins[j]);
    std::size_t hole = j;
    for (; hole > 0 && order.squares[hole - 1] > square; hole--) {
      order.squares[hole] = order.squares[hole - 1];
      order.bits[hole] = order.bits[hole - 1];
    }
    order.squares[hole] = square;
    order.bits[hole] = std::uint32_t{1} << (keyBits - 1 - j);
  }
}

// The running sum of a set's squares, ascending.
inline double bucketScore(const BucketMargins& order, std::uint32_t set) {
  double score = 0;
  for (; set != 0; set &= set - 1) score += order.squares[trailingZeros(set)];
  return score;
}

inline std::uint32_t bucketMask(const BucketMargins& order, std::uint32_t set) {
  std::uint32_t mask = 0;
  for (; set != 0; set &= set - 1) mask |= order.bits[trailingZeros(set)];
  return mask;
}

// The first `wanted` sets as masks, fewer where there are fewer; returns how many. The heap takes
// wanted + 1 sets.
inline std::size_t bucketDirected(const float* margins, std::size_t keyBits, std::size_t wanted,
                                  BucketSet* heap, std::uint32_t* masks) {
  BucketMargins order;
  bucketOrderMargins(margins, keyBits, order);
  std::size_t size = 0;
  masks[0] = 0;
  std::size_t count = 1;
  bucketPush(heap, size, {bucketScore(order, 1), 1});
  while (count < wanted && size > 0) {
    const std::uint32_t set = bucketPop(heap, size).set;
    masks[count++] = bucketMask(order, set);
    const std::size_t top = 31 - static_cast<std::size_t>(leadingZeros(set));
    if (top + 1 == keyBits) continue;
    const std::uint32_t next = std::uint32_t{2} << top;
    const std::uint32_t shifted = (set ^ next >> 1) | next;
    bucketPush(heap, size, {bucketScore(order, shifted), shifted});
    bucketPush(heap, size, {bucketScore(order, set | next), set | next});
  }
  return count;
}

// Where a block of queries keeps what it needs.
struct BucketScratch {
  std::uint64_t* nearest;
  BucketSet* heap;
  std::uint32_t* masks;
  std::uint32_t* list;
  std::uint8_t* seen;
  std::size_t seenBytes;
};

inline std::size_t bucketProbesKept(const BucketProbes& probes) {
  return probes.margins == nullptr ? 0 : probes.count + 1;
}

inline std::size_t bucketScratchBytes(const BucketIndex& index, const BucketProbes& probes,
                                      std::size_t k) {
  return k * sizeof(std::uint64_t) +
         bucketProbesKept(probes) * (sizeof(BucketSet) + sizeof(std::uint32_t)) +
         BUCKET_LIST * sizeof(std::uint32_t) + (index.rows + 7) / 8;
}

inline BucketScratch bucketLayOut(const BucketIndex& index, const BucketProbes& probes,
                                  std::size_t k, std::byte* scratch) {
  const std::size_t kept = bucketProbesKept(probes);
  auto* nearest = reinterpret_cast<std::uint64_t*>(scratch);
  auto* heap = reinterpret_cast<BucketSet*>(nearest + k);
  auto* masks = reinterpret_cast<std::uint32_t*>(heap + kept);
  auto* list = masks + kept;
  auto* seen = reinterpret_cast<std::uint8_t*>(list + BUCKET_LIST);
  return {nearest, heap, masks, list, seen, (index.rows + 7) / 8};
}

inline void bucketResetSeen(const BucketIndex& index, const BucketScratch& scratch) {
  if (index.allowed == nullptr) {
    std::memset(scratch.seen, 0, scratch.seenBytes);
    return;
  }
  const std::uint8_t* const allowed = index.allowed;
  std::uint8_t* const seen = scratch.seen;
  const std::size_t bytes = scratch.seenBytes;
  for (std::size_t i = 0; i < bytes; i++) seen[i] = static_cast<std::uint8_t>(~allowed[i]);
}

// Visits all probes of one query.
inline void bucketCollect(const BucketIndex& index, const BucketProbes& probes,
                          const std::uint32_t* keys, const float* margins,
                          const BucketScratch& scratch, BucketRanking& ranking) {
  for (std::size_t t = 0; t < index.tables; t++) {
    const std::uint64_t key = keys[t] & bucketMost(index.keyBits);
    const std::uint32_t* masks = probes.masks;
    std::size_t count = probes.count;
    if (margins != nullptr) {
      count = bucketDirected(margins + t * index.keyBits, index.keyBits, count, scratch.heap,
                             scratch.masks);
      masks = scratch.masks;
    }
    for (std::size_t s = 0; s < index.segmentCount; s++) {
      const BucketTable table = bucketTable(index, s, t);
      if (count > 0) {
        bucketProbe(index, s, table, key, masks, count, ranking);
      } else {
        bucketWalk(index, s, table, key, probes.radius, ranking);
      }
    }
  }
}

// Writes the neighbours nearest first; the heap is used up.
inline void bucketWrite(BucketRanking& ranking, std::uint32_t* ids, std::uint32_t* distances) {
  for (std::size_t count = ranking.count; count > 0;) {
    const std::uint64_t last = ranking.nearest[0];
    count--;
    if (count > 0) nearestSink(ranking.nearest, count, 0, ranking.nearest[count]);
    ids[count] = static_cast<std::uint32_t>(last);
    distances[count] = static_cast<std::uint32_t>(last >> 32);
  }
}

// Queries first .. first + count - 1; k is at least 1 and at most the stride of the results.
inline void bucketSearch(const BucketIndex& index, const BucketProbes& probes,
                         const BucketQueries& queries, std::size_t first, std::size_t count,
                         std::byte* memory, const BucketResults& results) {
  const BucketScratch scratch = bucketLayOut(index, probes, queries.k, memory);
  bucketResetSeen(index, scratch);
  const std::size_t marginStride = index.tables * index.keyBits;
  for (std::size_t q = first; q < first + count; q++) {
    BucketRanking ranking{queries.codes + q * index.words,
                          scratch.seen,
                          scratch.list,
                          0,
                          true,
                          scratch.nearest,
                          0,
                          queries.k,
                          0};
    bucketCollect(index, probes, queries.keys + q * index.tables,
                  probes.margins == nullptr ? nullptr : probes.margins + q * marginStride, scratch,
                  ranking);
    bucketRank(index, ranking);
    results.counts[q] = static_cast<std::uint32_t>(ranking.count);
    results.candidates[q] = ranking.candidates;
    bucketWrite(ranking, results.ids + q * results.stride, results.distances + q * results.stride);
    if (ranking.isComplete) {
      for (std::size_t i = 0; i < ranking.listed; i++) {
        const std::uint32_t id = ranking.list[i];
        scratch.seen[id >> 3] =
            static_cast<std::uint8_t>(scratch.seen[id >> 3] & ~(0x80U >> (id & 7)));
      }
    } else {
      bucketResetSeen(index, scratch);
    }
  }
}
