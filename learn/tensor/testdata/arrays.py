"""Exchanges files of arrays with files_numpy_test.go.

    arrays.py write DIR    writes files, and DIR/index.json says what is in them;
                           files refused.* hold what no tensor can
    arrays.py check DIR    reads DIR/index.json and the files it tells of

An entry of the index has the file, the key in it (none for npy), the element
type, the shape, the layout, and the elements in C order, little-endian, in
base64.
"""
import base64
import io
import itertools
import json
import pathlib
import sys

import ml_dtypes
import numpy as np
from safetensors import safe_open
from safetensors.numpy import load_file, save, save_file

INTS = ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]
FLOATS = ["float16", "float32", "float64"]
SHAPES = [(), (0,), (1,), (7,), (3, 5), (1, 4), (2, 3, 4), (0, 3), (3, 0, 2), (1, 1, 6), (64,), (2,) * 10]


def edges(dtype):
    """The values of a type that most easily go wrong."""
    if dtype == "bool":
        return np.array([True, False, True, True])
    if dtype in INTS:
        info = np.iinfo(dtype)
        return np.array([info.min, info.max, 0, 1, info.max - 1, info.min + 1, 77], dtype)
    info = ml_dtypes.finfo(dtype)
    some = [0.0, -0.0, 1.0, -2.5, 0.1, np.inf, -np.inf, np.nan, float(info.max), float(info.min), float(info.smallest_subnormal)]
    return np.array(some).astype(dtype)


def array(dtype, shape, order="C"):
    values = np.resize(edges(dtype), int(np.prod(shape, dtype=int)))
    return np.asarray(values.reshape(shape), order=order)


def layout(a):
    return "RowMajor" if a.flags.c_contiguous else "ColMajor"


def entry(file, a, key=None, order=None):
    wide = a.astype(np.float32) if a.dtype.name == "float16" else a  # as we read it
    wide = wide.astype(wide.dtype.newbyteorder("<")) if wide.dtype.kind != "V" else wide
    return {
        "file": file, "key": key, "dtype": wide.dtype.name, "shape": list(a.shape),
        "layout": order or layout(a), "elements": base64.b64encode(wide.tobytes("C")).decode(),
    }


def write(folder):
    index = []
    numbers = itertools.count()
    for dtype, shape, order, end in itertools.product(["bool", *INTS, *FLOATS], SHAPES, "CF", "<>"):
        a = array(dtype, shape, order)
        a = a.astype(a.dtype.newbyteorder(end), order="K")
        n = next(numbers)
        name = f"{n}.npy"
        with open(folder / name, "wb") as f:
            np.lib.format.write_array(f, a, version=[None, (1, 0), (2, 0), (3, 0)][n % 4])
        index.append(entry(name, a))
    for save_it, name in [(np.savez, "stored.npz"), (np.savez_compressed, "deflated.npz")]:
        arrays = {f"{d}/{i}": array(d, s, "F") for d in ["bool", *INTS, *FLOATS] for i, s in enumerate(SHAPES)}
        save_it(folder / name, **arrays)
        index += [entry(name, a, k) for k, a in arrays.items()]
    arrays = {f"{d} {i}": array(d, s) for d in ["bool", *INTS, *FLOATS, "bfloat16"] for i, s in enumerate(SHAPES)}
    save_file(arrays, folder / "all.safetensors", metadata={"format": "pt", "<name> é\n": '"text"\\'})
    index += [entry("all.safetensors", a, k, "RowMajor") for k, a in arrays.items()]
    halves = np.arange(1 << 16, dtype=np.uint16).view(np.float16)
    halves = halves[~np.isnan(halves)]
    np.save(folder / "halves.npy", halves)
    index.append(entry("halves.npy", halves))
    rng = np.random.default_rng(9)
    singles = rng.integers(0, 1 << 32, 100_000, dtype=np.uint32).view(np.float32)
    singles = singles[~np.isnan(singles)]
    save_file({"single": singles, "rounded": singles.astype(ml_dtypes.bfloat16)}, folder / "rounded.safetensors")
    write_refused(folder)
    (folder / "index.json").write_text(json.dumps(index))
    print(len(index), "arrays")


def write_refused(folder):
    arrays = [
        np.array([None, "text"], dtype=object), np.array(["text"]), np.array([b"bytes"]), np.array([1 + 2j]),
        np.zeros(2, [("a", "<f8"), ("b", "<i4", (2,))]), np.array(["2026-01-01"], "M8[D]"), np.array([1], "m8[s]"),
        np.array([1], ml_dtypes.bfloat16),
    ]
    for i, a in enumerate(arrays):
        np.save(folder / f"refused.{i}.npy", a)
    np.savez(folder / "refused.npz", fine=np.arange(3), objects=arrays[0])
    for i, name in enumerate(["float8_e4m3fn", "float8_e5m2", "complex64"]):
        save_file({"x": np.zeros(3, name)}, folder / f"refused.{i}.safetensors")


def same(a, want, what):
    dtype = np.dtype(want["dtype"])
    assert a.dtype == dtype, f"{what}: {a.dtype}, want {dtype}"
    assert list(a.shape) == want["shape"], f"{what}: {a.shape}, want {want['shape']}"
    assert layout(a) == want["layout"], f"{what}: {layout(a)}, want {want['layout']}"
    assert a.tobytes("C") == base64.b64decode(want["elements"]), f"{what}: elements differ"


def check(folder):
    index = json.loads((folder / "index.json").read_text())
    archives = {}
    for file in {w["file"] for w in index if w["key"]}:
        archives[file] = np.load(folder / file) if file.endswith(".npz") else load_file(folder / file)
    for want in index:
        file, key = want["file"], want["key"]
        if file.endswith(".npy"):
            a = np.load(folder / file)
            theirs = io.BytesIO()
            np.save(theirs, a)
            assert theirs.getvalue() == (folder / file).read_bytes(), f"{file}: NumPy writes other bytes"
        else:
            a = archives[file][key]
        same(a, want, f"{file} {key or ''}")
    for file, arrays in archives.items():
        keys = {w["key"] for w in index if w["file"] == file}
        assert set(arrays.keys()) == keys, f"{file}: the arrays are {sorted(arrays.keys())}"
        if file.endswith(".safetensors"):
            with safe_open(folder / file, "np") as f:
                metadata = f.metadata()
            assert metadata == {"from": 'Go, "<&>" é\n'}, metadata
            theirs = save(dict(arrays), metadata)
            assert theirs == (folder / file).read_bytes(), f"{file}: safetensors writes other bytes"
    print(len(index), "arrays")


if __name__ == "__main__":
    {"write": write, "check": check}[sys.argv[1]](pathlib.Path(sys.argv[2]))
