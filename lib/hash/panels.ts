/**
 * The packed form of a dense model, the same for every level: outputs in groups of 16, [group][input][16], the
 * columns of each half group reversed, so that a compare mask already is two bytes of the code with the most
 * significant bit first. Padding outputs have zero weights and an infinite threshold: their bits are zero.
 */

/** Where output j stands: its group's start and its lane. */
export function panelIndex(output: number, dim: number): number {
  return (output >> 4) * 16 * dim + ((output & 15) ^ 7);
}

/** Number of outputs with padding. */
export function paddedOutputs(outputs: number): number {
  return Math.ceil(outputs / 16) * 16;
}

/** Packs weights outputs x dim. */
export function packPanels(weights: Float32Array, outputs: number, dim: number): Float32Array {
  const panels = new Float32Array(paddedOutputs(outputs) * dim);
  for (let j = 0; j < outputs; j++) {
    const start = panelIndex(j, dim);
    for (let i = 0; i < dim; i++) panels[start + i * 16] = weights[j * dim + i];
  }
  return panels;
}

/** Packs one threshold an output. */
export function packThresholds(thresholds: Float32Array): Float32Array {
  const packed = new Float32Array(paddedOutputs(thresholds.length)).fill(Number.POSITIVE_INFINITY);
  for (let j = 0; j < thresholds.length; j++) packed[(j & ~15) + ((j & 15) ^ 7)] = thresholds[j];
  return packed;
}
