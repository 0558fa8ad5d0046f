// Large pages for large results: see pages.cc.

#pragma once

#include <cstddef>

namespace flyhash {

// Asks for large pages under memory that is about to be written as a whole. Contents stay; where
// the system has none to give, nothing happens.
void preferLargePages(void* memory, std::size_t bytes);

}  // namespace flyhash
