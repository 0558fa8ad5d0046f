/** Text that a command writes: to standard output, or to a file that appears whole or not at all. */

import { randomUUID } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';
import { refused } from '../files/paths.ts';

/** Writes to a path, '-' meaning standard output. */
export async function writeText(path: string, text: string): Promise<void> {
  if (path === '-') {
    process.stdout.write(text);
    return;
  }
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    await writeFile(temporary, text, { flag: 'wx', flush: true });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw refused(path, 'a file that can be written', error);
  }
}
