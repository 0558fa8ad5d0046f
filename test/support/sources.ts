/**
 * The source files of the repository as text, for the tests that read code: the rules of architecture that no
 * compiler checks. Folders are walked, not asked from git, so that a packed or staged copy is tested as well.
 */

import { readdirSync, readFileSync } from 'node:fs';

/** The root of the repository. */
export const ROOT = new URL('../../', import.meta.url);

const SKIPPED = /(^|\/)(node_modules|results|build[^/]*|golden|fixtures)(\/|$)/;

/** A file by its path from the root, with forward slashes. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** All files below the folders whose name ends as one of the endings, in the order of their paths. */
export function sourceFiles(folders: readonly string[], endings: readonly string[]): SourceFile[] {
  const paths = folders.flatMap((folder) =>
    readdirSync(new URL(`${folder}/`, ROOT), { recursive: true, encoding: 'utf8' }).map(
      (name) => `${folder}/${name.replaceAll('\\', '/')}`,
    ),
  );
  return paths
    .filter((path) => endings.some((ending) => path.endsWith(ending)) && !SKIPPED.test(path))
    .sort()
    .map((path) => ({ path, text: readFileSync(new URL(path, ROOT), 'utf8') }));
}

/** The text without comments, so that prose may name what code must not use. */
export function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|[^:])\/\/.*$/gm, '$1');
}

/** `path:line` of every line of code that matches. */
export function linesMatching(files: readonly SourceFile[], pattern: RegExp): string[] {
  return files.flatMap(({ path, text }) =>
    text
      .split('\n')
      .flatMap((line, index) =>
        pattern.test(withoutComments(line)) ? [`${path}:${index + 1}`] : [],
      ),
  );
}
