# Containers seen from Python. `read PATH ...`: every tensor and the metadata as the safetensors package reads them,
# as JSON. `write FOLDER`: one file of every kind, written as docs/formats.md says, with nothing but the standard
# library; canonical, so that flyhash must write each of them again byte for byte.

import hashlib
import json
import os
import struct
import sys

# dtype: the letter by which struct packs it, and bytes of an element.
DTYPES = {"F64": ("d", 8), "I64": ("q", 8), "F32": ("f", 4), "U32": ("I", 4), "U16": ("H", 2), "I16": ("h", 2), "I8": ("b", 1), "U8": ("B", 1)}


def read(path):
    from safetensors import safe_open

    tensors = {}
    with safe_open(path, framework="numpy") as file:
        for name in file.keys():
            tensor = file.get_tensor(name)
            tensors[name] = [str(tensor.dtype), list(tensor.shape), tensor.tobytes().hex()]
        return {"metadata": file.metadata(), "tensors": tensors}


def compact(value):
    return json.dumps(value, separators=(",", ":"))


def container(kind, parameters, tensors):
    """The bytes of a file: "The container" of docs/formats.md. A tensor is name, dtype, shape, values."""
    header = {
        "__metadata__": {
            "format": "flyhash",
            "format_version": "1",
            "kind": kind,
            "parameters": compact(parameters),
        }
    }
    data = b""
    for name, dtype, shape, values in sorted(tensors, key=lambda tensor: -DTYPES[tensor[1]][1]):
        letter, _ = DTYPES[dtype]
        part = struct.pack("<%d%s" % (len(values), letter), *values)
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [len(data), len(data) + len(part)]}
        data += part
    header["sha256"] = {"dtype": "U8", "shape": [32], "data_offsets": [len(data), len(data) + 32]}
    text = compact(header).encode()
    text += b" " * (-(8 + len(text)) % 64)
    content = struct.pack("<Q", len(text)) + text + data
    return content + hashlib.sha256(content).digest()


def bitmap(bits):
    """Bits in whole bytes, the first one highest."""
    padded = bits + [0] * (-len(bits) % 8)
    return [int("".join(map(str, padded[i : i + 8])), 2) for i in range(0, len(padded), 8)]


def rows_and_keys(keys):
    """Parameters and tensors of "Rows and keys": an integer, a text or None (a hole) for each row."""
    rows = len(keys)
    tensors = []
    if None in keys:
        alive = bitmap([0 if key is None else 1 for key in keys])
        tensors.append(("alive", "U8", [len(alive)], alive))
    texts = [key.encode() if isinstance(key, str) else b"" for key in keys]
    ends = [sum(map(len, texts[: row + 1])) for row in range(rows)]
    tensors += [
        ("keys.integers", "I64", [rows], [key if isinstance(key, int) else 0 for key in keys]),
        ("keys.ends", "F64", [rows], ends),
        ("keys.kinds", "U8", [rows], [0 if key is None else 1 if isinstance(key, int) else 2 for key in keys]),
        ("keys.text", "U8", [ends[-1]], list(b"".join(texts))),
    ]
    return {"rows": rows, "keys": "given"}, tensors


