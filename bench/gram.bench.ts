// The price of the scalar products of all columns of a tall matrix, in double: half of them, since they are symmetric,
// beside the peak of float32 multiply-adds, of which doubles reach a half at best.

import { activeBackend } from '../lib/backend/active.ts';
import { randomVectors } from './framework/data.ts';
import { type Bench, defineBench } from './framework/define.ts';

function gramBench(rows: number, columns: number): Bench {
  return defineBench({
    name: `gram/${rows}x${columns}`,
    limit: 'fma',
    skipLevels: ['scalar', 'reference'],
    setup: ({ threads, quick }) => {
      const own = quick ? rows / 4 : rows;
      const gram = new Float64Array(columns * columns);
      const args = [randomVectors(own, columns), own, columns, gram] as const;
      const run = (): unknown => activeBackend().run({ name: 'gramMatrix', args }, threads);
      return { run, items: own, work: own * columns * (columns + 1) };
    },
  });
}

export const benches: readonly Bench[] = [gramBench(20_000, 64), gramBench(20_000, 320)];
