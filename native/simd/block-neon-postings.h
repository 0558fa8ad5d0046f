// What posting bitmaps ask of arm64 NEON: whole blocks of bits added up
// side by side. Every block-*-postings.h defines the same names. Included by isa/neon.cc after
// block-neon-hamming.h, never elsewhere.

inline U64x8 bitOr(U64x8 a, U64x8 b) {
  return pairs([&](int i) { return vorrq_u64(a.v[i], b.v[i]); });
}

// The two bits of a + b + c in each place: the low one, and the carry.
inline U64x8 sumBit(U64x8 a, U64x8 b, U64x8 c) { return exclusiveOr(exclusiveOr(a, b), c); }
inline U64x8 carryBit(U64x8 a, U64x8 b, U64x8 c) {
  return pairs([&](int i) { return vbslq_u64(veorq_u64(a.v[i], b.v[i]), c.v[i], a.v[i]); });
}

// Whether any bit is set.
inline bool anyBit(U64x8 a) {
  const uint64x2_t all = vorrq_u64(vorrq_u64(a.v[0], a.v[1]), vorrq_u64(a.v[2], a.v[3]));
  return (vgetq_lane_u64(all, 0) | vgetq_lane_u64(all, 1)) != 0;
}

// Fetches memory into the second-level cache: left to the hardware.
inline void prefetchSecond(const void*) {}
