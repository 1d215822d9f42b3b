#!/usr/bin/env python3
"""Charts against Altair and matplotlib, side by side in one run.

Usage: python bench/plots/compare.py [--rounds N] [--only REGEX]

It needs altair, vl-convert-python, matplotlib, pandas and numpy, and go. All
draw the same data, which this script writes; our side is bench/plots/jobs. In
every round each in turn draws each chart several times; the table shows the
medians of the rounds, and how many bytes the chart takes in a notebook (a PNG as
base64).

What a cell costs is, of ours, the chart, its Vega-Lite specification and its
static twin; of Altair the specification, and a static SVG by vl-convert; of
matplotlib a PNG as notebooks show it by default, and an SVG. Altair puts all
points into its specification; what it makes of a million is drawn once.
"""
import argparse
import io
import os
import re
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

import altair as alt
import matplotlib
import numpy as np
import pandas as pd
import vl_convert

matplotlib.use("agg")
import matplotlib.pyplot as plt  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
MANY = 1_000_000
BARS = {
    "spec line 1e6": "< 50 ms", "spec scatter 1e6": "< 50 ms",
    "line 2000": "≤ 40 ms, ≤ 250 kB", "scatter 2000": "≤ 40 ms, ≤ 250 kB", "classes 2000": "≤ 40 ms, ≤ 250 kB",
    "violin 2000": "≤ 40 ms, ≤ 250 kB", "errorband 2000": "≤ 40 ms, ≤ 250 kB", "heatmap 2000": "≤ 40 ms, ≤ 250 kB",
    "line 500": "≤ 100 kB", "scatter 500": "≤ 100 kB",
}
TITLES = {
    "spec line 1e6": "specification of a line of 1e6 points, thinned",
    "spec scatter 1e6": "specification of a scatter of 1e6 points, sampled",
    "line 2000": "chart cell, line of 2,000 points",
    "scatter 2000": "chart cell, scatter of 2,000 points",
    "classes 2000": "chart cell, scatter of 2,000 points in 3 classes",
    "violin 2000": "chart cell, violins of 2,000 values",
    "errorband 2000": "chart cell, error band of 2,000 values",
    "heatmap 2000": "chart cell, heat map of 2,000 points",
    "line 500": "chart cell, line of 500 points",
    "scatter 500": "chart cell, scatter of 500 points",
    "line 1e6": "chart cell, line of 1e6 points",
    "scatter 1e6": "chart cell, scatter of 1e6 points",
    "histogram 1e6": "chart cell, histogram of 1e6 values",
    "density 1e6": "chart cell, density of 1e6 values",
    "hexbin 1e6": "chart cell, hexagons of 1e6 points",
}


def arguments():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--rounds", type=int, default=5)
    p.add_argument("--only", default="", help="charts whose name matches")
    return p.parse_args()


def base64_size(n):
    return (n + 2) // 3 * 4


def altair_chart(job, d):
    kind, n = job.split()[-2:]
    n = int(float(n))
    frame = pd.DataFrame({"x": d["x"][:n], "y": d["y"][:n]})
    encodings = {"x": "x", "y": "y", "tooltip": ["x", "y"]}
    if kind == "classes":
        frame["class"] = np.array(["one", "two", "three"])[np.arange(n) % 3]
        encodings["color"] = "class"
    return getattr(alt.Chart(frame), "mark_line" if kind == "line" else "mark_point")().encode(**encodings).interactive()


def altair_spec(job, d):
    return len(altair_chart(job, d).to_json(indent=None))


def altair_cell(job, d):
    spec = altair_chart(job, d).to_json(indent=None)
    return len(spec) + len(vl_convert.vegalite_to_svg(spec))


def figure(job, d):
    kind, n = job.split()
    n = int(float(n))
    x, y = d["x"][:n], d["y"][:n]
    fig, ax = plt.subplots()
    if kind == "line":
        ax.plot(x, y)
    elif kind == "classes":
        for k, name in enumerate(["one", "two", "three"]):
            ax.scatter(x[k::3], y[k::3], label=name)
        ax.legend()
    elif kind == "scatter":
        ax.scatter(x, y)
    elif kind == "histogram":
        ax.hist(y, bins="auto")
    elif kind == "hexbin":
        ax.hexbin(x, y)
    elif kind == "violin":
        ax.violinplot([y[k::3] for k in range(3)])
    return fig


