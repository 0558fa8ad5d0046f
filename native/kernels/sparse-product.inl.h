// A sparse matrix in compressed rows times a dense one. Each output is one running sum of fused
// multiply-adds over the entries of its row, in their order, from +0 (docs/numerics.md); lanes run
// across outputs. The dense matrix comes in slices of 64 outputs, [slice][column][64], the last one
// narrower, a multiple of 16, with zeros for outputs beyond the last: a slice of a few thousand
// columns stays in the second-level cache, where rows of all outputs, which are read in no order,
// would come from far away (the blocking of Nishtala, Vuduc, Demmel and Yelick 2007). So a run of
// rows takes the entries of the first columns, then those of the next ones, each row going on from
// where it stopped, which continues the same running sums. Entries of columns that do not exist
// count for nothing; where columns do not ascend the order of entries still holds.

// Where each row of a run goes on.
inline std::size_t sparseProductScratchBytes(std::size_t rows) {
  return ALIGNMENT_BYTES + rows * sizeof(std::uint32_t);
}

inline std::size_t sparseEntry(const SparseProduct& problem, std::size_t row) {
  const std::size_t entry = problem.starts[row];
  return entry < problem.entries ? entry : problem.entries;
}

// The outputs of one slice.
struct SparseSlice {
  const float* dense;  // columns x stride
  std::size_t stride;
  float* products;      // of its first output and row 0
  std::size_t outputs;  // of a row of products
  std::size_t count;    // of the slice
};

inline SparseSlice sparseSlice(const SparseProduct& problem, std::size_t slice, float* products) {
  const std::size_t first = slice * SPARSE_SLICE;
  const std::size_t padded = (problem.outputs + 15) / 16 * 16;
  const std::size_t rest = padded - first;
  const std::size_t count = problem.outputs - first;
  return {problem.slices + first * problem.columnCount, rest < SPARSE_SLICE ? rest : SPARSE_SLICE,
          products + first, problem.outputs, count < SPARSE_SLICE ? count : SPARSE_SLICE};
}

template <std::size_t BLOCKS>
[[gnu::always_inline]] inline void sparseGet(const SparseSlice& slice, std::size_t row,
                                             F32x16 (&sums)[BLOCKS]) {
  const float* from = slice.products + row * slice.outputs;
  for (std::size_t b = 0; b + 1 < BLOCKS; b++) sums[b] = load(from + b * 16);
  sums[BLOCKS - 1] = loadPartial(from + (BLOCKS - 1) * 16, slice.count - (BLOCKS - 1) * 16);
}

template <std::size_t BLOCKS>
[[gnu::always_inline]] inline void sparsePut(const SparseSlice& slice, std::size_t row,
                                             const F32x16 (&sums)[BLOCKS]) {
  float* to = slice.products + row * slice.outputs;
  for (std::size_t b = 0; b + 1 < BLOCKS; b++) store(to + b * 16, sums[b]);
  storePartial(to + (BLOCKS - 1) * 16, sums[BLOCKS - 1], slice.count - (BLOCKS - 1) * 16);
}

// Continues a row's sums over its entries before the column `limit`; gives the entry after them.
template <std::size_t BLOCKS>
[[gnu::always_inline]] inline std::size_t sparseEntries(const SparseProduct& problem,
                                                        const SparseSlice& slice, std::size_t entry,
                                                        std::size_t end, std::size_t limit,
                                                        F32x16 (&sums)[BLOCKS]) {
  for (; entry < end; entry++) {
    const std::size_t column = problem.columns[entry];
    if (column >= limit) break;
    if (column >= problem.columnCount) continue;
    const float* dense = slice.dense + column * slice.stride;
    const F32x16 value = broadcast(problem.values[entry]);
    for (std::size_t b = 0; b < BLOCKS; b++) sums[b] = fma(value, load(dense + b * 16), sums[b]);
  }
  return entry;
}

// All rows of a run over all columns, `width` of them at a time; the last time takes what is left.
template <std::size_t BLOCKS>
inline void sparseRun(const SparseProduct& problem, const SparseSlice& slice, std::size_t first,
                      std::size_t end, std::uint32_t* next) {
  for (std::size_t row = first; row < end; row++) {
    next[row - first] = static_cast<std::uint32_t>(sparseEntry(problem, row));
  }
  for (std::size_t column = 0; column == 0 || column < problem.columnCount;
       column += problem.width) {
    const bool isLast = problem.columnCount - column <= problem.width;
    const std::size_t limit = isLast ? ~std::size_t{0} : column + problem.width;
    for (std::size_t row = first; row < end; row++) {
      const std::size_t to = sparseEntry(problem, row + 1);
      F32x16 sums[BLOCKS];
      if (column == 0) {
        for (std::size_t b = 0; b < BLOCKS; b++) sums[b] = broadcast(0.0F);
      } else {
        sparseGet(slice, row, sums);
      }
      next[row - first] = static_cast<std::uint32_t>(
          sparseEntries(problem, slice, next[row - first], to, limit, sums));
      sparsePut(slice, row, sums);
    }
  }
}

// One slice of the products of the rows first .. end - 1: products rows x outputs.
inline void sparseProduct(const SparseProduct& problem, std::size_t first, std::size_t end,
                          std::size_t slice, std::byte* scratch, float* products) {
  auto* next = reinterpret_cast<std::uint32_t*>(alignedScratch(scratch));
  const SparseSlice own = sparseSlice(problem, slice, products);
  switch (own.stride / 16) {
    case 4:
      return sparseRun<4>(problem, own, first, end, next);
    case 3:
      return sparseRun<3>(problem, own, first, end, next);
    case 2:
      return sparseRun<2>(problem, own, first, end, next);
    default:
      return sparseRun<1>(problem, own, first, end, next);
  }
}
