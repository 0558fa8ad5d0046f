// How often words stand near each other (the counts that word vectors are made of: Church and Hanks
// 1990; Levy, Goldberg and Dagan 2015): for each word, the words within a radius in the same
// paragraph, each occurrence counted with the weight of its distance. Tokens that are no words keep
// their places. The places of each word are sorted out first, part by part of the text; then a word
// is counted in one row of counters that stays in cache, with no hashing: its places are visited,
// what stands around them is listed, the list is added to the counters, and a bitmap of touched
// counters gives the row in order. Sums of integers, modulo 2^32, so that order and threads never
// show.

// The token that ends a paragraph.
inline constexpr std::uint32_t PARAGRAPH_END = 0xfffffffe;

// Entries of a list between visiting and adding, and places ahead that are fetched.
inline constexpr std::size_t COOCCURRENCE_LIST = 2048;
inline constexpr std::size_t COOCCURRENCE_AHEAD = 8;

inline std::size_t cooccurrencePartLength(const CooccurrenceText& text, std::size_t part) {
  const std::size_t begin = part * text.partLength;
  if (begin >= text.length) return 0;
  return text.length - begin < text.partLength ? text.length - begin : text.partLength;
}

// The places of each word in a part, ascending, words ascending; ends says where those of each word
// end. What is no word counts as one more, whose places are written over each other: where there is
// such a token there is room for its place.
inline void cooccurrencePlaces(const CooccurrenceText& text, std::size_t part, std::uint32_t* ends,
                               std::uint32_t* places) {
  const auto words = static_cast<std::uint32_t>(text.words);
  const std::size_t first = part * text.partLength;
  const std::size_t end = first + cooccurrencePartLength(text, part);
  std::uint32_t* at = ends + part * (text.words + 1);
  std::uint32_t* to = places + first;
  std::memset(at, 0, (text.words + 1) * sizeof(std::uint32_t));
  for (std::size_t i = first; i < end; i++) {
    const std::uint32_t token = text.tokens[i];
    at[token < words ? token : words]++;
  }
  std::uint32_t before = 0;
  for (std::size_t word = 0; word <= words; word++) {
    const std::uint32_t count = at[word];
    at[word] = before;
    before += count;
  }
  for (std::size_t i = first; i < end; i++) {
    const std::uint32_t token = text.tokens[i];
    const std::uint32_t word = token < words ? token : words;
    const std::uint32_t place = at[word];
    to[place] = static_cast<std::uint32_t>(i);
    at[word] = place + (token < words ? 1 : 0);
  }
}

// The places of a word in a part: from and to, within the part whatever ends holds.
struct CooccurrencePlaces {
  std::size_t from;
  std::size_t to;
};

inline CooccurrencePlaces cooccurrenceOwn(const CooccurrenceText& text, std::size_t part,
                                          std::size_t word) {
  const std::uint32_t* ends = text.ends + part * (text.words + 1);
  const std::size_t most = cooccurrencePartLength(text, part);
  const std::size_t from = word == 0 ? 0 : ends[word - 1];
  const std::size_t to = ends[word] < most ? ends[word] : most;
  const std::size_t begin = part * text.partLength;
  return {begin + from, begin + (to < from ? from : to)};
}

inline std::size_t cooccurrenceOccurrences(const CooccurrenceText& text, std::size_t word) {
  std::size_t count = 0;
  for (std::size_t part = 0; part < text.parts; part++) {
    const CooccurrencePlaces own = cooccurrenceOwn(text, part, word);
    count += own.to - own.from;
  }
  return count;
}

struct CooccurrenceList {
  std::uint32_t words[COOCCURRENCE_LIST];
  std::uint32_t weights[COOCCURRENCE_LIST];
  std::size_t count;
};

// Appends the words at the distances from .. to on one side of a place, as far as the paragraph
// goes. Branches on no token: half of them are no words, in no order.
template <bool LEFT>
[[gnu::always_inline]] inline void cooccurrenceSide(const CooccurrenceText& text, std::size_t place,
                                                    std::size_t from, std::size_t to,
                                                    CooccurrenceList& list) {
  const std::uint32_t* center = text.tokens + place;
  std::size_t count = list.count;
  unsigned open = 1;
  for (std::size_t distance = 1; distance <= to; distance++) {
    const std::uint32_t token = LEFT ? *(center - distance) : center[distance];
    open &= token != PARAGRAPH_END ? 1U : 0U;
    list.words[count] = token;
    list.weights[count] = text.weights[distance - 1];
    count += open & (token < text.words ? 1U : 0U) & (distance >= from ? 1U : 0U);
  }
  list.count = count;
}