def pyplot(form):
    def run(job, d):
        fig, b = figure(job, d), io.BytesIO()
        fig.savefig(b, format=form, bbox_inches="tight")
        plt.close(fig)
        n = b.getbuffer().nbytes
        return base64_size(n) if form == "png" else n
    return run


def peers(job):
    """What draws the same, by name; the last says whether once is enough."""
    kind = job.split()[-2]
    if job.startswith("spec"):
        return {"Altair": (altair_spec, True)}
    out = {}
    if kind in ("line", "scatter", "classes"):
        if not job.endswith("1e6"):
            out["Altair"] = (altair_cell, False)
    if kind in ("line", "scatter", "classes", "histogram", "hexbin", "violin"):
        out["matplotlib, PNG"] = (pyplot("png"), False)
        if not job.endswith("1e6"):
            out["matplotlib, SVG"] = (pyplot("svg"), False)
    return out


def sheaf(binary, folder, job):
    times = "5" if job.endswith("1e6") else "15"
    out = subprocess.run([binary, "-data", folder, "-job", job, "-times", times], check=True, capture_output=True, text=True)
    ms, size = out.stdout.split()
    return float(ms), int(size)


def timed(run, job, d):
    start = time.perf_counter()
    size = run(job, d)
    return (time.perf_counter() - start) * 1e3, size


def cell(samples):
    """Median milliseconds, and bytes."""
    ms, size = statistics.median(s[0] for s in samples), samples[-1][1]
    text = f"{ms:,.0f} ms" if ms >= 100 else f"{ms:.1f} ms"
    return ms, f"{text}, {size / 1e3:,.0f} kB"


def main():
    args = arguments()
    alt.data_transformers.disable_max_rows()
    print(f"Altair {alt.__version__} with vl-convert {vl_convert.__version__}, matplotlib {matplotlib.__version__}, "
          f"load {os.getloadavg()[0]:.1f}; medians of {args.rounds} rounds\n", flush=True)
    rng = np.random.default_rng(0)
    d = {"x": np.arange(MANY, dtype=float), "y": np.cumsum(rng.normal(size=MANY))}
    with tempfile.TemporaryDirectory() as folder:
        for name, values in d.items():
            values.tofile(Path(folder) / f"{name}.f64")
        binary = str(Path(folder) / "jobs")
        subprocess.run(["go", "build", "-o", binary, "./bench/plots/jobs"], cwd=ROOT, check=True)
        print("| what | Sheaf | Altair | matplotlib | bar |\n|---|---|---|---|---|", flush=True)
        for job in TITLES:
            if re.search(args.only, job):
                print(row(job, binary, folder, d, args.rounds), flush=True)
        kinds = subprocess.run([binary, "-data", folder, "-job", "kinds"], check=True, capture_output=True, text=True).stdout
    print("\nBytes in the notebook, of 500 points:\n")
    print(", ".join(f"{n} {int(size) / 1e3:.0f} kB" for n, size in (line.split("\t") for line in kinds.splitlines())))


def row(job, binary, folder, d, rounds):
    got = {}
    for name, (run, once) in peers(job).items():
        if not once:
            run(job, d)  # imports and fonts
    for i in range(rounds):
        got.setdefault("Sheaf", []).append(sheaf(binary, folder, job))
        for name, (run, once) in peers(job).items():
            if i == 0 or not once:
                got.setdefault(name, []).append(timed(run, job, d))
    ours, text = cell(got.pop("Sheaf"))

    def of(peer):
        found = []
        for name, samples in got.items():
            if name.startswith(peer):
                ms, words = cell(samples)
                found.append(f"{name.removeprefix(peer + ', ')} {words} ({ms / ours:,.1f}×)".removeprefix("Altair "))
        return "; ".join(found)

    return f"| {TITLES[job]} | {text} | {of('Altair')} | {of('matplotlib')} | {BARS.get(job, '')} |"


if __name__ == "__main__":
    main()
