// Distances of many pairs of vectors, from their dot products or squared differences. A pair has 16
// interleaved partial sums (element i goes to sum i mod 16), fused, over a zero-filled tail, and
// then the fixed fold 16 -> 8 -> 4 -> 2 -> 1 (docs/numerics.md), so tiles and blocks change the
// speed and never a bit. A tile of several queries and several rows keeps its sums in registers,
// and folds them together by transposition.

// Rows whose distances are found before they are used: the distances stay in the first-level cache.
// A multiple of every level's tile and of 16.
inline constexpr std::size_t DOT_ROWS = 480;
inline constexpr std::size_t DOT_STRIDE = DOT_ROWS + 16;
static_assert(DOT_SPILL <= 16);

// Values of rows that all queries visit before the next rows: a quarter of a megabyte, for the
// second-level cache; with few queries, for the first.
inline constexpr std::size_t DOT_VALUES = 1 << 16;
inline constexpr std::size_t DOT_FEW_VALUES = 1 << 12;

inline std::size_t dotPadded(std::size_t dim) { return (dim + 15) / 16 * 16; }

// Rows of a block.
inline std::size_t dotBlockRows(const DotProblem& problem, bool copied) {
  const std::size_t fitting =
      (copied ? DOT_VALUES : DOT_FEW_VALUES) / dotPadded(problem.dim) / 16 * 16;
  return fitting < 16 ? 16 : fitting < DOT_ROWS ? fitting : DOT_ROWS;
}

// Whether vectors are first copied to aligned places with a zero-filled tail: a block that
// straddles two cache lines costs two reads, and arrays from JavaScript begin anywhere. Few queries
// do not repay it, and long vectors need too much memory for it.
inline bool dotCopies(const DotProblem& problem) {
  return problem.queryCount >= 8 && problem.dim <= 1 << 14;
}

enum class DotStep { product, difference, square };

template <DotStep STEP>
inline DotLanes dotStep(DotLanes query, DotLanes row, DotLanes sum) {
  if constexpr (STEP == DotStep::product) {
    return fma(query, row, sum);
  } else if constexpr (STEP == DotStep::square) {
    return fma(row, row, sum);
  } else {
    const DotLanes difference = subtract(query, row);
    return fma(difference, difference, sum);
  }
}

// Vectors one after the other, each of dim values.
struct DotVectors {
  const float* values;
  std::size_t count;
  std::size_t dim;
};

// Sums to zero, or a pass's lanes of all sums in place. Recursions, since an array indexed by a
// loop leaves the registers, and GCC would make the first a call of memset.
template <std::size_t FIRST, std::size_t COUNT>
inline void dotClear(DotLanes (&sums)[COUNT]) {
  constexpr float ZEROS[16] = {};
  sums[FIRST] = loadLanes(ZEROS);
  if constexpr (FIRST + 1 < COUNT) dotClear<FIRST + 1>(sums);
}
template <std::size_t FIRST, std::size_t COUNT>
inline void dotPlace(F32x16 (&sums)[COUNT], std::size_t pass, const DotLanes (&lanes)[COUNT]) {
  placeLanes(sums[FIRST], pass, lanes[FIRST]);
  if constexpr (FIRST + 1 < COUNT) dotPlace<FIRST + 1>(sums, pass, lanes);
}

// Adds 16 elements of each pair, of the lanes from `at` on, to the lanes' sums.
template <DotStep STEP, std::size_t QUERIES, std::size_t ROWS>
inline void dotAdd(const float* const (&queries)[QUERIES], const float* const (&rows)[ROWS],
                   std::size_t at, DotLanes (&sums)[QUERIES * ROWS]) {
  DotLanes values[ROWS];
  for (std::size_t r = 0; r < ROWS; r++) values[r] = loadLanes(rows[r] + at);
  for (std::size_t q = 0; q < QUERIES; q++) {
    const DotLanes query = loadLanes(queries[q] + at);
    for (std::size_t r = 0; r < ROWS; r++) {
      sums[q * ROWS + r] = dotStep<STEP>(query, values[r], sums[q * ROWS + r]);
    }
  }
}

// The last values of vectors whose dim is no multiple of 16, with zeros after them.
template <std::size_t COUNT>
struct DotTail {
  float values[COUNT][16];
  const float* vectors[COUNT];

