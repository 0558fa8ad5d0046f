/** The charts of a page of word codes, as options of ECharts; the functions run in the browser (words-page-script.ts). */

import type { Page, WordsPageData } from './words-page-script.ts';

/** Colours of a chart on this page. */
export function chartColors(page: Page): { ink: string; faint: string; bar: string } {
  const isDark = page.matchMedia('(prefers-color-scheme: dark)').matches;
  return isDark
    ? { ink: '#e6e6e6', faint: '#3a3d42', bar: '#56b4e9' }
    : { ink: '#1a1a1a', faint: '#dcdcdc', bar: '#0072b2' };
}

/** How many words each unit is active for, units sorted by it. */
export function loadOption(page: Page, data: WordsPageData, codes: Uint32Array): unknown {
  const { ink, faint, bar } = chartColors(page);
  const loads = new Uint32Array(data.units);
  for (const unit of codes) loads[unit]++;
  const order = Array.from(loads, (_, unit) => unit).sort((a, b) => loads[b] - loads[a] || a - b);
  return {
    animation: false,
    textStyle: { color: ink, fontSize: 12 },
    grid: { left: 64, right: 16, top: 16, bottom: 48 },
    tooltip: {
      trigger: 'axis',
      confine: true,
      renderMode: 'richText',
      formatter: ([{ dataIndex }]: { dataIndex: number }[]) => {
        const unit = order[dataIndex];
        return `unit ${unit}: ${loads[unit]} words\n${data.tops[unit].slice(0, 6).join(', ')}`;
      },
    },
    xAxis: {
      type: 'category',
      data: order.map((_, i) => i + 1),
      name: 'units, the busiest first',
      nameLocation: 'middle',
      nameGap: 28,
      axisLabel: { color: ink },
    },
    yAxis: {
      type: 'value',
      name: 'words',
      nameLocation: 'middle',
      nameGap: 48,
      axisLabel: { color: ink },
      splitLine: { lineStyle: { color: faint } },
    },
    series: [
      {
        type: 'bar',
        barCategoryGap: '0%',
        itemStyle: { color: bar },
        data: order.map((unit) => loads[unit]),
      },
    ],
  };
}

/** The neighbours of a word by the units that they share. */
export function neighborOption(
  page: Page,
  data: WordsPageData,
  found: readonly { word: number; shared: number }[],
): unknown {
  const { ink, faint, bar } = chartColors(page);
  const shown = [...found].reverse();
  return {
    animation: false,
    textStyle: { color: ink, fontSize: 12 },
    grid: { left: 132, right: 40, top: 8, bottom: 44 },
    xAxis: {
      type: 'value',
      max: data.active,
      minInterval: 1,
      name: `active units in common, of ${data.active}`,
      nameLocation: 'middle',
      nameGap: 26,
      axisLabel: { color: ink },
      splitLine: { lineStyle: { color: faint } },
    },
    yAxis: {
      type: 'category',
      data: shown.map(({ word }) => data.words[word]),
      axisLabel: { color: ink, width: 120, overflow: 'truncate', interval: 0 },
    },
    series: [
      {
        type: 'bar',
        itemStyle: { color: bar },
        label: { show: true, position: 'right', color: ink },
        data: shown.map(({ shared }) => shared),
      },
    ],
  };
}
