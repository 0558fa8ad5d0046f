// The choice of instruction-set level: one constant table of kernels per level, one of them active
// for the process. Detection asks the processor (cpuid) and the operating system (xgetbv).

#pragma once

#include <string>
#include <vector>

#include "kernels/kernels.h"

namespace flyhash {

namespace scalar {
extern const Kernels KERNELS;
}
#if defined(__x86_64__) || defined(_M_X64)
namespace avx2 {
extern const Kernels KERNELS;
}
namespace avx512 {
extern const Kernels KERNELS;
}
#elif defined(__aarch64__) || defined(_M_ARM64)
namespace neon {
extern const Kernels KERNELS;
}
#endif

// The levels that this processor and operating system can run, slowest first; scalar is always
// there.
const std::vector<const Kernels*>& supportedLevels();

// The active table. Read once per call into a local, so that one call never mixes levels.
const Kernels& kernels();

// Makes a level active by name; false, and no change, when it is unknown or unsupported here.
bool selectLevel(const std::string& isa);

}  // namespace flyhash
