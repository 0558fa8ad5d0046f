// What a door throws. Napi::Error is never used: making one runs JavaScript, which fails, and then
// aborts the process, when a worker is being terminated. A Fault is plain C++ and is turned into a
// JavaScript error only at the edge (addon.cc), where a failure to do so is ignored because nobody
// is left to see it.

#pragma once

#include <string>

namespace flyhash {

struct Fault {
  enum class Kind { type, range, other };
  Kind kind;
  std::string message;
};

}  // namespace flyhash
