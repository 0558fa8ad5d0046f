/**
 * The charts of a comparison as SVG text, drawn by Apache ECharts without a browser: recall against bytes, and recall
 * against queries a second, a line a method. ECharts is an optional peer: only pages need it. Its colours are
 * placeholders that become CSS variables, so that the page decides between light and dark.
 */

import type { EChartsOption, LineSeriesOption } from 'echarts';
import { FlyhashError } from '../errors.ts';
import { METHOD_NAMES } from './compare-methods.ts';
import { type Comparison, type ComparisonResult, searchAt, shownShortlist } from './comparison.ts';

/** Sizes of a chart in CSS pixels. */
export interface ChartSize {
  readonly width: number;
  readonly height: number;
}

/** How a method is drawn, on charts and in the legend. */
export interface MethodStyle {
  readonly method: string;
  readonly color: string;
  readonly symbol: 'circle' | 'rect' | 'triangle' | 'diamond';
}

/** What is on the horizontal axis. */
export type ChartKind = 'bytes' | 'speed';

/** Colours that are told apart on white and on black, also by most who are colour-blind (after Okabe and Ito). */
const COLORS = [
  ...['#7f7f7f', '#d55e00', '#a6761d', '#0072b2', '#56a0d3', '#2aa198'],
  ...['#cc79a7', '#009e73', '#9467bd', '#e0457b', '#e6a817', '#6b8e23'],
];
const SYMBOLS = ['circle', 'rect', 'triangle', 'diamond'] as const;

/** Colours that stand for those of the page. */
const INK = '#010203';
const FAINT = '#010204';
const PAGE_COLORS = { ink: 'currentColor', faint: 'var(--faint)' };

/** A plus sign, that nothing else on a chart looks like. */
export const EXACT_PATH = 'M4 0h3v4h4v3h-4v4h-3v-4h-4v-3h4z';
const EXACT_SYMBOL = `path://${EXACT_PATH}`;

/** Styles of a pointer over marks, which do nothing here; their names count up in each process. */
const HOVER_STYLES = /<style\b[\s\S]*?<\/style>\s*/g;
const HOVER_CLASSES = / class="zr\d+-cls-\d+"/g;

/** Beginnings of ids, which count up in each process too. */
const COUNTED_IDS = /\bzr\d+-/g;

const FONT = 'system-ui, sans-serif';
const AXIS_FONT_SIZE = 13;

/** A style for each method that has results, simplest first. */
export function stylesOf({ results }: Comparison): MethodStyle[] {
  const place = (method: string): number => METHOD_NAMES.indexOf(method);
  const methods = [...new Set(results.map(({ method }) => method))];
  methods.sort((a, b) => place(a) - place(b));
  return methods.map((method, i) => ({
    method,
    color: COLORS[i % COLORS.length],
    symbol: SYMBOLS[i % SYMBOLS.length],
  }));
}

type Point = [x: number, recall: number];

/** A method's points, ascending by size. */
function pointsOf(
  results: readonly ComparisonResult[],
  kind: ChartKind,
  shortlist: number,
): Point[] {
  return [...results]
    .sort((a, b) => a.bytes - b.bytes)
    .map((result) => {
      const { recall, queriesPerSecond } = searchAt(result, shortlist);
      return [kind === 'bytes' ? result.bytes : queriesPerSecond, recall];
    });
}

/** A line: with re-ranking whole and filled, without it dashed and hollow. */
function seriesOf(style: MethodStyle, points: Point[], isReranked: boolean): LineSeriesOption {
  const { color, symbol } = style;
  const hollow = { color: 'transparent', borderColor: color, borderWidth: 1.5 };
  return {
    type: 'line',
    name: `${style.method}${isReranked ? ', re-ranked' : ''}`,
    data: points,
    symbol,
    symbolSize: symbol === 'diamond' || symbol === 'triangle' ? 10 : 8,
    showAllSymbol: true,
    silent: true,
    emphasis: { disabled: true },
    itemStyle: isReranked ? { color } : hollow,
    lineStyle: { color, width: isReranked ? 2 : 1.2, type: isReranked ? 'solid' : [4, 3] },
  };
}

/** Ends of a logarithmic axis around all values: powers of 2, or 1, 2 or 5 times a power of 10. */
function bounds(values: readonly number[], base: 2 | 10): { min: number; max: number } {
  const steps = base === 2 ? [1] : [1, 2, 5];
  const marks = Array.from({ length: 45 }, (_, i) => steps.map((step) => step * base ** i)).flat();
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const min = marks.findLast((mark) => mark <= least) ?? marks[0];
  const max = marks.find((mark) => mark >= most && mark > min) ?? 2 * most;
  return { min, max };
}

