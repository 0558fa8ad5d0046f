/**
 * The page of a comparison as text: everything escaped, nothing fetched, a mark for each point. How it looks is seen by a
 * browser (npm run test:browser).
 */

import { describe, expect, it } from 'vitest';
import { chartLibrary, chartSeries } from '../../lib/evaluate/compare-charts.ts';
import { comparisonPage, escapeHtml } from '../../lib/evaluate/compare-page.ts';
import { madeUp } from '../support/comparisons.ts';

const EVIL = '<script>alert("1")</script>&\'\u202e';
const results = [8, 16, 32].flatMap((bytes) => [
  { method: 'simhash-hadamard', bytes, recall: bytes / 64, reranked: [0.6, 0.7, 0.8] },
  { method: EVIL, bytes, recall: bytes / 48, reranked: [0.5, 0.6, 0.9] },
]);

describe('comparisonPage', () => {
  it('escapes what comes from outside, wherever it stands', async () => {
    const skipped = [{ method: EVIL, bytes: 8, reason: EVIL }];
    const page = await comparisonPage({ ...madeUp(results, { title: EVIL }), skipped });
    expect(page).not.toMatch(/<script|alert\("|\u202e/);
    expect(page).toContain('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&#39;');
  });

  it('fetches nothing and forbids itself to', async () => {
    const page = await comparisonPage(madeUp(results));
    const links = page.match(/https?:[^"]*|\b(src|href)=|@import|url\((?!#)/g) ?? [];
    const namespaces = ['http://www.w3.org/2000/svg', 'http://www.w3.org/1999/xlink'];
    expect(links.filter((link) => !namespaces.includes(link))).toEqual([]);
    expect(page).toContain(`default-src 'none'`);
  });

  it('is the same for the same comparison', async () => {
    const comparison = madeUp(results);
    expect(await comparisonPage(comparison)).toBe(await comparisonPage(comparison));
  });

  it('draws a mark for each point, wide and narrow, with titles of both axes', async () => {
    const comparison = madeUp(results);
    const page = await comparisonPage(comparison);
    const charts = page.split('<figure').slice(1);
    expect(charts.length).toBe(2);
    for (const [i, kind] of (['bytes', 'speed'] as const).entries()) {
      const [chart] = charts[i].split('</figure>');
      const points = chartSeries(comparison, kind).flatMap(({ data }) => data ?? []).length;
      expect(points).toBe(kind === 'bytes' ? 12 : 13);
      expect(chart.match(/ecmeta_data_index/g)?.length).toBe(2 * points);
      expect(chart.match(/>recall@10</g)?.length).toBe(2);
      expect(chart.match(/\(log scale\)</g)?.length).toBe(2);
    }
  });

  it('has one row for each result, and neither charts nor a table without any', async () => {
    const page = await comparisonPage(madeUp(results));
    expect(page.match(/<tr[ >]/g)?.length).toBe(1 + results.length);
    const empty = await comparisonPage(madeUp([]));
    expect(empty).toContain('Nothing could be tried');
    expect(empty).not.toMatch(/<svg|<table/);
  });

  it('draws one series a method where nothing is re-ranked', async () => {
    const comparison = madeUp(results, { shortlists: [] });
    expect(chartSeries(comparison, 'bytes').length).toBe(2);
    expect(await comparisonPage(comparison)).not.toContain('re-ranked</li>');
  });

  it('says what to install where echarts is missing, and passes other faults on', async () => {
    const missing = Object.assign(new Error('none'), { code: 'ERR_MODULE_NOT_FOUND' });
    await expect(chartLibrary(() => Promise.reject(missing))).rejects.toMatchObject({
      name: 'FlyhashError',
      code: 'ERR_MISSING_PACKAGE',
      message: "comparisonPage must find the package 'echarts', got none: npm install echarts",
    });
    const other = new Error('broken');
    await expect(chartLibrary(() => Promise.reject(other))).rejects.toBe(other);
  });
});

describe('escapeHtml', () => {
  it('leaves other text alone', () => {
    expect(escapeHtml(`a < b & c > "d" 'e' \u00e9\u4e2d`)).toBe(
      'a &lt; b &amp; c &gt; &quot;d&quot; &#39;e&#39; \u00e9\u4e2d',
    );
  });
});
