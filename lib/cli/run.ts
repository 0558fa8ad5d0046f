/**
 * What every command shares with the process around it: exit codes (0 done, 1 failed, 2 wrong usage, 130 and 143
 * interrupted by SIGINT and SIGTERM), one sentence on stderr for what went wrong, progress with the time left on a terminal, Ctrl-C as an abort that leaves
 * no half-written file, and a quiet end when nobody reads any more.
 */

import { InvalidArgumentError } from 'commander';
import { FlyhashError } from '../errors.ts';

export const EXIT_FAILED = 1;
export const EXIT_USAGE = 2;
const EXIT_INTERRUPTED = { SIGINT: 130, SIGTERM: 143 } as const;

const REDRAW_MILLISECONDS = 100;

/** A whole number given as an option. */
export function wholeNumber(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isSafeInteger(value) && value >= 0) return value;
  throw new InvalidArgumentError('It must be a whole number.');
}

/** A number given as an option. */
export function anyNumber(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value)) return value;
  throw new InvalidArgumentError('It must be a number.');
}

/** Whole numbers between commas. */
export function wholeNumbers(text: string): number[] {
  return text.split(',').map(wholeNumber);
}

/** Names that may hold commas themselves, between semicolons or, where they have none, between commas. */
export function names(text: string): string[] {
  return text
    .split(text.includes(';') ? ';' : ',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

const clock = (seconds: number): string => {
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
};

/** How far a command is; what it counts, and the end, where they are known. */
export interface CommandProgress {
  readonly done: number;
  readonly total?: number | undefined;
  readonly unit?: string;
}

const count = (value: number): string => Math.round(value).toLocaleString('en-US');

/** `1,000 of 4,000 rows (2 s, 500/s, 6 s left)` */
export function progressText({ done, total, unit }: CommandProgress, seconds: number): string {
  const rate = seconds > 0 ? done / seconds : 0;
  const hasEnd = total !== undefined && total >= done;
  const of = hasEnd ? ` of ${count(total)}` : '';
  const left = hasEnd && rate > 0 ? `, ${clock((total - done) / rate)} left` : '';
  const name = unit === undefined ? '' : ` ${unit}`;
  return `${count(done)}${of}${name} (${clock(seconds)}, ${count(rate)}/s${left})`;
}

/** A line on a terminal that tells how much is done and how long the rest will take; nothing where stderr is no terminal. */
class ProgressLine {
  readonly #start = performance.now();
  #drawn = 0;

  show(progress: CommandProgress): void {
    const now = performance.now();
    const isLast = progress.done === progress.total;
    if (!process.stderr.isTTY || (now - this.#drawn < REDRAW_MILLISECONDS && !isLast)) return;
    this.#drawn = now;
    process.stderr.write(`\r\x1b[K${progressText(progress, (now - this.#start) / 1000)}`);
  }

  end(): void {
    if (process.stderr.isTTY && this.#drawn > 0) process.stderr.write('\r\x1b[K');
  }
}

/** What a command is given to run with. */
export interface Running {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: CommandProgress) => void;
}

const isUsage = (error: unknown): boolean =>
  error instanceof TypeError || error instanceof RangeError || error instanceof FlyhashError;

/** Runs a command's work; what it throws becomes one sentence and an exit code. */
export async function runCommand(work: (running: Running) => Promise<void>): Promise<void> {
  const controller = new AbortController();
  const line = new ProgressLine();
  const interrupt = (signal: 'SIGINT' | 'SIGTERM'): void => controller.abort(signal);
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  try {
    await work({ signal: controller.signal, onProgress: (progress) => line.show(progress) });
  } catch (error) {
    line.end();
    const { aborted, reason } = controller.signal;
    // At once: a reader that has stopped reading would keep what was written for it, and the process, for ever.
    if (aborted) process.exit(EXIT_INTERRUPTED[reason as 'SIGINT' | 'SIGTERM']);
    process.exitCode = EXIT_FAILED;
    console.error(sentence(error));
  } finally {
    line.end();
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
}

/** Faults of arguments and files in their own words; anything else is a fault of ours, with its stack. */
function sentence(error: unknown): string {
  if (isUsage(error)) return `flyhash: ${(error as Error).message}`;
  return `flyhash: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
}

/** `flyhash eval | head` ends when head has seen enough; a standard output that refuses otherwise is a failure. */
export function endWhenNobodyReads(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    console.error(`flyhash: standard output must take what is written, got ${error.message}`);
    process.exit(EXIT_FAILED);
  });
}
