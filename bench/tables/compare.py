#!/usr/bin/env python3
"""Tables against NumPy, pandas, Polars and DuckDB, side by side in one run.

Usage: python bench/tables/compare.py [--rounds N] [--only REGEX] [--threads N] [--rows N]

It needs numpy, pandas, pyarrow, polars and duckdb, and go. All engines work on
the same data, which this script writes; our side is bench/tables/jobs. In every
round each engine in turn does each job several times, of which the fastest
counts, as a busy machine disturbs it least; the table shows the median of the
rounds and its ratio to Sheaf's. Each job ends with a figure (a sum, a number of
rows) that all engines must agree on, to nine digits.

--threads 1 gives every engine one thread (2 is all of the machine where the
figures of bench/RESULTS.md come from).
"""
import argparse
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CSV_ROWS = 1_000_000
DIFFERENT = 1_000_000  # of many keys, and rows of the right tables of joins


def arguments():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--rounds", type=int, default=3)
    p.add_argument("--rows", type=int, default=10_000_000)
    p.add_argument("--only", default="", help="jobs whose name matches")
    p.add_argument("--threads", type=int, default=os.cpu_count())
    return p.parse_args()


ARGS = arguments()
os.environ["POLARS_MAX_THREADS"] = os.environ["OMP_NUM_THREADS"] = os.environ["GOMAXPROCS"] = str(ARGS.threads)

import duckdb  # noqa: E402
import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
import polars as pl  # noqa: E402
import pyarrow as pa  # noqa: E402

pa.set_cpu_count(ARGS.threads)


def write_text(folder, name, words, codes):
    """Text as its bytes and the offsets of the rows."""
    words = np.asarray(words)
    texts = words[codes]
    joined = "".join(texts.tolist())
    np.concatenate([[0], np.cumsum(np.char.str_len(texts))]).astype("int64").tofile(folder / f"{name}.off.i64")
    (folder / f"{name}.txt").write_text(joined)
    return texts


