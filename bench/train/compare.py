#!/usr/bin/env python3
"""Training and inference against Keras, JAX, PyTorch and GoMLX, side by side in one run.

Usage: python bench/train/compare.py --keras PYTHON --torch PYTHON
           [--jax PYTHON] [--peers keras,jax,torch,gomlx] [--rounds N] [--threads N] [--only REGEX] [--out FILE]

It runs on Linux, and needs go and Python interpreters with the peers, made by

    python3 -m venv peers && peers/bin/pip install tensorflow-cpu==2.21.0 keras==3.15.1 jax==0.10.2
    apt-get install python3-torch        # 1.13 of Debian 12; its interpreter is /usr/bin/python3

GoMLX is a Go program of its own (gomlx/*.txt), which this script builds in a
folder outside of this module, once plain and once with GOEXPERIMENT=simd. Its Go
backend has no gradient of max pooling, and its convolutions are a hundredth as
fast as the others', so it has no figures for images.

The same network, rows, batches and weights for all, made here from one seed:
float32, Adam with a rate of 0.001, no shuffling. Dense layers' losses are from
logits. ResNet-50 has its batch normalisation folded into the convolutions, as one
does to use it, and runs on random weights. After 20 steps all engines must have
the same loss of the first batch, which must have been the same before.

In every round each engine in turn does each job in a process of its own, in the
forms that it is used in: Keras by fit and by a compiled step in a loop, and so on.
All forms run in the first round, the best of an engine in the others. A process
repeats the job for some seconds, of which the fastest twentieth of a second counts,
or the fastest run if it takes longer; the table has the
median of the rounds. An engine that can take a whole epoch in one call has a row
for it, but its figure is that of single steps, as all others' are.

With one thread every process is held to one processor, and engines are compared
by processor time too, which other programs on the machine disturb less; bars are
then held against it. With more, by the clock alone.
"""
import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from work import JOBS, write

HERE = Path(__file__).resolve().parent
TIMEOUT = 300  # seconds for a process

TITLES = {
    "iris": ("MLP 4-8-3, batch 5, 120 rows", "ms/epoch"),
    "fraud": ("MLP 28-36-14-2, batch 256, 70,016 rows", "rows/s"),
    "houses": ("MLP 12-64-64-1, batch 32, 20,640 rows", "rows/s"),
    "cnn": ("CNN 28×28×1, two convolutions of 32 and 64, dense 128, batch 64", "images/s"),
    "resnet8": ("ResNet-50 inference, batch 8", "images/s"),
    "resnet1": ("ResNet-50 inference, batch 1", "images/s"),
    **{f"gemm{n}": (f"product of {n} × {n} matrices", "GFLOP/s") for n in (256, 512, 1024, 2048)},
}
# How many times as fast as Keras and PyTorch the design wants us.
BARS = {"iris": 50, "fraud": 2, "houses": 2, "cnn": 0.8, **{f"gemm{n}": 0.95 for n in (256, 512, 1024, 2048)}}
TOLERANCE = 2e-3  # Adam's epsilon stands at one of two places, which is seen where gradients are tiny
APART = "epoch"  # forms whose name begins so are not the engine's figure


VERSIONS = """
import importlib.metadata as m
for p in "keras", "tensorflow-cpu", "jax", "torch":
    try: print(p, m.version(p))
    except m.PackageNotFoundError: pass
"""


class Engine:
    def __init__(self, name, commands, environment=None, kinds=("mlp", "cnn", "resnet", "gemm")):
        self.name, self.commands, self.environment, self.kinds = name, commands, environment or {}, kinds

    def run(self, folder, threads, form=""):
        """What the forms of a job gave: their figures by name."""
        env = {**os.environ, **variables(threads), **self.environment}
        cores = sorted(os.sched_getaffinity(0))[-threads:]
        found = {}
        for command in self.commands:
            argv = [*command, "--job", str(folder), "--threads", str(threads), *(["--form", form] if form else [])]
            out = subprocess.run(argv, env=env, capture_output=True, text=True, timeout=TIMEOUT, preexec_fn=lambda: os.sched_setaffinity(0, cores))
            for line in out.stdout.splitlines():
                if line.startswith("{"):
                    f = json.loads(line)
                    found[f["form"]] = f
            if out.returncode:
                raise RuntimeError(f"{self.name}: status {out.returncode}: {(out.stderr.strip().splitlines() or ['nothing said'])[-1]}")
        return found


