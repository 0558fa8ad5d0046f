// Large pages for large results. A fresh result is memory that the system has not given yet, and it
// comes a page of 4 KiB at a time, each by an interruption of the kernel that writes it: 4,000 for
// 16 MiB, which cost a hash of short vectors a tenth of its time. Linux gives 2 MiB at a time when
// asked (numpy asks too, for arrays from 4 MiB on). The other systems decide by themselves.

#include "pages.h"

#include <cstdint>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace flyhash {

#if defined(__linux__) && defined(MADV_HUGEPAGE)

namespace {

constexpr std::size_t LARGE_PAGE = std::size_t{1} << 21;
constexpr std::size_t LEAST_BYTES = std::size_t{1} << 22;

}  // namespace

void preferLargePages(void* memory, std::size_t bytes) {
  if (bytes < LEAST_BYTES) return;
  const auto address = reinterpret_cast<std::uintptr_t>(memory);
  // Only pages inside the result, so that no memory is taken that is not written.
  const std::size_t skipped = (LARGE_PAGE - address % LARGE_PAGE) % LARGE_PAGE;
  const std::size_t inside = (bytes - skipped) / LARGE_PAGE * LARGE_PAGE;
  // A refusal means small pages, as without asking.
  static_cast<void>(madvise(static_cast<std::byte*>(memory) + skipped, inside, MADV_HUGEPAGE));
}

#else

void preferLargePages(void*, std::size_t) {}

#endif

}  // namespace flyhash
