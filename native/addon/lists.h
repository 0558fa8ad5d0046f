// Lists of ids, one a query or one for all, as arguments of a door: ids [queries][places] or
// [places], and how many of each are meant. Counts and ids come from JavaScript and are looked at
// with suspicion: a count above places is cut, and kernels pass over ids that are no rows.

#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "call.h"

namespace flyhash {

struct Lists {
  const std::uint32_t* ids;
  const std::uint32_t* counts;
  std::size_t places;
  std::size_t queryCount;
  bool isShared;

  // Arguments first .. first + 3 of the call: ids, counts, places, and 1 where one list is shared.
  Lists(const Call& call, std::size_t first, std::size_t queries)
      : places(call.size(first + 2)), queryCount(queries), isShared(call.size(first + 3) == 1) {
    const std::size_t lists = isShared ? 1 : queryCount;
    ids = call.integers(first, product(lists, places));
    counts = call.integers(first + 1, lists);
  }

  const std::uint32_t* of(std::size_t query) const { return ids + (isShared ? 0 : query * places); }

  std::size_t count(std::size_t query) const {
    return std::min<std::size_t>(counts[isShared ? 0 : query], places);
  }

  // Queries of a block of about a millisecond, and no more than a thread's share.
  std::size_t blockQueries(double nanoseconds, std::size_t threads) const {
    const std::size_t share = (queryCount + threads - 1) / threads;
    const auto inTime = static_cast<std::size_t>(1e6 / (nanoseconds + 1));
    return std::max<std::size_t>(1, std::min(share, inTime));
  }
};

}  // namespace flyhash