def variables(threads):
    """How engines are told of threads, and that there is no accelerator."""
    n = str(threads)
    eigen = "true" if threads > 1 else "false"
    return {
        "OMP_NUM_THREADS": n, "OPENBLAS_NUM_THREADS": n, "GOMAXPROCS": n, "NPROC": n, "TF_NUM_INTRAOP_THREADS": n, "TF_NUM_INTEROP_THREADS": "1",
        "XLA_FLAGS": f"--xla_cpu_multi_thread_eigen={eigen}", "JAX_PLATFORMS": "cpu", "CUDA_VISIBLE_DEVICES": "-1", "TF_CPP_MIN_LOG_LEVEL": "3",
    }


def tuned(python, data):
    """PyTorch with the kernels that its BLAS and itself are fastest with here. Some
    need instructions that this processor does not have, and die."""
    folder = write(data, "gemm512", JOBS["gemm512"])
    capability = "avx512" if "avx512f" in Path("/proc/cpuinfo").read_text() else "avx2"
    best, tried = None, []
    for core in ("", "Haswell", "Zen", "SkylakeX"):
        env = {"ATEN_CPU_CAPABILITY": capability, **({"OPENBLAS_CORETYPE": core} if core else {})}
        engine = Engine("PyTorch", [[python, str(HERE / "peer_torch.py")]], env)
        try:
            rate = max(engine.run(folder, 1)["mm"]["busy"] for _ in range(2))
        except RuntimeError:
            tried.append(f"{core} fails")
            continue
        tried.append(f"{core or 'its own choice'} {rate / 1e9:.0f}")
        if best is None or rate > best[0]:
            best = rate, engine
    print(f"PyTorch, {capability}: GFLOP/s by OPENBLAS_CORETYPE: {', '.join(tried)}", flush=True)
    return best[1]


def gomlx(folder):
    """Builds GoMLX's side, plain and with its experimental kernels."""
    folder.mkdir()
    for name in ("go.mod", "main.go"):
        shutil.copy(HERE / "gomlx" / f"{name}.txt", folder / name)
    commands = []
    for form, experiment in {"go": "", "GOEXPERIMENT=simd": "simd"}.items():
        binary = str(folder / f"peer{experiment}")
        env = {**os.environ, "GOFLAGS": "-mod=mod", "GOEXPERIMENT": experiment}
        subprocess.run(["go", "build", "-ldflags", f"-X main.form={form}", "-o", binary, "."], cwd=folder, env=env, check=True)
        commands.append([binary])
    return Engine("GoMLX", commands, kinds=("mlp", "gemm"))


def engines(args, folder):
    binary = str(folder / "jobs")
    subprocess.run(["go", "build", "-o", binary, "./bench/train/jobs"], cwd=HERE.parents[1], check=True)
    yield Engine("Sheaf", [[binary]])
    if "keras" in args.peers:
        yield Engine("Keras", [[args.keras, str(HERE / "peer_keras.py")]])
    if "jax" in args.peers:
        yield Engine("JAX", [[args.jax or args.keras, str(HERE / "peer_jax.py")]])
    if "torch" in args.peers:
        yield tuned(args.torch, folder)
    if "gomlx" in args.peers:
        yield gomlx(folder / "gomlx")


class Figures:
    """What one engine has done of one job."""

    def __init__(self):
        self.clock, self.busy, self.values = {}, {}, {}

    def add(self, found):
        for form, f in found.items():
            self.clock.setdefault(form, []).append(f["rate"])
            self.busy.setdefault(form, []).append(f["busy"])
            self.values[form] = f["values"]

    def middle(self, form):
        """Its rates by the clock and by processor time."""
        return statistics.median(self.clock[form]), statistics.median(self.busy[form])

    def best(self, threads):
        """The fastest form of single steps."""
        by = 1 if threads == 1 else 0
        return max((f for f in self.clock if not f.startswith(APART)), key=lambda f: self.middle(f)[by])

    def shown(self, threads):
        """The forms that have rows."""
        return [self.best(threads), *(f for f in self.clock if f.startswith(APART))]


def compare(name, job, folder, everyone, args, notes):
    figures = {e.name: Figures() for e in everyone if job["kind"] in e.kinds}
    for i in range(args.rounds):
        for e in everyone:
            if e.name not in figures:
                continue
            try:
                for form in figures[e.name].shown(args.threads) if i else [""]:
                    figures[e.name].add(e.run(folder, args.threads, form))
            except (RuntimeError, subprocess.TimeoutExpired) as problem:
                if e.name == "Sheaf":
                    raise
                notes.append(f"{TITLES[name][0]}: {problem}")
                if not figures[e.name].clock:
                    del figures[e.name]
    agree(name, figures)
    return rows(name, figures, args.threads)


