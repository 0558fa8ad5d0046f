/**
 * The work of `flyhash join`: codes that were hashed in parts, as one file. Every part must be what its manifest says, made by one
 * model, and all of them together the whole input: the result, manifest and all, is what one run would have written.
 */

import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { FlyhashError, wrongValue } from '../errors.ts';
import { refused } from '../files/paths.ts';
import { sha256 } from '../files/sha256.ts';
import { npyHeaderOf, startBytes } from './code-formats.ts';
import {
  type Manifest,
  manifestOf,
  manifestPath,
  readManifest,
  removeManifest,
  writeManifest,
} from './manifest.ts';
import { type Output, writeOutput } from './output.ts';
import type { Running } from './run.ts';

/** What the command is told. */
export interface JoinOptions {
  readonly out: string;
  readonly json?: boolean;
}

/** A file of codes with its manifest. */
interface Part {
  readonly path: string;
  readonly manifest: Manifest;
}

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Throws unless all parts are codes of one model in one form that can be put together. */
function checkAlike(parts: readonly Part[]): void {
  const [first] = parts;
  if (first.manifest.output.format === 'safetensors') {
    throw wrongValue(first.path, 'npy, raw or lines, which can be joined', 'safetensors');
  }
  for (const { path, manifest } of parts) {
    const other = first.manifest;
    if (manifest.model.sha256 !== other.model.sha256) {
      const expected = `codes of the model ${other.model.sha256}, as ${first.path} has`;
      const message = `${path} must have ${expected}, got those of ${manifest.model.sha256}`;
      throw new FlyhashError('ERR_WRONG_MODEL', message);
    }
    const form = ({ codes, output }: Manifest): unknown => [codes, output.format];
    if (isSame(form(manifest), form(other))) continue;
    throw wrongValue(path, `codes of the form of ${first.path}`, JSON.stringify(form(manifest)));
  }
}

const rowsOf = ({ manifest }: Part): number => manifest.rows.end - manifest.rows.first;

const isWhole = ({ manifest: { rows } }: Part): boolean => rows.first === 0 && rows.end === rows.of;

/** The parts in their order: shares of one input by their rows, whole inputs as they are named. */
function inOrder(parts: readonly Part[]): readonly Part[] {
  const [{ manifest: one }] = parts;
  if (parts.every(isWhole) && parts.length > 1) return parts;
  const other = parts.find(({ manifest }) => !isSame(manifest.input, one.input));
  if (other !== undefined) {
    const got = JSON.stringify(other.manifest.input);
    throw new FlyhashError(
      'ERR_WRONG_KIND',
      `${other.path} must be of ${JSON.stringify(one.input)}, got ${got}`,
    );
  }
  const sorted = [...parts].sort(
    (a, b) => a.manifest.rows.first - b.manifest.rows.first || rowsOf(a) - rowsOf(b),
  );
  let next = 0;
  for (const { path, manifest } of sorted) {
    const { first, end } = manifest.rows;
    if (first !== next) {
      const missing =
        first > next
          ? `rows ${next} to ${first} are missing`
          : `rows ${first} to ${next} come twice`;
      throw new FlyhashError(
        'ERR_CORRUPT_FILE',
        `${path} must begin with row ${next}, got ${first}: ${missing}`,
      );
    }
    next = end;
  }
  const of = sorted.find(({ manifest }) => manifest.rows.of !== null)?.manifest.rows.of;
  if (of === next) return sorted;
  const expected =
    of === undefined || of === null ? 'the last, whose input was read to its end' : `${of} rows`;
  throw new FlyhashError('ERR_CORRUPT_FILE', `the parts must have ${expected}, got ${next} rows`);
}

/** The rows of a part, checked against its manifest. */
async function copyRows(
  { path, manifest: { output } }: Part,
  to: Output,
  { signal }: Running,
): Promise<void> {
  const hash = sha256();
  let [skip, bytes] = [startBytes(output.format), 0];
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20, signal })) {
      hash.update(chunk);
      bytes += chunk.length;
      if (skip < chunk.length) await to.put(chunk.subarray(skip));
      skip = Math.max(0, skip - chunk.length);
    }
  } catch (error) {
    throw error instanceof FlyhashError ? error : refused(path, 'readable to its end', error);
  }
  if (Buffer.from(hash.digest()).toString('hex') === output.sha256) return;
  const expected = `the ${output.bytes} bytes of its manifest`;
  const got = bytes === output.bytes ? 'others' : String(bytes);
  throw new FlyhashError('ERR_CORRUPT_FILE', `${path} must be ${expected}, got ${got}`);
}

/** Joins files of codes. */
export async function joinFiles(
  paths: string[],
  { out, json }: JoinOptions,
  running: Running,
): Promise<void> {
  const given: Part[] = [];
  for (const path of paths) given.push({ path, manifest: await readManifest(path) });
  checkAlike(given);
  const parts = inOrder(given);
  const [{ manifest: one }] = parts;
  const rows = parts.reduce((sum, part) => sum + rowsOf(part), 0);
  const { format } = one.output;
  if (out !== '-') await removeManifest(manifestPath(out));
  let done = 0;
  const written = await writeOutput(out, running.signal, async (output) => {
    if (format === 'npy') await output.put(npyHeaderOf(one.codes, rows));
    for (const part of parts) {
      await copyRows(part, output, running);
      done += rowsOf(part);
      running.onProgress({ done, total: rows, unit: 'rows' });
    }
  });
  if (out === '-') return;
  const isOne = parts.every(({ manifest }) => isSame(manifest.input, one.input));
  const { model, codes } = one;
  const name = parts.map(({ manifest }) => manifest.input.name).join(' ');
  const input = isOne ? one.input : { ...one.input, name, bytes: null };
  const span = { first: 0, end: rows, of: rows };
  const about = manifestOf({
    model,
    input,
    rows: span,
    codes,
    output: { name: basename(out), format, ...written },
  });
  await writeManifest(manifestPath(out), about);
  process.stdout.write(json === true ? `${JSON.stringify(about)}\n` : `${rows} rows to ${out}\n`);
}
