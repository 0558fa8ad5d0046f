// The k largest of each row of floats, sorted: larger value first, then smaller index; -0 equals
// +0. A row streams through a reservoir, for small k with a first threshold from the maxima of
// interleaved groups; the survivors are ranked in runs (each entry's place is the number of entries
// before it, counted lane-wise) and the runs merged.

inline constexpr std::size_t TOP_RUN = 256;

inline std::size_t topKPlaces(std::size_t n, std::size_t k) {
  return (reservoirCapacity(k, n) + RESERVOIR_SLACK + 15) / 16 * 16;
}
inline std::size_t topKScratchBytes(std::size_t n, std::size_t k) {
  return ALIGNMENT_BYTES + topKPlaces(n, k < n ? k : n) * 8 * 2;
}

// A value that at least k values of the row reach, from the maxima of interleaved groups: the k-th
// largest maximum, as distinct groups hold distinct elements.
template <std::size_t GROUPS>
inline float topKGroupBound(const float* row, std::size_t n, std::size_t k) {
  F32x16 maxima[GROUPS / 16];
  for (F32x16& block : maxima) block = broadcast(-INFINITY);
  for (std::size_t i = 0; i + GROUPS <= n; i += GROUPS) {
    for (std::size_t b = 0; b < GROUPS / 16; b++) {
      maxima[b] = maximum(load(row + i + b * 16), maxima[b]);
    }
  }
  float values[GROUPS];
  for (std::size_t b = 0; b < GROUPS / 16; b++) store(values + b * 16, maxima[b]);
  return findCut(values, GROUPS, k, k + k / 16 + 2).threshold;
}

// The same with as few groups as bound k tightly; -infinity where the bound would be too loose, or
// the row is too short, to pay for the pass over it.
inline float topKBound(const float* row, std::size_t n, std::size_t k) {
  const auto suits = [=](std::size_t groups) { return 4 * k <= 3 * groups && n >= 4 * groups; };
  if (suits(64) && n < 512) return topKGroupBound<64>(row, n, k);
  return suits(128) ? topKGroupBound<128>(row, n, k) : -INFINITY;
}

// Fills a reservoir with a row. Blocks of 64 without a candidate cost one branch.
inline void topKScan(const float* row, std::size_t n, std::size_t k, Reservoir& kept) {
  const std::size_t capacity = reservoirCapacity(k, n);
  std::size_t i = 0;
  for (; i + 64 <= n; i += 64) {
    F32x16 v[4];
    unsigned any = 0;
    for (std::size_t b = 0; b < 4; b++) {
      v[b] = known(load(row + i + b * 16));
      any |= greaterEqual(v[b], broadcast(kept.threshold));
    }
    if (any == 0) continue;
    for (std::size_t b = 0; b < 4; b++) {
      offer(kept, v[b], static_cast<std::uint32_t>(i + b * 16), 0xffffU);
    }
    if (kept.count > capacity) cutReservoir(kept, k, reservoirRest(k));
  }
  for (; i < n; i += 16) {
    const std::size_t width = n - i < 16 ? n - i : 16;
    offer(kept, known(loadPartial(row + i, width)), static_cast<std::uint32_t>(i),
          (1U << width) - 1U);
  }
}

// places[i] = number of entries before entry i in the order, among count that stand in ascending
// index. values is filled to a multiple of 16 with NaN.
inline void rankRun(const float* values, std::size_t count, std::uint32_t* places) {
  for (std::size_t first = 0; first < count; first += 16) {
    const F32x16 own = load(values + first);
    Counts16 before = noCounts();
    std::size_t j = 0;
    for (; j < first; j++) before = countGreaterEqual(before, broadcast(values[j]), own);
    for (; j < first + 16; j++) {
      const F32x16 other = broadcast(values[j]);
      const unsigned later = 0xfffeU << (j - first);
      before = countGreater(before, other, own);
      before = countMask(before, static_cast<std::uint16_t>(equal(other, own) & later));
    }
    for (; j < count; j++) before = countGreater(before, broadcast(values[j]), own);
    store(places + first, before);
  }
}

// Entries in two parallel arrays.
struct Entries {
  float* values;
  std::uint32_t* indices;
};

// Sorts up to TOP_RUN entries into the target; those at place limit or later are left out.
inline void sortRun(Entries from, std::size_t count, std::size_t limit, Entries to) {
  std::uint32_t places[TOP_RUN];
  rankRun(from.values, count, places);
  for (std::size_t i = 0; i < count; i++) {
    if (places[i] >= limit) continue;
    to.values[places[i]] = from.values[i];
    to.indices[places[i]] = from.indices[i];
  }
}

// Merges two sorted neighbours, [0, middle) and [middle, count); equal values come from the first,
// whose indices are smaller.
inline void mergeRuns(Entries from, std::size_t middle, std::size_t count, Entries to) {
  std::size_t left = 0;
  std::size_t right = middle;
  for (std::size_t i = 0; i < count; i++) {
    const bool second = left == middle || (right < count && from.values[right] > from.values[left]);
    const std::size_t source = second ? right++ : left++;
    to.values[i] = from.values[source];
    to.indices[i] = from.indices[source];
  }
}

