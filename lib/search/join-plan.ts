/**
 * How a self-join finds its pairs: by comparing every row with every later one, or by tables over blocks of the bits
 * (multi-index hashing, Norouzi, Punjani and Fleet, 2012). Costs are estimated for random codes, and again from the
 * buckets that a table really has: skewed data may be cheaper to compare. The choice never changes a result.
 */

/** Blocks of the bits, each with a table; rows whose keys differ in at most `flips` bits are compared. */
export interface JoinPlan {
  /** 0: no tables, every pair is compared. */
  readonly blocks: number;
  /** 0 or 1. */
  readonly flips: number;
  readonly keyBits: number;
}

/** What is joined. */
export interface JoinSizes {
  readonly rows: number;
  readonly bits: number;
  readonly radius: number;
}

/** Every pair is compared. */
export const COMPARE_ALL: JoinPlan = { blocks: 0, flips: 0, keyBits: 1 };

const MOST_BLOCKS = 64;
const MOST_KEY_BITS = 24;
const MOST_TABLE_BYTES = 2 ** 31;

/** Measured, roughly: a word of a compared pair, a bucket looked up, a row of a bucket and each of its words. */
const SCAN_NANOSECONDS = 0.05;
const PROBE_NANOSECONDS = 15;
const CANDIDATE_NANOSECONDS = 3;
const CANDIDATE_WORD_NANOSECONDS = 0.75;
const BUILD_NANOSECONDS = 7;

/** Bits that are cut into blocks: whole bytes. */
function cutBits(bits: number): number {
  return 8 * Math.ceil(bits / 8);
}

/** The tables that find every pair when keys may differ in `flips` bits, if they can be had. */
export function tablesOf({ rows, bits, radius }: JoinSizes, flips: number): JoinPlan | undefined {
  const blocks = Math.floor(radius / (flips + 1)) + 1;
  if (blocks > Math.min(MOST_BLOCKS, cutBits(bits))) return undefined;
  const width = Math.ceil(cutBits(bits) / blocks);
  const enough = Math.max(1, Math.ceil(Math.log2(rows + 1)));
  const keyBits = Math.min(width, enough, MOST_KEY_BITS);
  const bytes = 4 * blocks * Math.max(rows, 2 ** keyBits + 1);
  return bytes > MOST_TABLE_BYTES ? undefined : { blocks, flips, keyBits };
}

/** Buckets that one row looks up. */
function probes({ blocks, flips, keyBits }: JoinPlan): number {
  return blocks * (1 + flips * keyBits);
}

/** Nanoseconds of all comparisons without tables. */
export function scanCost({ rows, bits }: JoinSizes): number {
  return ((rows * rows) / 2) * Math.ceil(bits / 64) * SCAN_NANOSECONDS;
}

/** Nanoseconds with tables that make that many pairs compare. */
export function tableCost(sizes: JoinSizes, plan: JoinPlan, candidates: number): number {
  const words = Math.ceil(sizes.bits / 64);
  return (
    sizes.rows * probes(plan) * PROBE_NANOSECONDS +
    candidates * (CANDIDATE_NANOSECONDS + CANDIDATE_WORD_NANOSECONDS * words) +
    plan.blocks * (sizes.rows + 2 ** plan.keyBits) * BUILD_NANOSECONDS
  );
}

/** The plan that is the cheapest for random codes. */
export function likelyPlan(sizes: JoinSizes): JoinPlan {
  let best = COMPARE_ALL;
  let least = scanCost(sizes);
  for (const flips of [0, 1]) {
    const plan = tablesOf(sizes, flips);
    if (plan === undefined) continue;
    const width = Math.floor(cutBits(sizes.bits) / plan.blocks);
    const bucket = sizes.rows / 2 ** Math.min(width, plan.keyBits);
    const cost = tableCost(sizes, plan, (sizes.rows * probes(plan) * bucket) / 2);
    if (cost >= least) continue;
    best = plan;
    least = cost;
  }
  return best;
}
