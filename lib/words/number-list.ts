/** Numbers that are written one after the other, in memory that grows; whoever takes them empties the list. */

import { allocated } from '../check.ts';

export class NumberList {
  /** Memory for numbers, of which the first `length` are there. */
  values: Int32Array = new Int32Array(1024);
  length = 0;

  /** Makes room for that many more. */
  reserve(more: number): void {
    const needed = this.length + more;
    if (needed <= this.values.length) return;
    const longer = allocated(Int32Array, 1, Math.max(needed, 2 * this.values.length), 'text');
    longer.set(this.values.subarray(0, this.length));
    this.values = longer;
  }

  push(value: number): void {
    if (this.length === this.values.length) this.reserve(1);
    this.values[this.length++] = value;
  }

  /** The numbers, as a view that holds until the next one is written. */
  get taken(): Int32Array {
    const taken = this.values.subarray(0, this.length);
    this.length = 0;
    return taken;
  }
}
