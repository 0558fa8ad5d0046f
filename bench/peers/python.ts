// The Python process of peers.py: requests out, answers back, inputs through files in a temporary folder.

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { ContestContext, Entrant } from './contest.ts';

const SCRIPT = fileURLToPath(new URL('peers.py', import.meta.url));

const NUMPY_AVX512 = 'X86_V4 AVX512_ICL AVX512_SPR';

type Reply = { error?: string; [name: string]: unknown };

/** A matrix for Python: raw numbers in a file, and their shape. */
export interface SharedMatrix {
  numbers: Uint8Array | Float32Array;
  rows: number;
}

/**
 * OpenBLAS does not know every new processor and may fall back to AVX2 kernels: half the speed. At avx2, what an
 * AVX2 machine would run: numpy without its AVX-512 parts too (an older numpy has none that
 * matter here).
 */
function blasEnvironment(
  { level, threads }: ContestContext,
  older: boolean,
): Record<string, string> {
  const count = String(threads);
  const variables = { OPENBLAS_NUM_THREADS: count, OMP_NUM_THREADS: count };
  if (level === 'avx512') return { ...variables, OPENBLAS_CORETYPE: 'SkylakeX' };
  if (level !== 'avx2') return variables;
  const disabled: Record<string, string> = older ? {} : { NPY_DISABLE_CPU_FEATURES: NUMPY_AVX512 };
  return { ...variables, ...disabled, OPENBLAS_CORETYPE: 'Haswell' };
}

/** The Python processes there are. */
export interface Pythons {
  current: PythonPeers | undefined;
  /** With an older numpy. */
  older: PythonPeers | undefined;
}

export class PythonPeers {
  readonly #process: ChildProcess;
  readonly #lines: Interface;
  readonly #folder: string;
  #files = 0;
  about = '';
  /** As in `numpy 2.4.6`. */
  numpy = '';
  hasFaiss = false;

  private constructor(python: string, context: ContestContext, older: boolean) {
    this.#folder = mkdtempSync(join(tmpdir(), 'flyhash-peers-'));
    this.#process = spawn(python, [SCRIPT], {
      env: { ...process.env, ...blasEnvironment(context, older) },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#lines = createInterface({ input: this.#process.stdout as NodeJS.ReadableStream });
  }

  /** Starts a process; rejects when numpy is not there. */
  static async start(
    python: string,
    context: ContestContext,
    older: boolean,
  ): Promise<PythonPeers> {
    const peers = new PythonPeers(python, context, older);
    const { level, threads } = context;
    const { about, faiss } = await peers.#ask({ kind: 'about', level, threads });
    peers.about = String(about);
    peers.numpy = peers.about.split(';')[0];
    peers.hasFaiss = faiss === true;
    return peers;
  }

  #ask(request: object): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const onExit = (code: number | null): void => reject(new Error(`python ended (${code})`));
      this.#process.once('exit', onExit);
      this.#lines.once('line', (line) => {
        this.#process.off('exit', onExit);
        const reply = JSON.parse(line) as Reply;
        if (reply.error === undefined) resolve(reply);
        else reject(new Error(reply.error));
      });
      this.#process.stdin?.write(`${JSON.stringify(request)}\n`);
    });
  }

  #share(name: string, { numbers, rows }: SharedMatrix): object {
    const file = join(this.#folder, `${this.#files++}.raw`);
    writeFileSync(file, numbers);
    return { [name]: file, [`${name}Shape`]: [rows, numbers.length / rows] };
  }

  /** Sets up a job of peers.py as an entrant. One job a slot (0 when left out): the next replaces it. */
  async entrant(
    name: string,
    job: string,
    matrices: Record<string, SharedMatrix>,
    settings: object,
    rest: { share?: number; checked?: boolean; slot?: number } = {},
  ): Promise<Entrant> {
    const files = Object.entries(matrices).map(([key, matrix]) => this.#share(key, matrix));
    const { slot = 0 } = rest;
    await this.#ask(Object.assign({ kind: 'setup', job, slot }, settings, ...files));
    const entrant: Entrant = {
      name,
      time: async (repetitions) =>
        Number((await this.#ask({ kind: 'run', slot, repetitions })).seconds),
    };
    if (rest.share !== undefined) entrant.share = rest.share;
    if (rest.checked) {
      entrant.check = async () => (await this.#ask({ kind: 'check', slot })).result as number[];
    }
    return entrant;
  }

  end(): void {
    this.#process.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
