// The machine's own limits, measured in the process that is being judged: multiply-adds that wait for nothing,
// XOR and population count over a buffer, and a plain read of one (native/kernels/limits.inl.h). A probe is
// short, so that it can be run before and after each sample of a bench and share its clock.

import type { LimitKind } from './framework/define.ts';
import { type NativeLimits, nativeLimits } from './framework/levels.ts';
import type { LimitProbe } from './framework/sampling.ts';

const KILO = 1024;
const MEGA = 1024 * KILO;

const BUFFER_BYTES: Record<Exclude<LimitKind, 'fma'>, number> = {
  'xor-512k': 512 * KILO,
  'xor-32m': 32 * MEGA,
  'xor-128m': 128 * MEGA,
  'read-512k': 512 * KILO,
  'read-32m': 32 * MEGA,
  'read-128m': 128 * MEGA,
};

/** Counts of independent chains tried for the peak: which is best depends on the level's registers. */
const CHAIN_COUNTS = [6, 12, 24];

const FMA_PROBE_SECONDS = 0.002;
/** Passes over a buffer until a probe has read this much: some milliseconds in memory, less in cache. */
const PROBE_BYTES = 256 * MEGA;

const secondsOf = (operation: () => void): number => {
  const start = performance.now();
  operation();
  return Math.max((performance.now() - start) / 1000, 1e-9);
};

/** Rate of multiply-adds in floating-point operations a second, with one number of chains. */
function multiplyAddRate(native: NativeLimits, threads: number, chains: number, n: number): number {
  const seconds = secondsOf(() => native.limitMultiplyAdd(threads, undefined, chains, n));
  return (32 * chains * n * threads) / seconds;
}

function multiplyAddProbe(native: NativeLimits, threads: number): LimitProbe {
  const rated = CHAIN_COUNTS.map((chains) => {
    let iterations = 1000;
    let rate = multiplyAddRate(native, threads, chains, iterations);
    for (let i = 0; i < 3; i++) {
      iterations = Math.ceil((rate * FMA_PROBE_SECONDS) / (32 * chains * threads));
      rate = multiplyAddRate(native, threads, chains, iterations);
    }
    return { chains, iterations, rate };
  });
  const best = rated.reduce((a, b) => (b.rate > a.rate ? b : a));
  return () => multiplyAddRate(native, threads, best.chains, best.iterations);
}

function bufferProbe(
  pass: NativeLimits['limitRead'],
  buffer: Uint8Array,
  threads: number,
  probeBytes: number,
): LimitProbe {
  const passes = Math.max(1, Math.round(probeBytes / buffer.length));
  return () => {
    let words = 0;
    const seconds = secondsOf(() => {
      words = pass(threads, undefined, buffer, buffer.length, passes);
    });
    return (words * 8 * passes) / seconds;
  };
}

/** Filled, because untouched memory is one shared page of zeros. */
function filledBuffer(length: number): Uint8Array {
  return new Uint8Array(length).fill(0x5a);
}

/**
 * A probe of a limit at the active level, on that many threads (a cached buffer counts for each thread). It
 * runs over the memory given, else over a buffer of its own.
 */
export function limitProbe(kind: LimitKind, threads: number, buffer?: Uint8Array): LimitProbe {
  const native = nativeLimits();
  if (kind === 'fma') return multiplyAddProbe(native, threads);
  const size = BUFFER_BYTES[kind];
  const copies = size <= MEGA ? threads : 1;
  const memory = buffer ?? filledBuffer(size * copies);
  // On the bench's own memory, at most 3 passes: the sample beside it should find the caches as it left them.
  const probeBytes = buffer ? Math.min(PROBE_BYTES, 3 * buffer.length) : PROBE_BYTES;
  const pass = kind.startsWith('xor') ? native.limitXorPopcount : native.limitRead;
  return bufferProbe(pass, memory, threads, probeBytes);
}

/** Every limit of the active level, in giga units a second: what the head of a report prints. */
export function allLimits(threads: number): Record<LimitKind, number> {
  const kinds: LimitKind[] = ['fma', ...(Object.keys(BUFFER_BYTES) as Exclude<LimitKind, 'fma'>[])];
  const rates = kinds.map((kind): [LimitKind, number] => {
    const probe = limitProbe(kind, threads);
    const readings = Array.from({ length: 5 }, probe).sort((a, b) => a - b);
    return [kind, readings[2] / 1e9];
  });
  return Object.fromEntries(rates) as Record<LimitKind, number>;
}
