/**
 * Groups of rows that are linked by pairs, directly or through others: a union-find forest (Tarjan, "Efficiency of a good but
 * not linear set union algorithm", JACM 1975) whose roots are always the smallest row, so that the groups do not depend on
 * the order of the pairs.
 */

export class DuplicateGroups {
  readonly #parents: Uint32Array;

  constructor(rows: number) {
    this.#parents = Uint32Array.from({ length: rows }, (_, row) => row);
  }

  /** Puts the groups of two rows together. */
  link(a: number, b: number): void {
    const [one, other] = [this.first(a), this.first(b)];
    this.#parents[Math.max(one, other)] = Math.min(one, other);
  }

  /** The smallest row of a row's group. */
  first(row: number): number {
    const parents = this.#parents;
    let root = row;
    while (parents[root] !== root) {
      parents[root] = parents[parents[root]];
      root = parents[root];
    }
    return root;
  }

  /** Groups of two rows or more, each ascending, in the order of their first rows. */
  *groups(): Generator<readonly number[], void> {
    const members = new Map<number, number[]>();
    for (let row = 0; row < this.#parents.length; row++) {
      const first = this.first(row);
      if (first === row) continue;
      const found = members.get(first);
      if (found === undefined) members.set(first, [first, row]);
      else found.push(row);
    }
    for (const first of [...members.keys()].sort((a, b) => a - b)) yield members.get(first) ?? [];
  }
}
