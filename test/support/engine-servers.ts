/**
 * Real servers on loopback for the tests of engines: started in a folder of their own, killed as a power cut would, and
 * started again over what is left. Where their programs are, scripts/test-engines.mjs says in the file that
 * FLYHASH_ENGINES names.
 */

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  chownSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const START_MILLISECONDS = 100_000;
const STOP_MILLISECONDS = 5000;
const CLOSE_MILLISECONDS = 500;

interface Engines {
  readonly postgres?: { readonly bin: string };
  readonly milvus?: { readonly version: string; readonly packages: string; readonly bin: string };
  readonly 'milvus-lite'?: { readonly version: string; readonly bin: string };
}

function engine<Name extends keyof Engines>(name: Name): NonNullable<Engines[Name]> {
  const found = JSON.parse(readFileSync(process.env.FLYHASH_ENGINES as string, 'utf8')) as Engines;
  const own = found[name];
  if (own === undefined) throw new Error(`npm run test:engines has no ${name}`);
  return own;
}

/** A port that nobody listens to now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('close', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

/** How a server is started. */
interface Program {
  readonly command: string;
  readonly args: readonly string[];
  readonly folder: string;
  readonly port: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly user?: { readonly uid: number; readonly gid: number };
  /** Whether it serves already. */
  readonly isReady: () => Promise<boolean>;
}

/** A server that this process started. */
export class EngineServer {
  readonly port: number;
  readonly #program: Program;
  #child: ChildProcess | undefined;
  #log = '';

  constructor(program: Program) {
    this.#program = program;
    this.port = program.port;
  }

  /** Starts it, and waits until it serves. */
  async start(): Promise<void> {
    const { command, args, folder, env = {}, user = {} } = this.#program;
    const options = { cwd: folder, env: { ...process.env, ...env }, ...user };
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    process.once('exit', () => child.kill('SIGKILL')); // nothing outlives a run that fails
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (text) => {
        this.#log = `${this.#log}${text}`.slice(-4000);
      });
    }
    const end = Date.now() + START_MILLISECONDS;
    while (!(await this.#program.isReady())) {
      if (child.exitCode !== null || Date.now() > end) {
        await this.kill();
        throw new Error(`${command} does not serve:\n${this.#log}`);
      }
      await delay(100);
    }
  }

  /** Ends it and its children at once, as a power cut would. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const { pid } = child as { pid: number };
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    const gone = new Promise((resolve) => child.once('exit', resolve));
    for (const each of [pid, ...children.split(' ').filter(Boolean).map(Number)]) {
      process.kill(each, 'SIGKILL');
    }
    await gone;
  }

  /** Ends it in its own way, so that no shared memory stays, and takes its folder away. */
  async remove(): Promise<void> {
    const child = this.#child;
    if (child !== undefined && child.exitCode === null && child.signalCode === null) {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      await delay(CLOSE_MILLISECONDS); // sessions that end now would hear of it as an error
      child.kill('SIGINT');
      await Promise.race([gone, delay(STOP_MILLISECONDS)]);
    }
    await this.kill();
    rmSync(this.#program.folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }
}

function newFolder(name: string): string {
  return mkdtempSync(join(tmpdir(), `flyhash-${name}-`));
}

/** PostgreSQL refuses to run as root: then it runs as Debian's user for it, or as nobody. */
function postgresUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const users = readFileSync('/etc/passwd', 'utf8').split('\n');
  const line = ['postgres:', 'nobody:'].map((start) =>
    users.find((each) => each.startsWith(start)),
  );
  const [, , uid, gid] = (line[0] ?? line[1] ?? '').split(':').map(Number);
  return { uid, gid };
}

