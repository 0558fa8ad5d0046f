/** Optional packages that are not installed: whatever needs one says which, and how to get it. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { installedSandbox } from './installed-sandbox.ts';

const sandbox = installedSandbox();

const CALLS = {
  hyparquet: `import { readVectors } from 'flyhash'; for await (const _ of readVectors('a.parquet'));`,
  'apache-arrow': `import { readVectors } from 'flyhash'; for await (const _ of readVectors('a.arrow'));`,
  'hyparquet-writer': `import { writeVectors } from 'flyhash'; await writeVectors('b.parquet', [[1, 2]]);`,
  echarts: `import { compare, comparisonPage } from 'flyhash/evaluate';
    const vectors = Array.from({ length: 60 }, (_, i) => [i % 7, i % 11]);
    await comparisonPage(await compare(vectors, { metric: 'l2', sizes: [1], queries: 10 }));`,
  pg: `import { PgHammingIndex } from 'flyhash/pgvector';
    await PgHammingIndex.open('postgres://localhost/x', { name: 'a', bits: 64, model: 'a'.repeat(64) });`,
  '@zilliz/milvus2-sdk-node': `import { MilvusHammingIndex } from 'flyhash/milvus';
    await MilvusHammingIndex.open('127.0.0.1:1', { name: 'a', bits: 64, model: 'a'.repeat(64) });`,
};

describe('without the optional package', () => {
  it.each(Object.entries(CALLS))('%s, the error names it', async (name, call) => {
    sandbox().write('a.parquet', 'PAR1 and more PAR1');
    sandbox().write('a.arrow', 'ARROW1 and more ARROW1');
    const program = sandbox().write(`${name.replaceAll(/\W/g, '-')}.mjs`, call);
    const { status, stderr } = await sandbox().node([program]);
    expect(status).toBe(1);
    expect(stderr).toContain(`must find the package '${name}', got none: npm install ${name}`);
    expect(stderr).toContain("code: 'ERR_MISSING_PACKAGE'");
  });

  it('the command line ends with the same words, and leaves no file', async () => {
    sandbox().write('a.parquet', 'PAR1 and more PAR1');
    const bin = join(sandbox().folder, 'node_modules', 'flyhash', 'dist', 'bundle', 'cli.js');
    const args = ['train', 'simhash', '--in', 'a.parquet', '--bits', '64', '--out', 'model'];
    const { status, stderr } = await sandbox().node([bin, ...args]);
    expect(status).toBe(1);
    expect(stderr).toContain("must find the package 'hyparquet', got none: npm install hyparquet");
    expect(existsSync(join(sandbox().folder, 'model'))).toBe(false);
  });
});
