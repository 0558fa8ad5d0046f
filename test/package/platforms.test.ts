/**
 * The prebuilds of other platforms, run where this machine can: on a Node for 64-bit Arm under qemu-user, and on Nodes for
 * musl that an environment variable names. Each gives the same results at each of its levels. A Node for another
 * platform is a command in FLYHASH_NODE_<PLATFORM>, as in FLYHASH_NODE_LINUX_X64_MUSL=/opt/musl/bin/node.
 */

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { platformName } from '../../lib/backend/addon-files.ts';
import { expectEnd, expected } from './expected.ts';
import { installedSandbox } from './installed-sandbox.ts';
import { setting } from './setting.ts';

const PLATFORMS = ['linux-x64', 'linux-x64-musl', 'linux-arm64', 'linux-arm64-musl'];

/** The command that runs Node on a platform, or why there is none. */
function nodeOf(platform: string): string[] | string {
  if (platform === platformName()) return [process.execPath];
  const name = `FLYHASH_NODE_${platform.toUpperCase().replaceAll('-', '_')}`;
  const command = process.env[name]?.split(' ') ?? setting.emulated[platform];
  if (command === undefined) return `${name} names no Node for it`;
  const { status, error, stderr } = spawnSync(command[0], [...command.slice(1), '--version']);
  if (status === 0) return [...command];
  return `${command.join(' ')} does not run: ${error?.message ?? String(stderr)}`;
}

const sandbox = installedSandbox();

describe('the prebuild', () => {
  it.for(PLATFORMS)('of %s gives the same results at each level', async (platform, { skip }) => {
    const file = `prebuilds/${platform}/flyhash.node`;
    const isPacked = existsSync(join(sandbox().folder, 'node_modules', 'flyhash', file));
    if (!isPacked) return skip('it was not made: `npm run prebuilds` makes it');
    const node = nodeOf(platform);
    if (typeof node === 'string') return skip(node);
    const [program, ...options] = node;
    const script = sandbox().writeProgram('program.mjs');
    const levels = platform.includes('arm64') ? ['scalar', 'neon'] : ['scalar', 'avx2', 'avx512'];
    const ran = [];
    for (const isa of levels) {
      const ended = await sandbox().run(program, [...options, script], { FLYHASH_ISA: isa });
      if (ended.stderr.includes('must be a level of this machine')) continue;
      expectEnd(ended);
      const [told, found] = ended.stdout.split('\n');
      expect(JSON.parse(told)).toMatchObject({ kind: 'native', isa, file });
      expect(found).toBe(expected);
      ran.push(isa);
    }
    console.log(`${platform}: ${ran.join(', ')}`);
    expect(ran).toContain('scalar');
  });
});
