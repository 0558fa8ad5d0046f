// The thread pool: every block runs exactly once, a job ends exactly once, stopping and running out
// of memory are told, and jobs from many threads do not disturb each other. Meant for
// ThreadSanitizer too.

#include "threads/pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <new>
#include <numeric>
#include <thread>
#include <vector>

namespace flyhash::test {

namespace {

constexpr std::size_t BLOCKS = 200;

// Counts visits without atomics: a block that ran twice at once would be a race that
// ThreadSanitizer reports.
Work counting(std::vector<int>& visits, std::size_t scratchBytes = 0) {
  Work work;
  work.blocks = visits.size();
  work.scratchBytes = scratchBytes;
  work.run = [&visits, scratchBytes](std::size_t block, std::byte* scratch) {
    for (std::size_t i = 0; i < scratchBytes; i++) scratch[i] = static_cast<std::byte>(block);
    visits[block]++;
  };
  return work;
}

}  // namespace

TEST(Pool, RunsEveryBlockOnceForAnyThreadCount) {
  for (std::size_t threads = 0; threads <= 9; threads++) {
    for (const std::size_t blocks : {std::size_t{0}, std::size_t{1}, std::size_t{3}, BLOCKS}) {
      std::vector<int> visits(blocks);
      EXPECT_EQ(runHere(counting(visits), threads), Outcome::finished);
      EXPECT_EQ(visits, std::vector<int>(blocks, 1));
    }
  }
}

TEST(Pool, FinishRunsOnceAfterTheLastBlock) {
  for (const std::size_t threads : {1, 2, 5}) {
    std::vector<int> visits(BLOCKS);
    int finished = 0;
    Work work = counting(visits);
    work.finish = [&] { finished += std::accumulate(visits.begin(), visits.end(), 0); };
    EXPECT_EQ(runHere(std::move(work), threads), Outcome::finished);
    EXPECT_EQ(finished, static_cast<int>(BLOCKS));
  }
}

TEST(Pool, ScratchIsPrivateAndAligned) {
  std::atomic<int> misaligned{0};
  std::atomic<int> disturbed{0};
  Work work;
  work.blocks = BLOCKS;
  work.scratchBytes = 4096;
  work.run = [&](std::size_t block, std::byte* scratch) {
    if (reinterpret_cast<std::uintptr_t>(scratch) % 64 != 0) misaligned++;
    const auto mark = static_cast<std::byte>(block);
    for (std::size_t i = 0; i < 4096; i++) scratch[i] = mark;
    for (std::size_t i = 0; i < 4096; i++) {
      if (scratch[i] != mark) disturbed++;
    }
  };
  EXPECT_EQ(runHere(std::move(work), 4), Outcome::finished);
  EXPECT_EQ(misaligned, 0);
  EXPECT_EQ(disturbed, 0);
}

TEST(Pool, AThrowIsOutOfMemory) {
  for (const std::size_t threads : {1, 3}) {
    bool finished = false;
    Work work;
    work.blocks = BLOCKS;
    work.run = [](std::size_t block, std::byte*) {
      if (block == 7) throw std::bad_alloc();
    };
    work.finish = [&] { finished = true; };
    EXPECT_EQ(runHere(std::move(work), threads), Outcome::outOfMemory);
    EXPECT_FALSE(finished);
  }
}

TEST(Pool, AJobEndsOnceAndTellsItsProgress) {
  std::vector<int> visits(BLOCKS);
  std::atomic<int> ends{0};
  const auto job = std::make_shared<Job>(counting(visits, 128), [&] { ends++; });
  runInPool(job, 3);
  job->wait();
  EXPECT_EQ(job->outcome(), Outcome::finished);
  EXPECT_EQ(job->progress(), 1.0);
  EXPECT_EQ(ends, 1);
  EXPECT_EQ(visits, std::vector<int>(BLOCKS, 1));
}

TEST(Pool, AStoppedJobStartsNoFurtherBlock) {
  for (int round = 0; round < 200; round++) {
    std::atomic<int> running{0};
    std::atomic<int> ends{0};
    Work work;
    work.blocks = 100000;
    work.run = [&](std::size_t, std::byte*) { running++; };
    const auto job = std::make_shared<Job>(std::move(work), [&] { ends++; });
    runInPool(job, 2);
    if (round % 2 == 0) std::this_thread::yield();
    job->stop();
    job->wait();
    const int after = running;
    std::this_thread::yield();
    EXPECT_EQ(running, after);
    EXPECT_EQ(ends, 1);
    EXPECT_NE(job->outcome(), Outcome::outOfMemory);
  }
}

TEST(Pool, CallsFromManyThreadsDoNotDisturbEachOther) {
  std::vector<std::thread> callers;
  std::atomic<int> wrong{0};
  for (int caller = 0; caller < 4; caller++) {
    callers.emplace_back([&wrong] {
      for (int call = 0; call < 50; call++) {
        std::vector<int> visits(31);
        if (runHere(counting(visits, 64), 3) != Outcome::finished) wrong++;
        if (visits != std::vector<int>(31, 1)) wrong++;
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(wrong, 0);
}

}  // namespace flyhash::test
