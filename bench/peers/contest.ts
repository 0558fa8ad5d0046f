// A contest: one job, ours and the others', timed in turns. Where two results must be equal, they are compared
// before anything is timed; a competitor whose answer differs is an error, not a number.

import type { Level } from '../framework/define.ts';
import { timeCalls } from '../framework/sampling.ts';
import { median } from '../framework/statistics.ts';

export interface Entrant {
  name: string;
  /** Seconds that so many runs take. */
  time(repetitions: number): Promise<number>;
  /** The result as numbers that all entrants with a check must agree on. */
  check?(): Promise<ArrayLike<number>> | ArrayLike<number>;
  /** Share of the job that a run does (0.01: a hundredth); slow ones need not do all of it. */
  share?: number;
}

export interface ContestContext {
  level: Level;
  threads: number;
  quick: boolean;
}

export interface Contest {
  name: string;
  /** Items in one run, for the time of each. */
  items: number;
  /** Ours first. */
  entrants: Entrant[];
}

export interface ContestResult {
  name: string;
  level: Level;
  threads: number;
  entrants: { name: string; secondsPerItem: number; ratio: number; checked: boolean }[];
}

/** An entrant that is a function of this process. */
export function local(
  name: string,
  run: () => unknown,
  rest: Pick<Entrant, 'check' | 'share'> = {},
): Entrant {
  return { name, time: (repetitions) => timeCalls(run, repetitions), ...rest };
}

async function repetitionsOf(entrant: Entrant, milliseconds: number): Promise<number> {
  let repetitions = 1;
  await entrant.time(1);
  for (;;) {
    const seconds = await entrant.time(repetitions);
    if (seconds * 1000 >= milliseconds) return repetitions;
    const growth = (1.2 * milliseconds) / 1000 / Math.max(seconds, 1e-7);
    repetitions = Math.ceil(repetitions * Math.min(10, Math.max(1.2, growth)));
  }
}

/** Compares all checked results with ours; gives the names that agreed. */
async function agreeing(entrants: readonly Entrant[]): Promise<Set<string>> {
  const agreed = new Set<string>();
  const ours = await entrants[0].check?.();
  if (ours === undefined) return agreed;
  for (const entrant of entrants.slice(1)) {
    const theirs = await entrant.check?.();
    if (!theirs) continue;
    for (let i = 0; i < ours.length || i < theirs.length; i++) {
      if (ours[i] !== theirs[i]) {
        throw new Error(`${entrant.name} differs at ${i}: ours ${ours[i]}, theirs ${theirs[i]}`);
      }
    }
    agreed.add(entrant.name);
  }
  return agreed;
}

/** Checks, calibrates, and times all entrants in turns. */
export async function hold(contest: Contest, context: ContestContext): Promise<ContestResult> {
  const { entrants, items, name } = contest;
  const agreed = await agreeing(entrants);
  const repetitions: number[] = [];
  for (const entrant of entrants) {
    repetitions.push(await repetitionsOf(entrant, context.quick ? 5 : 20));
  }
  const rounds = context.quick ? 5 : 9;
  const seconds: number[][] = entrants.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const [i, entrant] of entrants.entries()) {
      const took = (await entrant.time(repetitions[i])) / repetitions[i];
      seconds[i].push(took / (entrant.share ?? 1) / items);
    }
  }
  return {
    name,
    level: context.level,
    threads: context.threads,
    entrants: entrants.map((entrant, i) => ({
      name: entrant.name,
      secondsPerItem: median(seconds[i]),
      ratio: median(seconds[i].map((value, round) => value / seconds[0][round])),
      checked: agreed.has(entrant.name),
    })),
  };
}
