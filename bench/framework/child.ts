// One side of a comparison: a process in one of the two trees that sets up a bench when asked and times short
// samples of it, so that the parent can take turns between the sides. It uses only what every revision of the
// library has, its public API; the level comes from FLYHASH_ISA.

import type { Bench, Trial } from './define.ts';
import { discoverBenches } from './discovery.ts';
import type { Answer, Request } from './messages.ts';
import { calibrate, timeCalls } from './sampling.ts';

let benches: Bench[] = [];
let trial: Trial | undefined;

async function list(filters: readonly string[]): Promise<Answer> {
  const discovery = await discoverBenches(filters);
  benches = discovery.benches;
  return { kind: 'listed', names: benches.map(({ name }) => name), failures: discovery.failures };
}

async function setup(request: Extract<Request, { kind: 'setup' }>): Promise<Answer> {
  const bench = benches.find(({ name }) => name === request.name);
  if (bench === undefined) return { kind: 'failed', reason: 'not in this revision' };
  const { context, sampleMilliseconds } = request;
  if (bench.skipLevels?.includes(context.level)) return { kind: 'failed', reason: 'skipped' };
  const made = await bench.setup({ ...context, threads: bench.threads ?? context.threads });
  trial = made;
  return { kind: 'ready', repetitions: await calibrate(() => made.run(), sampleMilliseconds) };
}

/** Pieces of a sample; the fastest counts, since what disturbs a piece only ever adds to it. */
const PIECES = 5;

async function sample(repetitions: number): Promise<Answer> {
  const current = trial;
  if (current === undefined) return { kind: 'failed', reason: 'nothing was set up' };
  let best = Number.POSITIVE_INFINITY;
  for (let piece = 0; piece < PIECES; piece++) {
    best = Math.min(best, await timeCalls(() => current.run(), repetitions));
  }
  return { kind: 'sampled', seconds: best / repetitions };
}

async function answer(request: Request): Promise<Answer> {
  switch (request.kind) {
    case 'list':
      return list(request.filters);
    case 'setup':
      return setup(request);
    case 'sample':
      return sample(request.repetitions);
    case 'close':
      trial?.close?.();
      trial = undefined;
      return { kind: 'closed' };
  }
}

process.on('message', (request: Request) => {
  answer(request)
    .catch((error: unknown): Answer => ({ kind: 'failed', reason: String(error) }))
    .then((reply) => process.send?.(reply));
});
