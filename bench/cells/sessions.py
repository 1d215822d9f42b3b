#!/usr/bin/env python3
"""Cells in long sessions: Sheaf against raw yaegi and IPython, side by side.

Usage: python bench/cells/sessions.py [--rounds 3] [--binary TEST_BINARY] [--out FILE]
       (IPython takes part where this Python has it)

The figures of Sheaf come from the Go benchmarks beside this file, in one process
("session") and through the worker process that people have ("worker"), those of
yaegi from bench/cells/yaegi; this file runs IPython's shell without a kernel. All
run the same cells, bench/cells/testdata, in turns; the table shows medians.
"""
import argparse
import contextlib
import os
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
DATA = HERE / "testdata"
PER_CELL = 5  # declarations in a cell of testdata/declarations.*.txt
WINDOW = 50  # cells that a figure of a growing session looks at

# What a figure is called, and the bar for Sheaf's session.
ROWS = [
    ("trivial-µs@20", "cell `1 + 1` after 20 declarations, p50", "µs", 300),
    ("trivial-µs@1000", "cell `1 + 1` after 1,000 declarations, p50", "µs", 10_000),
    ("use-µs@20", "cell that uses declarations, after 20, p50", "µs", None),
    ("use-µs@1000", "cell that uses declarations, after 1,000, p50", "µs", None),
    ("declare-µs@20", "cell that declares, after 20, p50", "µs", None),
    ("declare-µs@1000", "cell that declares, after 1,000, p50", "µs", None),
    *((f"{key}@{n}", f"{text} {n:,}{what}", unit, None)
      for key, text, what, unit in [
          ("p50-µs", "mixed cells up to cell", ", p50", "µs"), ("p95-µs", "mixed cells up to cell", ", p95", "µs"),
          ("heap-MB", "heap after cell", "", "MB"), ("rss-MB", "resident memory after cell", "", "MB")]
      for n in (10, 500, 2000)),
    ("loop-µs@1000000", "loop of 1e6 turns over variables of the session", "µs", None),
]


