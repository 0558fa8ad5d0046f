// `npm run test:engines`: the tests of test/engines/servers against real servers, which they start on loopback and stop:
// PostgreSQL with pgvector, and Milvus. Gets what is missing into .cache/engines: pgvector is compiled from Debian's
// source package beside a copy of the installed PostgreSQL, so that nothing of the system changes; Milvus is the server
// in the PyPI packages milvus and milvus-lite. What cannot be had is said loudly, and its tests do not run.

import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { CACHE, ROOT, runSuite } from './suite.mjs';

const FOLDER = join(CACHE, 'engines');
const SERVERS = join(ROOT, 'test', 'engines', 'servers');
/** The release of Debian whose source package of pgvector is compiled. */
const SOURCE_RELEASE = 'trixie';
const FOUND = join(FOLDER, 'engines.json');

class Missing extends Error {}

function run(command, args, options = {}) {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
    ...options,
  });
  if (status === 0) return stdout;
  const lines = (error?.message ?? `${stdout}${stderr}`).trim().split('\n');
  throw new Missing(`${command} ${args[0] ?? ''}: ${lines.at(-1)}`);
}

/** A folder that is filled once: a half-filled one is emptied and filled again. */
function filled(name, fill) {
  const folder = join(FOLDER, name);
  const stamp = join(folder, 'complete');
  if (existsSync(stamp)) return folder;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  fill(folder);
  writeFileSync(stamp, '');
  return folder;
}

function installedPostgres() {
  const base = '/usr/lib/postgresql';
  const versions = existsSync(base) ? readdirSync(base).map(Number) : [];
  const there = versions.filter((version) => existsSync(`${base}/${version}/bin/initdb`));
  return there.length === 0 ? undefined : Math.max(...there);
}

/** The newest PostgreSQL that is installed; Debian's where there is none. */
function postgresVersion() {
  const installed = installedPostgres();
  if (installed !== undefined) return installed;
  if (process.getuid?.() !== 0) throw new Missing('no PostgreSQL in /usr/lib/postgresql');
  run('apt-get', ['-qq', 'update']);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  run('apt-get', ['-qq', 'install', '-y', '--no-install-recommends', 'postgresql'], { env });
  const version = installedPostgres();
  if (version === undefined) throw new Missing('no PostgreSQL after its installation');
  return version;
}

/** Debian's source package of pgvector, unpacked; found through the sources that apt has anyway. */
function pgvectorSource(folder) {
  const format = '$(REPO_URI) $(ORIGIN)';
  const targets = run('apt-get', ['indextargets', '--format', format, 'Created-By: Packages']);
  const lines = targets.split('\n').map((line) => line.split(' '));
  const uri = lines.find(([, origin]) => origin === 'Debian')?.[0];
  if (uri === undefined) throw new Missing("apt has none of Debian's sources");
  const key = '/usr/share/keyrings/debian-archive-keyring.gpg';
  writeFileSync(
    join(folder, 'apt.list'),
    `deb-src [signed-by=${key}] ${uri} ${SOURCE_RELEASE} main\n`,
  );
  mkdirSync(join(folder, 'lists', 'partial'), { recursive: true });
  const own = [
    'Dir::Etc::sourceparts=/dev/null',
    `Dir::Etc::sourcelist=${join(folder, 'apt.list')}`,
  ];
  const apt = [...own, `Dir::State::lists=${join(folder, 'lists')}`].flatMap((each) => [
    '-o',
    each,
  ]);
  run('apt-get', [...apt, '-qq', 'update']);
  run('apt-get', [...apt, '-qq', '--download-only', 'source', 'pgvector'], { cwd: folder });
  const archive = readdirSync(folder).find((name) => name.endsWith('.orig.tar.gz'));
  run('tar', ['xf', archive], { cwd: folder });
  return join(
    folder,
    readdirSync(folder).find((name) => /^pgvector-[\d.]+$/.test(name)),
  );
}

