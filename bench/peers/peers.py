"""The Python competitors of bench/peers.ts: faiss and numpy, one process for all of them.

Requests and answers are JSON lines on standard input and output. `setup` names a job and its input files (raw
numbers as the TypeScript side wrote them); `run` repeats the job and tells the seconds it took, so that the
conversation itself is never timed; `check` gives a result to compare with. Threads come from the environment.
"""

import json
import sys
import time

import numpy

try:
    import faiss
except ImportError:
    faiss = None

LEVELS = {"avx2": "SIMDLevel_AVX2", "scalar": "SIMDLevel_NONE"}


def about(request):
    """Versions, and what the BLAS and faiss chose to run."""
    text = ["numpy " + numpy.__version__]
    try:
        import threadpoolctl

        for library in threadpoolctl.threadpool_info():
            if library["user_api"] == "blas":
                text.append("OpenBLAS %(version)s as %(architecture)s, %(num_threads)d thread(s)" % library)
    except ImportError:
        text.append("BLAS unknown (threadpoolctl is missing)")
    if faiss is not None:
        level = request["level"]
        if level in LEVELS and hasattr(faiss, "SIMDConfig"):
            faiss.SIMDConfig.set_level(getattr(faiss, LEVELS[level]))
        faiss.omp_set_num_threads(request["threads"])
        running = faiss.SIMDConfig.get_level_name() if hasattr(faiss, "SIMDConfig") else "?"
        text.append("faiss %s at %s" % (faiss.__version__, running))
    return {"about": "; ".join(text), "faiss": faiss is not None}


def matrix(request, name, kind):
    rows, columns = request[name + "Shape"]
    return numpy.fromfile(request[name], dtype=kind).reshape(rows, columns)


def binary_flat(request):
    """faiss IndexBinaryFlat: exact search by Hamming distance."""
    codes = matrix(request, "codes", numpy.uint8)
    queries = matrix(request, "queries", numpy.uint8)
    index = faiss.IndexBinaryFlat(codes.shape[1] * 8)
    index.add(codes)
    k = request["k"]
    return (lambda: index.search(queries, k)), (lambda: index.search(queries, k)[0].ravel().tolist())


def binary_multi_hash(request):
    """faiss IndexBinaryMultiHash: hash tables over disjoint slices of the codes, all keys within flips bits."""
    codes = matrix(request, "codes", numpy.uint8)
    queries = matrix(request, "queries", numpy.uint8)
    index = faiss.IndexBinaryMultiHash(codes.shape[1] * 8, request["tables"], request["keyBits"])
    index.add(codes)
    index.nflip = request["flips"]
    k = request["k"]
    return (lambda: index.search(queries, k)), (lambda: index.search(queries, k)[0].ravel().tolist())


def flat_l2(request):
    """faiss IndexFlatL2: exact search by squared distance."""
    data = matrix(request, "data", numpy.float32)
    queries = matrix(request, "queries", numpy.float32)
    index = faiss.IndexFlatL2(data.shape[1])
    index.add(data)
    k = request["k"]
    return (lambda: index.search(queries, k)), (lambda: index.search(queries, k)[0].ravel().tolist())


def lsh(request):
    """faiss IndexLSH: random rotation, then signs packed to bytes."""
    vectors = matrix(request, "vectors", numpy.float32)
    index = faiss.IndexLSH(vectors.shape[1], request["bits"], True, False)
    return (lambda: index.sa_encode(vectors)), None


def sparse_rows(random, units, dim, fan_in):
    """units x dim matrix of zeros and ones, fan_in ones a row."""
    order = numpy.argsort(random.random((units, dim), dtype=numpy.float32), axis=1)
    weights = numpy.zeros((units, dim), dtype=numpy.float32)
    numpy.put_along_axis(weights, order[:, :fan_in], 1.0, axis=1)
    return weights


