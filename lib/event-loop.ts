/**
 * Giving the event loop a turn, in Node and in browsers: what long work on the calling thread does between its
 * parts, so that nothing else waits for all of it.
 */

/** Resolves after the event loop has run what was waiting. */
export function eventLoopTurn(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === 'function') setImmediate(resolve);
    else setTimeout(resolve, 0);
  });
}