/** A PostgreSQL with an empty database and no extension; not yet started. */
export async function postgresServer(): Promise<EngineServer> {
  const { bin } = engine('postgres');
  const user = postgresUser();
  const folder = newFolder('postgres');
  if (user !== undefined) chownSync(folder, user.uid, user.gid);
  const data = join(folder, 'data');
  const init = [
    '-D',
    data,
    '-U',
    'postgres',
    '-A',
    'trust',
    '-E',
    'UTF8',
    '--locale=C',
    '--no-sync',
  ];
  const made = spawnSync(join(bin, 'initdb'), init, { encoding: 'utf8', cwd: folder, ...user });
  if (made.status !== 0) throw new Error(made.error?.message ?? made.stderr);
  const port = await freePort();
  const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', `port=${port}`];
  return new EngineServer({
    command: join(bin, 'postgres'),
    args: ['-D', data, ...settings.flatMap((each) => ['-c', each])],
    folder,
    port,
    user,
    isReady: async () =>
      spawnSync(join(bin, 'pg_isready'), ['-q', '-h', '127.0.0.1', '-p', String(port)]).status ===
      0,
  });
}

/** How a pool of `pg` reaches it. */
export function poolOptions({ port }: EngineServer): Record<string, string | number> {
  return { host: '127.0.0.1', port, user: 'postgres', database: 'postgres' };
}

/** Gives the etcd inside of Milvus ports of its own; else every Milvus of a machine wants the same. */
async function configureEtcd(folder: string): Promise<void> {
  const [client, peer] = [await freePort(), await freePort()].map(
    (port) => `http://127.0.0.1:${port}`,
  );
  const own = join(folder, 'configs', 'etcd.yaml');
  const lines = [
    'name: default',
    `listen-client-urls: ${client}`,
    `advertise-client-urls: ${client}`,
    `listen-peer-urls: ${peer}`,
    `initial-advertise-peer-urls: ${peer}`,
    `initial-cluster: default=${peer}`,
  ];
  writeFileSync(own, lines.join('\n'));
  const settings = join(folder, 'configs', 'milvus.yaml');
  const text = readFileSync(settings, 'utf8');
  writeFileSync(settings, text.replace(/^etcd:$/m, `etcd:\n  config:\n    path: ${own}`));
}

/** The server of Milvus 2.3; not yet started. */
export async function milvusServer(): Promise<EngineServer> {
  const { bin, packages } = engine('milvus');
  const folder = newFolder('milvus');
  const port = await freePort();
  const configure =
    'import sys, milvus; milvus.MilvusServerConfig(data_dir=sys.argv[1], proxy_port=sys.argv[2]).resolve()';
  const env = { PYTHONPATH: packages };
  const args = ['-c', configure, folder, String(port)];
  const made = spawnSync('python3', args, { encoding: 'utf8', env: { ...process.env, ...env } });
  if (made.status !== 0) throw new Error(made.error?.message ?? made.stderr);
  await configureEtcd(folder);
  symlinkSync(bin, join(folder, 'bin'));
  mkdirSync(join(folder, 'run'));
  const health = await freePort();
  return new EngineServer({
    command: join(folder, 'bin', 'milvus'),
    args: ['run', 'standalone'],
    folder,
    port,
    env: {
      DEPLOY_MODE: 'STANDALONE',
      METRICS_PORT: String(health),
      MILVUS_RUN_DIR: join(folder, 'run'),
      LD_LIBRARY_PATH: bin,
    },
    isReady: async () => {
      const answer = await fetch(`http://127.0.0.1:${health}/healthz`).catch(() => undefined);
      return answer?.ok === true && (await answers(port));
    },
  });
}

/** Milvus Lite 2.5; not yet started. */
export async function milvusLiteServer(): Promise<EngineServer> {
  const { bin } = engine('milvus-lite');
  const folder = newFolder('milvus-lite');
  const port = await freePort();
  return new EngineServer({
    command: join(bin, 'milvus'),
    args: [join(folder, 'lite.db'), `127.0.0.1:${port}`, 'ERROR'],
    folder,
    port,
    env: { LD_LIBRARY_PATH: bin },
    isReady: () => answers(port),
  });
}