def models():
    weights = [1, 0, 0, 1, 1, -1]
    gaussian = {"dim": 2, "bits": 3, "projection": "gaussian", "seed": 7}
    yield "SimHash", gaussian, [("projection", "F32", [3, 2], weights), ("thresholds", "F32", [3], [0, 0, 0.5])]
    signs = [1 if i % 3 else -1 for i in range(2 * 3 * 16)]
    hadamard = {"dim": 3, "bits": 20, "projection": "hadamard", "seed": 0}
    yield "SimHash", hadamard, [("projection", "I8", [2, 3, 16], signs), ("thresholds", "F32", [20], [0] * 20)]
    yield "BinaryQuantizer", {"dim": 3}, [("thresholds", "F32", [3], [0, 0.5, -1])]
    connections = ("connections", "U16", [5, 2], [0, 1, 1, 2, 2, 3, 0, 3, 1, 3])
    yield "FlyHash", {"dim": 4, "units": 5, "active": 2, "fanIn": 2, "seed": 9}, [connections]
    yield "DenseFly", {"dim": 4, "bits": 5, "fanIn": 2, "seed": 9}, [connections]
    trained = {"seed": 1, "trainer": "em", "converged": True, "reseeded": 0, "rows": 9}
    learning = {"assignment": "normalised", "unitLength": True, "power": 2, "rank": 2, "repulsion": 0}
    yield "BioHash", {"dim": 2, "units": 3, "active": 1, **trained, **learning, "batchSize": 100, "rate": 0.02}, [
        ("energies", "F64", [2], [-1.5, -2]),
        ("lengths", "F64", [3], [1, 2, 3]),
        ("wins", "U32", [3], [4, 3, 2]),
        ("mean", "F32", [2], [0.5, 0]),
        ("weights", "F32", [3, 2], weights),
    ]
    yield "Itq", {"dim": 2, "bits": 2, "seed": 3}, [
        ("projection", "F32", [2, 2], weights[:4]),
        ("thresholds", "F32", [2], [0, 0]),
        ("losses", "F64", [1], [0.25]),
    ]
    yield "NaiveBioHash", {"dim": 2, "bits": 3, **trained}, [
        ("energies", "F64", [2], [-1.5, -2]),
        ("wins", "U32", [3], [4, 3, 2]),
        ("projection", "F32", [3, 2], weights),
        ("thresholds", "F32", [3], [0, 0, 0]),
    ]


def indexes():
    rows, keyed = rows_and_keys(["a", -3, None, 2**53 - 1, "\u00e9\U0001f41d"])
    codes = ("codes", "U8", [5, 2], [0b10100000, 0b11110000, 1, 0b01000000, 0, 0, 255, 240, 0, 16])
    yield "HammingIndex", {"bits": 12, **rows}, [codes, *keyed]
    plain = {"rows": 2, "keys": "none"}
    two = ("codes", "U8", [2, 2], [0b10100000, 0b11110000, 1, 0b01000000])
    yield "HammingIndex", {"bits": 12, **plain}, [two]
    tables = {"bits": 12, "tables": 2, "keyBits": 3}
    probes = {"probesDirected": 0, "probesRadius": 1, "seed": 0}
    yield "LshIndex", {**tables, "keysFrom": "slices", **probes, **rows}, [codes, *keyed]
    buckets = ("buckets", "U8", [2, 1], [0b10110100, 0b00011100])
    directed = {"probesDirected": 5, "probesRadius": 0, "seed": 0}
    yield "LshIndex", {**tables, "keysFrom": "external", **directed, **plain}, [two, buckets]
    sparse = ("codes", "U32", [5, 2], [1, 4, 0, 3, 0, 0, 4, 8, 1, 3])
    for units in [9, 900]:
        yield "InvertedIndex", {"units": units, "active": 2, **rows}, [sparse, *keyed]
    simhash = {"kind": "SimHash", "dim": 2, "bits": 3, "projection": "gaussian", "seed": 7}
    hasher = [
        ("hasher.projection", "F32", [3, 2], [1, 0, 0, 1, 1, -1]),
        ("hasher.thresholds", "F32", [3], [0, 0, 0]),
    ]
    own = ("codes", "U8", [5, 1], [0b10100000, 0b01000000, 0, 0b11000000, 0b00100000])
    vectors = {
        "float32": [("vectors", "F32", [5, 2], [1, -2, -1, 1, 0, 0, 2, 3, -1, -2])],
        "int8": [
            ("vectors", "I8", [5, 2], [64, -127, -127, 127, 0, 0, 85, 127, -63, -127]),
            ("scales", "F32", [5], [2 / 127, 1 / 127, 0, 3 / 127, 2 / 127]),
        ],
        "none": [],
    }
    for rerank, kept in vectors.items():
        settings = {"metric": "l2", "rerank": rerank, "shortlist": 4}
        yield "VectorIndex", {**settings, **rows, "hasher": simhash}, [own, *kept, *hasher, *keyed]
    weights = ("weights", "F32", [3], [1, 0.25, 0.5])
    yield "NoveltyFilter", {"units": 3, "decay": 0.25, "recovery": 0, "count": 4}, [weights]
    touched = ("touched", "F64", [3], [0, 4, 2])
    yield "NoveltyFilter", {"units": 3, "decay": 0.25, "recovery": 0.125, "count": 4}, [touched, weights]


