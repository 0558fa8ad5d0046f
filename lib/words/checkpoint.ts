/**
 * Where a training stands, on the disk, so that one that was killed goes on and ends with the same bytes: a file in the
 * package's container (docs/formats.md), replaced in one step whenever a stage ends. It belongs to one text and to the
 * settings that decide what is learnt; any other training refuses it.
 */

import { wrongValue } from '../errors.ts';
import { loadParts } from '../files/load.ts';
import { type Parts, PartsReader } from '../files/parts.ts';
import { checkPath, disk, hasCode, refused } from '../files/paths.ts';
import { saveParts } from '../files/save.ts';

const KIND = 'BioWordCheckpoint';

/** What a training must have in common with the one that wrote. */
export interface CheckpointOwner {
  /** The digest of the corpus. */
  readonly text: string;
  /** All settings that decide what is learnt, as text. */
  readonly settings: string;
}

/** Parts of a stage, as every stored object has them. */
export type StageParts = Omit<Parts, 'kind'>;

/** The state of one training; without a path, of none. */
export class Checkpoint {
  readonly #path: string | undefined;
  readonly #owner: CheckpointOwner;
  #found: { readonly stage: string; readonly reader: PartsReader } | undefined;

  private constructor(path: string | undefined, owner: CheckpointOwner) {
    this.#path = path;
    this.#owner = owner;
  }

  /**
   * Opens a checkpoint, or begins one where there is no file.
   *
   * @throws (rejects) RangeError for the checkpoint of another text or of other settings; FlyhashError for a file that
   * is damaged or something else.
   */
  static async open(path: string | undefined, owner: CheckpointOwner): Promise<Checkpoint> {
    const checkpoint = new Checkpoint(path, owner);
    if (path !== undefined && (await exists(path))) await checkpoint.#read(path);
    return checkpoint;
  }

  async #read(path: string): Promise<void> {
    const reader = new PartsReader(await loadParts(path, {}));
    reader.expectKind(KIND);
    const stage = reader.text('stage');
    const text = reader.text('text');
    const settings = reader.text('settings');
    if (text !== this.#owner.text) throw otherOwner(path, 'text', text);
    if (settings !== this.#owner.settings) throw otherOwner(path, 'settings', settings);
    this.#found = { stage, reader };
  }

  /** Whether anything is kept at all. */
  get isKept(): boolean {
    return this.#path !== undefined;
  }

  /** What was written at a stage, once, if that is where the training stood. */
  take(stage: string): PartsReader | undefined {
    const found = this.#found;
    if (found?.stage !== stage) return undefined;
    this.#found = undefined;
    return found.reader;
  }

  /** Writes where the training stands, in the place of what was written before. */
  async write(stage: string, { parameters, tensors }: StageParts): Promise<void> {
    if (this.#path === undefined) return;
    const own = { stage, ...this.#owner };
    const parts = { kind: KIND, parameters: { ...own, ...parameters }, tensors };
    await saveParts(this.#path, () => parts);
  }

  /** The training has ended: the file goes. */
  async remove(): Promise<void> {
    if (this.#path === undefined) return;
    const path = this.#path;
    await disk()
      .fs.rm(path, { force: true })
      .catch((error: unknown) => {
        throw refused(path, 'removed', error);
      });
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await disk().fs.access(path);
    return true;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false;
    throw refused(path, 'read', error);
  }
}

function otherOwner(path: string, what: string, got: string): RangeError {
  const name = `checkpoint ${JSON.stringify(path)}`;
  return wrongValue(name, `of a training with the same ${what}, or removed`, got);
}

/** Rejects when a checkpoint could not be written there: before a training works for nothing. */
export async function checkFolder(path: string | undefined): Promise<void> {
  if (path === undefined) return;
  const { fs, paths } = disk();
  await fs.access(paths.dirname(path), fs.constants.W_OK).catch((error: unknown) => {
    throw refused(path, 'in a folder that can be written to', error);
  });
}

/** The path of a checkpoint, if one is wanted. */
export function checkCheckpoint(path: unknown): string | undefined {
  return path === undefined ? undefined : checkPath(path);
}
