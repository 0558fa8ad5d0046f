/** Every TypeScript example of the README, as written, in a folder where nothing but `npm install flyhash` happened. */

import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { examplesOf, moduleOf } from '../support/examples.ts';
import { type Registry, startRegistry } from './registry.ts';
import { Sandbox } from './sandbox.ts';
import { setting } from './setting.ts';

const examples = examplesOf(fileURLToPath(new URL('../../README.md', import.meta.url)));

it('the README has examples', () => {
  expect(examples.length).toBeGreaterThan(1);
});

describe.each(Object.entries(setting.nodes))('on Node %s', (_version, node) => {
  let registry: Registry;
  let sandbox: Sandbox;

  beforeAll(async () => {
    registry = await startRegistry();
    sandbox = new Sandbox(registry.url, node);
    await sandbox.install('flyhash');
  });
  afterAll(async () => {
    sandbox.remove();
    await registry.close();
  });

  it.each(examples)('$where', async (example) => {
    const program = sandbox.write('example.mjs', moduleOf(example));
    // An assertion that fails prints to stderr, and so does a package that falls back on its reference.
    expect(await sandbox.node([program])).toMatchObject({ status: 0, stderr: '' });
  });
});
