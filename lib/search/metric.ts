/**
 * The distances of float vectors; smaller is nearer. All arithmetic is float32 (docs/numerics.md): sums are 16
 * interleaved fused partial sums, norms are square roots of dot products, and a distance that would not be a
 * number, which happens only after an overflow, is +Infinity.
 *
 * - `l2`: squared Euclidean distance.
 * - `cosine`: 1 - dot(a, b) / (norm(a) x norm(b)); 1 where the product of norms is zero. Equal vectors may be a
 *   rounding error away from 0, to either side.
 * - `dot`: -dot(a, b).
 */

/** The metrics, each at the number by which kernels know it. */
export const METRICS = ['dot', 'l2', 'cosine'] as const;

/**
 * How far vectors are apart: `l2`, the squared Euclidean distance; `cosine`, 1 - cosine of their angle; `dot`, minus
 * their dot product. Smaller is nearer.
 */
export type Metric = (typeof METRICS)[number];