  DotTail(const float* const (&whole)[COUNT], std::size_t dim) {
    const std::size_t rest = dim % 16;
    for (std::size_t i = 0; i < COUNT; i++) {
      store(values[i], loadPartial(whole[i] + dim - rest, rest));
      vectors[i] = values[i];
    }
  }
};

// results[q * DOT_STRIDE + r] of queries x rows.
template <DotStep STEP, std::size_t QUERIES, std::size_t ROWS>
inline void dotTile(const float* const (&queries)[QUERIES], const float* const (&rows)[ROWS],
                    std::size_t dim, float* results) {
  F32x16 sums[QUERIES * ROWS];
  for (std::size_t pass = 0; pass < 16 / DOT_LANES; pass++) {
    DotLanes lanes[QUERIES * ROWS];
    dotClear<0>(lanes);
    for (std::size_t i = 0; i + 16 <= dim; i += 16) {
      dotAdd<STEP, QUERIES, ROWS>(queries, rows, i + pass * DOT_LANES, lanes);
    }
    if (dim % 16 != 0) {
      const DotTail<QUERIES> queryTail(queries, dim);
      const DotTail<ROWS> rowTail(rows, dim);
      dotAdd<STEP, QUERIES, ROWS>(queryTail.vectors, rowTail.vectors, pass * DOT_LANES, lanes);
    }
    dotPlace<0>(sums, pass, lanes);
  }
  foldTile<QUERIES, ROWS>(sums, results, DOT_STRIDE);
}

// results [QUERIES][DOT_STRIDE] for at most DOT_ROWS rows. A last tile that is not full repeats the
// last row.
template <DotStep STEP, std::size_t QUERIES>
inline void dotBlock(const float* queries, const DotVectors& rows, float* results) {
  constexpr std::size_t ROWS = dotTileRows(QUERIES);
  static_assert(DOT_ROWS % ROWS == 0);
  const float* tileQueries[QUERIES];
  for (std::size_t q = 0; q < QUERIES; q++) tileQueries[q] = queries + q * rows.dim;
  for (std::size_t first = 0; first < rows.count; first += ROWS) {
    const float* tileRows[ROWS];
    for (std::size_t r = 0; r < ROWS; r++) {
      const std::size_t row = first + r < rows.count ? first + r : rows.count - 1;
      tileRows[r] = rows.values + row * rows.dim;
    }
    dotTile<STEP, QUERIES, ROWS>(tileQueries, tileRows, rows.dim, results + first);
  }
}

// Norms of at most DOT_ROWS vectors: the square root of each one's dot product with itself.
inline void dotNorms(const DotVectors& vectors, float* norms) {
  dotBlock<DotStep::square, 1>(vectors.values, vectors, norms);
  for (std::size_t i = 0; i < vectors.count; i += 16) store(norms + i, squareRoot(load(norms + i)));
}

// The vectors copied to `places`, with a zero-filled tail.
inline DotVectors dotCopied(const DotVectors& vectors, float* places) {
  const std::size_t dim = vectors.dim;
  const std::size_t padded = dotPadded(dim);
  for (std::size_t row = 0; row < vectors.count; row++) {
    const float* from = vectors.values + row * dim;
    float* to = places + row * padded;
    std::size_t i = 0;
    for (; i + 16 <= dim; i += 16) store(to + i, load(from + i));
    if (i < dim) store(to + i, loadPartial(from + i, dim - i));
  }
  return {places, vectors.count, padded};
}

// Sums to distances, in place: the squared difference itself, -dot, or 1 - dot / (query norm x row
// norm), which is 1 where that product is zero. What is then not a number (only after an overflow)
// becomes +infinity, the farthest.
inline void dotToDistances(Metric metric, float queryNorm, const float* rowNorms,
                           std::size_t rowCount, float* distances) {
  for (std::size_t i = 0; i < rowCount; i += 16) {
    F32x16 distance = load(distances + i);
    unsigned zero = 0;
    if (metric == Metric::dot) distance = subtract(broadcast(0.0F), distance);
    if (metric == Metric::cosine) {
      const F32x16 norms = multiply(broadcast(queryNorm), load(rowNorms + i));
      zero = equal(norms, broadcast(0.0F));
      distance = subtract(broadcast(1.0F), divide(distance, norms));
    }
    store(distances + i, minimum(distance, broadcast(INFINITY)));
    for (; zero != 0; zero &= zero - 1) distances[i + trailingZeros(zero)] = 1.0F;
  }
}

