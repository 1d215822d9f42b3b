#!/usr/bin/env python3
"""Charts against Altair and matplotlib, side by side in one run.

Usage: python bench/plots/compare.py [--rounds N] [--only REGEX]

It needs altair, vl-convert-python, matplotlib, pandas and numpy, scikit-learn and
seaborn for what these have, and go. All draw the same data, which this script
writes; our side is bench/plots/jobs. In
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
# Charts of a table of a million rows, whose specifications are measured too.
GROUPED = {
    "scatter of classes": "a scatter of 1e6 points in 3 classes", "roc": "a ROC of 1e6 scores",
    "precision recall": "precision over recall of 1e6 scores", "box": "boxes of 1e6 values in 3 classes",
    "violin": "violins of 1e6 values in 3 classes", "strip": "a strip chart of 1e6 values in 3 classes",
    "errorband": "an error band of 1e6 values at 50 places", "bar": "bars of the means of 1e6 values in 3 classes",
    "heatmap": "a heat map of 1e6 points", "correlation": "correlations of 4 columns of 1e6 rows",
    "pairs": "pairs of 4 columns of 1e6 rows",
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
for _kind, _what in GROUPED.items():
    TITLES[f"spec {_kind} 1e6"] = f"specification of {_what}"
    TITLES[f"{_kind} 1e6"] = f"chart cell, {_what}"
    BARS[f"spec {_kind} 1e6"] = "< 50 ms"


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


def classes(d):
    return np.array(["one", "two", "three"])[np.arange(MANY) % 3]


def frame(d):
    return pd.DataFrame({"x": d["x"], "y": d["y"], "u": d["u"], "rounded": d["x"] // (MANY // 50), "class": classes(d)})


def scores(d):
    positive = np.arange(MANY) % 2 == 0
    return positive, d["u"] + 0.5 * positive


def grouped_figure(job, d):
    """What matplotlib draws of a million rows, whose class is text, as ours is."""
    fig, ax = plt.subplots()
    kind, t = job.removesuffix(" 1e6"), d["frame"]
    lists = [v for _, v in t.groupby("class", sort=False)["u"]] if kind in ("box", "violin") else None
    if kind == "scatter of classes":
        for name, part in t.groupby("class", sort=False):
            ax.scatter(part["u"], part["y"], label=name)
        ax.legend(loc="upper left")  # the best place takes a search among all points
    elif kind == "box":
        ax.boxplot(lists)
    elif kind == "violin":
        ax.violinplot(lists)
    elif kind == "bar":
        means = t.groupby("class", sort=False)["u"].mean()
        ax.bar(means.index, means)
    elif kind == "heatmap":
        ax.hist2d(t["u"], t["y"], bins=(30, 20))
    elif kind == "correlation":
        ax.imshow(t[["x", "y", "u", "rounded"]].corr(), vmin=-1, vmax=1)
    return fig


def sklearn_figure(job, d):
    from sklearn import metrics

    fig, ax = plt.subplots()
    positive, score = d["scores"]
    if job.startswith("roc"):
        fp, tp, _ = metrics.roc_curve(positive, score)
        ax.plot(fp, tp, label=f"{metrics.auc(fp, tp):.3f}")
    else:
        precision, recall, _ = metrics.precision_recall_curve(positive, score)
        ax.plot(recall, precision, label=f"{metrics.average_precision_score(positive, score):.3f}")
    ax.legend(loc="lower right")
    return fig


def seaborn_figure(job, d):
    import seaborn

    fig, ax = plt.subplots()
    if job.startswith("box"):
        seaborn.boxplot(d["frame"], x="class", y="u", ax=ax)
    elif job.startswith("bar"):
        seaborn.barplot(d["frame"], x="class", y="u", errorbar=None, ax=ax)
    else:  # the 95% confidence interval of many values
        seaborn.lineplot(d["frame"], x="rounded", y="u", errorbar=("se", 1.96), ax=ax)
    return fig


def pyplot(form, figure=figure):
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
    if job in ("spec line 1e6", "spec scatter 1e6"):
        return {"Altair": (altair_spec, True)}
    if job.startswith("spec"):
        return {}
    if job.removesuffix(" 1e6") in GROUPED:
        return grouped_peers(job.removesuffix(" 1e6"))
    out = {}
    if kind in ("line", "scatter", "classes"):
        if not job.endswith("1e6"):
            out["Altair"] = (altair_cell, False)
    if kind in ("line", "scatter", "classes", "histogram", "hexbin", "violin"):
        out["matplotlib, PNG"] = (pyplot("png"), False)
        if not job.endswith("1e6"):
            out["matplotlib, SVG"] = (pyplot("svg"), False)
    return out


def grouped_peers(kind):
    out = {}
    if kind in ("scatter of classes", "box", "violin", "bar", "heatmap", "correlation"):
        out["matplotlib, PNG"] = (pyplot("png", grouped_figure), kind == "violin")  # violins take it many seconds
    if kind in ("roc", "precision recall"):
        out["matplotlib, scikit-learn"] = (pyplot("png", sklearn_figure), False)
    if kind in ("box", "bar", "errorband"):
        out["matplotlib, seaborn"] = (pyplot("png", seaborn_figure), False)
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
    d = {"x": np.arange(MANY, dtype=float), "y": np.cumsum(rng.normal(size=MANY)), "u": rng.normal(size=MANY)}
    with tempfile.TemporaryDirectory() as folder:
        for name, values in d.items():
            values.tofile(Path(folder) / f"{name}.f64")
        d |= {"frame": frame(d), "scores": scores(d)}
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
