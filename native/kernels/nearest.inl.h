// The k nearest of many: a bounded max-heap of keys for each query. A key is a distance and a row
// in one 64-bit number, the distance first, so that smaller keys are nearer and ties go to the
// smaller row (docs/numerics.md). Heaps of parts of the rows merge to the same result in any order,
// because no two keys are equal.

// A float32 that is not NaN, as an integer of the same order; -0 must not occur beside +0.
inline std::uint32_t distanceOrder(float value) {
  std::uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return (bits >> 31) != 0 ? ~bits : bits | 0x80000000U;
}

inline float orderedDistance(std::uint32_t ordered) {
  const std::uint32_t bits = (ordered >> 31) != 0 ? ordered & 0x7fffffffU : ~ordered;
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

inline std::uint64_t nearestKey(float distance, std::size_t row) {
  return static_cast<std::uint64_t>(distanceOrder(distance)) << 32 | row;
}

// Lets keys[hole] sink until no child is larger.
inline void nearestSink(std::uint64_t* keys, std::size_t count, std::size_t hole,
                        std::uint64_t key) {
  for (std::size_t child = 2 * hole + 1; child < count; child = 2 * hole + 1) {
    if (child + 1 < count && keys[child + 1] > keys[child]) child++;
    if (keys[child] <= key) break;
    keys[hole] = keys[child];
    hole = child;
  }
  keys[hole] = key;
}

// Offers a key to a heap of at most k > 0 keys; returns their new number.
inline std::size_t nearestOffer(std::uint64_t* keys, std::size_t count, std::size_t k,
                                std::uint64_t key) {
  if (count == k) {
    if (key < keys[0]) nearestSink(keys, k, 0, key);
    return count;
  }
  std::size_t hole = count;
  while (hole > 0 && keys[(hole - 1) / 2] < key) {
    keys[hole] = keys[(hole - 1) / 2];
    hole = (hole - 1) / 2;
  }
  keys[hole] = key;
  return count + 1;
}

// Offers rows firstRow .. firstRow + rows - 1 with their distances. Rows offered earlier must be
// smaller: then a distance equal to the worst kept one need not be looked at. k may be 0.
inline std::size_t nearestScan(const float* distances, std::size_t rows, std::size_t firstRow,
                               std::uint64_t* keys, std::size_t count, std::size_t k) {
  std::size_t i = 0;
  for (; i < rows && count < k; i++) {
    count = nearestOffer(keys, count, k, nearestKey(distances[i], firstRow + i));
  }
  while (i < rows && k > 0) {
    const std::size_t step = rows - i < 16 ? rows - i : 16;
    const F32x16 worst = broadcast(orderedDistance(static_cast<std::uint32_t>(keys[0] >> 32)));
    unsigned nearer = greater(worst, loadPartial(distances + i, step)) & ((1U << step) - 1U);
    for (; nearer != 0; nearer &= nearer - 1) {
      const std::size_t at = i + trailingZeros(nearer);
      nearestOffer(keys, k, k, nearestKey(distances[at], firstRow + at));
    }
    i += step;
  }
  return count;
}

// Merges the heaps of all parts, keys [parts][queries][k] and counts [parts][queries], into sorted
// results ids and distances [queries][k]. Changes keys and counts of the first part; entries after
// a query's count stay.
inline void nearestMerge(std::uint64_t* keys, std::size_t* counts, std::size_t parts,
                         std::size_t queries, std::size_t k, std::uint32_t* ids, float* distances) {
  for (std::size_t query = 0; query < queries; query++) {
    std::uint64_t* kept = keys + query * k;
    std::size_t count = counts[query];
    for (std::size_t part = 1; part < parts; part++) {
      const std::uint64_t* more = kept + part * queries * k;
      const std::size_t moreCount = counts[part * queries + query];
      for (std::size_t i = 0; i < moreCount; i++) count = nearestOffer(kept, count, k, more[i]);
    }
    counts[query] = count;
    while (count > 0) {  // the largest goes last
      const std::uint64_t largest = kept[0];
      count--;
      if (count > 0) nearestSink(kept, count, 0, kept[count]);
      ids[query * k + count] = static_cast<std::uint32_t>(largest);
      distances[query * k + count] = orderedDistance(static_cast<std::uint32_t>(largest >> 32));
    }
  }
}