def agree(name, figures):
    """Sees that all forms of all engines have done the same."""
    ours = figures["Sheaf"].values[figures["Sheaf"].best(1)]
    for engine, f in figures.items():
        for form, values in f.values.items():
            if any(abs(a - b) > TOLERANCE * abs(b) for a, b in zip(values, ours)):
                sys.exit(f"{name}: {engine}, {form}, has {values}; Sheaf has {ours}")


def rows(name, figures, threads):
    """Lines of the table."""
    title, unit = TITLES[name]
    ours = figures["Sheaf"].middle(figures["Sheaf"].best(threads))
    kinds = 2 if threads == 1 else 1  # by the clock, and by processor time
    lines = []
    for engine, f in figures.items():
        for form in f.shown(threads):
            theirs = f.middle(form)
            ratios = [us / them for us, them in zip(ours, theirs)][:kinds]
            cells = [title, f"{engine}: {form}", *(shown(rate, name, unit) for rate in theirs[:kinds])]
            if engine == "Sheaf":
                cells += [""] * (kinds + 1)
            else:
                cells += [*(f"{r:.2f}×" for r in ratios), verdict(name, engine, form, ratios[-1])]
            lines.append("| " + " | ".join(cells) + " |")
    return lines


def verdict(name, engine, form, ratio):
    if name not in BARS or engine not in ("Keras", "PyTorch") or form.startswith(APART):
        return ""
    return f"≥ {BARS[name]}: {'met' if ratio >= BARS[name] else '**not met**'}"


def shown(rate, name, unit):
    if unit == "ms/epoch":
        return f"{JOBS[name]['rows'] / rate * 1e3:.3g} {unit}"
    rate /= 1e9 if unit == "GFLOP/s" else 1
    return f"{rate:,.0f} {unit}" if rate >= 100 else f"{rate:.3g} {unit}"


def heading(args):
    """What was measured, and where."""
    ask = lambda *argv: subprocess.run(argv, capture_output=True, text=True, cwd=HERE).stdout.split("\n")  # noqa: E731
    pythons = [python for peer, python in (("keras", args.keras), ("jax", args.jax), ("torch", args.torch)) if peer in args.peers and python]
    versions = sorted({v for python in pythons for v in ask(python, "-c", VERSIONS) if v} | ({"GoMLX 0.28.1"} if "gomlx" in args.peers else set()))
    commit = ask("git", "rev-parse", "--short", "HEAD")[0]
    return f"`bench/train/compare.py --rounds {args.rounds} --threads {args.threads}` at {commit}: {', '.join(versions)}."


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--rounds", type=int, default=3)
    p.add_argument("--threads", type=int, default=1)
    p.add_argument("--only", default="", metavar="REGEX", help="jobs whose name matches: " + ", ".join(JOBS))
    p.add_argument("--peers", default="keras,jax,torch,gomlx", type=lambda s: [x for x in s.split(",") if x])
    p.add_argument("--keras", default="python3", metavar="PYTHON")
    p.add_argument("--jax", metavar="PYTHON", help="that of --keras by default")
    p.add_argument("--torch", default="python3", metavar="PYTHON")
    p.add_argument("--out", help="write the Markdown here as well")
    args = p.parse_args()
    with tempfile.TemporaryDirectory() as tmp:
        everyone, notes = list(engines(args, Path(tmp))), []
        heads = ["job", "engine: form", "by the clock"] + (["by processor time"] if args.threads == 1 else [])
        heads += ["Sheaf is faster by"] + (["… by processor time"] if args.threads == 1 else []) + ["bar"]
        lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
        lines = [heading(args), "", *lines]
        print(*lines, sep="\n", flush=True)
        for name, job in JOBS.items():
            if re.search(args.only, name):
                new = compare(name, job, write(tmp, name, job), everyone, args, notes)
                print(*new, sep="\n", flush=True)
                lines += new
        last = f"{args.rounds} rounds, {args.threads} thread{'s' * (args.threads > 1)}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} at the end."
        lines += ["", *notes, last]
        print("", *notes, last, sep="\n")
        if args.out:
            Path(args.out).write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
