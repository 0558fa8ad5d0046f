/**
 * Oracle of the search by overlap: how many units each row shares with a query, from posting lists and the codes
 * of rows that have none, or from posting bitmaps; then the rows of the largest overlaps by a counting sort. Both
 * find the rows that share at least one unit, in the order of larger overlap, then smaller row.
 */

/** Whether a bitmap, first bit highest, has a row. */
function allows(allowed: Uint8Array | undefined, row: number): boolean {
  return allowed === undefined || ((allowed[row >>> 3] >> (7 - (row & 7))) & 1) === 1;
}

/** The k largest overlaps above 0, as distances below queryActive; returns how many. */
function largest(
  overlaps: Uint32Array,
  queryActive: number,
  allowed: Uint8Array | undefined,
  ids: Uint32Array,
  distances: Uint32Array,
): number {
  const next = new Uint32Array(queryActive + 1);
  const found: number[] = [];
  for (let row = 0; row < overlaps.length; row++) {
    if (overlaps[row] === 0 || !allows(allowed, row)) continue;
    found.push(row);
    next[queryActive - overlaps[row] + 1]++;
  }
  for (let d = 0; d < queryActive; d++) next[d + 1] += next[d];
  for (const row of found) {
    const distance = queryActive - overlaps[row];
    const position = next[distance]++;
    if (position >= ids.length) continue;
    ids[position] = row;
    distances[position] = distance;
  }
  return Math.min(ids.length, found.length);
}

/** Adds one for each row of a list, as far as there are offsets: shared memory may say anything. */
function countList(
  offsets: Uint16Array,
  start: number,
  end: number,
  first: number,
  overlaps: Uint32Array,
): void {
  const last = Math.min(end, offsets.length);
  for (let i = start; i < last; i++) overlaps[first + offsets[i]]++;
}

export function postingsSearch(
  offsets: Uint16Array,
  starts: Uint32Array,
  sealed: number,
  tailOffsets: Uint16Array,
  tailStarts: Uint32Array,
  tailPostings: number,
  codes: Uint32Array,
  stale: Uint32Array,
  staleCount: number,
  rows: number,
  active: number,
  units: number,
  blockRows: number,
  queries: Uint32Array,
  queryCount: number,
  queryActive: number,
  allowed: Uint8Array | undefined,
  k: number,
  ids: Uint32Array,
  distances: Uint32Array,
  counts: Uint32Array,
): number {
  for (let query = 0; query < queryCount; query++) {
    const wanted = queries.subarray(query * queryActive, (query + 1) * queryActive);
    const overlaps = new Uint32Array(rows);
    for (const unit of wanted) {
      for (let block = 0; block < sealed; block++) {
        const list = starts.subarray(block * (units + 1) + unit);
        const own = offsets.subarray(block * blockRows * active, (block + 1) * blockRows * active);
        countList(own, list[0], list[1], block * blockRows, overlaps);
      }
      if (tailPostings === 0) continue;
      const [start, end] = [tailStarts[unit], tailStarts[unit + 1]];
      countList(tailOffsets, start, end, sealed * blockRows, overlaps);
    }
    const isWanted = new Set(wanted);
    for (const row of stale.subarray(0, staleCount)) {
      const code = codes.subarray(row * active, (row + 1) * active);
      overlaps[row] = code.reduce((sum, unit) => sum + (isWanted.has(unit) ? 1 : 0), 0);
    }
    const [from, to] = [query * k, (query + 1) * k];
    const [nearest, far] = [ids.subarray(from, to), distances.subarray(from, to)];
    counts[query] = largest(overlaps, queryActive, allowed, nearest, far);
  }
  return 0;
}

export function postingsBitmapsSearch(
  bitmaps: BigUint64Array,
  rows: number,
  units: number,
  queries: Uint32Array,
  queryCount: number,
  queryActive: number,
  allowed: Uint8Array | undefined,
  k: number,
  ids: Uint32Array,
  distances: Uint32Array,
  counts: Uint32Array,
): number {
  const bytes = new Uint8Array(bitmaps.buffer, bitmaps.byteOffset, bitmaps.byteLength);
  for (let query = 0; query < queryCount; query++) {
    const overlaps = new Uint32Array(rows);
    for (const unit of queries.subarray(query * queryActive, (query + 1) * queryActive)) {
      for (let row = 0; row < rows; row++) {
        const byte = (Math.floor(row / 512) * units + unit) * 64 + ((row & 511) >> 3);
        overlaps[row] += (bytes[byte] >> (row & 7)) & 1;
      }
    }
    const [from, to] = [query * k, (query + 1) * k];
    const [nearest, far] = [ids.subarray(from, to), distances.subarray(from, to)];
    counts[query] = largest(overlaps, queryActive, allowed, nearest, far);
  }
  return 0;
}