class Cells:
    """A notebook of IPython that goes on for ever."""

    def __init__(self, template):
        from IPython.core.interactiveshell import InteractiveShell

        self.shell = InteractiveShell()
        self.blocks = (DATA / template).read_text().split("---\n")
        self.ran = 0

    def run(self, source):
        result = self.shell.run_cell(source)
        result.raise_error()
        return result.result

    def time(self, source):
        start = time.perf_counter()
        self.run(source)
        return (time.perf_counter() - start) * 1e6

    def next(self):
        source = self.blocks[self.ran % len(self.blocks)].replace("{B}", str(self.ran // len(self.blocks)))
        self.ran += 1
        return self.time(source)


def percentile(times, p):
    return sorted(times)[p * (len(times) - 1) // 100]


def resident():
    status = Path("/proc/self/status")
    found = re.search(r"^VmRSS:\s+(\d+) kB$", status.read_text(), re.M) if status.exists() else None
    return int(found.group(1)) * 1024 / 1e6 if found else 0


def ipython(report):
    """Reports the metrics that session_test.go has for Sheaf; what is weighed comes first."""
    cells, times = Cells("cells.py.txt"), []
    for n in (10, 500, 2000):
        while len(times) < n:
            times.append(cells.next())
        last = times[-WINDOW:]
        report(f"p50-µs@{n}", percentile(last, 50))
        report(f"p95-µs@{n}", percentile(last, 95))
        if rss := resident():
            report(f"rss-MB@{n}", rss)
    loop = "total = 0\nfor i in range(1_000_000):\n    total += i & 7"
    report("loop-µs@1000000", min(cells.time(loop) for _ in range(3)))
    if (got := cells.run("total")) != 3_500_000:
        raise SystemExit(f"total is {got}, want 3500000")
    cells = Cells("declarations.py.txt")
    for n in (20, 1000):
        while cells.ran * PER_CELL < n:
            cells.next()
        for name, source in [("trivial", "1 + 1"), ("use", "T1(f2(v3), c0).sum()"), ("declare", "probe = v1 + 1")]:
            report(f"{name}-µs@{n}", percentile([cells.time(source) for _ in range(100)], 50))


def peer_ipython():
    """The process that IPython runs in; what its cells print goes nowhere."""
    figures = []
    with tempfile.TemporaryDirectory() as home, open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
        os.environ["IPYTHONDIR"] = home
        ipython(lambda name, value: figures.append(f"{value:.3f} {name}"))
    print("\n".join(figures))


def figures(command):
    """Runs a peer; returns name@n → value."""
    done = subprocess.run(command, cwd=HERE, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}:\n{done.stdout}{done.stderr}")
    return {name: float(value) for value, name in re.findall(r"([\d.e+]+) (\S+@\d+)", done.stdout)}


def bench(binary, *names):
    return [binary, "-test.run=^$", f"-test.bench=^Benchmark({'|'.join(names)})$", "-test.benchtime=1x"]


def figure(x):
    return "" if x is None else f"{x:,.0f}" if x >= 100 else f"{x:.1f}"


def table(results):
    engines = list(results)
    lines = [f"| | {' | '.join(engines)} | bar for a session | met |", "|---" * (len(engines) + 3) + "|"]
    for key, title, unit, bar in ROWS:
        values = [statistics.median(v) if (v := results[e].get(key)) else None for e in engines]
        limit, met = "", ""
        if bar:
            limit, met = f"≤ {bar:,} {unit}", "yes" if values[0] <= bar else "**no**"
        cells = [f"{figure(v)} {unit}" if v is not None else "" for v in values]
        lines.append(f"| {title} | {' | '.join(cells)} | {limit} | {met} |")
    return "\n".join(lines)


def output(*command):
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True).stdout.strip()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--binary", help="the test binary of bench/cells; built from this tree if not given")
    parser.add_argument("--ipython", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--out", help="write the Markdown here as well")
    args = parser.parse_args()
    if args.ipython:
        return peer_ipython()
    with tempfile.TemporaryDirectory() as tmp:
        yaegi, binary = f"{tmp}/yaegi", args.binary or f"{tmp}/cells.test"
        subprocess.run(["go", "build", "-o", yaegi, "."], cwd=HERE / "yaegi", check=True)
        if not args.binary:
            subprocess.run(["go", "test", "-c", "-o", binary, "."], cwd=HERE, check=True)
        binary = str(Path(binary).resolve())
        peers = {
            "sheaf session": bench(binary, "Declarations", "Session", "TopLevelLoop"),
            "sheaf worker": bench(binary, "Worker"),
            "yaegi": [yaegi, "-session", str(DATA)],
        }
        versions = f"Go {output('go', 'env', 'GOVERSION').removeprefix('go')}, yaegi v0.16.1"
        try:
            import IPython
            peers["IPython"] = [sys.executable, str(Path(__file__).resolve()), "--ipython"]
            versions += f", IPython {IPython.__version__} on Python {platform.python_version()}"
        except ImportError:
            print("no IPython here: it takes no part", file=sys.stderr)
        results = {name: {} for name in peers}
        for number in range(args.rounds):
            for name, command in peers.items():
                for key, value in figures(command).items():
                    results[name].setdefault(key, []).append(value)
                print(f"{number + 1}/{args.rounds} {name}", file=sys.stderr)
    text = (
        f"`{' '.join(['python', 'bench/cells/sessions.py', *sys.argv[1:]])}` at {output('git', 'rev-parse', '--short', 'HEAD')}: {versions}; "
        f"medians of {args.rounds} rounds in turns; {os.cpu_count()} CPUs ({platform.machine()}), load {os.getloadavg()[0]:.1f} at the end.\n\n{table(results)}\n"
    )
    print(text)
    if args.out:
        Path(args.out).write_text(text)


if __name__ == "__main__":
    main()
