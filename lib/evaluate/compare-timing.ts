/**
 * Times of calls that are to be compared: each is warmed up, then all take turns, so that a change of clock or a noisy
 * neighbour touches them alike; the median of the turns is kept.
 */

import { eventLoopTurn } from '../event-loop.ts';

/** A turn repeats a call until it takes about this long against the timer. */
const TURN_SECONDS = 0.01;

const MOST_REPETITIONS = 1000;

function secondsOf(call: () => unknown, repetitions: number): number {
  const start = performance.now();
  for (let i = 0; i < repetitions; i++) call();
  return (performance.now() - start) / 1000 / repetitions;
}

/** Median seconds of each call, over `repeats` turns. */
export async function interleavedSeconds(
  calls: readonly (() => unknown)[],
  repeats: number,
  signal: AbortSignal | undefined,
): Promise<number[]> {
  const repetitions: number[] = [];
  for (const call of calls) {
    await eventLoopTurn();
    signal?.throwIfAborted();
    call();
    const wanted = TURN_SECONDS / Math.max(1e-6, secondsOf(call, 1));
    repetitions.push(Math.min(MOST_REPETITIONS, Math.max(1, Math.ceil(wanted))));
  }
  const turns = calls.map((): number[] => []);
  for (let turn = 0; turn < repeats; turn++) {
    for (const [i, call] of calls.entries()) {
      await eventLoopTurn();
      signal?.throwIfAborted();
      turns[i].push(secondsOf(call, repetitions[i]));
    }
  }
  return turns.map((seconds) => seconds.sort((a, b) => a - b)[Math.floor(seconds.length / 2)]);
}
