/** Packages that only some jobs need, and that only whoever has such a job installs. */

import { FlyhashError } from '../errors.ts';

/** What the import of a package gives; an error that says what to install where it is not there. */
export async function optionalPackage<Module>(
  name: string,
  load: () => Promise<Module>,
): Promise<Module> {
  try {
    return await load();
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'MODULE_NOT_FOUND') throw cause;
    const message = `flyhash must find the package '${name}', got none: npm install ${name}`;
    throw new FlyhashError('ERR_MISSING_PACKAGE', message, { cause });
  }
}

/**
 * A package that users of all of flyhash may do without, by its name. Bundlers are not to look for it: they would fail, or
 * warn, wherever it is not installed.
 */
export async function packageNamed<Module>(name: string, path: string = name): Promise<Module> {
  return optionalPackage(name, () => import(/* webpackIgnore: true */ /* @vite-ignore */ path));
}
