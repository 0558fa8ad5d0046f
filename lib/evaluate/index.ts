/**
 * `flyhash/evaluate`: the measure of every hash, on the papers' data and on one's own.
 */

import '../index.ts'; // finds the backend, unless flyhash/reference has set it

export { compare } from './compare.ts';
export type { CompareOptions } from './compare-options.ts';
export { comparisonPage } from './compare-page.ts';
export { formatComparison } from './compare-table.ts';
export type {
  Comparison,
  ComparisonResult,
  ComparisonSettings,
  RerankedResult,
  SkippedMethod,
} from './comparison.ts';
