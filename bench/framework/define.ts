// What a bench is: a name, a setup that builds inputs through the public API, and the operation to time, with
// the work it does (so that its time can be set against the machine's limit) and, where a job is judged
// against another way of doing it, that other way as a baseline timed in the same process, sample by sample.
// Bench files (bench/<stem>.bench.ts, bench/jobs/<job>.bench.ts) export a list named benches.

/** Levels in which a bench can run; `reference` is the TypeScript backend. */
export type Level = 'scalar' | 'avx2' | 'avx512' | 'neon' | 'reference';

/**
 * The machine's limits, all of the active level: `fma` is the multiply-add peak (work in floating-point
 * operations, two a multiply-add), `xor-*` the rate of XOR and population count over a buffer of that size,
 * `read-*` a plain read of it (work in bytes).
 */
export type LimitKind =
  | 'fma'
  | 'xor-512k'
  | 'xor-32m'
  | 'xor-128m'
  | 'read-512k'
  | 'read-32m'
  | 'read-128m';

/** One number for every level, or one for each. */
export type PerLevel = number | Partial<Record<Level, number>>;

/** What a bench has to reach; the report says which were missed. */
export interface Targets {
  /** Least share of the limit, 0.88 for 88 %. */
  limitShare?: PerLevel;
  /** Least ratio of the baseline's time to the bench's. */
  speedup?: PerLevel;
  /** Most microseconds an item. */
  microseconds?: PerLevel;
  /** Most of each named reading. */
  readings?: Record<string, number>;
}

export interface BenchContext {
  level: Level;
  threads: number;
  /** Smaller inputs, for a look or a comparison rather than a claim. */
  quick: boolean;
}

export interface Trial {
  /** The operation timed, through the public API; may return a promise. Its result is thrown away. */
  run(): unknown;
  /** Items (vectors, queries, rows) in one run, for the time of each; 1 when left out. */
  items?: number;
  /** Work of one run in the limit's unit: operations for `fma`, bytes for the others. */
  work?: number;
  /** Measure an `xor-*` or `read-*` limit over this memory instead of the bench's own buffer. */
  limitBuffer?: Uint8Array;
  /** The other way of doing the same job, timed alternately. */
  baseline?(): unknown;
  /** Other quantities of interest, read once after the last sample, each named with its unit. */
  readings?(): Record<string, number>;
  /** Releases what setup took. */
  close?(): void;
}

export interface Bench {
  /** `stem/what-size`, as in `hamming/top10-1m-256-one`. Unique. */
  name: string;
  limit?: LimitKind;
  /** What the baseline is, for the report. */
  baseline?: string;
  targets?: Targets;
  /** Levels in which it makes no sense or takes too long (the scalar level of a large job, say). */
  skipLevels?: readonly Level[];
  /** Threads it needs whatever --threads says: a scaling bench. */
  threads?: number;
  setup(context: BenchContext): Trial | Promise<Trial>;
}

/** A module that holds benches. */
export interface BenchModule {
  benches: readonly Bench[];
}

/** Checks a definition's shape early, so that a mistake names the bench. */
export function defineBench(bench: Bench): Bench {
  if (!/^[a-z0-9-]+\/[a-z0-9-]+$/.test(bench.name)) {
    throw new RangeError(`bench name must read stem/what-size in kebab-case, got ${bench.name}`);
  }
  return bench;
}

/** The number that holds for a level, if any. */
export function forLevel(value: PerLevel | undefined, level: Level): number | undefined {
  return typeof value === 'object' ? value[level] : value;
}
