/**
 * The rows that are explained worst, of all that pass by: where a unit that wins nothing is put. A bounded heap of
 * rows, smallest score first, ties to the smaller row, so that it never depends on runs.
 */

/** The `capacity` rows of smallest score. */
export class WorstRows {
  readonly #capacity: number;
  readonly #scores: number[] = [];
  readonly #rows: number[] = [];

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** The score that a later row must be below to enter. */
  get limit(): number {
    return this.#rows.length < this.#capacity ? Number.POSITIVE_INFINITY : this.#scores[0];
  }

  /** Rows must come ascending: of equal scores the one that came first stays. */
  offer(score: number, row: number): void {
    if (!(score < this.limit)) return;
    const place = this.#rows.length;
    if (place < this.#capacity) {
      this.#scores.push(score);
      this.#rows.push(row);
      this.#rise(place, score, row);
    } else {
      this.#sink(score, row);
    }
  }

  /** The `count` rows of smallest score, or as many as there are: the worst first. */
  worst(count: number): Uint32Array {
    const scores = this.#scores;
    const order = [...scores.keys()].sort(
      (a, b) => scores[a] - scores[b] || this.#rows[a] - this.#rows[b],
    );
    return Uint32Array.from(order.slice(0, count), (place) => this.#rows[place]);
  }

  /** Whether entry (score, row) stands nearer to the root than what is at `place`: the best explained is the root. */
  #isAbove(score: number, row: number, place: number): boolean {
    const other = this.#scores[place];
    return score > other || (score === other && row > this.#rows[place]);
  }

  #put(place: number, score: number, row: number): void {
    this.#scores[place] = score;
    this.#rows[place] = row;
  }

  #rise(from: number, score: number, row: number): void {
    let place = from;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!this.#isAbove(score, row, parent)) break;
      this.#put(place, this.#scores[parent], this.#rows[parent]);
      place = parent;
    }
    this.#put(place, score, row);
  }

  /** Puts the entry in the place of the root and lets it sink. */
  #sink(score: number, row: number): void {
    const size = this.#rows.length;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= size) break;
      const right = child + 1;
      if (right < size && this.#isAbove(this.#scores[right], this.#rows[right], child)) {
        child = right;
      }
      if (this.#isAbove(score, row, child)) break;
      this.#put(place, this.#scores[child], this.#rows[child]);
      place = child;
    }
    this.#put(place, score, row);
  }
}