inline Entries after(Entries entries, std::size_t offset) {
  return {entries.values + offset, entries.indices + offset};
}

// Sorts any number of entries that stand in ascending index; the result is where the answer says.
inline Entries sortEntries(Entries entries, Entries spare, std::size_t count) {
  for (std::size_t i = 0; i < count; i += TOP_RUN) {
    const std::size_t size = count - i < TOP_RUN ? count - i : TOP_RUN;
    // A run of full length ends on a multiple of 16, so ranking reads no other run.
    sortRun(after(entries, i), size, size, after(spare, i));
  }
  Entries from = spare;
  Entries to = entries;
  for (std::size_t width = TOP_RUN; width < count; width *= 2) {
    for (std::size_t i = 0; i < count; i += 2 * width) {
      const std::size_t size = count - i < 2 * width ? count - i : 2 * width;
      mergeRuns(after(from, i), size < width ? size : width, size, after(to, i));
    }
    const Entries sorted = to;
    to = from;
    from = sorted;
  }
  return from;
}

// Memory of a row's candidates, and as much to sort them.
struct TopKMemory {
  Entries entries;
  Entries spare;
};

inline TopKMemory topKMemory(std::size_t n, std::size_t wanted, std::byte* scratch) {
  const std::size_t places = topKPlaces(n, wanted);
  float* memory = reinterpret_cast<float*>(alignedScratch(scratch));
  const Entries entries{memory, reinterpret_cast<std::uint32_t*>(memory + places)};
  return {entries, {memory + places * 2, entries.indices + places * 2}};
}

// A reservoir with the wanted largest of a row, and perhaps some more; 1 <= wanted <= n. That many
// reach `least`; without a number that is known, it is -infinity.
inline Reservoir topKFilled(const float* row, std::size_t n, std::size_t wanted, float least,
                            Entries entries) {
  Reservoir kept{entries.values, entries.indices, 0, least};
  if (least == -INFINITY) kept.threshold = topKBound(row, n, wanted);
  topKScan(row, n, wanted, kept);
  if (kept.count < wanted) {  // the row changed between the two passes
    kept = {entries.values, entries.indices, 0, -INFINITY};
    topKScan(row, n, wanted, kept);
  }
  return kept;
}

// So few entries are ranked sooner than a cut is found.
inline constexpr std::size_t TOP_RANKED = 48;

// Keeps exactly the k largest of at least k entries, in ascending index.
inline void topKCut(Reservoir& kept, std::size_t k) {
  if (kept.count > TOP_RANKED) {
    cutReservoir(kept, k, k);
    return;
  }
  if (kept.count == k) return;
  store(kept.values + kept.count, broadcast(NAN));
  std::uint32_t places[TOP_RANKED];
  rankRun(kept.values, kept.count, places);
  std::size_t size = 0;
  for (std::size_t i = 0; i < kept.count; i++) {
    kept.indices[size] = kept.indices[i];
    size += places[i] < k ? 1 : 0;
  }
  kept.count = size;
}

// The indices of the k largest of one row, ascending; 1 <= k <= n; `least` as above.
inline void topKSet(const float* row, std::size_t n, std::size_t k, float least,
                    const TopKMemory& memory, std::uint32_t* indices) {
  Reservoir kept = topKFilled(row, n, k, least, memory.entries);
  topKCut(kept, k);
  std::memcpy(indices, kept.indices, k * sizeof(std::uint32_t));
}

// The wanted largest of one row, 1 <= wanted <= n; `least` as above.
inline void topKRow(const float* row, std::size_t n, std::size_t wanted, float least,
                    const TopKMemory& memory, Entries to) {
  Reservoir kept = topKFilled(row, n, wanted, least, memory.entries);
  if (wanted <= TOP_RUN / 2) {
    cutReservoir(kept, wanted, wanted + wanted / 8 + 4);
    sortRun(memory.entries, kept.count, wanted, to);
    return;
  }
  cutReservoir(kept, wanted, wanted);
  const Entries sorted = sortEntries(memory.entries, memory.spare, wanted);
  std::memcpy(to.values, sorted.values, wanted * sizeof(float));
  std::memcpy(to.indices, sorted.indices, wanted * sizeof(std::uint32_t));
}

// rows x n values to rows x k entries, of which the first min(k, n) of each row are written; k > 0.
inline void topK(const float* values, std::size_t rows, std::size_t n, std::size_t k,
                 std::byte* scratch, std::uint32_t* indices, float* best) {
  const std::size_t wanted = k < n ? k : n;
  if (wanted == 0) return;
  const TopKMemory memory = topKMemory(n, wanted, scratch);
  for (std::size_t row = 0; row < rows; row++) {
    topKRow(values + row * n, n, wanted, -INFINITY, memory, {best + row * k, indices + row * k});
  }
}
