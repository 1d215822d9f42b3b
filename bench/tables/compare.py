#!/usr/bin/env python3
"""Tables against pandas, DuckDB and Polars, side by side in one run.

Usage: python bench/tables/compare.py [rounds]     (needs pandas; duckdb and polars are optional)

Every round lets each engine do each job five times, one engine after the other,
and takes the fastest, which a busy machine disturbs least; the table shows the
median of the rounds and its ratio to Sheaf's. Our side is the Go benchmarks of
the package tables.
"""
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[2]
CSV_ROWS, ROWS = 1_000_000, 10_000_000


def write_csv(path):
    rng = np.random.default_rng(1)
    n = CSV_ROWS
    pd.DataFrame({
        "i0": np.arange(n), "i1": rng.integers(0, 1000, n), "i2": rng.integers(-10**9, 10**9, n),
        "f0": rng.random(n), "f1": rng.random(n) * 100, "f2": rng.normal(size=n), "f3": rng.normal(size=n) * 1e6, "f4": rng.random(n),
        "s": np.char.add("name", rng.integers(0, 100_000, n).astype(str)), "b": rng.integers(0, 2, n).astype(bool),
    }).to_csv(path, index=False)


def timed(f):
    times = []
    for _ in range(5):
        start = time.perf_counter()
        f()
        times.append(time.perf_counter() - start)
    return min(times)


def sheaf(binary, bench, csv):
    env = dict(os.environ, SHEAF_BENCH_CSV=str(csv), SHEAF_BENCH_ROWS=str(ROWS))
    out = subprocess.run([binary, "-test.run=^$", f"-test.bench=^Benchmark{bench}$", "-test.benchtime=5x"],
                         cwd=ROOT / "tables", env=env, check=True, capture_output=True, text=True).stdout
    return float(re.search(r"([\d.]+) min-ns", out).group(1)) / 1e9


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    with tempfile.TemporaryDirectory() as tmp:
        csv, binary = Path(tmp) / "x.csv", str(Path(tmp) / "tables.test")
        write_csv(csv)
        subprocess.run(["go", "test", "-c", "-o", binary, "./tables"], cwd=ROOT, check=True)
        rng = np.random.default_rng(2)
        df = pd.DataFrame({"A": rng.random(ROWS) * 100, "B": rng.random(ROWS) * 10})
        texts = pd.Series(np.char.add("key", (np.arange(ROWS) * 7919 % 1000).astype(str)), dtype="str")
        a, b = df["A"].to_numpy(), df["B"].to_numpy()
        jobs = {
            f"read CSV, {csv.stat().st_size / 1e6:.0f} MB, {CSV_ROWS:,} × 10": {
                "sheaf": lambda: sheaf(binary, "ReadCSV", csv), "pandas": lambda: timed(lambda: pd.read_csv(csv))},
            f"update C = sqrt(A) + 2 * B, {ROWS:,} rows": {
                "sheaf": lambda: sheaf(binary, "Update", csv), "numpy": lambda: timed(lambda: np.sqrt(a) + 2 * b)},
            "where A > 50 && B < 5": {
                "sheaf": lambda: sheaf(binary, "Where", csv), "pandas": lambda: timed(lambda: df[(df["A"] > 50) & (df["B"] < 5)])},
            "where sqrt(A) + 2 * B > 15": {
                "sheaf": lambda: sheaf(binary, "WhereFormula", csv),
                "pandas": lambda: timed(lambda: df[np.sqrt(df["A"]) + 2 * df["B"] > 15])},
            "sort by A, 2 columns": {
                "sheaf": lambda: sheaf(binary, "Sort", csv), "pandas": lambda: timed(lambda: df.sort_values("A", kind="stable"))},
            "number 1,000 different texts": {
                "sheaf": lambda: sheaf(binary, "Encode", csv), "pandas": lambda: timed(lambda: texts.factorize())},
        }
        first = next(iter(jobs.values()))
        try:
            import duckdb
            first["duckdb"] = lambda: timed(lambda: duckdb.connect().execute(f"create table t as from read_csv('{csv}')"))
        except ImportError:
            pass
        try:
            import polars
            first["polars"] = lambda: timed(lambda: polars.read_csv(csv))
        except ImportError:
            pass
        times = {(job, engine): [] for job in jobs for engine in jobs[job]}
        for _ in range(rounds):
            for job, engines in jobs.items():
                for engine, run in engines.items():
                    times[job, engine].append(run())
        print("| job | engine | ms | least ms | Sheaf is faster by |\n|---|---|---|---|---|")
        for (job, engine), ts in times.items():
            ratio = statistics.median(ts) / statistics.median(times[job, "sheaf"])
            print(f"| {job} | {engine} | {statistics.median(ts) * 1e3:.0f} | {min(ts) * 1e3:.0f} | {'' if engine == 'sheaf' else f'{ratio:.2f}×'} |")


if __name__ == "__main__":
    main()
