// Distances of many pairs of vectors, from their dot products or squared differences. A pair has 16 interleaved
// partial sums (element i goes to sum i mod 16), fused, over a zero-filled tail, and then the fixed fold
// 16 -> 8 -> 4 -> 2 -> 1 (docs/numerics.md), so tiles and blocks change the speed and never a bit. A tile of
// several queries and several rows keeps its sums in registers, and folds them together by transposition.

// Rows whose distances are found before they are used: the distances stay in the first-level cache. A multiple of
// every level's tile and of 16.
inline constexpr std::size_t DOT_ROWS = 480;

// Values of rows that all queries visit before the next rows: half a megabyte at most, for the second-level cache.
inline constexpr std::size_t DOT_VALUES = 1 << 16;

enum class DotStep { product, difference, square };

template <DotStep STEP>
inline F32x16 dotStep(F32x16 query, F32x16 row, F32x16 sum) {
  if constexpr (STEP == DotStep::product) {
    return fma(query, row, sum);
  } else if constexpr (STEP == DotStep::square) {
    return fma(row, row, sum);
  } else {
    const F32x16 difference = subtract(query, row);
    return fma(difference, difference, sum);
  }
}

// QUERIES x ROWS pairs: sums[q * ROWS + r] of queries + q * dim and rows[r], folded.
template <DotStep STEP, std::size_t QUERIES, std::size_t ROWS>
inline void dotTile(const float* queries, const float* const (&rows)[ROWS], std::size_t dim,
                    float (&results)[QUERIES * ROWS]) {
  F32x16 sums[QUERIES * ROWS];
  for (std::size_t s = 0; s < QUERIES * ROWS; s++) sums[s] = broadcast(0.0F);
  const auto step = [&](std::size_t i, auto read) {
    F32x16 values[QUERIES];
    for (std::size_t q = 0; q < QUERIES; q++) values[q] = read(queries + q * dim + i);
    for (std::size_t r = 0; r < ROWS; r++) {
      const F32x16 row = read(rows[r] + i);
      for (std::size_t q = 0; q < QUERIES; q++) {
        sums[q * ROWS + r] = dotStep<STEP>(values[q], row, sums[q * ROWS + r]);
      }
    }
  };
  std::size_t i = 0;
  for (; i + 16 <= dim; i += 16) step(i, [](const float* from) { return load(from); });
  if (i < dim) step(i, [&](const float* from) { return loadPartial(from, dim - i); });
  foldMany(sums, results);
}

// results [QUERIES][DOT_ROWS] for rowCount <= DOT_ROWS rows. A last tile that is not full repeats the last row.
template <DotStep STEP, std::size_t QUERIES>
inline void dotBlock(const float* queries, const float* rows, std::size_t rowCount, std::size_t dim,
                     float* results) {
  constexpr std::size_t ROWS = dotTileRows(QUERIES);
  static_assert(DOT_ROWS % ROWS == 0);
  for (std::size_t first = 0; first < rowCount; first += ROWS) {
    const float* tileRows[ROWS];
    for (std::size_t r = 0; r < ROWS; r++) {
      const std::size_t row = first + r < rowCount ? first + r : rowCount - 1;
      tileRows[r] = rows + row * dim;
    }
    float folded[QUERIES * ROWS];
    dotTile<STEP, QUERIES, ROWS>(queries, tileRows, dim, folded);
    for (std::size_t q = 0; q < QUERIES; q++) {
      for (std::size_t r = 0; r < ROWS; r++) results[q * DOT_ROWS + first + r] = folded[q * ROWS + r];
    }
  }
}

// Norms of rowCount <= DOT_ROWS rows: the square root of each row's dot product with itself.
inline void dotNorms(const float* rows, std::size_t rowCount, std::size_t dim, float* norms) {
  dotBlock<DotStep::square, 1>(rows, rows, rowCount, dim, norms);
  for (std::size_t i = 0; i < rowCount; i += 16) store(norms + i, squareRoot(load(norms + i)));
}

