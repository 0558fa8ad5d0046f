// What flyhash gives, as digests: every kind of hasher, index and file on made-up vectors. The same on every backend,
// level, runtime, platform and bundle, so each consumer in these tests prints it and is compared with the reference.
// Needs nothing of Node: browsers run it too.

const DIM = 32;
const ROWS = 300;

/** Whole numbers from -500 to 499, in no order. */
function vectors(rows, dim) {
  return Float32Array.from(
    { length: rows * dim },
    (_, i) => ((Math.imul(i + 1, 2654435761) >>> 0) % 1000) - 500,
  );
}

async function digest(...arrays) {
  const bytes = arrays.flatMap(({ buffer, byteOffset, byteLength }) => [
    ...new Uint8Array(buffer, byteOffset, byteLength),
  ]);
  const hash = await crypto.subtle.digest('SHA-256', Uint8Array.from(bytes));
  return [...new Uint8Array(hash, 0, 8)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

async function hashers(flyhash, data) {
  const { BinaryQuantizer, BioHash, DenseFly, FlyHash, Itq, NaiveBioHash, SimHash } = flyhash;
  const size = { dim: DIM, seed: 3 };
  const simHash = (projection) => SimHash.create({ ...size, bits: 100, projection });
  return {
    binaryQuantizer: await BinaryQuantizer.train(data, { dim: DIM, thresholds: 'median' }),
    gaussian: simHash('gaussian'),
    orthogonal: simHash('orthogonal'),
    hadamard: simHash('hadamard'),
    flyHash: FlyHash.create({ ...size, units: 120, active: 7 }),
    denseFly: DenseFly.create({ ...size, bits: 70 }),
    itq: await Itq.train(data, { ...size, bits: 12, iterations: 3 }),
    bioHash: await BioHash.train(data, { ...size, units: 20, active: 3 }),
    naiveBioHash: await NaiveBioHash.train(data, { ...size, bits: 10 }),
  };
}

async function indexes(flyhash, data, codes, sparse) {
  const { HammingIndex, InvertedIndex, LshIndex, VectorIndex } = flyhash;
  const hamming = HammingIndex.create({ bits: codes.bits });
  hamming.add(codes);
  const lsh = LshIndex.create({ bits: codes.bits, tables: 4, keyBits: 6, probes: 1 });
  lsh.add(codes);
  const inverted = InvertedIndex.create({ units: sparse.units, active: sparse.active });
  inverted.add(sparse);
  const whole = VectorIndex.create({ dim: DIM, metric: 'cosine', rerank: 'int8' });
  whole.add(data);
  const results = {
    hamming: await hamming.searchAsync(codes, 5),
    range: hamming.rangeSearch(codes.slice(0, 20), 30),
    lsh: await lsh.searchAsync(codes, 5),
    inverted: await inverted.searchAsync(sparse, 5),
    vectorIndex: await whole.searchAsync(data.subarray(0, 20 * DIM), 5),
  };
  const pairs = [];
  for await (const { left, right } of hamming.selfJoin(25)) pairs.push(left, right);
  return { results, pairs };
}

/** Digests by name, as one line of text, of the flyhash or flyhash/reference that is given. */
export async function fingerprint(flyhash) {
  const data = vectors(ROWS, DIM);
  const digests = {};
  const made = await hashers(flyhash, data);
  const codes = {};
  for (const [name, hasher] of Object.entries(made)) {
    codes[name] = await hasher.hashAsync(data);
    const { data: bits, indices } = codes[name];
    const bytes = hasher.toBytes();
    digests[name] = await digest(bits ?? indices, bytes);
    const copy = (await flyhash.load(bytes)).hash(data);
    const isSame = (await digest(copy.data ?? copy.indices, bytes)) === digests[name];
    if (!isSame || !copy.equals(hasher.hash(data))) digests[name] += ' not as loaded';
  }
  const { results, pairs } = await indexes(flyhash, data, codes.orthogonal, codes.flyHash);
  for (const [name, { ids, distances, overlaps }] of Object.entries(results)) {
    digests[name] = await digest(ids, distances ?? overlaps);
  }
  digests.selfJoin = await digest(...pairs);
  const options = { metric: 'l2', dim: DIM };
  const exact = flyhash.exactNeighbors(data, data.subarray(0, 20 * DIM), 5, options);
  digests.exactNeighbors = await digest(exact.ids, exact.distances);
  return JSON.stringify(digests);
}