function shortNumber(value: number): string {
  if (value >= 1e6) return `${Number((value / 1e6).toPrecision(3))}M`;
  if (value >= 1e3) return `${Number((value / 1e3).toPrecision(3))}k`;
  return String(Number(value.toPrecision(3)));
}

/** What both axes of a chart share. */
function axisOf(name: string, gap: number) {
  const text = { color: INK, fontSize: AXIS_FONT_SIZE, fontFamily: FONT };
  return {
    name,
    nameLocation: 'middle' as const,
    nameGap: gap,
    nameTextStyle: text,
    axisLabel: { ...text, hideOverlap: true, formatter: shortNumber },
    axisLine: { show: true, lineStyle: { color: INK } },
    axisTick: { show: true, lineStyle: { color: INK } },
    splitLine: { show: true, lineStyle: { color: FAINT } },
  };
}

/** The titles of a chart's axes. */
export function axisTitles({ settings }: Comparison, kind: ChartKind): readonly [string, string] {
  const x = kind === 'bytes' ? 'bytes of a code (log scale)' : 'queries a second (log scale)';
  return [x, `recall@${settings.k}`];
}

/** The search without codes, for comparison: it finds everything. */
function exactSeries({ settings }: Comparison): LineSeriesOption {
  return {
    type: 'line',
    name: 'exact search',
    data: [[settings.exactQueriesPerSecond, 1]],
    symbol: EXACT_SYMBOL,
    symbolSize: 11,
    silent: true,
    emphasis: { disabled: true },
    itemStyle: { color: INK },
    z: 10, // above the lines that end at a recall of 1
  };
}

/** All lines of a chart. */
export function chartSeries(comparison: Comparison, kind: ChartKind): LineSeriesOption[] {
  const places = new Set([0, shownShortlist(comparison.settings)]);
  const lines = stylesOf(comparison).flatMap((style) => {
    const own = comparison.results.filter(({ method }) => method === style.method);
    return [...places].map((shortlist) =>
      seriesOf(style, pointsOf(own, kind, shortlist), shortlist > 0),
    );
  });
  return kind === 'bytes' ? lines : [...lines, exactSeries(comparison)];
}

/** What ECharts is told; the colours of the page are placeholders, which plainSvg replaces. */
export function chartOption(comparison: Comparison, kind: ChartKind): EChartsOption {
  const series = chartSeries(comparison, kind);
  const xs = series.flatMap(({ data }) => (data as Point[]).map(([x]) => x));
  const logBase = kind === 'bytes' ? 2 : 10;
  const [xTitle, yTitle] = axisTitles(comparison, kind);
  return {
    animation: false,
    grid: { left: 56, right: 20, top: 14, bottom: 54 },
    xAxis: { ...axisOf(xTitle, 34), type: 'log', logBase, ...bounds(xs, logBase) },
    yAxis: { ...axisOf(yTitle, 40), type: 'value', min: 0, max: 1 },
    series,
  };
}

/** The library, when it is installed. */
export async function chartLibrary(
  load: () => Promise<typeof import('echarts')> = () => import('echarts'),
): Promise<typeof import('echarts')> {
  try {
    return await load();
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'MODULE_NOT_FOUND') throw cause;
    const message = "comparisonPage must find the package 'echarts', got none: npm install echarts";
    throw new FlyhashError('ERR_MISSING_PACKAGE', message, { cause });
  }
}

/** Drawn SVG without what counts up in a process, and with colours instead of their placeholders. */
export function plainSvg(
  drawn: string,
  ids: string,
  colors: Readonly<Record<'ink' | 'faint', string>>,
): string {
  return drawn
    .replace(HOVER_STYLES, '')
    .replaceAll(HOVER_CLASSES, '')
    .replaceAll(COUNTED_IDS, ids)
    .replaceAll(INK, colors.ink)
    .replaceAll(FAINT, colors.faint);
}

/** A chart as an SVG element that scales with its box. */
export function chartSvg(
  library: typeof import('echarts'),
  comparison: Comparison,
  kind: ChartKind,
  { width, height }: ChartSize,
): string {
  const chart = library.init(null, null, { renderer: 'svg', ssr: true, width, height });
  try {
    chart.setOption(chartOption(comparison, kind));
    return plainSvg(
      chart.renderToSVGString({ useViewBox: true }),
      `${kind}-${width}-`,
      PAGE_COLORS,
    );
  } finally {
    chart.dispose();
  }
}
