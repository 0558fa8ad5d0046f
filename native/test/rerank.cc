// Re-ranking: each level against scalar, in buffers of exactly the size that the kernels may touch.

#include "levels.h"

namespace flyhash::test {

namespace {

struct RerankCase {
  std::size_t rows, dim, k;
  Metric metric;
  std::vector<std::uint32_t> ids;

  explicit RerankCase(Generator& draw)
      : rows(draw.size(1, 30)),
        dim(draw.size(1, 100)),
        k(draw.size(1, 20)),
        metric(static_cast<Metric>(draw.size(0, 2))),
        ids(draw.size(0, 60)) {
    for (std::uint32_t& id : ids) id = static_cast<std::uint32_t>(draw.size(0, rows + 3));
  }

  // The heap of keys that a kernel gives.
  template <typename Find>
  std::vector<std::uint64_t> keys(Find find) const {
    std::vector<std::uint64_t> found(k);
    found.resize(find(RerankLists{ids.data(), rows}, ids.size(), k, found.data()));
    return found;
  }
};

std::vector<std::int8_t> signedBytes(Generator& draw, std::size_t count) {
  std::vector<std::int8_t> result(count);
  for (std::int8_t& byte : result) byte = static_cast<std::int8_t>(draw.word());
  return result;
}

}  // namespace

TEST(Rerank, FloatsEqualScalar) {
  compareLevels(caseCount(4000), [](Generator& draw, const Kernels& level, const Kernels& scalar) {
    const RerankCase c(draw);
    const auto data = draw.floats(c.rows * c.dim, draw.shape());
    const auto query = draw.floats(c.dim, draw.shape());
    const DotProblem problem{c.metric, data.data(), c.dim, query.data(), 1};
    const auto run = [&](const Kernels& kernels) {
      return c.keys([&](const RerankLists& lists, std::size_t count, std::size_t k, auto* keys) {
        return kernels.rerankFloats(problem, lists, count, k, keys);
      });
    };
    EXPECT_EQ(run(scalar), run(level));
  });
}

TEST(Rerank, BytesEqualScalar) {
  compareLevels(caseCount(4000), [](Generator& draw, const Kernels& level, const Kernels& scalar) {
    const RerankCase c(draw);
    const auto data = signedBytes(draw, c.rows * c.dim);
    const auto query = signedBytes(draw, c.dim);
    const auto scales = draw.floats(c.rows, Shape::random);
    std::vector<std::uint32_t> norms(c.rows);
    for (std::uint32_t& norm : norms) norm = draw.word() % 100000;
    const RerankBytes problem{c.metric,     data.data(),  c.dim, scales.data(),
                              norms.data(), query.data(), 0.5F,  1234};
    const auto run = [&](const Kernels& kernels) {
      return c.keys([&](const RerankLists& lists, std::size_t count, std::size_t k, auto* keys) {
        return kernels.rerankBytes(problem, lists, count, k, keys);
      });
    };
    EXPECT_EQ(run(scalar), run(level));
  });
}

}  // namespace flyhash::test