def word_list(words, name):
    """Ends before texts, because wider numbers come first: "Lists of words"."""
    texts = [word.encode() for word in words]
    ends = [sum(map(len, texts[: row + 1])) for row in range(len(words))]
    text = b"".join(texts)
    return [(name + ".ends", "F64", [len(words)], ends), (name + ".text", "U8", [len(text)], list(text))]


def words():
    own = ["fly", "b\u00e9e"]
    listed = word_list(own, "words")
    counted = {"tokens": 9, "paragraphs": 2, "masked": 2, "outside": 1, "askedSize": 5, "minimumCount": 2}
    left_out = {"rareWords": 1, "leftOutWords": 0, "replaced": 0, "tooLong": 0, "segmented": 0}
    forgotten = {"forgottenWords": 0, "forgottenTokens": 0}
    recipe = {"size": 2, "tokenizer": "standard", "normalizer": "standard", **counted, **left_out, **forgotten}
    tensors = [("counts", "F64", [2], [4, 2]), *listed, *word_list(["the"], "stopWords")]
    yield "Vocabulary", recipe, tensors
    yield "WordVectors", {"dim": 2}, [*listed, ("vectors", "F32", [2, 2], [1, 0.5, -1, 2])]
    dense = ("codes.codes", "U8", [2, 2], [0b10100000, 0b11110000, 1, 0b01000000])
    yield "WordCodes", {"codes": {"kind": "BitCodes", "bits": 12}}, [*listed, dense]
    sparse = ("codes.indices", "U32", [2, 2], [1, 4, 0, 8])
    yield "WordCodes", {"codes": {"kind": "SparseCodes", "units": 9, "active": 2}}, [*listed, sparse]
    vocabulary = [("vocabulary." + name, *rest) for name, *rest in tensors]
    settings = {"units": 3, "active": 2, "window": 11, "trainer": "types", "seed": 7, "scale": 100.5}
    nested = {"training": {"iterations": 4}, "vocabulary": {"kind": "Vocabulary", **recipe}}
    target = ("target", "I16", [2, 3], [100, -100, 50, -7, 32767, 0])
    context = ("context", "I16", [2, 3], [0, 0, 50, 9, 8, -9])
    for tables in [[target], [target, context]]:
        yield "BioWord", {**settings, **nested}, [*vocabulary, *tables]


def kinds():
    yield "BitCodes", {"bits": 12}, [("codes", "U8", [2, 2], [0b10100000, 0b11110000, 1, 0b01000000])]
    yield "SparseCodes", {"units": 10, "active": 3}, [("indices", "U32", [2, 3], [1, 4, 9, 0, 3, 8])]
    yield from models()
    yield from indexes()
    yield from words()


def write(folder):
    names = []
    for number, (kind, parameters, tensors) in enumerate(kinds()):
        names.append("%02d-%s.safetensors" % (number, kind))
        with open(os.path.join(folder, names[-1]), "wb") as file:
            file.write(container(kind, parameters, tensors))
    return names


if sys.argv[1] == "write":
    print(json.dumps(write(sys.argv[2])))
else:
    print(json.dumps([read(path) for path in sys.argv[2:]]))
