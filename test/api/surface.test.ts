/**
 * The public surface, held against what was last agreed to: a change shows up in review as a change of a text file.
 * `npx vitest run test/api -u` writes it anew.
 */

import { describe, expect, it } from 'vitest';
import { surfaceOf } from './surface.ts';

describe('the declarations', () => {
  it.each([
    ['flyhash', 'dist/index.d.ts'],
    ['evaluate', 'dist/evaluate/index.d.ts'],
  ])('of %s are those agreed to', async (name, entry) => {
    await expect(surfaceOf(entry).text).toMatchFileSnapshot(`${name}.txt`);
  });

  it('of flyhash and flyhash/reference are the same', () => {
    const [native, reference] = ['dist/index.d.ts', 'dist/reference.d.ts'].map(surfaceOf);
    expect(reference).toEqual(native);
  });
});
