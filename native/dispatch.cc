// Detection of the processor's level and the process-wide choice among the tables (see dispatch.h).
// Written with cpuid itself, because __builtin_cpu_supports does not exist on every compiler.

#include "dispatch.h"

#include <atomic>
#include <cstdint>

#if defined(_M_X64)
#include <intrin.h>
#elif defined(__x86_64__)
#include <cpuid.h>
#endif

namespace flyhash {

namespace {

#if defined(__x86_64__) || defined(_M_X64)

struct Registers {
  std::uint32_t eax, ebx, ecx, edx;
};

Registers cpuid(std::uint32_t leaf, std::uint32_t subleaf) {
#if defined(_M_X64)
  int r[4];
  __cpuidex(r, static_cast<int>(leaf), static_cast<int>(subleaf));
  return {static_cast<std::uint32_t>(r[0]), static_cast<std::uint32_t>(r[1]),
          static_cast<std::uint32_t>(r[2]), static_cast<std::uint32_t>(r[3])};
#else
  Registers r{};
  __get_cpuid_count(leaf, subleaf, &r.eax, &r.ebx, &r.ecx, &r.edx);
  return r;
#endif
}

// Which register states the operating system saves: XCR0.
std::uint64_t savedStates() {
#if defined(_M_X64)
  return _xgetbv(0);
#else
  std::uint32_t low;
  std::uint32_t high;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return static_cast<std::uint64_t>(high) << 32 | low;
#endif
}

constexpr bool hasAll(std::uint32_t word, std::uint32_t bits) { return (word & bits) == bits; }

constexpr std::uint32_t bit(unsigned position) { return 1U << position; }

struct Support {
  bool avx2 = false;
  bool avx512 = false;
};

Support detect() {
  Support support;
  const Registers basic = cpuid(1, 0);
  const std::uint32_t fmaPopcntOsxsaveAvx = bit(12) | bit(23) | bit(27) | bit(28);
  if (!hasAll(basic.ecx, fmaPopcntOsxsaveAvx)) return support;
  const std::uint64_t states = savedStates();
  const Registers extended = cpuid(7, 0);
  const bool lzcnt = hasAll(cpuid(0x80000001U, 0).ecx, bit(5));
  const std::uint32_t bmi1Avx2Bmi2 = bit(3) | bit(5) | bit(8);
  support.avx2 = (states & 0x6) == 0x6 && lzcnt && hasAll(extended.ebx, bmi1Avx2Bmi2);
  const std::uint32_t fDqBwVl = bit(16) | bit(17) | bit(30) | bit(31);
  const std::uint32_t vbmi2VnniVpopcntdq = bit(6) | bit(11) | bit(14);
  support.avx512 = support.avx2 && (states & 0xe6) == 0xe6 && hasAll(extended.ebx, fDqBwVl) &&
                   hasAll(extended.ecx, vbmi2VnniVpopcntdq);
  return support;
}

#endif

std::vector<const Kernels*> findLevels() {
  std::vector<const Kernels*> levels{&scalar::KERNELS};
#if defined(__x86_64__) || defined(_M_X64)
  const Support support = detect();
  if (support.avx2) levels.push_back(&avx2::KERNELS);
  if (support.avx512) levels.push_back(&avx512::KERNELS);
#elif defined(__aarch64__) || defined(_M_ARM64)
  levels.push_back(&neon::KERNELS);
#endif
  return levels;
}

std::atomic<const Kernels*>& active() {
  static std::atomic<const Kernels*> table{supportedLevels().back()};
  return table;
}

}  // namespace

const std::vector<const Kernels*>& supportedLevels() {
  static const std::vector<const Kernels*> levels = findLevels();
  return levels;
}

const Kernels& kernels() { return *active().load(std::memory_order_relaxed); }

bool selectLevel(const std::string& isa) {
  for (const Kernels* level : supportedLevels()) {
    if (isa == level->isa) {
      active().store(level, std::memory_order_relaxed);
      return true;
    }
  }
  return false;
}

}  // namespace flyhash