function serverHeaders(version, folder) {
  const headers = `usr/include/postgresql/${version}/server`;
  if (existsSync(`/${headers}/postgres.h`)) return `/${headers}`;
  run('apt-get', ['-qq', 'update']);
  run('apt-get', ['-qq', 'download', `postgresql-server-dev-${version}`], { cwd: folder });
  const archive = readdirSync(folder).find((name) => name.endsWith('.deb'));
  run('dpkg', ['-x', archive, 'headers'], { cwd: folder });
  return join(folder, 'headers', headers);
}

/** A copy of PostgreSQL, which finds its files beside itself, with pgvector in it. */
function postgres() {
  const version = postgresVersion();
  const folder = filled(`postgres-${version}`, (into) => {
    const [lib, share] = [`lib/postgresql/${version}`, `share/postgresql/${version}`];
    for (const part of [lib, share]) cpSync(`/usr/${part}`, join(into, part), { recursive: true });
    const extensions = join(into, share, 'extension');
    if (existsSync(join(extensions, 'vector.control'))) return;
    const build = join(into, 'build');
    mkdirSync(build);
    const source = pgvectorSource(build);
    const files = readdirSync(join(source, 'src')).filter((name) => name.endsWith('.c'));
    const flags = ['-O2', '-ftree-vectorize', '-fassociative-math', '-fno-signed-zeros'];
    const more = [
      '-fno-trapping-math',
      '-fPIC',
      '-shared',
      '-w',
      '-o',
      join(into, lib, 'lib', 'vector.so'),
    ];
    const sources = files.map((name) => join(source, 'src', name));
    run('gcc', [...flags, ...more, `-I${serverHeaders(version, build)}`, ...sources]);
    const control = readFileSync(join(source, 'vector.control'), 'utf8');
    const [, own] = /default_version = '([\d.]+)'/.exec(control);
    writeFileSync(join(extensions, 'vector.control'), control);
    cpSync(join(source, 'sql', 'vector.sql'), join(extensions, `vector--${own}.sql`));
    rmSync(build, { recursive: true });
  });
  return { bin: join(folder, 'lib', 'postgresql', String(version), 'bin') };
}

function fromPypi(name, version) {
  return filled(`${name}-${version}`, (into) => {
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps'];
    run('python3', [...pip, '--only-binary=:all:', '--target', into, `${name}==${version}`]);
  });
}

/** The server of one machine of Milvus 2.3: no sparse vectors yet. */
function milvus() {
  const version = '2.3.5';
  const packages = fromPypi('milvus', version);
  const folder = filled(`milvus-${version}-server`, (into) => {
    const unpack = 'import sys, milvus; milvus._initialize_data_files(sys.argv[1])';
    run('python3', ['-c', unpack, into], { env: { ...process.env, PYTHONPATH: packages } });
  });
  return { version, packages, bin: join(folder, 'bin') };
}

/** The C++ core of Milvus 2.5 with a file for storage: sparse vectors, several vectors a row. */
function milvusLite() {
  const version = '2.5.1';
  const bin = join(fromPypi('milvus-lite', version), 'milvus_lite', 'lib');
  chmodSync(join(bin, 'milvus'), 0o755);
  return { version, bin };
}

mkdirSync(FOLDER, { recursive: true });
const engines = {};
const skipped = [];
for (const [name, find] of Object.entries({ postgres, milvus, 'milvus-lite': milvusLite })) {
  try {
    if (process.platform !== 'linux' || process.arch !== 'x64')
      throw new Missing('only on Linux x64');
    engines[name] = find();
    console.log(`test:engines: has ${name}`);
  } catch (error) {
    if (!(error instanceof Missing)) throw error;
    skipped.push(`${name}: ${error.message}`);
  }
}
writeFileSync(FOUND, JSON.stringify(engines));
const tests = readdirSync(SERVERS).filter((name) =>
  Object.keys(engines).some((engine) => new RegExp(`^${engine}(-(?!lite)|\\.)`).test(name)),
);
const files = tests.map((name) => join('test', 'engines', 'servers', name));
const args = ['--no-file-parallelism', ...files, ...process.argv.slice(2)];
const env = { FLYHASH_ENGINES: FOUND };
const passed = files.length === 0 || runSuite('engines', { env, args });
for (const line of skipped) console.error(`!!! NOT TESTED: ${line} !!!`);
process.exit(passed ? 0 : 1);
