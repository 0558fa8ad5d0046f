// `npm run test:browser`: makes the page of a small real comparison, opens it from disk in Chromium, and looks: both
// charts hold every data point, axes have titles, nothing overflows a narrow or a wide window, nothing is fetched and
// nothing fails. Screenshots go to .cache/browser. CHROMIUM names the browser; else the usual names are tried.

import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import puppeteer from 'puppeteer-core';
import { siftSample } from '../data/samples.ts';
import '../lib/index.ts';
import { compare } from '../lib/evaluate/compare.ts';
import { axisTitles, chartSeries } from '../lib/evaluate/compare-charts.ts';
import { comparisonPage } from '../lib/evaluate/compare-page.ts';
import { BROWSERS, browserPath } from './browser.mjs';
import { lookAtWords } from './look-at-words.mjs';

const FOLDER = fileURLToPath(new URL('../.cache/browser/', import.meta.url));
const WIDTHS = [400, 1200];
const SCHEMES = ['light', 'dark'];
/** Markup in a title must be shown, not obeyed; a long word must not widen the page. */
const TITLE = `<img src=x onerror="document.title='obeyed'"> & ${'sift'.repeat(30)}.npy`;

const failures = [];

function expectEqual(what, got, expected) {
  const [one, other] = [JSON.stringify(got), JSON.stringify(expected)];
  if (one === other) return;
  failures.push(`${what}: expected ${other}, got ${one}`);
}

function browser() {
  const path = browserPath();
  if (path !== undefined) return path;
  throw new Error(`test:browser needs one of ${BROWSERS.join(', ')}, or CHROMIUM to name it`);
}

async function smallComparison() {
  const { values, dim } = siftSample();
  const rows = values.subarray(0, 2200 * dim);
  const labels = Array.from({ length: 2200 }, (_, i) => `<b>${i % 3}</b>`);
  const options = { metric: 'l2', sizes: [4, 8, 16, 32, 64], repeats: 1, title: TITLE, labels };
  return compare(rows, { dim, ...options });
}

/** What each chart looks like, told by the page. Runs in the browser. */
function seenCharts(figures) {
  const slack = 1; // pixels that rounding may take
  const air = 2; // pixels above and below the letters in the box of a text
  const isInside = (frame) => (element) => {
    const { left, right, top, bottom } = element.getBoundingClientRect();
    const isBeside = left >= frame.left - slack && right <= frame.right + slack;
    return isBeside && top >= frame.top - slack && bottom <= frame.bottom + slack;
  };
  const overlap = (a, b) =>
    a.left < b.right &&
    b.left < a.right &&
    a.top + air < b.bottom - air &&
    b.top + air < a.bottom - air;
  return figures.map((figure) => {
    const drawings = [...figure.querySelectorAll('svg')].filter((svg) => svg.clientWidth > 0);
    const marks = [...drawings[0].querySelectorAll('[ecmeta_data_index]')];
    const texts = [...drawings[0].querySelectorAll('text')];
    const inside = [...texts, ...marks].filter(isInside(drawings[0].getBoundingClientRect()));
    const boxes = texts.map((text) => text.getBoundingClientRect());
    return {
      shown: drawings.length,
      marks: marks.filter((mark) => mark.getBoundingClientRect().width > 0).length,
      texts: texts.map((text) => text.textContent),
      letters: Math.min(...boxes.map(({ height }) => height)),
      outside: texts.length + marks.length - inside.length,
      overlaps: boxes.flatMap((a, i) => boxes.slice(i + 1).filter((b) => overlap(a, b))).length,
    };
  });
}

/** What the rest of the page looks like. Runs in the browser. */
function seenPage(body) {
  const { scrollWidth, clientWidth } = document.documentElement;
  const blocks = [...body.querySelectorAll('h1, p, li, figure, .scroll')];
  return {
    title: document.title,
    heading: body.querySelector('h1').textContent,
    overflow: scrollWidth - clientWidth,
    wide: blocks.filter((block) => block.getBoundingClientRect().right > clientWidth).length,
    rows: body.querySelectorAll('tbody tr').length,
    images: document.querySelectorAll('img, script').length,
  };
}

function look(what, page, charts, comparison) {
  const heading = `Hashes of ${TITLE}`;
  expectEqual(`${what}: title`, page.title, heading);
  expectEqual(`${what}: heading`, page.heading, heading);
  expectEqual(`${what}: rows of the table`, page.rows, comparison.results.length);
  expectEqual(`${what}: images and scripts`, page.images, 0);
  expectEqual(`${what}: pixels wider than the window`, page.overflow, 0);
  expectEqual(`${what}: elements wider than the window`, page.wide, 0);
  expectEqual(`${what}: charts`, charts.length, 2);
  for (const [i, kind] of ['bytes', 'speed'].entries()) {
    const chart = charts[i];
    const points = chartSeries(comparison, kind).flatMap(({ data }) => data).length;
    const titles = axisTitles(comparison, kind).filter((title) => chart.texts.includes(title));
    expectEqual(`${what}, ${kind}: drawings shown`, chart.shown, 1);
    expectEqual(`${what}, ${kind}: marks`, chart.marks, points);
    expectEqual(`${what}, ${kind}: axis titles`, titles.length, 2);
    expectEqual(`${what}, ${kind}: outside of the chart`, chart.outside, 0);
    expectEqual(`${what}, ${kind}: texts that overlap`, chart.overlaps, 0);
    expectEqual(`${what}, ${kind}: letters of 11 pixels or more`, chart.letters >= 11, true);
  }
}

async function visit(browser, address, width, scheme, comparison) {
  const page = await browser.newPage();
  const what = `${width} pixels, ${scheme}`;
  page.on('console', (message) => failures.push(`${what}: console: ${message.text()}`));
  page.on('pageerror', (error) => failures.push(`${what}: ${error}`));
  page.on('request', (request) => {
    if (request.url() !== address) failures.push(`${what}: fetched ${request.url()}`);
  });
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
  await page.setViewport({ width, height: 900 });
  await page.goto(address);
  const charts = await page.$$eval('figure', seenCharts);
  look(what, await page.$eval('body', seenPage), charts, comparison);
  await page.screenshot({ path: `${FOLDER}${width}-${scheme}.png`, fullPage: true });
  await page.close();
}

mkdirSync(FOLDER, { recursive: true });
const comparison = await smallComparison();
writeFileSync(`${FOLDER}comparison.html`, await comparisonPage(comparison));
const address = pathToFileURL(`${FOLDER}comparison.html`).href;
const args = ['--no-sandbox', '--disable-gpu'];
const chromium = await puppeteer.launch({ executablePath: browser(), args });
try {
  for (const width of WIDTHS) {
    for (const scheme of SCHEMES) await visit(chromium, address, width, scheme, comparison);
  }
  const means = { folder: FOLDER, widths: WIDTHS, schemes: SCHEMES, failures, expectEqual };
  await lookAtWords(chromium, means);
} finally {
  await chromium.close();
}
for (const failure of failures) console.error(failure);
if (failures.length > 0) process.exit(1);
console.log(`test:browser: both pages as they should be; screenshots in ${FOLDER}`);
