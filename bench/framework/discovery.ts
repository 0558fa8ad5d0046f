// Finds the bench files of this tree (bench/*.bench.ts and bench/jobs/*.bench.ts) and loads their lists.
// A file that does not load is reported, not hidden: on an older revision (bench/compare.ts) it means a public
// name that did not exist yet.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Bench, BenchModule } from './define.ts';

const BENCH_FOLDER = fileURLToPath(new URL('..', import.meta.url));

export interface Discovery {
  benches: Bench[];
  /** Files that could not be loaded, with the reason. */
  failures: { file: string; reason: string }[];
}

function benchFiles(): string[] {
  const inside = (folder: string): string[] =>
    readdirSync(join(BENCH_FOLDER, folder))
      .filter((name) => name.endsWith('.bench.ts'))
      .map((name) => join(folder, name));
  return [...inside('.'), ...inside('jobs')].sort();
}

/** All benches whose name contains one of the filters (all without filters), in the order of the files. */
export async function discoverBenches(filters: readonly string[] = []): Promise<Discovery> {
  const discovery: Discovery = { benches: [], failures: [] };
  for (const file of benchFiles()) {
    try {
      const module: BenchModule = await import(pathToFileURL(join(BENCH_FOLDER, file)).href);
      discovery.benches.push(...module.benches);
    } catch (error) {
      discovery.failures.push({ file, reason: String(error) });
    }
  }
  if (filters.length > 0) {
    discovery.benches = discovery.benches.filter(({ name }) =>
      filters.some((filter) => name.includes(filter)),
    );
  }
  const names = new Set<string>();
  for (const { name } of discovery.benches) {
    if (names.has(name)) throw new Error(`two benches are called ${name}`);
    names.add(name);
  }
  return discovery;
}
