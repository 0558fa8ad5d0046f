// Counts of words in the windows that each unit won, as integers: what FlyVec's units learn in
// batches (Liang et al. 2021). A word's counts are one row, and its places are gone through
// together, so that the row stays in cache however many units there are; a thread owns words.

// Puts positions in order of their words, what is no word last: starts has vocabulary + 1 entries,
// positions count. Without a branch: every other token is masked.
inline void windowsOrder(const std::int32_t* tokens, std::size_t count, std::size_t vocabulary,
                         std::uint32_t* starts, std::uint32_t* positions) {
  const auto place = [=](std::size_t at) -> std::uint32_t* {
    const std::int32_t token = tokens[at];
    const auto word = static_cast<std::size_t>(static_cast<std::uint32_t>(token));
    return starts + (word < vocabulary ? word : vocabulary);
  };
  std::memset(starts, 0, (vocabulary + 1) * sizeof *starts);
  for (std::size_t at = 0; at < count; at++) ++*place(at);
  std::uint32_t sum = 0;
  for (std::size_t word = 0; word <= vocabulary; word++) {
    sum += starts[word];
    starts[word] = sum;
  }
  for (std::size_t at = count; at-- > 0;) positions[--*place(at)] = static_cast<std::uint32_t>(at);
}

// How far ahead the winners around a place are fetched.
inline constexpr std::size_t WINDOWS_COUNTS_AHEAD = 16;

// Counts of the next word that are fetched at each place of a word: rows come in no order that a
// machine could guess, and all at once they would hold up the winners.
inline constexpr std::size_t WINDOWS_COUNTS_FETCHED = 64;

// The places of a word that may be read.
struct WindowsList {
  std::size_t begin;
  std::size_t end;
};
inline WindowsList windowsList(const WindowsPlaces& places, std::size_t word) {
  const std::size_t end = places.starts[word + 1];
  return {places.starts[word], end < places.count ? end : places.count};
}

// Counts the winners in one direction from a place, up to the end of its paragraph.
[[gnu::always_inline]] inline void windowsCountSide(const std::uint32_t* winner, std::size_t steps,
                                                    std::ptrdiff_t direction, std::size_t units,
                                                    std::uint32_t* row) {
  // What nobody won counts here: it may be every other window, and a branch would be guessed wrong
  // as often.
  std::uint32_t nobody = 0;
  const auto none = reinterpret_cast<std::uintptr_t>(&nobody);
  for (std::size_t step = 0; step < steps; step++) {
    winner += direction;
    if (*winner == WINDOWS_END) return;
    const auto own = reinterpret_cast<std::uintptr_t>(row + *winner);
    const std::uintptr_t mask = std::uintptr_t{0} - static_cast<std::uintptr_t>(*winner < units);
    ++*reinterpret_cast<std::uint32_t*>(none ^ ((none ^ own) & mask));
  }
}

// Fetches the ends of the stretch of winners around a place, which lie in two lines of cache or
// one.
[[gnu::always_inline]] inline void windowsFetchAround(const std::uint32_t* winners,
                                                      std::size_t count, std::size_t at,
                                                      std::size_t radius) {
  if (at >= count) return;
  prefetch(winners + (at < radius ? 0 : at - radius));
  prefetch(winners + (count - 1 - at < radius ? count - 1 : at + radius));
}

// Fetches some of the counts of a row and of its like in the other table.
[[gnu::always_inline]] inline void windowsFetchCounts(const std::uint32_t* context,
                                                      const std::uint32_t* target,
                                                      std::size_t first, std::size_t units) {
  const std::size_t rest = units - first;
  const std::size_t end = first + (rest < WINDOWS_COUNTS_FETCHED ? rest : WINDOWS_COUNTS_FETCHED);
  for (std::size_t unit = first; unit < end; unit += 16) {
    prefetch(context + unit);
    prefetch(target + unit);
  }
}

// Adds the places of words first .. end - 1: one to the word's count as target for the winner of
// its own window, one as context for each winner of another window that it lies in.
inline void windowsCounts(const std::uint32_t* winners, std::size_t count, std::size_t radius,
                          const WindowsPlaces& places, std::size_t units, std::size_t first,
                          std::size_t end, std::uint32_t* contextCounts,
                          std::uint32_t* targetCounts) {
  for (std::size_t word = first; word < end; word++) {
    std::uint32_t* context = contextCounts + word * units;
    std::uint32_t* target = targetCounts + word * units;
    const WindowsList list = windowsList(places, word);
    std::size_t fetched = word + 1 < end ? 0 : units;
    for (std::size_t i = list.begin; i < list.end; i++) {
      const std::size_t at = places.positions[i];
      if (i + WINDOWS_COUNTS_AHEAD < places.count) {
        windowsFetchAround(winners, count, places.positions[i + WINDOWS_COUNTS_AHEAD], radius);
      }
      if (fetched < units) {
        windowsFetchCounts(context + units, target + units, fetched, units);
        fetched += WINDOWS_COUNTS_FETCHED;
      }
      if (at >= count) continue;
      if (winners[at] < units) target[winners[at]]++;
      const std::size_t after = count - 1 - at;
      windowsCountSide(winners + at, at < radius ? at : radius, -1, units, context);
      windowsCountSide(winners + at, after < radius ? after : radius, 1, units, context);
    }
  }
}
