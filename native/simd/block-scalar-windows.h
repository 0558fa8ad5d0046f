// Integers of 32 bits in blocks of 16, and rows of 16-bit weights that are added up in them
// (native/kernels/windows.inl.h), in plain C++: the specification of the other levels. Sums wrap,
// so that no input is undefined. Included by isa/scalar.cc after the block header.

struct I32x16 {
  std::int32_t v[16];
};

// Two blocks of 16 sums, of 32 weights side by side, in an order that is the level's own.
struct I32x32 {
  I32x16 low;
  I32x16 high;
};

// What two rows are multiplied with.
struct WeightPair {
  std::int32_t first;
  std::int32_t second;
};

template <typename Operation>
inline I32x16 integerLanes(Operation operation) {
  I32x16 result;
  for (std::size_t i = 0; i < 16; i++) result.v[i] = operation(i);
  return result;
}

inline I32x16 load(const std::int32_t* from) {
  return integerLanes([&](std::size_t i) { return from[i]; });
}
inline void store(std::int32_t* to, const I32x16& a) {
  for (std::size_t i = 0; i < 16; i++) to[i] = a.v[i];
}
inline I32x16 broadcast(std::int32_t value) {
  return integerLanes([&](std::size_t) { return value; });
}
inline I32x16 add(const I32x16& a, const I32x16& b) {
  return integerLanes([&](std::size_t i) {
    return static_cast<std::int32_t>(static_cast<std::uint32_t>(a.v[i]) +
                                     static_cast<std::uint32_t>(b.v[i]));
  });
}
inline I32x16 maximum(const I32x16& a, const I32x16& b) {
  return integerLanes([&](std::size_t i) { return a.v[i] > b.v[i] ? a.v[i] : b.v[i]; });
}
inline I32x16 minimum(const I32x16& a, const I32x16& b) {
  return integerLanes([&](std::size_t i) { return a.v[i] < b.v[i] ? a.v[i] : b.v[i]; });
}
inline std::int32_t greatest(const I32x16& a) {
  std::int32_t result = a.v[0];
  for (const std::int32_t lane : a.v) result = lane > result ? lane : result;
  return result;
}
inline std::int32_t smallest(const I32x16& a) {
  std::int32_t result = a.v[0];
  for (const std::int32_t lane : a.v) result = lane < result ? lane : result;
  return result;
}
inline std::uint16_t greaterEqual(const I32x16& a, const I32x16& b) {
  return maskOf([&](std::size_t i) { return a.v[i] >= b.v[i]; });
}
// One more in each lane where a >= b.
inline Counts16 countGreaterEqual(Counts16 counts, const I32x16& a, const I32x16& b) {
  for (std::size_t i = 0; i < 16; i++) counts.v[i] += a.v[i] >= b.v[i] ? 1U : 0U;
  return counts;
}

// Both from -32,767 to 32,767.
inline WeightPair weightPair(std::int32_t first, std::int32_t second) { return {first, second}; }

// a x first + b x second of 32 weights each, in the level's order.
inline I32x32 weighed(const std::int16_t* a, const std::int16_t* b, WeightPair pair) {
  const auto half = [&](std::size_t at) {
    return integerLanes(
        [&](std::size_t i) { return a[at + i] * pair.first + b[at + i] * pair.second; });
  };
  return {half(0), half(16)};
}

// Sums and weighed(a, b, pair) added up.
inline I32x32 addWeighed(const I32x32& sums, const std::int16_t* a, const std::int16_t* b,
                         WeightPair pair) {
  const I32x32 own = weighed(a, b, pair);
  return {add(sums.low, own.low), add(sums.high, own.high)};
}

// Sums in the level's order, put in the order of their weights.
inline I32x32 inOrder(const I32x32& sums) { return sums; }
