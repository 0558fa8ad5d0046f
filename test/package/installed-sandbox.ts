/** A sandbox for the tests of a file, in which flyhash is installed from a registry of its own. */

import { afterAll, beforeAll } from 'vitest';
import { type Registry, startRegistry } from './registry.ts';
import { Sandbox } from './sandbox.ts';

/** The sandbox, which is there once the tests run. */
export function installedSandbox(): () => Sandbox {
  let registry: Registry;
  let sandbox: Sandbox;
  beforeAll(async () => {
    registry = await startRegistry();
    sandbox = new Sandbox(registry.url);
    await sandbox.install('flyhash');
  });
  afterAll(async () => {
    sandbox.remove();
    await registry.close();
  });
  return () => sandbox;
}