// Sums to distances, in place: the squared difference itself, -dot, or 1 - dot / (query norm x row norm), which is
// 1 where that product is zero. What is then not a number (only after an overflow) becomes +infinity, the farthest.
inline void dotToDistances(Metric metric, float queryNorm, const float* rowNorms, std::size_t rowCount,
                           float* distances) {
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

// A run of rows that all queries visit, and room for its results.
struct DotBlock {
  const float* rows;
  std::size_t rowCount;  // at most DOT_ROWS
  float norms[DOT_ROWS];
  float queryNorms[DOT_ROWS];
  float distances[DOT_QUERIES * DOT_ROWS];
};

// Calls use(query, distances of the block's rows) for every query from `query` on.
template <std::size_t QUERIES, typename Use>
inline void dotQueries(const DotProblem& problem, DotBlock& block, std::size_t query, Use use) {
  for (; query + QUERIES <= problem.queryCount; query += QUERIES) {
    const float* queries = problem.queries + query * problem.dim;
    if (problem.metric == Metric::cosine) dotNorms(queries, QUERIES, problem.dim, block.queryNorms);
    if (problem.metric == Metric::l2) {
      dotBlock<DotStep::difference, QUERIES>(queries, block.rows, block.rowCount, problem.dim, block.distances);
    } else {
      dotBlock<DotStep::product, QUERIES>(queries, block.rows, block.rowCount, problem.dim, block.distances);
    }
    for (std::size_t q = 0; q < QUERIES; q++) {
      float* distances = block.distances + q * DOT_ROWS;
      dotToDistances(problem.metric, block.queryNorms[q], block.norms, block.rowCount, distances);
      use(query + q, distances);
    }
  }
  if constexpr (QUERIES > 1) dotQueries<QUERIES / 2>(problem, block, query, use);
}

// Visits rows begin .. end - 1 block by block, each with all queries: use(query, first row, row count, distances).
// Returns the flat position of the first value of those rows that is not finite, or (end) x dim; then the rest of
// the rows was not visited.
template <typename Use>
inline std::size_t dotRows(const DotProblem& problem, std::size_t begin, std::size_t end, Use use) {
  const std::size_t dim = problem.dim;
  const std::size_t fitting = DOT_VALUES / dim / 16 * 16;
  const std::size_t step = fitting < 16 ? 16 : fitting < DOT_ROWS ? fitting : DOT_ROWS;
  DotBlock block = {};
  for (std::size_t row = begin; row < end; row += step) {
    block.rows = problem.data + row * dim;
    block.rowCount = end - row < step ? end - row : step;
    const std::size_t values = block.rowCount * dim;
    const std::size_t bad = firstNonFinite(block.rows, values);
    if (bad < values) return row * dim + bad;
    if (problem.metric == Metric::cosine) dotNorms(block.rows, block.rowCount, dim, block.norms);
    dotQueries<DOT_QUERIES>(problem, block, 0, [&](std::size_t query, const float* distances) {
      use(query, row, block.rowCount, distances);
    });
  }
  return end * dim;
}

// Distances of all queries to rows begin .. end - 1: distances [queryCount][stride], from column begin on.
inline std::size_t dotDistances(const DotProblem& problem, std::size_t begin, std::size_t end, float* distances,
                                std::size_t stride) {
  return dotRows(problem, begin, end,
                 [=](std::size_t query, std::size_t row, std::size_t rowCount, const float* values) {
                   std::memcpy(distances + query * stride + row, values, rowCount * sizeof(float));
                 });
}

// The k nearest of rows begin .. end - 1 to each query: heaps keys [queryCount][k] of counts[query] keys, which
// must be 0 before the first call; later calls on later rows continue them.
inline std::size_t dotNearest(const DotProblem& problem, std::size_t begin, std::size_t end, std::size_t k,
                              std::uint64_t* keys, std::size_t* counts) {
  return dotRows(problem, begin, end,
                 [=](std::size_t query, std::size_t row, std::size_t rowCount, const float* values) {
                   counts[query] = nearestScan(values, rowCount, row, keys + query * k, counts[query], k);
                 });
}
