// What the benches print and write: one line a bench and level with its time, its share of the machine's limit
// and its ratio to the baseline; the same as JSON for machines (`--json FILE`).

import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname } from 'node:path';
import { forLevel, type Level, type LimitKind, type Targets } from './define.ts';

export interface Missed {
  target: string;
  wanted: number;
  got: number;
}

export interface BenchResult {
  name: string;
  level: Level;
  threads: number;
  /** Seconds of one run. */
  seconds: { median: number; min: number };
  items: number;
  microsecondsPerItem: number;
  /** own: measured over the bench's own memory. */
  limit?: { kind: LimitKind; own: boolean; rate: number; share: number };
  baseline?: { name: string; seconds: number; speedup: number };
  readings?: Record<string, number>;
  missed: Missed[];
}

export interface Machine {
  cpu: string;
  cores: number;
  node: string;
  platform: string;
  revision: string;
}

export function describeMachine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
    revision: currentRevision(),
  };
}

/** Short hash of the commit, with a plus when files differ from it; unknown outside a repository. */
export function currentRevision(): string {
  const git = (...args: string[]): string =>
    execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  try {
    const changed = git('status', '--porcelain', '--untracked-files=no') !== '';
    return git('rev-parse', '--short', 'HEAD') + (changed ? '+' : '');
  } catch {
    return 'unknown';
  }
}

/** Targets that a result does not reach, with both numbers. */
export function missedTargets(targets: Targets, result: Omit<BenchResult, 'missed'>): Missed[] {
  const missed: Missed[] = [];
  const require = (
    target: string,
    wanted: number | undefined,
    got: number,
    least: boolean,
  ): void => {
    if (wanted === undefined || Number.isNaN(got)) return;
    if (least ? got < wanted : got > wanted) missed.push({ target, wanted, got });
  };
  const { level } = result;
  require('share of limit', forLevel(targets.limitShare, level), result.limit?.share ??
    Number.NaN, true);
  require('speedup', forLevel(targets.speedup, level), result.baseline?.speedup ??
    Number.NaN, true);
  require('us an item', forLevel(targets.microseconds, level), result.microsecondsPerItem, false);
  for (const [name, most] of Object.entries(targets.readings ?? {})) {
    require(name, most, result.readings?.[name] ?? Number.NaN, false);
  }
  return missed;
}

/** Three significant digits, without exponents for the sizes that occur. */
export function short(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return String(value);
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toFixed(Math.min(digits, 6));
}

/** A duration with the unit that suits it. */
export function duration(seconds: number): string {
  if (seconds >= 1) return `${short(seconds)} s`;
  if (seconds >= 1e-3) return `${short(seconds * 1e3)} ms`;
  if (seconds >= 1e-6) return `${short(seconds * 1e6)} us`;
  return `${short(seconds * 1e9)} ns`;
}

const percent = (share: number): string => `${(share * 100).toFixed(0)} %`;

function limitName({ kind, own }: { kind: LimitKind; own: boolean }): string {
  return own ? `${kind.split('-')[0]}-own` : kind;
}

export const HEADINGS = [
  'bench',
  'level',
  'median',
  'min',
  'an item',
  'of limit',
  'against',
  'note',
];

/** One row of the table, in the order of HEADINGS. */
export function resultRow(result: BenchResult): string[] {
  const { limit, baseline } = result;
  const notes = Object.entries(result.readings ?? {}).map(
    ([name, value]) => `${name} ${short(value)}`,
  );
  for (const { target, wanted, got } of result.missed) {
    notes.push(`MISSED ${target}: wanted ${short(wanted)}, got ${short(got)}`);
  }
  return [
    result.threads > 1 ? `${result.name} x${result.threads}` : result.name,
    result.level,
    duration(result.seconds.median),
    duration(result.seconds.min),
    duration(result.microsecondsPerItem / 1e6),
    limit ? `${percent(limit.share)} ${limitName(limit)}` : '',
    baseline ? `${short(baseline.speedup)}x ${baseline.name}` : '',
    notes.join('; '),
  ];
}

/** Widths that fit most rows, so that lines can be printed as results come in. */
const WIDTHS = [44, 9, 9, 9, 9, 16, 30, 0];

export function tableLine(cells: readonly string[], widths: readonly number[] = WIDTHS): string {
  return cells
    .map((cell, i) => cell.padEnd(widths[i] ?? 0))
    .join(' ')
    .trimEnd();
}

/** Writes a report, creating the folder it goes to. */
export function writeJson(file: string, content: unknown): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(content, undefined, 2)}\n`);
}
