// `npm run bench:compare -- REV`: is this tree slower than revision REV? Builds both, runs their benches in
// turns, and exits 1 on a slowdown above the threshold that its confidence interval confirms, twice: what
// looks slower at first is measured again in twice as many fresh processes, and only that second,
// independent measurement is judged. Options: docs/benchmarking.md.

import { parseArgs } from 'node:util';
import {
  type ComparedBench,
  compareBenches,
  type NotCompared,
  type Plan,
} from './framework/comparison.ts';
import type { Level } from './framework/define.ts';
import { discoverBenches } from './framework/discovery.ts';
import { defaultLevels } from './framework/levels.ts';
import { parseCount, parseLevels } from './framework/options.ts';
import { describeMachine, duration, tableLine, writeJson } from './framework/report.ts';
import { buildHere, prepareRevision, ROOT, resolveRevision } from './framework/revision.ts';

interface CompareOptions {
  revision: string;
  filters: string[];
  levels: Level[] | undefined;
  json: string | undefined;
  plan: Omit<Plan, 'newTree' | 'oldTree'>;
}

function parseCompareOptions(args: string[]): CompareOptions {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      isa: { type: 'string' },
      threads: { type: 'string', default: '1' },
      processes: { type: 'string', default: '5' },
      rounds: { type: 'string', default: '5' },
      threshold: { type: 'string', default: '5' },
      full: { type: 'boolean', default: false },
      json: { type: 'string' },
    },
  });
  const [revision, ...filters] = positionals;
  if (revision === undefined)
    throw new RangeError('usage: npm run bench:compare -- REV [name ...]');
  return {
    revision,
    filters,
    levels: parseLevels(values.isa),
    json: values.json,
    plan: {
      processes: parseCount('processes', values.processes),
      rounds: parseCount('rounds', values.rounds),
      threads: parseCount('threads', values.threads),
      threshold: parseCount('threshold', values.threshold) / 100,
      quick: !values.full,
      sampleMilliseconds: 4,
    },
  };
}

const WIDTHS = [44, 10, 10, 10, 8, 18, 0];

function printComparison(result: ComparedBench): void {
  const percent = (ratio: number): string =>
    `${ratio >= 1 ? '+' : ''}${((ratio - 1) * 100).toFixed(1)}`;
  const { median, interval, newSeconds, oldSeconds } = result;
  const range = `[${percent(interval.low)}, ${percent(interval.high)}]`;
  const times = [duration(oldSeconds), duration(newSeconds)];
  const cells = [
    result.name,
    result.level,
    ...times,
    `${percent(median)} %`,
    range,
    result.verdict,
  ];
  console.log(tableLine(cells, WIDTHS));
}

/** First look at every bench, then a second at those that seemed slower. */
async function compareLevel(
  names: readonly string[],
  level: Level,
  plan: Plan,
): Promise<{ compared: ComparedBench[]; notCompared: NotCompared[] }> {
  const first = await compareBenches(names, level, plan);
  first.compared.forEach(printComparison);
  const suspects = first.compared.filter((result) => result.median > 1 + plan.threshold);
  if (suspects.length === 0) return first;
  console.log(`measuring again in ${2 * plan.processes} fresh processes:`);
  const again = await compareBenches(
    suspects.map(({ name }) => name),
    level,
    { ...plan, processes: 2 * plan.processes },
  );
  again.compared.forEach(printComparison);
  const confirmed = new Map(again.compared.map((result) => [result.name, result]));
  const compared = first.compared.map((result) => confirmed.get(result.name) ?? result);
  return { compared, notCompared: [...first.notCompared, ...again.notCompared] };
}

async function main(): Promise<void> {
  const options = parseCompareOptions(process.argv.slice(2));
  const hash = resolveRevision(options.revision);
  console.log(`building this tree and ${options.revision} (${hash.slice(0, 12)})`);
  buildHere();
  const plan: Plan = { ...options.plan, newTree: ROOT, oldTree: prepareRevision(hash) };
  const { benches, failures } = await discoverBenches(options.filters);
  for (const { file, reason } of failures) throw new Error(`cannot load ${file}: ${reason}`);
  const names = benches.map(({ name }) => name);
  console.log(
    tableLine(['bench', 'level', 'old', 'new', 'change', '95 % interval', 'verdict'], WIDTHS),
  );
  const compared: ComparedBench[] = [];
  const notCompared: NotCompared[] = [];
  for (const level of options.levels ?? defaultLevels()) {
    const result = await compareLevel(names, level, plan);
    compared.push(...result.compared);
    notCompared.push(...result.notCompared);
  }
  for (const { name, level, reason } of notCompared) {
    console.log(`not compared: ${name} at ${level}: ${reason}`);
  }
  const slower = compared.filter((result) => result.verdict === 'slower');
  const threshold = options.plan.threshold * 100;
  console.log(`${compared.length} compared, ${slower.length} slower by more than ${threshold} %`);
  if (options.json !== undefined) {
    const machine = describeMachine();
    writeJson(options.json, { machine, against: hash, threshold, compared, notCompared });
  }
  if (slower.length > 0) process.exitCode = 1;
}

await main();
