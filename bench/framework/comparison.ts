// The plan of a comparison: pairs of fresh processes, one in each tree, that take turns sample by sample. Fresh
// pairs matter, because page layout and placement differ between processes and can look like a change; turns
// matter, because the machine's clock and neighbours change with time.

import type { Level } from './define.ts';
import { Side } from './side.ts';
import { type Comparison, compareRatios, median, type Verdict, verdict } from './statistics.ts';

export interface Plan {
  newTree: string;
  oldTree: string;
  processes: number;
  rounds: number;
  threads: number;
  quick: boolean;
  sampleMilliseconds: number;
  /** 0.05: slower by more than 5 % is a slowdown, if the interval confirms it. */
  threshold: number;
}

export interface ComparedBench extends Comparison {
  name: string;
  level: Level;
  verdict: Verdict;
  rounds: number;
  /** Median seconds of one run. */
  newSeconds: number;
  oldSeconds: number;
}

/** Seconds on both sides, one list a process pair. */
export interface Rounds {
  newSeconds: number[][];
  oldSeconds: number[][];
}

/** Why a bench could not be compared. */
export interface NotCompared {
  name: string;
  level: Level;
  reason: string;
}

async function sampleOnce(side: Side, repetitions: number): Promise<number> {
  return (await side.ask({ kind: 'sample', repetitions }, 'sampled')).seconds;
}

/** One bench on one pair of processes: both set up, then rounds of one sample each in alternating order. */
async function compareOnPair(
  newSide: Side,
  oldSide: Side,
  name: string,
  level: Level,
  plan: Plan,
): Promise<{ newSeconds: number[]; oldSeconds: number[] }> {
  const { threads, quick, sampleMilliseconds } = plan;
  const context = { level, threads, quick };
  const setup = { kind: 'setup', name, context, sampleMilliseconds } as const;
  await oldSide.ask(setup, 'ready');
  const { repetitions } = await newSide.ask(setup, 'ready');
  const newSeconds: number[] = [];
  const oldSeconds: number[] = [];
  for (let round = 0; round < plan.rounds; round++) {
    if (round % 2 === 0) oldSeconds.push(await sampleOnce(oldSide, repetitions));
    newSeconds.push(await sampleOnce(newSide, repetitions));
    if (round % 2 === 1) oldSeconds.push(await sampleOnce(oldSide, repetitions));
  }
  return { newSeconds, oldSeconds };
}

async function closeBoth(sides: readonly Side[]): Promise<void> {
  for (const side of sides) await side.ask({ kind: 'close' }, 'closed').catch(() => undefined);
}

/** Runs the named benches on one fresh pair of processes and adds what was measured to the collection. */
async function runPair(
  names: readonly string[],
  level: Level,
  plan: Plan,
  collected: Map<string, Rounds>,
  failed: Map<string, string>,
): Promise<void> {
  const sides = [new Side(plan.newTree, level), new Side(plan.oldTree, level)] as const;
  try {
    for (const side of sides) await side.ask({ kind: 'list', filters: [] }, 'listed');
    for (const name of names.filter((one) => !failed.has(one))) {
      try {
        const { newSeconds, oldSeconds } = await compareOnPair(...sides, name, level, plan);
        const rounds = collected.get(name) ?? { newSeconds: [], oldSeconds: [] };
        rounds.newSeconds.push(newSeconds);
        rounds.oldSeconds.push(oldSeconds);
        collected.set(name, rounds);
      } catch (error) {
        failed.set(name, error instanceof Error ? error.message : String(error));
      }
      await closeBoth(sides);
    }
  } finally {
    for (const side of sides) side.end();
  }
}

/** What the rounds of one bench say. */
export function summarizeRounds(
  name: string,
  level: Level,
  { newSeconds, oldSeconds }: Rounds,
  threshold: number,
): ComparedBench {
  const ratios = newSeconds.map((group, i) =>
    group.map((seconds, j) => seconds / oldSeconds[i][j]),
  );
  const compared = compareRatios(ratios);
  return {
    name,
    level,
    ...compared,
    verdict: verdict(compared, threshold),
    rounds: ratios.flat().length,
    newSeconds: median(newSeconds.flat()),
    oldSeconds: median(oldSeconds.flat()),
  };
}

/** Compares the named benches at a level; benches that one side lacks are given with the reason. */
export async function compareBenches(
  names: readonly string[],
  level: Level,
  plan: Plan,
): Promise<{ compared: ComparedBench[]; notCompared: NotCompared[] }> {
  const collected = new Map<string, Rounds>();
  const failed = new Map<string, string>();
  for (let i = 0; i < plan.processes; i++) await runPair(names, level, plan, collected, failed);
  const compared = names
    .filter((name) => collected.has(name) && !failed.has(name))
    .map((name) => summarizeRounds(name, level, collected.get(name) as Rounds, plan.threshold));
  const notCompared = [...failed].map(([name, reason]) => ({ name, level, reason }));
  return { compared, notCompared };
}
