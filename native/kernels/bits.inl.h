// Bit counting and reversal on single words, in portable C++ (compilers turn them into instructions
// where the region allows). Included before every other kernel text.

// Position of the lowest set bit; value is not zero.
inline std::size_t trailingZeros(std::uint64_t value) {
  return static_cast<std::size_t>(std::countr_zero(value));
}

// How many bits are set.
inline std::uint64_t countBits(std::uint64_t value) {
  return static_cast<std::uint64_t>(std::popcount(value));
}

// The low eight bits in opposite order.
inline std::uint8_t reverseBits(unsigned byte) {
  return static_cast<std::uint8_t>(((byte * 0x80200802ULL) & 0x0884422110ULL) * 0x0101010101ULL >>
                                   32);
}

// The bits of each byte of a word in opposite order.
inline std::uint64_t reverseBytesBits(std::uint64_t word) {
  word = (word >> 1 & 0x5555555555555555U) | (word & 0x5555555555555555U) << 1;
  word = (word >> 2 & 0x3333333333333333U) | (word & 0x3333333333333333U) << 2;
  return (word >> 4 & 0x0f0f0f0f0f0f0f0fU) | (word & 0x0f0f0f0f0f0f0f0fU) << 4;
}

// The first multiple of 64 at or after a scratch pointer: a block that crosses a cache line costs
// two loads.
inline std::byte* alignedScratch(std::byte* scratch) {
  const std::size_t past = reinterpret_cast<std::uintptr_t>(scratch) % 64;
  return past == 0 ? scratch : scratch + (64 - past);
}
inline constexpr std::size_t ALIGNMENT_BYTES = 64;

// Eight bytes as a word, the first one lowest: the byte order of every supported machine.
inline std::uint64_t loadWord(const std::uint8_t* bytes) {
  std::uint64_t word;
  std::memcpy(&word, bytes, 8);
  return word;
}

// The first count (0..8) bytes of a word, the rest zero; reads nothing past them.
inline std::uint64_t loadWordPartial(const std::uint8_t* bytes, std::size_t count) {
  std::uint64_t word = 0;
  std::memcpy(&word, bytes, count);
  return word;
}

// The bits of each byte in the opposite order.
inline std::uint64_t reversedBytes(std::uint64_t word) {
  word = (word >> 1 & 0x5555555555555555U) | (word & 0x5555555555555555U) << 1;
  word = (word >> 2 & 0x3333333333333333U) | (word & 0x3333333333333333U) << 2;
  return (word >> 4 & 0x0f0f0f0f0f0f0f0fU) | (word & 0x0f0f0f0f0f0f0f0fU) << 4;
}
