/**
 * `npm install flyhash`, and what other package managers make of it, in empty folders without scripts, network or
 * compiler: the shipped addon runs, from `import` and from `require`, on every supported Node.
 */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectEnd, expectResults, PREBUILD } from './expected.ts';
import { type Registry, startRegistry } from './registry.ts';
import { Sandbox, tool } from './sandbox.ts';
import { setting } from './setting.ts';

let registry: Registry;
const sandboxes: Sandbox[] = [];

beforeAll(async () => {
  registry = await startRegistry();
});
afterAll(async () => {
  for (const sandbox of sandboxes) sandbox.remove();
  await registry.close();
});

function emptyFolder(node?: string): Sandbox {
  const sandbox = new Sandbox(registry.url, node);
  sandboxes.push(sandbox);
  return sandbox;
}

async function expectForms(
  sandbox: Sandbox,
  names: readonly string[] = ['imported.mjs', 'required.cjs'],
  options: readonly string[] = [],
): Promise<void> {
  for (const name of names) {
    const program = sandbox.writeProgram(name);
    expectResults(await sandbox.node([...options, program]), 'native', PREBUILD);
  }
}

describe('npm', () => {
  it.each(Object.entries(setting.nodes))('on Node %s', async (_version, node) => {
    const sandbox = emptyFolder(node);
    await sandbox.install('flyhash');
    await expectForms(sandbox);
  });

  it('gives the command line, its help and its version', async () => {
    const sandbox = emptyFolder();
    await sandbox.install('flyhash');
    const command = 'node_modules/.bin/flyhash';
    const help = await sandbox.node([command, '--help']);
    expect(help).toMatchObject({ status: 0, stderr: '' });
    expect(help.stdout).toContain('Usage: flyhash');
  });

  it('asks for nothing but flyhash, its dependencies, and which optional peers there are', () => {
    // npm looks for their versions; that there are none here is no fault, and none is installed.
    const optional = Object.keys(flyhash.manifest.peerDependenciesMeta ?? {});
    expect(registry.missed.filter((name) => !optional.includes(name))).toEqual([]);
  });
});

describe('other package managers', () => {
  it('pnpm', async () => {
    const sandbox = emptyFolder();
    const pnpm = tool('pnpm', 'bin', 'pnpm.cjs');
    const env = { npm_config_store_dir: `${sandbox.folder}/../store` };
    expectEnd(await sandbox.node([pnpm, 'add', 'flyhash'], env));
    await expectForms(sandbox);
  });

  it('yarn 1', async () => {
    const sandbox = emptyFolder();
    sandbox.write('.yarnrc', `registry "${registry.url}"\n`);
    const yarn = tool('yarn', 'bin', 'yarn.js');
    expectEnd(await sandbox.node([yarn, 'add', 'flyhash']));
    await expectForms(sandbox);
  });

  it.each(['node-modules', 'pnp'])('yarn 4 with its linker %s', async (linker) => {
    const sandbox = emptyFolder();
    const yarn = tool('@yarnpkg', 'cli-dist', 'bin', 'yarn.js');
    sandbox.write(
      '.yarnrc.yml',
      `npmRegistryServer: '${registry.url}'
unsafeHttpWhitelist: ['127.0.0.1']
nodeLinker: ${linker}
enableScripts: false
enableTelemetry: false
enableGlobalCache: false
enableImmutableInstalls: false`,
    );
    sandbox.write('yarn.lock', '');
    expectEnd(await sandbox.node([yarn, 'add', 'flyhash']));
    if (linker === 'node-modules') return expectForms(sandbox);
    // Node asks no loader about what a module that is required imports, so only imports find dependencies.
    const options = ['--require', './.pnp.cjs', '--loader', './.pnp.loader.mjs'];
    await expectForms(sandbox, ['imported.mjs'], options);
  });
});
