/** Faults of the package's files, which do not know their names, as those of a file on the command line. */

import { FlyhashError } from '../errors.ts';

/** What work gives; a fault that does not name its file names it. */
export async function namingFile<Result>(path: string, work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof FlyhashError) || error.message.includes(path)) throw error;
    throw new FlyhashError(error.code, `${path}: ${error.message}`, { cause: error });
  }
}
