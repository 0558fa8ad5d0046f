// The price of signs: BinaryQuantizer over vectors in memory. One compare a value, so the limit is reading the
// input once; the check for values that are not finite runs on the same pass.

import { BinaryQuantizer } from '../lib/index.ts';
import { randomVectors } from './framework/data.ts';
import { type Bench, defineBench } from './framework/define.ts';

function quantizeBench(dim: number): Bench {
  return defineBench({
    name: `sign/quantize-${dim}`,
    limit: 'read-128m',
    setup: ({ threads, quick }) => {
      const rows = Math.floor(((quick ? 16 : 128) << 20) / 4 / dim);
      const vectors = randomVectors(rows, dim);
      const quantizer = BinaryQuantizer.create({ dim });
      return {
        run: () => quantizer.hash(vectors, { threads }),
        items: rows,
        work: vectors.byteLength,
        limitBuffer: new Uint8Array(vectors.buffer),
      };
    },
  });
}

export const benches: readonly Bench[] = [quantizeBench(384), quantizeBench(1024)];
