/**
 * A comparison as one HTML file: no script, nothing fetched, readable in narrow windows, in light and dark. Each chart
 * is drawn twice, wide and narrow, so that letters keep their size; the style sheet shows the one that fits.
 */

import { adviceOf } from './compare-advice.ts';
import {
  axisTitles,
  type ChartKind,
  type ChartSize,
  chartLibrary,
  chartSvg,
  EXACT_PATH,
  type MethodStyle,
  stylesOf,
} from './compare-charts.ts';
import { columnSentences, columnsOf, settingSentences, sortedResults } from './compare-table.ts';
import { type Comparison, checkComparison, paretoBest, shownShortlist } from './comparison.ts';

const WIDE: ChartSize = { width: 860, height: 460 };
const NARROW: ChartSize = { width: 360, height: 380 };

const STYLE = `
:root { color-scheme: light dark; --back: #fff; --ink: #1a1a1a; --faint: #dcdcdc; --mark: #eef4fb; }
@media (prefers-color-scheme: dark) {
  :root { --back: #16181b; --ink: #e6e6e6; --faint: #3a3d42; --mark: #22303f; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1rem; max-width: 76rem; background: var(--back); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .75rem; }
h2 { font-size: 1.125rem; margin: 2rem 0 .5rem; }
p { margin: .5rem 0; }
.advice { padding: .75rem 1rem; background: var(--mark); border-left: 4px solid #0072b2; }
.settings, .notes { font-size: .875rem; }
figure { margin: 0; max-width: 60rem; }
p, .advice, .legend { max-width: 60rem; }
figure svg { display: block; width: 100%; height: auto; }
.narrow { display: none; }
.legend { display: flex; flex-wrap: wrap; gap: .25rem 1rem; margin: .5rem 0; padding: 0;
  list-style: none; font-size: .875rem; }
.legend li { display: flex; align-items: center; gap: .375rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: .8125rem; font-variant-numeric: tabular-nums; }
th, td { padding: .25rem .5rem; border-bottom: 1px solid var(--faint); text-align: right;
  white-space: nowrap; overflow-wrap: normal; }
th.text, td.text { text-align: left; }
thead th { border-bottom: 2px solid currentColor; }
tr.best { background: var(--mark); font-weight: 600; }
@media (max-width: 640px) { .wide { display: none; } .narrow { display: block; } }
`;

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as HTML shows it; characters that steer a terminal or turn the direction of writing are left out. */
export function escapeHtml(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}]/gu, ' ')
    .replace(/[&<>"']/g, (character) => ESCAPES[character]);
}

function paragraphs(sentences: readonly string[], name: string): string {
  const inner = sentences.map((sentence) => `<p>${escapeHtml(sentence)}</p>`).join('\n');
  return `<div class="${name}">\n${inner}\n</div>`;
}

const SHAPES: Readonly<Record<MethodStyle['symbol'], string>> = {
  circle: '<circle cx="14" cy="7" r="4.5"/>',
  rect: '<rect x="10" y="3" width="8" height="8"/>',
  triangle: '<path d="M14 2l5 9h-10z"/>',
  diamond: '<path d="M14 1.5l5 5.5l-5 5.5l-5-5.5z"/>',
};

function legendSvg(color: string, shape: string, dash: string, fill: string): string {
  return (
    '<svg width="28" height="14" viewBox="0 0 28 14" aria-hidden="true">' +
    `<g stroke="${color}" fill="${fill}" stroke-width="1.5">` +
    `<path d="M0 7h28"${dash}/>${shape}</g></svg>`
  );
}

function legendOf(comparison: Comparison, kind: ChartKind): string {
  const methods = stylesOf(comparison).map(({ method, color, symbol }) => {
    const svg = legendSvg(color, SHAPES[symbol], '', color);
    return `<li>${svg}${escapeHtml(method)}</li>`;
  });
  const shown = shownShortlist(comparison.settings);
  const ink = 'currentColor';
  const lines =
    shown === 0
      ? []
      : [
          `<li>${legendSvg(ink, SHAPES.circle, '', ink)}with ${shown} re-ranked</li>`,
          `<li>${legendSvg(ink, SHAPES.circle, ' stroke-dasharray="4 3"', 'var(--back)')}codes only</li>`,
        ];
  const plus = `<svg width="12" height="12" viewBox="0 0 11 11" aria-hidden="true"><path fill="${ink}" d="${EXACT_PATH}"/></svg>`;
  const exact = kind === 'bytes' ? [] : [`<li>${plus}exact search</li>`];
  return `<ul class="legend">\n${[...lines, ...exact, ...methods].join('\n')}\n</ul>`;
}

async function figureOf(comparison: Comparison, kind: ChartKind): Promise<string> {
  const library = await chartLibrary();
  const [x, y] = axisTitles(comparison, kind);
  const charts = ([WIDE, NARROW] as const).map((size, i) => {
    const svg = chartSvg(library, comparison, kind, size);
    return `<div class="${i === 0 ? 'wide' : 'narrow'}">${svg}</div>`;
  });
  const label = escapeHtml(`${y} against ${x}`);
  return `<figure id="chart-${kind}" role="img" aria-label="${label}">\n${charts.join('\n')}\n</figure>`;
}

function tableOf(comparison: Comparison): string {
  const columns = columnsOf(comparison);
  const best = paretoBest(comparison);
  const cells = (tag: string, texts: readonly string[]): string =>
    texts
      .map((text, i) => {
        const name = columns[i].isText ? ' class="text"' : '';
        return `<${tag}${name}>${escapeHtml(text)}</${tag}>`;
      })
      .join('');
  const head = `<tr>${cells(
    'th',
    columns.map(({ title }) => title),
  )}</tr>`;
  const rows = sortedResults(comparison).map((result) => {
    const texts = columns.map((column) => column.cell(result));
    if (best.has(result)) texts[0] = `${texts[0]} *`;
    return `<tr${best.has(result) ? ' class="best"' : ''}>${cells('td', texts)}</tr>`;
  });
  return `<div class="scroll" tabindex="0">\n<table>\n<thead>${head}</thead>\n<tbody>\n${rows.join('\n')}\n</tbody>\n</table>\n</div>`;
}

/**
 * A comparison as one self-contained HTML page, to be saved and opened from disk: the advice, what was measured, charts
 * of recall against bytes and against queries a second, and the table. Needs the package `echarts` (version 6).
 *
 * @throws (rejects) TypeError for what `compare` does not give; FlyhashError ERR_MISSING_PACKAGE when echarts is not installed, telling what to install.
 *
 * @example
 * ```ts
 * import { compare, comparisonPage } from 'flyhash/evaluate';
 * const vectors = Array.from({ length: 300 }, (_, i) => [i % 7, i % 11, i % 13, i % 17]);
 * const page = await comparisonPage(await compare(vectors, { sizes: [2], repeats: 1 }));
 * console.assert(page.startsWith('<!doctype html>') && !page.includes('<script'));
 * ```
 */
export async function comparisonPage(comparison: Comparison): Promise<string> {
  checkComparison(comparison);
  const title = escapeHtml(`Hashes of ${comparison.settings.title}`);
  const skipped = comparison.skipped.map(
    ({ method, bytes, reason }) => `Not tried: ${method} at ${bytes} bytes: ${reason}.`,
  );
  const isEmpty = comparison.results.length === 0;
  const charts = isEmpty
    ? []
    : [
        '<h2>Recall against bytes</h2>',
        await figureOf(comparison, 'bytes'),
        legendOf(comparison, 'bytes'),
        '<h2>Recall against speed</h2>',
        await figureOf(comparison, 'speed'),
        legendOf(comparison, 'speed'),
        '<h2>All results</h2>',
        tableOf(comparison),
        paragraphs([...columnSentences(comparison), ...skipped], 'notes'),
      ];
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; style-src \'unsafe-inline\'">',
    `<title>${title}</title>`,
    `<style>${STYLE}</style>`,
    '</head>',
    '<body>',
    `<h1>${title}</h1>`,
    `<p class="advice">${escapeHtml(adviceOf(comparison))}</p>`,
    paragraphs(settingSentences(comparison), 'settings'),
    ...charts,
    '</body>',
    '</html>',
    '',
  ].join('\n');
}
