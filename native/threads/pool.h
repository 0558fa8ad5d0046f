// The package's own threads: one process-wide pool, grown on demand, that runs jobs split into
// blocks of a millisecond or two. libuv's four threads are left to files and DNS. Nothing here
// knows about JavaScript.

#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>

namespace flyhash {

inline constexpr std::size_t MAX_THREADS = 256;

// What to compute: run(block, scratch) for every block below blocks, in any order, on any thread.
// Blocks must be independent. scratch has scratchBytes bytes, aligned to 64, private to the thread,
// with any content.
struct Work {
  std::size_t blocks = 0;
  std::size_t scratchBytes = 0;
  std::function<void(std::size_t block, std::byte* scratch)> run;
  std::function<void()> finish = [] {};  // once, after the last block, on the thread that ran it
};

enum class Outcome { finished, aborted, outOfMemory };

// One piece of work in flight. Threads enter it, take blocks until none is left or it was stopped,
// and leave; the last to leave ends it: finish, then onEnd, exactly once.
class Job {
 public:
  explicit Job(Work work, std::function<void()> onEnd = [] {});

  void enter();  // runs blocks on the calling thread until none is left
  void stop();   // no further block starts; the job ends as soon as running blocks are done
  void wait();   // until the job has ended
  Outcome outcome() const;  // once ended
  double progress() const;  // finished blocks over all blocks, 0 to 1

 private:
  void runBlocks();
  void leave();
  bool workLeft() const;

  const Work work;
  const std::function<void()> onEnd;
  std::atomic<std::size_t> next{0};
  std::atomic<std::size_t> done{0};
  std::atomic<std::size_t> inside{0};
  std::atomic<bool> stopped{false};
  std::atomic<bool> outOfMemory{false};
  mutable std::mutex mutex;
  std::condition_variable changed;
  bool ended = false;    // one thread has taken the ending
  bool settled = false;  // and has done it
};

// Blocking: the calling thread works too, beside threads - 1 of the pool.
Outcome runHere(Work work, std::size_t threads);

// Returns at once; up to `threads` threads of the pool take part.
void runInPool(const std::shared_ptr<Job>& job, std::size_t threads);

}  // namespace flyhash
