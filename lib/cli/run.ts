/**
 * What every command shares with the process around it: exit codes (0 done, 1 failed, 2 wrong usage, 130 interrupted),
 * one sentence on stderr for what went wrong, progress with the time left on a terminal, Ctrl-C as an abort that leaves
 * no half-written file, and a quiet end when nobody reads any more.
 */

import { InvalidArgumentError } from 'commander';
import { FlyhashError } from '../errors.ts';
import type { Progress } from '../hash/hasher.ts';

export const EXIT_FAILED = 1;
export const EXIT_USAGE = 2;
const EXIT_INTERRUPTED = 130;

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

/** A line on a terminal that tells how much is done and how long the rest will take; nothing where stderr is no terminal. */
class ProgressLine {
  readonly #start = performance.now();
  #drawn = 0;

  show({ done, total }: Progress): void {
    const now = performance.now();
    if (!process.stderr.isTTY || (now - this.#drawn < REDRAW_MILLISECONDS && done < total)) return;
    this.#drawn = now;
    const seconds = (now - this.#start) / 1000;
    const left = done === 0 ? '' : `, ${clock((seconds / done) * (total - done))} left`;
    process.stderr.write(`\r\x1b[K${done} of ${total} (${clock(seconds)}${left})`);
  }

  end(): void {
    if (process.stderr.isTTY && this.#drawn > 0) process.stderr.write('\r\x1b[K');
  }
}

/** What a command is given to run with. */
export interface Running {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
}

const isUsage = (error: unknown): boolean =>
  error instanceof TypeError || error instanceof RangeError || error instanceof FlyhashError;

/** Runs a command's work; what it throws becomes one sentence and an exit code. */
export async function runCommand(work: (running: Running) => Promise<void>): Promise<void> {
  const controller = new AbortController();
  const line = new ProgressLine();
  const interrupt = (): void => controller.abort();
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  try {
    await work({ signal: controller.signal, onProgress: (progress) => line.show(progress) });
  } catch (error) {
    line.end();
    process.exitCode = controller.signal.aborted ? EXIT_INTERRUPTED : EXIT_FAILED;
    if (!controller.signal.aborted) console.error(sentence(error));
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

/** `flyhash eval | head` ends when head has seen enough. */
export function endQuietlyWhenNobodyReads(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
}
