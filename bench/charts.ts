// `npm run charts -- [RESULTS] [OUT]`: the charts of the documentation from what benches wrote, never by hand: for each
// NAME.json that `npm run bench:choosing` put into RESULTS (default bench/results/choosing) the recall of its codes
// against their bytes, as OUT/NAME.svg (default docs/charts).

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as echarts from 'echarts';
import { chartOption, chartSeries, plainSvg } from '../lib/evaluate/compare-charts.ts';
import type { Comparison } from '../lib/evaluate/comparison.ts';

const SIZE = { width: 820, height: 560 };
const COLORS = { ink: '#1f2328', faint: '#d8dee4' };
const RERANKED = ', re-ranked';

function chartOf(comparison: Comparison, title: string): string {
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, ...SIZE });
  try {
    const names = chartSeries(comparison, 'bytes').map(({ name }) => String(name));
    const { rows, dim, metric } = comparison.settings;
    chart.setOption({
      ...chartOption(comparison, 'bytes'),
      backgroundColor: '#ffffff',
      title: {
        text: `${title}: ${rows.toLocaleString('en-US')} vectors of ${dim} numbers, ${metric}`,
        subtext: 'whole lines: the nearest 100 by code compared exactly; dashed: codes alone',
        left: 'center',
      },
      grid: { left: 60, right: 24, top: 64, bottom: 116 },
      legend: {
        bottom: 4,
        data: names.filter((name) => name.endsWith(RERANKED)),
        formatter: (name: string) => name.slice(0, -RERANKED.length),
      },
    });
    const svg = plainSvg(chart.renderToSVGString({ useViewBox: true }), 'chart-', COLORS);
    return svg.replace('>', `>\n<title>${title}: recall against bytes of a code</title>`);
  } finally {
    chart.dispose();
  }
}

const [results, out] = ['bench/results/choosing', 'docs/charts'].map((usual, i) => {
  return process.argv[2 + i] ?? fileURLToPath(new URL(`../${usual}`, import.meta.url));
});
mkdirSync(out, { recursive: true });
const files = readdirSync(results).filter((name) => name.endsWith('.json'));
if (files.length === 0) throw new Error(`${results} must have what bench:choosing writes`);
for (const file of files) {
  const comparison: Comparison = JSON.parse(readFileSync(join(results, file), 'utf8'));
  const path = join(out, file.replace(/json$/, 'svg'));
  const title = comparison.settings.title ?? file.replace(/\.json$/, '');
  writeFileSync(path, `${chartOf(comparison, title)}\n`);
  console.log(path);
}
