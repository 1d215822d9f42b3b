#!/usr/bin/env python3
"""The speed of Go programs in Sheaf, in both tiers, against `go build`, raw yaegi and CPython.

Usage: python bench/cells/compare.py [--rounds 5] [--only REGEXP] [--sheaf BINARY] [--exec-args=ARGS]

Every program of bench/cells/programs does its work three times and prints the
fastest in milliseconds, without the time to start, check and compile, and a
number that the work computed. In every round each engine runs each program, one
engine after the other; the table shows the medians of the rounds. An engine
whose number differs from that of `go build` is reported and ends the run with
status 1, and so does a program that sheaf does not run. Compiled Go inlines small
functions: in its rows of methods, closures and generic functions hardly a call is
left.
"""
import argparse
import math
import os
import platform
import re
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
ENGINES = ["interp", "native", "go", "yaegi", "cpython"]


def build(tmp, names, sheaf):
    """Builds all that is run; returns engine → program → command."""
    yaegi = f"{tmp}/yaegi"
    subprocess.run(["go", "build", "-o", yaegi, "."], cwd=HERE / "yaegi", check=True)
    if not sheaf:
        sheaf = f"{tmp}/sheaf"
        subprocess.run(["go", "build", "-o", sheaf, "."], cwd=ROOT, check=True)
    for name in names:
        subprocess.run(["go", "build", "-o", f"{tmp}/go-{name}", f"programs/{name}.go"], cwd=HERE, check=True)
    return str(Path(sheaf).resolve()), yaegi


def run(command, limit):
    """Milliseconds and the number computed, or why there are none."""
    try:
        done = subprocess.run(command, cwd=HERE, capture_output=True, text=True, timeout=limit)
    except subprocess.TimeoutExpired:
        return f"> {limit:.0f} s", ""
    fields = done.stdout.split()
    if done.returncode or len(fields) != 2:
        said = (done.stderr or done.stdout).strip().splitlines()
        return "fails", said[0] if said else f"status {done.returncode}"
    return float(fields[0]), fields[1]


def measure(commands, rounds, limit):
    """Engine, program → milliseconds, or the reason why there are none; and
    what is to be told."""
    times, faults = {}, {}
    right = {}
    for number in range(rounds):
        for name, by_engine in commands.items():
            for engine, command in by_engine.items():
                key = name, engine
                if isinstance(times.get(key), str):
                    continue  # it failed before
                ms, check = run(command, limit)
                if isinstance(ms, str):
                    times[key], faults[key] = ms, check
                    continue
                times.setdefault(key, []).append(ms)
                if right.setdefault(name, check) != check:
                    times[key], faults[key] = "**wrong**", f"computed {check}, go build {right[name]}"
        print(f"{number + 1}/{rounds}", file=sys.stderr)
    return times, faults


def figure(x):
    return x if isinstance(x, str) else f"{x:,.0f}" if x >= 100 else f"{x:.1f}" if x >= 1 else f"{x:.2f}"


def ratio(a, b):
    return "" if isinstance(a, str) or isinstance(b, str) else f"{figure(a / b)}×"


def title(name):
    return re.search(r"^// (.+)", (HERE / "programs" / f"{name}.go").read_text().split("\n\n", 1)[1]).group(1).rstrip(".")


# The ratios of the table: what is divided by what.
RATIOS = [("interp by go build", "interp", "go"), ("native by go build", "native", "go"),
          ("native faster than interp", "interp", "native"), ("interp faster than yaegi", "yaegi", "interp"),
          ("interp faster than CPython", "cpython", "interp"), ("native faster than CPython", "cpython", "native")]


def table(names, times):
    lines = ["| program | interp ms | native ms | go build ms | yaegi ms | CPython ms | " + " | ".join(r[0] for r in RATIOS) + " |",
             "|---" * (1 + len(ENGINES) + len(RATIOS)) + "|"]
    ratios = {title: [] for title, _, _ in RATIOS}
    for name in names:
        ms = {e: t if isinstance(t, str) else statistics.median(t) for e, t in ((e, times[name, e]) for e in ENGINES)}
        for what, a, b in RATIOS:
            if not isinstance(ms[a], str) and not isinstance(ms[b], str):
                ratios[what].append(ms[a] / ms[b])
        lines.append(f"| {name}: {title(name)} | {' | '.join(figure(ms[e]) for e in ENGINES)} | {' | '.join(ratio(ms[a], ms[b]) for _, a, b in RATIOS)} |")
    means = [f"{figure(math.exp(statistics.fmean(map(math.log, r))))}×" if r else "" for r in ratios.values()]
    lines.append(f"| geometric mean (of the programs that both run) | | | | | | {' | '.join(means)} |")
    return "\n".join(lines)


def output(*command):
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True).stdout.strip()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="", help="a regular expression that programs match")
    parser.add_argument("--sheaf", help="the sheaf binary; built from this tree if not given")
    parser.add_argument("--exec-args", default="", help="arguments of sheaf exec before the file")
    parser.add_argument("--python", default=sys.executable, help="the CPython to compare with")
    parser.add_argument("--limit", type=float, default=60, help="seconds for one run of one program")
    parser.add_argument("--out", help="write the Markdown here as well")
    args = parser.parse_args()
    names = sorted(p.stem for p in (HERE / "programs").glob("*.go") if re.search(args.only, p.stem))
    if not names:
        parser.error(f"no program matches {args.only!r}")
    with tempfile.TemporaryDirectory() as tmp:
        sheaf, yaegi = build(tmp, names, args.sheaf)
        commands = {name: {
            "go": [f"{tmp}/go-{name}"],
            "interp": [sheaf, "exec", "--tier=interp", *args.exec_args.split(), f"programs/{name}.go"],
            "native": [sheaf, "exec", "--tier=native", *args.exec_args.split(), f"programs/{name}.go"],
            "yaegi": [yaegi, f"programs/{name}.go"],
            "cpython": [args.python, f"programs/{name}.py"],
        } for name in names}
        times, faults = measure(commands, args.rounds, args.limit)
        version = output(sheaf, "version")
    text = (
        f"`{' '.join(['python', 'bench/cells/compare.py', *sys.argv[1:]])}` at {output('git', 'rev-parse', '--short', 'HEAD')}: {version}, "
        f"yaegi v0.16.1, {output(args.python, '--version').replace('Python', 'CPython')}; medians of {args.rounds} rounds in turns, each the fastest of three; "
        f"{os.cpu_count()} CPUs ({platform.machine()}), load {os.getloadavg()[0]:.1f} at the end.\n\n{table(names, times)}\n"
    )
    print(text)
    if args.out:
        Path(args.out).write_text(text)
    for (name, engine), why in faults.items():
        print(f"{name}: {engine}: {times[name, engine]} {why}", file=sys.stderr)
    if any(engine in ("interp", "native") or times[name, engine] == "**wrong**" for name, engine in faults):
        sys.exit(1)


if __name__ == "__main__":
    main()
