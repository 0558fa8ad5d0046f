// Bit counting and reversal on single words, in portable C++ (compilers turn them into instructions
// where the region allows). Included before every other kernel text.

// Position of the lowest set bit; value is not zero.
inline std::size_t trailingZeros(std::uint64_t value) {
  return static_cast<std::size_t>(std::countr_zero(value));
}

// The low eight bits in opposite order.
inline std::uint8_t reverseBits(unsigned byte) {
  return static_cast<std::uint8_t>(((byte * 0x80200802ULL) & 0x0884422110ULL) * 0x0101010101ULL >>
                                   32);
}

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
