// Exact distances of a query to the rows of a list, and the k nearest of them: the last step of a
// search that found the list by codes. Float distances are those of the dot kernel, bit for bit
// (the same tiles, docs/numerics.md), on gathered rows. Byte distances come from exact integer sums
// and a few operations on doubles (docs/numerics.md). Rows are asked for well before they are
// needed: they lie anywhere in memory.

// Rows of a list whose distances are found together: a multiple of every level's tile.
inline constexpr std::size_t RERANK_ROWS = 16;

// Asks for the rows that a list has from `begin` on, up to RERANK_ROWS of them.
inline void rerankFetch(const RerankLists& lists, const char* rows, std::size_t rowBytes,
                        std::size_t begin, std::size_t count) {
  const std::size_t end = count - begin < RERANK_ROWS ? count : begin + RERANK_ROWS;
  for (std::size_t i = begin; i < end; i++) {
    if (lists.ids[i] >= lists.rows) continue;
    const char* row = rows + lists.ids[i] * rowBytes;
    for (std::size_t at = 0; at < rowBytes; at += 64) prefetch(row + at);
  }
}

// The ids of a block that are rows; returns their number.
inline std::size_t rerankReal(const RerankLists& lists, std::size_t begin, std::size_t count,
                              std::uint32_t* real) {
  const std::size_t end = count - begin < RERANK_ROWS ? count : begin + RERANK_ROWS;
  std::size_t found = 0;
  for (std::size_t i = begin; i < end; i++) {
    real[found] = lists.ids[i];
    found += lists.ids[i] < lists.rows ? 1 : 0;
  }
  return found;
}

// sums[i] of the step over the query and rows[i], of RERANK_ROWS rows.
template <DotStep STEP>
inline void rerankSums(const float* query, const float* const* rows, std::size_t dim, float* sums) {
  constexpr std::size_t TILE = dotTileRows(1);
  static_assert(RERANK_ROWS % TILE == 0);
  const float* const queries[1] = {query};
  for (std::size_t first = 0; first < RERANK_ROWS; first += TILE) {
    const float* tile[TILE];
    for (std::size_t r = 0; r < TILE; r++) tile[r] = rows[first + r];
    dotTile<STEP, 1, TILE>(queries, tile, dim, sums + first);
  }
}

inline void rerankNorms(const float* query, const float* const* rows, std::size_t dim,
                        float* norms) {
  rerankSums<DotStep::square>(query, rows, dim, norms);
  store(norms, squareRoot(load(norms)));
}

// The k > 0 nearest of a list of count ids to a query, as a heap of keys; returns their number.
inline std::size_t rerankFloats(const DotProblem& problem, const RerankLists& lists,
                                std::size_t count, std::size_t k, std::uint64_t* keys) {
  const std::size_t dim = problem.dim;
  const float* rows[RERANK_ROWS];
  float norms[RERANK_ROWS + DOT_SPILL] = {};
  float queryNorm = 0.0F;
  if (problem.metric == Metric::cosine) {
    for (const float*& row : rows) row = problem.queries;
    rerankNorms(problem.queries, rows, dim, norms);
    queryNorm = norms[0];
  }
  std::size_t kept = 0;
  for (std::size_t begin = 0; begin < count; begin += RERANK_ROWS) {
    const char* data = reinterpret_cast<const char*>(problem.data);
    if (begin + RERANK_ROWS < count) {
      rerankFetch(lists, data, dim * sizeof(float), begin + RERANK_ROWS, count);
    }
    std::uint32_t ids[RERANK_ROWS];
    const std::size_t found = rerankReal(lists, begin, count, ids);
    if (found == 0) continue;
    for (std::size_t i = 0; i < RERANK_ROWS; i++) {
      rows[i] = problem.data + ids[i < found ? i : 0] * dim;
    }
    float distances[RERANK_ROWS + DOT_SPILL];
    if (problem.metric == Metric::l2) {
      rerankSums<DotStep::difference>(problem.queries, rows, dim, distances);
    } else {
      rerankSums<DotStep::product>(problem.queries, rows, dim, distances);
    }
    if (problem.metric == Metric::cosine) rerankNorms(problem.queries, rows, dim, norms);
    dotToDistances(problem.metric, queryNorm, norms, RERANK_ROWS, distances);
    for (std::size_t i = 0; i < found; i++) {
      kept = nearestOffer(keys, kept, k, nearestKey(distances[i], ids[i]));
    }
  }
  return kept;
}

// The dot product of two rows of bytes, exactly: fewer than 2^17 of them.
inline std::int32_t rerankProduct(const std::int8_t* a, const std::int8_t* b, std::size_t dim) {
  ByteSums sums = noByteSums();
  std::size_t i = 0;
  for (; i + 32 <= dim; i += 32) sums = addProducts(sums, a + i, b + i);
  if (i < dim) {
    std::int8_t rest[2][32] = {};
    std::memcpy(rest[0], a + i, dim - i);
    std::memcpy(rest[1], b + i, dim - i);
    sums = addProducts(sums, rest[0], rest[1]);
  }
  return total(sums);
}

// The distance that scales, squared norms and a dot product of bytes stand for. Doubles, in this
// order.
inline float rerankDistance(Metric metric, double scale, double norm, double rowScale,
                            double rowNorm, double product) {
  if (metric == Metric::cosine) {
    const double norms = norm * rowNorm;
    return norms == 0.0 ? 1.0F : static_cast<float>(1.0 - product / std::sqrt(norms));
  }
  const double both = scale * rowScale;
  // A product too small for a float32 must not become -0, which heaps take for less than 0.
  if (metric == Metric::dot) return static_cast<float>(0.0 - both * product) + 0.0F;
  const double squares = scale * scale * norm + rowScale * rowScale * rowNorm;
  const double distance = squares - 2.0 * (both * product);
  return distance > 0.0 ? static_cast<float>(distance) : 0.0F;
}

// As rerankFloats, on rows of bytes with scales and squared norms.
inline std::size_t rerankBytes(const RerankBytes& problem, const RerankLists& lists,
                               std::size_t count, std::size_t k, std::uint64_t* keys) {
  const std::size_t dim = problem.dim;
  std::size_t kept = 0;
  for (std::size_t i = 0; i < count; i++) {
    if (i % RERANK_ROWS == 0 && i + RERANK_ROWS < count) {
      rerankFetch(lists, reinterpret_cast<const char*>(problem.data), dim, i + RERANK_ROWS, count);
    }
    const std::uint32_t id = lists.ids[i];
    if (id >= lists.rows) continue;
    const std::int32_t product = rerankProduct(problem.query, problem.data + id * dim, dim);
    const float distance = rerankDistance(problem.metric, problem.queryScale, problem.queryNorm,
                                          problem.scales[id], problem.norms[id], product);
    kept = nearestOffer(keys, kept, k, nearestKey(distance, id));
  }
  return kept;
}