def fly(request):
    """FlyHash by a dense product on the BLAS and argpartition, in chunks that stay near the cache."""
    vectors = matrix(request, "vectors", numpy.float32)
    random = numpy.random.default_rng(1)
    weights = sparse_rows(random, request["units"], vectors.shape[1], request["fanIn"])
    columns = numpy.ascontiguousarray(weights.T)
    active = request["active"]
    chunk = request["chunk"]

    def run():
        parts = []
        for first in range(0, len(vectors), chunk):
            sums = vectors[first : first + chunk] @ columns
            place = sums.shape[1] - active
            winners = numpy.argpartition(sums, place, axis=1)[:, place:]
            winners.sort(axis=1)
            parts.append(winners.astype(numpy.uint32))
        return numpy.concatenate(parts)

    return run, None


def unit_rows(vectors):
    """Each row less the mean, divided by its norm."""
    rows = vectors - vectors.mean(axis=0)
    rows /= numpy.sqrt(numpy.einsum("ij,ij->i", rows, rows))[:, None]
    return rows


def sorted_sums(rows, winners, units, chunk):
    """The sums of each unit's rows, one unit after the other."""
    order = numpy.argsort(winners, kind="stable")
    ends = numpy.searchsorted(winners[order], numpy.arange(units + 1))
    sums = numpy.empty((units, rows.shape[1]), dtype=numpy.float32)
    for unit in range(units):
        sums[unit] = rows[order[ends[unit] : ends[unit + 1]]].sum(axis=0)
    return sums


def one_hot_sums(rows, winners, units, chunk):
    """The same as products with a matrix of zeros and ones."""
    sums = numpy.zeros((units, rows.shape[1]), dtype=numpy.float32)
    for first in range(0, len(rows), chunk):
        part = winners[first : first + chunk]
        won = numpy.zeros((len(part), units), dtype=numpy.float32)
        won[numpy.arange(len(part)), part] = 1
        sums += won.T @ rows[first : first + chunk]
    return sums


def bio_hash(request):
    """BioHash's batch training, spherical k-means, by dense products on the BLAS."""
    vectors = matrix(request, "vectors", numpy.float32)
    units, chunk = request["units"], request["chunk"]
    sums_of = {"sorted": sorted_sums, "one-hot": one_hot_sums}[request["sums"]]

    def run():
        rows = unit_rows(vectors)
        weights = rows[:units].copy()
        winners = numpy.empty(len(rows), dtype=numpy.intp)
        for _ in range(request["iterations"]):
            columns = numpy.ascontiguousarray(weights.T)
            for first in range(0, len(rows), chunk):
                products = rows[first : first + chunk] @ columns
                winners[first : first + chunk] = products.argmax(axis=1)
            sums = sums_of(rows, winners, units, chunk)
            norms = numpy.sqrt(numpy.einsum("ij,ij->i", sums, sums))
            weights[norms > 0] = sums[norms > 0] / norms[norms > 0, None]
        return weights

    return run, None


def kmeans(request):
    """faiss's spherical k-means, on rows that are centred and of unit length before the clock starts."""
    rows = unit_rows(matrix(request, "vectors", numpy.float32))
    units = request["units"]
    most = len(rows) // units + 1
    settings = {"niter": request["iterations"], "spherical": True, "max_points_per_centroid": most}

    def run():
        return faiss.Kmeans(rows.shape[1], units, seed=1, **settings).train(rows)

    return run, None


JOBS = {
    "binaryFlat": binary_flat,
    "binaryMultiHash": binary_multi_hash,
    "flatL2": flat_l2,
    "lsh": lsh,
    "fly": fly,
    "bioHash": bio_hash,
    "kmeans": kmeans,
}


class Session:
    def __init__(self):
        self.jobs = {}

    def answer(self, request):
        kind = request["kind"]
        if kind == "about":
            return about(request)
        slot = request["slot"]
        if kind == "setup":
            self.jobs[slot] = JOBS[request["job"]](request)
            return {}
        run, check = self.jobs[slot]
        if kind == "run":
            start = time.perf_counter()
            for _ in range(request["repetitions"]):
                run()
            return {"seconds": time.perf_counter() - start}
        return {"result": check() if check is not None else None}


def main():
    session = Session()
    for line in sys.stdin:
        try:
            reply = session.answer(json.loads(line))
        except Exception as error:  # the other side decides: a missing job is skipped, loudly
            reply = {"error": "%s: %s" % (type(error).__name__, error)}
        print(json.dumps(reply), flush=True)


main()