// A run of rows that all queries visit, and room for the results and for copies. Lives in scratch
// memory.
struct alignas(64) DotBlock {
  float norms[DOT_STRIDE];
  float queryNorms[DOT_STRIDE];
  float distances[DOT_QUERIES * DOT_STRIDE];
  DotVectors rows;
  bool copied;

  float* queryPlaces() { return reinterpret_cast<float*>(this + 1); }
  float* rowPlaces(std::size_t dim) { return queryPlaces() + DOT_QUERIES * dotPadded(dim); }
};

// Bytes of scratch memory, aligned to 64, that dotDistances and dotNearest need.
inline std::size_t dotScratchBytes(const DotProblem& problem) {
  if (!dotCopies(problem)) return sizeof(DotBlock);
  const std::size_t vectors = DOT_QUERIES + dotBlockRows(problem, true);
  return sizeof(DotBlock) + vectors * dotPadded(problem.dim) * sizeof(float);
}

// Calls use(query, distances of the block's rows) for every query from `query` on.
template <std::size_t QUERIES, typename Use>
inline void dotQueries(const DotProblem& problem, DotBlock& block, std::size_t query, Use use) {
  for (; query + QUERIES <= problem.queryCount; query += QUERIES) {
    DotVectors queries{problem.queries + query * problem.dim, QUERIES, problem.dim};
    if (block.copied) queries = dotCopied(queries, block.queryPlaces());
    if (problem.metric == Metric::cosine) dotNorms(queries, block.queryNorms);
    if (problem.metric == Metric::l2) {
      dotBlock<DotStep::difference, QUERIES>(queries.values, block.rows, block.distances);
    } else {
      dotBlock<DotStep::product, QUERIES>(queries.values, block.rows, block.distances);
    }
    for (std::size_t q = 0; q < QUERIES; q++) {
      float* distances = block.distances + q * DOT_STRIDE;
      dotToDistances(problem.metric, block.queryNorms[q], block.norms, block.rows.count, distances);
      use(query + q, distances);
    }
  }
  if constexpr (QUERIES > 1) dotQueries<QUERIES / 2>(problem, block, query, use);
}

// Visits rows begin .. end - 1 block by block, each with all queries: use(query, first row, row
// count, distances). Returns the flat position of the first value of those rows that is not finite,
// or end x dim; at such a value the visit ends.
template <typename Use>
inline std::size_t dotRows(const DotProblem& problem, std::size_t begin, std::size_t end,
                           void* scratch, Use use) {
  const std::size_t dim = problem.dim;
  DotBlock& block = *static_cast<DotBlock*>(scratch);
  std::memset(scratch, 0, sizeof(DotBlock));
  block.copied = dotCopies(problem);
  const std::size_t step = dotBlockRows(problem, block.copied);
  for (std::size_t row = begin; row < end; row += step) {
    const std::size_t count = end - row < step ? end - row : step;
    block.rows = {problem.data + row * dim, count, dim};
    const std::size_t bad = firstNonFinite(block.rows.values, count * dim);
    if (bad < count * dim) return row * dim + bad;
    if (block.copied) block.rows = dotCopied(block.rows, block.rowPlaces(dim));
    if (problem.metric == Metric::cosine) dotNorms(block.rows, block.norms);
    dotQueries<DOT_QUERIES>(problem, block, 0, [&](std::size_t query, const float* distances) {
      use(query, row, count, distances);
    });
  }
  return end * dim;
}

// Distances of all queries to rows begin .. end - 1: distances [queryCount][stride], from column
// begin on.
inline std::size_t dotDistances(const DotProblem& problem, std::size_t begin, std::size_t end,
                                void* scratch, float* distances, std::size_t stride) {
  return dotRows(
      problem, begin, end, scratch,
      [=](std::size_t query, std::size_t row, std::size_t rowCount, const float* values) {
        std::memcpy(distances + query * stride + row, values, rowCount * sizeof(float));
      });
}

// The k nearest of rows begin .. end - 1 to each query: heaps keys [queryCount][k] of counts[query]
// keys, which must be 0 before the first call; later calls on later rows continue them.
inline std::size_t dotNearest(const DotProblem& problem, std::size_t begin, std::size_t end,
                              void* scratch, std::size_t k, std::uint64_t* keys,
                              std::size_t* counts) {
  return dotRows(
      problem, begin, end, scratch,
      [=](std::size_t query, std::size_t row, std::size_t rowCount, const float* values) {
        counts[query] = nearestScan(values, rowCount, row, keys + query * k, counts[query], k);
      });
}
