// What the parent of a comparison and its two children say to each other: one request, one answer, in turn.
// A child runs the benches of the tree it stands in, at the level that FLYHASH_ISA gave it.

import type { BenchContext } from './define.ts';

export type Request =
  | { kind: 'list'; filters: readonly string[] }
  | { kind: 'setup'; name: string; context: BenchContext; sampleMilliseconds: number }
  | { kind: 'sample'; repetitions: number }
  | { kind: 'close' };

export type Answer =
  | { kind: 'listed'; names: string[]; failures: { file: string; reason: string }[] }
  /** Repetitions that make one piece of a sample as long as asked for. */
  | { kind: 'ready'; repetitions: number }
  | { kind: 'sampled'; seconds: number }
  | { kind: 'closed' }
  | { kind: 'failed'; reason: string };
