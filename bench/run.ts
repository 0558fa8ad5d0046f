// `npm run bench`: every bench at every SIMD level of this machine, each against the machine's own limit.
// Options: docs/benchmarking.md. Exits 1 only if a bench fails; missed targets are printed, not judged.

import type { Bench, Level, LimitKind, Trial } from './framework/define.ts';
import { discoverBenches } from './framework/discovery.ts';
import { activate, defaultLevels } from './framework/levels.ts';
import { type BenchOptions, parseBenchOptions } from './framework/options.ts';
import {
  type BenchResult,
  describeMachine,
  HEADINGS,
  missedTargets,
  resultRow,
  short,
  tableLine,
  writeJson,
} from './framework/report.ts';
import { FULL_SAMPLING, QUICK_SAMPLING, sampleTrial, summarize } from './framework/sampling.ts';
import { median } from './framework/statistics.ts';
import { allLimits, limitProbe } from './limits.ts';

async function measureTrial(
  bench: Bench,
  trial: Trial,
  level: Level,
  threads: number,
  quick: boolean,
): Promise<BenchResult> {
  // The reference has no limit of its own: it is not trying to reach one.
  const limited = bench.limit !== undefined && trial.work !== undefined && level !== 'reference';
  const probe = limited
    ? limitProbe(bench.limit as LimitKind, threads, trial.limitBuffer)
    : undefined;
  const samples = await sampleTrial(trial, probe, quick ? QUICK_SAMPLING : FULL_SAMPLING);
  const seconds = summarize(samples.seconds);
  const items = trial.items ?? 1;
  const result: Omit<BenchResult, 'missed'> = {
    name: bench.name,
    level,
    threads,
    seconds,
    items,
    microsecondsPerItem: (seconds.median / items) * 1e6,
  };
  if (samples.limitShares.length > 0) {
    const rate = median(samples.limitRates);
    const own = trial.limitBuffer !== undefined;
    result.limit = {
      kind: bench.limit as LimitKind,
      own,
      rate,
      share: median(samples.limitShares),
    };
  }
  if (samples.speedups.length > 0) {
    const name = bench.baseline ?? 'baseline';
    const speedup = median(samples.speedups);
    result.baseline = { name, seconds: median(samples.baselineSeconds), speedup };
  }
  if (trial.readings) result.readings = trial.readings();
  return { ...result, missed: missedTargets(bench.targets ?? {}, result) };
}

async function measure(bench: Bench, level: Level, options: BenchOptions): Promise<BenchResult> {
  const threads = bench.threads ?? options.threads;
  const trial = await bench.setup({ level, threads, quick: options.quick });
  try {
    return await measureTrial(bench, trial, level, threads, options.quick);
  } finally {
    trial.close?.();
  }
}

function printLimits(level: Level, limits: Record<string, number>): void {
  const rates = Object.entries(limits).map(([kind, rate]) =>
    kind === 'fma' ? `fma ${short(rate)} GFLOP/s` : `${kind} ${short(rate)} GB/s`,
  );
  console.log(`${level}: ${rates.join(', ')}`);
}

async function main(): Promise<void> {
  const options = parseBenchOptions(process.argv.slice(2));
  const { benches, failures } = await discoverBenches(options.filters);
  for (const { file, reason } of failures) {
    console.error(`cannot load ${file}: ${reason}`);
    process.exitCode = 1;
  }
  if (options.list) {
    for (const { name } of benches) console.log(name);
    return;
  }
  const machine = describeMachine();
  console.log(`${machine.cpu}, ${machine.cores} cores, node ${machine.node}, ${machine.revision}`);
  const limits: Partial<Record<Level, Record<LimitKind, number>>> = {};
  const levels = options.levels ?? defaultLevels();
  for (const level of levels.filter((name) => name !== 'reference')) {
    activate(level);
    const rates = allLimits(options.threads);
    limits[level] = rates;
    printLimits(level, rates);
  }
  console.log(tableLine(HEADINGS));
  const results: BenchResult[] = [];
  for (const bench of benches) {
    for (const level of levels.filter((name) => !bench.skipLevels?.includes(name))) {
      activate(level);
      try {
        const result = await measure(bench, level, options);
        results.push(result);
        console.log(tableLine(resultRow(result)));
      } catch (error) {
        console.error(`${bench.name} at ${level} failed: ${String(error)}`);
        process.exitCode = 1;
      }
    }
  }
  if (options.json !== undefined) writeJson(options.json, { machine, limits, results });
}

await main();
