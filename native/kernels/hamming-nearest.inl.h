// The k nearest of a stream of (distance, row) with small integer distances, rows ascending. A
// histogram of the kept distances moves the bound without any comparison sort, so that each entry
// costs the same for every k, and one method serves k = 1 and k = n. Exact: smaller distance first,
// then smaller row. A row with the distance of the k-th neighbour comes after it and cannot enter,
// hence at most k entries per distance are ever kept.

// Drops what the bound has overtaken; of the entries at the bound itself the first k - within stay.
inline void hammingCompact(HammingNearest& list) {
  std::size_t atBound = list.k - list.within;
  std::size_t size = 0;
  for (std::size_t i = 0; i < list.size; i++) {
    const std::uint64_t entry = list.entries[i];
    const std::uint64_t distance = entry >> 32;
    const bool equal = distance == list.bound && atBound > 0;
    list.entries[size] = entry;
    size += distance < list.bound || equal;
    atBound -= equal;
  }
  list.size = size;
}

// Takes a row whose distance is below list.bound.
inline void hammingKeep(HammingNearest& list, std::uint64_t distance, std::uint32_t row) {
  if (list.size == list.capacity) hammingCompact(list);
  list.entries[list.size++] = distance << 32 | (list.names == nullptr ? row : list.names[row]);
  list.counts[distance]++;
  list.within++;
  while (list.within >= list.k) list.within -= list.counts[--list.bound];
}

// Appends the compacted entries of a later range of rows, as if one list had seen both ranges.
inline void hammingMerge(HammingNearest& into, const std::uint64_t* entries, std::size_t count) {
  for (std::size_t i = 0; i < count; i++) {
    const std::uint64_t distance = entries[i] >> 32;
    if (distance < into.bound) hammingKeep(into, distance, static_cast<std::uint32_t>(entries[i]));
  }
}

// Writes the neighbours in their final order (a counting sort by distance, stable in rows); returns
// how many. The list is used up.
inline std::size_t hammingSort(HammingNearest& list, std::uint32_t* rows,
                               std::uint32_t* distances) {
  hammingCompact(list);
  std::uint32_t position = 0;
  for (std::uint64_t d = 0; d < list.bound; d++) {
    const std::uint32_t count = list.counts[d];
    list.counts[d] = position;
    position += count;
  }
  for (std::size_t i = 0; i < list.size; i++) {
    const std::uint64_t distance = list.entries[i] >> 32;
    const std::uint32_t at = distance < list.bound ? list.counts[distance]++ : position++;
    rows[at] = static_cast<std::uint32_t>(list.entries[i]);
    distances[at] = static_cast<std::uint32_t>(distance);
  }
  return list.size;
}
