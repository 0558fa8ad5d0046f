/**
 * Oracle of FlyVec's rule on mini-batches of windows (Liang et al. 2021; the step after its trainer): every rounding
 * is written here, and the largest change is looked for among all weights.
 */

import { NO_WINNER } from '../backend/windows-kernels.ts';
import { dot } from './dot.ts';
import { fma } from './fma.ts';
import { windowOf } from './windows.ts';

const PARAGRAPH = -2;

/** Units that are folded together. */
const GROUP = 16;

const LEAST_SCALE = 2 ** -64;
const MOST_SCALE = 2 ** 64;

/** What all three kernels begin with. */
type Batch = readonly [
  tokens: Int32Array,
  count: number,
  radius: number,
  positions: Uint32Array,
  windows: number,
  weights: Float32Array,
  scales: Float32Array,
  vocabulary: number,
  units: number,
];

const strideOf = (units: number): number => Math.ceil(units / 16) * 16;

/** The inputs of a window: words of the context in the order of the text, then the middle. */
function inputsOf(batch: Batch, window: number): number[] {
  const [tokens, count, radius, positions, , , , vocabulary] = batch;
  const isWord = (token: number): boolean => token >= 0 && token < vocabulary;
  const at = positions[window];
  if (at >= count || tokens[at] === PARAGRAPH) return [];
  const { begin, end } = windowOf(tokens, count, radius, at);
  const context = [...tokens.subarray(begin, at), ...tokens.subarray(at + 1, end)].filter(isWord);
  return isWord(tokens[at]) ? [...context, vocabulary + tokens[at]] : context;
}

export function windowsLearningWinners(...args: [...Batch, winners: Uint32Array]): number {
  const [, , , , windows, weights, scales, , units, winners] = args;
  const batch = args.slice(0, 9) as unknown as Batch;
  const stride = strideOf(units);
  for (let window = 0; window < windows; window++) {
    const inputs = inputsOf(batch, window);
    let [winner, most] = [0, Number.NEGATIVE_INFINITY];
    for (let unit = 0; unit < units; unit++) {
      let sum = 0;
      for (const input of inputs) sum = Math.fround(sum + weights[input * stride + unit]);
      const activation = Math.fround(scales[unit] * sum);
      if (activation > most) [winner, most] = [unit, activation];
    }
    winners[window] = inputs.length === 0 ? NO_WINNER : winner;
  }
  return 0;
}

/** How often each input came to a unit, in the order in which they first came. */
function touchedBy(batch: Batch, winners: Uint32Array, unit: number): Map<number, number> {
  const touched = new Map<number, number>();
  for (let window = 0; window < batch[4]; window++) {
    if (winners[window] !== unit) continue;
    for (const input of inputsOf(batch, window)) touched.set(input, (touched.get(input) ?? 0) + 1);
  }
  return touched;
}

/** The largest |gain - decay x weight| of a unit; no number does not count. */
function largestChange(
  batch: Batch,
  unit: number,
  decay: number,
  gains: Map<number, number>,
): number {
  const [, , , , , weights, scales, vocabulary, units] = batch;
  const stride = strideOf(units);
  let largest = 0;
  for (let input = 0; input < 2 * vocabulary; input++) {
    const weight = Math.fround(scales[unit] * weights[input * stride + unit]);
    const change = Math.abs(fma(-decay, weight, gains.get(input) ?? 0));
    if (change > largest) largest = change;
  }
  return largest;
}

export function windowsLearningSteps(
  ...args: [
    ...Batch,
    winners: Uint32Array,
    shares: Float32Array,
    decays: Float32Array,
    starts: Uint32Array,
    sizes: Uint32Array,
    inputs: Uint32Array,
    gains: Float32Array,
    bounds: Float32Array,
  ]
): number {
  const [, , radius, , windows, weights, scales, vocabulary, units, winners, shares] = args;
  const [decays, starts, sizes, inputs, gains] = args.slice(11) as unknown as [
    Float32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Float32Array,
  ];
  const batch = args.slice(0, 9) as unknown as Batch;
  let peak = 0;
  let won = 0;
  for (let unit = 0; unit < units; unit++) {
    const touched = [...touchedBy(batch, winners, unit)];
    const own = Uint32Array.from(touched, ([input]) => input);
    const gained = Float32Array.from(
      touched,
      ([input, times]) => Math.fround(times) * shares[input % vocabulary],
    );
    const before = own.map((input) => input * strideOf(units) + unit);
    const numbers = Float32Array.from(before, (at) => scales[unit] * weights[at]);
    starts[unit] = won * (2 * radius + 1);
    sizes[unit] = own.length;
    inputs.set(own, starts[unit]);
    gains.set(gained, starts[unit]);
    decays[unit] = dot(numbers, gained);
    const byInput = new Map(touched.map(([input], i) => [input, gained[i]]));
    if (own.length > 0) {
      peak = Math.max(peak, largestChange(batch, unit, decays[unit], byInput));
    }
    for (let window = 0; window < windows; window++) won += winners[window] === unit ? 1 : 0;
  }
  return peak;
}

/** Multiplies the scales of a group of units by what the decay leaves; folds them where one is out of bounds. */
function decayGroup(
  batch: Batch,
  rate: number,
  decays: Float32Array,
  first: number,
  bounds: Float32Array,
) {
  const [, , , , , weights, scales, vocabulary, units] = batch;
  const end = Math.min(first + GROUP, units);
  for (let unit = first; unit < end; unit++) scales[unit] *= fma(-rate, decays[unit], 1);
  const own = scales.slice(first, end).map(Math.abs);
  if (own.every((scale) => scale >= LEAST_SCALE && scale <= MOST_SCALE)) return;
  for (let unit = first; unit < end; unit++) {
    for (let input = 0; input < 2 * vocabulary; input++) {
      weights[input * strideOf(units) + unit] *= scales[unit];
    }
    const bound = bounds[unit] * Math.abs(scales[unit]);
    bounds[unit] = Number.isNaN(bound) ? Number.POSITIVE_INFINITY : bound;
    scales[unit] = 1;
  }
}

export function windowsLearningMoves(
  ...args: [
    ...Batch,
    rate: number,
    decays: Float32Array,
    starts: Uint32Array,
    sizes: Uint32Array,
    inputs: Uint32Array,
    gains: Float32Array,
    bounds: Float32Array,
  ]
): number {
  const [, , , , , weights, scales, , units, given, decays, starts, sizes, inputs, gains, bounds] =
    args;
  const batch = args.slice(0, 9) as unknown as Batch;
  const rate = Math.fround(given);
  for (let first = 0; first < units; first += GROUP) decayGroup(batch, rate, decays, first, bounds);
  for (let unit = 0; unit < units; unit++) {
    const share = Math.fround(rate / scales[unit]);
    for (let i = starts[unit]; i < starts[unit] + sizes[unit]; i++) {
      const at = inputs[i] * strideOf(units) + unit;
      weights[at] = fma(gains[i], share, weights[at]);
      if (Math.abs(weights[at]) > bounds[unit]) bounds[unit] = Math.abs(weights[at]);
    }
  }
  return 0;
}