class Data:
    """The columns, on disk for us and in memory for the others."""

    def __init__(self, folder, n):
        rng = np.random.default_rng(1)
        self.folder = folder
        self.a, self.b = rng.random(n) * 100, rng.random(n) * 10
        random = np.unique(rng.integers(-2**62, 2**62, DIFFERENT * 11 // 10))
        rng.shuffle(random)
        random = random[:DIFFERENT]
        self.keys = {
            "k1000": rng.integers(0, 1000, n), "kmany": rng.integers(0, DIFFERENT, n),
            "kruns": np.arange(n) // max(1, n // DIFFERENT), "krand": random[rng.integers(0, DIFFERENT, n)],
        }
        many = np.char.add("customer ", rng.permutation(DIFFERENT).astype(str))
        self.texts = {
            "s1000": write_text(folder, "s1000", np.char.add("key", np.arange(1000).astype(str)), self.keys["k1000"]),
            "smany": write_text(folder, "smany", many, self.keys["kmany"]),
        }
        self.right = {"dense": rng.permutation(DIFFERENT), "random": rng.permutation(random), "text": write_text(folder, "text", many, rng.permutation(DIFFERENT))}
        self.w = rng.random(DIFFERENT)
        for name, v in {"A": self.a, "B": self.b, "W": self.w}.items():
            v.tofile(folder / f"{name}.f64")
        for name, v in {**self.keys, "dense": self.right["dense"], "random": self.right["random"]}.items():
            v.astype("int64").tofile(folder / f"{name}.i64")
        self.write_csv(rng)

    def write_csv(self, rng):
        n = CSV_ROWS
        self.csv = self.folder / "x.csv"
        pd.DataFrame({
            "i0": np.arange(n), "i1": rng.integers(0, 1000, n), "i2": rng.integers(-10**9, 10**9, n),
            "f0": rng.random(n), "f1": rng.random(n) * 100, "f2": rng.normal(size=n), "f3": rng.normal(size=n) * 1e6, "f4": rng.random(n),
            "s": np.char.add("name", rng.integers(0, 100_000, n).astype(str)), "b": rng.integers(0, 2, n).astype(bool),
        }).to_csv(self.csv, index=False)


def timed(f, times=5, limit=8.0):
    """The fastest of several runs, fewer of slow ones, and the check of the last."""
    best, total = float("inf"), 0.0
    for _ in range(times):
        begin = time.perf_counter()
        result = f()
        took = time.perf_counter() - begin
        best, total = min(best, took), total + took
        if total > limit:
            break
    return best, float(result[1]() if callable(result[1]) else result[1])


class Duck:
    """A DuckDB with the tables of a job."""

    def __init__(self, **tables):
        self.con = duckdb.connect()
        self.con.execute(f"set threads = {ARGS.threads}")
        for name, table in tables.items():
            self.con.register("given", table)
            self.con.execute(f"create table {name} as from given")
            self.con.unregister("given")

    def rows(self, query, check):
        """The result as an Arrow table, as ours is one in memory."""
        got = self.con.sql(query).to_arrow_table()
        return got, lambda: check(got)


def total(column):
    return lambda table: pa.compute.sum(table[column]).as_py()


def texts_of(texts):
    return pa.array(texts.tolist(), pa.large_string())


def expressions(d):
    df, lf = pd.DataFrame({"A": d.a, "B": d.b}), pl.DataFrame({"A": d.a, "B": d.b})
    duck = Duck(t=pa.table({"A": d.a, "B": d.b}))
    A, B = pl.col("A"), pl.col("B")

    def numpy_update():
        c = np.sqrt(d.a) + 2 * d.b
        return c, c.sum

    def pandas_where(f):
        def run():
            out = df[f(df)]
            return out, out["A"].sum
        return run

    def polars_where(e):
        def run():
            out = lf.filter(e)
            return out, out["A"].sum
        return run

    def polars_update():
        out = lf.with_columns(C=A.sqrt() + 2 * B)
        return out, out["C"].sum

    where = "select * from t where "
    return {
        ("update", "C = sqrt(A) + 2 * B"): {
            "numpy": numpy_update, "polars": polars_update,
            "duckdb": lambda: duck.rows("select *, sqrt(A) + 2 * B as C from t", total("C"))},
        ("where", "where A > 50 && B < 5"): {
            "pandas": pandas_where(lambda t: (t["A"] > 50) & (t["B"] < 5)), "polars": polars_where((A > 50) & (B < 5)),
            "duckdb": lambda: duck.rows(where + "A > 50 and B < 5", total("A"))},
        ("whereformula", "where sqrt(A) + 2 * B > 15"): {
            "pandas": pandas_where(lambda t: np.sqrt(t["A"]) + 2 * t["B"] > 15), "polars": polars_where(A.sqrt() + 2 * B > 15),
            "duckdb": lambda: duck.rows(where + "sqrt(A) + 2 * B > 15", total("A"))},
    }


def text_filter(d):
    table = pa.table({"S": texts_of(d.texts["s1000"]), "A": d.a})
    df, lf, duck = table.to_pandas(), pl.from_arrow(table), Duck(t=table)

    def pandas():
        out = df[df["S"] == "key7"]
        return out, out["A"].sum

    def polars():
        out = lf.filter(pl.col("S") == "key7")
        return out, out["A"].sum

    return {("wheretext", "where S == `key7`, of 1,000 texts"): {
        "pandas": pandas, "polars": polars, "duckdb": lambda: duck.rows("select * from t where S = 'key7'", total("A"))}}


def groups(d, key, title):
    keys = d.keys[key] if key in d.keys else texts_of(d.texts[key])
    table = pa.table({"K": keys, "A": d.a})
    df, lf, duck = table.to_pandas(), pl.from_arrow(table), Duck(t=table)

    def polars_of(frame):
        def run():
            out = frame.group_by("K").agg(S=pl.col("A").sum())
            return out, out["S"].sum
        return run

    def pandas():
        out = df.groupby("K", sort=False)["A"].sum()
        return out, out.sum

    engines = {"pandas": pandas, "polars": polars_of(lf), "duckdb": lambda: duck.rows("select K, sum(A) as S from t group by K", total("S"))}
    if key == "s1000":  # ours has a dictionary, which Polars makes when it is asked to
        engines["polars, categorical"] = polars_of(lf.with_columns(pl.col("K").cast(pl.Categorical)))
    return {(f"group {key}", title): engines}


def joins(d, left, right, title):
    key = (lambda name, table: texts_of(table[name])) if right == "text" else (lambda name, table: table[name])
    lt = pa.table({"K": key(left, d.texts if right == "text" else d.keys), "A": d.a})
    rt = pa.table({"K": key(right, d.right), "W": d.w})
    ldf, rdf, lpl, rpl, duck = lt.to_pandas(), rt.to_pandas(), pl.from_arrow(lt), pl.from_arrow(rt), Duck(l=lt, r=rt)

    def pandas():
        out = ldf.merge(rdf, on="K")
        return out, out["W"].sum()

    def polars():
        out = lpl.join(rpl, on="K")
        return out, out["W"].sum()

    return {(f"join {right}", title): {
        "pandas": pandas, "polars": polars,
        "duckdb": lambda: duck.rows("select l.K, l.A, r.W from l join r using (K)", total("W")),
        "duckdb, only the sum": lambda: (0, duck.con.execute("select sum(W) from l join r using (K)").fetchone()[0])}}


def sorts(d, name, title, keys):
    column = texts_of(keys) if keys.dtype.kind == "U" else keys
    table = pa.table({"K": column, "B": d.b})
    df, lf, duck = table.to_pandas(), pl.from_arrow(table), Duck(t=table)

    def pandas():
        out = df.sort_values("K", kind="stable")
        return out, len(out)

    def polars():
        out = lf.sort("K", maintain_order=True)
        return out, len(out)

    return {(name, title): {"pandas": pandas, "polars": polars, "duckdb": lambda: duck.rows("select * from t order by K", len)}}


def files(d):
    path, out = str(d.csv), d.folder / "peer.csv"
    frame, table = pd.read_csv(path), pl.read_csv(path)
    duck = Duck(t=pa.Table.from_pandas(frame))

    def duck_read():
        con = duckdb.connect()
        con.execute(f"set threads = {ARGS.threads}")
        con.execute(f"create table t as from read_csv('{path}')")
        return con, lambda: con.execute("select sum(f1) from t").fetchone()[0]

    def read(f):
        def run():
            t = f()
            return t, t["f1"].sum
        return run

    def write(f):
        def run():
            f()
            return None, CSV_ROWS
        return run

    return {
        ("read", f"read CSV, {d.csv.stat().st_size / 1e6:.0f} MB, {CSV_ROWS:,} × 10"): {
            "pandas": read(lambda: pd.read_csv(path)), "polars": read(lambda: pl.read_csv(path)), "duckdb": duck_read},
        ("write", "write it"): {
            "pandas": write(lambda: frame.to_csv(out, index=False)), "polars": write(lambda: table.write_csv(out)),
            "duckdb": write(lambda: duck.con.execute(f"copy t to '{out}' (header)"))},
    }


def parts(d):
    """The jobs in parts; what a part holds in memory goes with it."""
    yield lambda: expressions(d)
    yield lambda: text_filter(d)
    for key, title in {
        "k1000": "sum by 1,000 integers", "kmany": "sum by 1,000,000 integers, 0 to 999,999",
        "kruns": "sum by 1,000,000 integers, in runs", "krand": "sum by 1,000,000 random 64-bit integers",
        "s1000": "sum by 1,000 texts", "smany": "sum by 1,000,000 texts",
    }.items():
        yield lambda key=key, title=title: groups(d, key, title)
    for left, right, title in [("kmany", "dense", "integers from 0"), ("krand", "random", "random 64-bit integers"), ("smany", "text", "texts")]:
        yield lambda left=left, right=right, title=title: joins(d, left, right, f"join with 1,000,000 rows by {title}")
    yield lambda: sorts(d, "sort number", "sort by a random float", d.a)
    yield lambda: sorts(d, "sort int", "sort by 1,000,000 random integers", d.keys["krand"])
    yield lambda: sorts(d, "sort text", "sort by 1,000,000 texts", d.texts["smany"])
    yield lambda: sorts(d, "sort texts of 1000", "sort by 1,000 texts", d.texts["s1000"])
    yield lambda: files(d)


# What parts are called, so that --only need not make the others.
NAMES = ["update where whereformula", "wheretext", "group k1000", "group kmany", "group kruns", "group krand", "group s1000", "group smany",
         "join dense", "join random", "join text", "sort number", "sort int", "sort text", "sort texts of 1000", "read write"]


def sheaf(binary, d, job):
    out = subprocess.run([binary, "-data", str(d.folder), "-job", job], check=True, capture_output=True, text=True)
    best, check, _ = out.stdout.split()
    return float(best), float(check)


def main():
    print(f"{ARGS.rows:,} rows, {ARGS.threads} threads; pandas {pd.__version__}, NumPy {np.__version__}, Polars {pl.__version__}, DuckDB {duckdb.__version__}", flush=True)
    print("\n| job | engine | ms | least ms | Sheaf is faster by |\n|---|---|---|---|---|", flush=True)
    with tempfile.TemporaryDirectory() as tmp:
        binary = str(Path(tmp) / "jobs")
        subprocess.run(["go", "build", "-o", binary, "./bench/tables/jobs"], cwd=ROOT, check=True)
        d = Data(Path(tmp), ARGS.rows)
        for names, part in zip(NAMES, parts(d)):
            if not re.search(ARGS.only, names):
                continue
            for (job, title), engines in part().items():
                if re.search(ARGS.only, job):
                    compare(binary, d, job, title, engines)


def compare(binary, d, job, title, engines):
    engines = {"Sheaf": None, **engines}
    times, checks = {e: [] for e in engines}, {}
    for _ in range(ARGS.rounds):
        for engine, run in engines.items():
            best, check = timed(run) if run else sheaf(binary, d, job)
            times[engine].append(best)
            checks[engine] = check
    for engine, check in checks.items():
        if not np.isclose(check, checks["Sheaf"], rtol=1e-9, atol=0):
            sys.exit(f"{title}: {engine} has {check!r}, Sheaf {checks['Sheaf']!r}")
    for engine, ts in times.items():
        ratio = statistics.median(ts) / statistics.median(times["Sheaf"])
        print(f"| {title} | {engine} | {statistics.median(ts) * 1e3:.0f} | {min(ts) * 1e3:.0f} | {'' if engine == 'Sheaf' else f'{ratio:.2f}×'} |", flush=True)


if __name__ == "__main__":
    main()
