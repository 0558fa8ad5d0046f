// `npm run bench:peers`: flyhash and its competitors on the same jobs, in turns, in one run. A ratio of 5 means that
// the other takes five times as long. Options: docs/benchmarking.md.

import { activate, defaultLevels } from './framework/levels.ts';
import { parseBenchOptions } from './framework/options.ts';
import { describeMachine, duration, short, tableLine, writeJson } from './framework/report.ts';
import { bucketsContest } from './peers/buckets.ts';
import { type Contest, type ContestContext, type ContestResult, hold } from './peers/contest.ts';
import { hammingContest } from './peers/hamming.ts';
import { flyHashContest, simHashContest } from './peers/hashing.ts';
import { pythonWithPeers, skip } from './peers/install.ts';
import { neighborsContest } from './peers/neighbors.ts';
import { PythonPeers, type Pythons } from './peers/python.ts';
import { bioHashContest } from './peers/training.ts';

type Setup = (context: ContestContext, pythons: Pythons) => Promise<Contest>;

const CONTESTS: Record<string, Setup> = {
  'hamming-256-one': (context, pythons) => hammingContest(context, pythons, 256, 1),
  'hamming-256-hundred': (context, pythons) => hammingContest(context, pythons, 256, 100),
  'hamming-1024-one': (context, pythons) => hammingContest(context, pythons, 1024, 1),
  'hamming-1024-hundred': (context, pythons) => hammingContest(context, pythons, 1024, 100),
  'simhash-128-256': (context, pythons) => simHashContest(context, pythons, 128, 256),
  'simhash-768-256': (context, pythons) => simHashContest(context, pythons, 768, 256),
  'simhash-768-1024': (context, pythons) => simHashContest(context, pythons, 768, 1024),
  'flyhash-128-2560': (context, pythons) => flyHashContest(context, pythons, 128, 128),
  'flyhash-784-15680': (context, pythons) => flyHashContest(context, pythons, 784, 784),
  'neighbors-l2-128': neighborsContest,
  'buckets-256': bucketsContest,
  'competition-784-320': (context, pythons) => bioHashContest(context, pythons, 320),
};

const WIDTHS = [42, 12, 12, 0];

function print({ name, entrants }: ContestResult): void {
  console.log(`\n${name}`);
  for (const entrant of entrants) {
    const ratio = entrant === entrants[0] ? '' : `${short(entrant.ratio)}x`;
    const note = entrant.checked ? 'same results' : '';
    console.log(
      tableLine([`  ${entrant.name}`, duration(entrant.secondsPerItem), ratio, note], WIDTHS),
    );
  }
}

async function startPython(
  context: ContestContext,
  older: boolean,
): Promise<PythonPeers | undefined> {
  const list = older ? 'requirements-older.txt' : 'requirements.txt';
  const python = pythonWithPeers(older ? 'venv-older' : 'venv', list);
  if (python === undefined) return undefined;
  try {
    const peers = await PythonPeers.start(python, context, older);
    console.log(peers.about);
    return peers;
  } catch (error) {
    skip(`Python with ${list}`, error);
    return undefined;
  }
}

async function runLevel(
  context: ContestContext,
  names: readonly string[],
): Promise<ContestResult[]> {
  activate(context.level);
  console.log(`\nlevel ${context.level}, ${context.threads} thread(s)`);
  const pythons: Pythons = {
    current: await startPython(context, false),
    older: await startPython(context, true),
  };
  const results: ContestResult[] = [];
  for (const name of names) {
    try {
      const contest = await CONTESTS[name](context, pythons);
      const result = await hold(contest, context);
      results.push(result);
      print(result);
    } catch (error) {
      console.error(`FAILED ${name}: ${error instanceof Error ? error.message : String(error)}`);
      process.exitCode = 1;
    }
  }
  for (const python of Object.values(pythons)) python?.end();
  return results;
}

async function main(): Promise<void> {
  const options = parseBenchOptions(process.argv.slice(2));
  const { filters, threads, quick, json } = options;
  const names = Object.keys(CONTESTS).filter(
    (name) => filters.length === 0 || filters.some((filter) => name.includes(filter)),
  );
  if (options.list) {
    for (const name of names) console.log(name);
    return;
  }
  const machine = describeMachine();
  console.log(`${machine.cpu}, ${machine.cores} cores, node ${machine.node}, ${machine.revision}`);
  const results: ContestResult[] = [];
  for (const level of options.levels ?? defaultLevels().slice(0, 1)) {
    results.push(...(await runLevel({ level, threads, quick }, names)));
  }
  if (json !== undefined) writeJson(json, { machine, results });
}

await main();