// Appends what stands around a place, but for pairs of tokens that are not fresh.
[[gnu::always_inline]] inline void cooccurrenceWindow(const CooccurrenceText& text,
                                                      std::size_t place, CooccurrenceList& list) {
  if (place >= text.length) return;
  const bool isFresh = place >= text.fresh;
  const std::size_t left = isFresh ? place : 0;
  const std::size_t right = text.length - 1 - place;
  const std::size_t radius = text.radius;
  cooccurrenceSide<true>(text, place, 1, left < radius ? left : radius, list);
  cooccurrenceSide<false>(text, place, isFresh ? 1 : text.fresh - place,
                          right < radius ? right : radius, list);
}

// The counters of a row, which are zero between rows, and which of them are not.
struct CooccurrenceCounters {
  std::uint32_t* counts;
  std::uint64_t* touched;
};

inline std::size_t cooccurrenceScratchBytes(std::size_t words) {
  return ALIGNMENT_BYTES + (words + 1) / 2 * 8 + (words + 63) / 64 * 8;
}

inline CooccurrenceCounters cooccurrenceCounters(std::size_t words, std::byte* scratch) {
  std::byte* start = alignedScratch(scratch);
  std::memset(start, 0, cooccurrenceScratchBytes(words) - ALIGNMENT_BYTES);
  return {reinterpret_cast<std::uint32_t*>(start),
          reinterpret_cast<std::uint64_t*>(start + (words + 1) / 2 * 8)};
}

inline void cooccurrenceAdd(CooccurrenceList& list, const CooccurrenceCounters& counters) {
  for (std::size_t i = 0; i < list.count; i++) {
    const std::uint32_t word = list.words[i];
    counters.counts[word] += list.weights[i];
    counters.touched[word >> 6] |= std::uint64_t{1} << (word & 63);
  }
  list.count = 0;
}

// Visits all places of a word.
inline void cooccurrenceVisit(const CooccurrenceText& text, std::size_t word,
                              CooccurrenceList& list, const CooccurrenceCounters& counters) {
  const std::size_t room = COOCCURRENCE_LIST - 2 * text.radius;
  const std::size_t radius = text.radius;
  for (std::size_t part = 0; part < text.parts; part++) {
    const CooccurrencePlaces own = cooccurrenceOwn(text, part, word);
    for (std::size_t i = own.from; i < own.to; i++) {
      if (i + COOCCURRENCE_AHEAD < text.length) {
        const std::size_t next = text.places[i + COOCCURRENCE_AHEAD];
        prefetch(text.tokens + (next < radius ? 0 : next - radius));
        prefetch(text.tokens + next + radius);
      }
      cooccurrenceWindow(text, text.places[i], list);
      if (list.count > room) cooccurrenceAdd(list, counters);
    }
  }
  cooccurrenceAdd(list, counters);
}

// Writes the counters that were touched, ascending, and clears them. Gives their number.
inline std::uint32_t cooccurrenceRow(std::size_t words, const CooccurrenceCounters& counters,
                                     std::uint32_t* columns, std::uint32_t* counts) {
  std::uint32_t size = 0;
  for (std::size_t base = 0; base < words; base += 64) {
    std::uint64_t touched = counters.touched[base >> 6];
    if (touched == 0) continue;
    counters.touched[base >> 6] = 0;
    for (; touched != 0; touched &= touched - 1) {
      const std::size_t column = base + trailingZeros(touched);
      columns[size] = static_cast<std::uint32_t>(column);
      counts[size] = counters.counts[column];
      counters.counts[column] = 0;
      size++;
    }
  }
  return size;
}

// The counts of some words. A row takes at most as many entries as there are words, or places
// around those of its word.
inline void cooccurrenceCounts(const CooccurrenceText& text, const CooccurrenceRows& rows,
                               std::byte* scratch) {
  const CooccurrenceCounters counters = cooccurrenceCounters(text.words, scratch);
  CooccurrenceList list;
  list.count = 0;
  for (std::size_t word = rows.first; word < rows.end; word++) {
    cooccurrenceVisit(text, word, list, counters);
    const std::size_t offset = rows.offsets[word - rows.first];
    rows.sizes[word - rows.first] =
        cooccurrenceRow(text.words, counters, rows.columns + offset, rows.counts + offset);
  }
}
