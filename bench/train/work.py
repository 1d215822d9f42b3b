"""What the engines of compare.py have in common: the jobs, their data, and how a
process measures. Only the standard library and NumPy (and that only for peers).

Weights lie in one file, layer after layer, kernel before bias, in Keras's
layouts: (in, out) of dense layers, (height, width, in, out) of convolutions.
Images are (row, height, width, channels).
"""
import argparse
import json
import math
import random
import time
from array import array
from pathlib import Path

REPEATED = 65_521  # random numbers in a kernel; larger ones repeat them, as Python is slow
CHECKED = 20  # training steps after which losses are compared

# rows: of an epoch, or for images of one repetition; epochs: in one repetition.
JOBS = {
    "iris": {"kind": "mlp", "sizes": [4, 8, 3], "batch": 5, "rows": 120, "epochs": 10, "loss": "labels"},
    "fraud": {"kind": "mlp", "sizes": [28, 36, 14, 2], "batch": 256, "rows": 70_016, "epochs": 1, "loss": "labels"},
    "houses": {"kind": "mlp", "sizes": [12, 64, 64, 1], "batch": 32, "rows": 20_640, "epochs": 1, "loss": "squares"},
    "cnn": {"kind": "cnn", "batch": 64, "rows": 1_280, "epochs": 1, "loss": "labels"},
    "resnet8": {"kind": "resnet", "batch": 8, "rows": 8},
    "resnet1": {"kind": "resnet", "batch": 1, "rows": 1},
    "gemm256": {"kind": "gemm", "n": 256},
    "gemm512": {"kind": "gemm", "n": 512},
    "gemm1024": {"kind": "gemm", "n": 1024},
    "gemm2048": {"kind": "gemm", "n": 2048},
}

# The convolutions of ResNet-50's blocks: filters of the first two, blocks, and
# the stride of the first block's second convolution.
STAGES = [(64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2)]


def blocks():
    """The blocks of ResNet-50: channels in, filters, stride, and whether the
    shortcut has a convolution too."""
    channels = 64
    for filters, count, stride in STAGES:
        for i in range(count):
            yield channels, filters, stride if i == 0 else 1, i == 0
            channels = 4 * filters


def shapes(job):
    """The kernels of a job's network, in their order in the file. Each has a
    bias after it. Of a block the shortcut comes last."""
    if job["kind"] == "mlp":
        return [[a, b] for a, b in zip(job["sizes"], job["sizes"][1:])]
    if job["kind"] == "cnn":
        return [[3, 3, 1, 32], [3, 3, 32, 64], [1600, 128], [128, 10]]
    kernels = [[7, 7, 3, 64]]
    for channels, filters, _, shortcut in blocks():
        kernels += [[1, 1, channels, filters], [3, 3, filters, filters], [1, 1, filters, 4 * filters]]
        kernels += [[1, 1, channels, 4 * filters]] if shortcut else []
    return kernels + [[2048, 1000]]


def write(folder, name, job):
    """Writes a job's data into a folder of its own, which it returns."""
    folder = Path(folder, name)
    if folder.exists():
        return folder
    folder.mkdir()
    rng = random.Random(1)
    (folder / "job.json").write_text(json.dumps({"name": name, **job}))
    if job["kind"] == "gemm":
        for matrix in "ab":
            store(folder / matrix, (rng.random() for _ in range(job["n"] ** 2)))
        return folder
    width = {"mlp": lambda: job["sizes"][0], "cnn": lambda: 28 * 28, "resnet": lambda: 224 * 224 * 3}[job["kind"]]()
    x = array("f", (rng.random() * 2 - 1 for _ in range(job["rows"] * width)))
    store(folder / "x", x)
    with open(folder / "weights", "wb") as f:
        for i, shape in enumerate(shapes(job)):
            kernel(rng, shape, last_of_block=job["kind"] == "resnet" and i > 0).tofile(f)
            array("f", bytes(4 * shape[-1])).tofile(f)
    if "loss" in job:
        store(folder / "y", targets(job, x, width))
    return folder


def store(path, values):
    with open(path, "wb") as f:
        (values if isinstance(values, array) else array("f", values)).tofile(f)


def kernel(rng, shape, last_of_block):
    """Glorot's uniform distribution; in ResNet, which has no normalisation left
    to hold it, one that keeps the sums of blocks from growing."""
    size, fan = math.prod(shape), math.prod(shape[:-1]) + math.prod(shape[:-2]) * shape[-1]
    limit = math.sqrt((4 if last_of_block else 6) / fan)
    values = array("f", (limit * (2 * rng.random() - 1) for _ in range(min(size, REPEATED))))
    return (values * -(-size // len(values)))[:size]


def targets(job, x, width):
    """Something to learn: losses that move tell engines apart."""
    rows = range(job["rows"])
    if job["loss"] == "squares":
        return array("f", (3 * x[i * width] - 2 * x[i * width + 1] + 1 for i in rows))
    classes = 10 if job["kind"] == "cnn" else job["sizes"][-1]
    return array("i", (min(int((x[i * width] + 1) / 2 * classes), classes - 1) for i in rows))


class Data:
    """A job's data, as a peer reads it."""

    def __init__(self, folder):
        import numpy as np

        self.folder, self.job = Path(folder), json.loads(Path(folder, "job.json").read_text())
        job = self.job
        if job["kind"] == "gemm":
            self.a, self.b = (np.fromfile(self.folder / m, "float32").reshape(job["n"], job["n"]) for m in "ab")
            return
        tail = {"mlp": lambda: (job["sizes"][0],), "cnn": lambda: (28, 28, 1), "resnet": lambda: (224, 224, 3)}[job["kind"]]()
        self.x = np.fromfile(self.folder / "x", "float32").reshape(-1, *tail)
        if "loss" in job:
            self.y = np.fromfile(self.folder / "y", "int32" if job["loss"] == "labels" else "float32")
            self.y = self.y if job["loss"] == "labels" else self.y.reshape(-1, 1)
        flat, self.weights = np.fromfile(self.folder / "weights", "float32"), []
        for shape in shapes(job):
            for part in (shape, shape[-1:]):
                size = math.prod(part)
                self.weights.append(flat[:size].reshape(part).copy())
                flat = flat[size:]


def arguments(description):
    """What compare.py says to a process: where the job is, how many threads, and
    the one form to measure, if not all."""
    p = argparse.ArgumentParser(description=description)
    p.add_argument("--job", required=True, help="folder of the job")
    p.add_argument("--threads", type=int, default=1)
    p.add_argument("--form", default="", help="measure this form alone")
    return p.parse_args()


def measure(form, items, run, values):
    """Repeats as many runs as take a twentieth of a second, so that all engines are
    disturbed alike, and prints the rate of the fastest repetition by the clock and
    by processor time, and the values that engines must agree on."""
    run()
    begin = time.perf_counter()
    run()
    runs = math.ceil(0.05 / (time.perf_counter() - begin))
    clock, busy, spent, times = math.inf, math.inf, 0.0, 0
    while times < 3 or spent < 1.5:
        begin, used = time.perf_counter(), time.process_time()
        for _ in range(runs):
            run()
        took = time.perf_counter() - begin
        busy = min(busy, time.process_time() - used)
        clock, spent, times = min(clock, took), spent + took, times + 1
        if spent > 6:
            break
    items *= runs
    figures = {"form": form, "rate": items / clock, "busy": items / busy, "values": [float(v) for v in values]}
    print(json.dumps(figures), flush=True)


def batches(job):
    """Where the batches of an epoch begin and end; the last may be short."""
    n, b = job["rows"], job["batch"]
    return [(i, min(i + b, n)) for i in range(0, n, b)]


def losses(job, step, loss_of=float):
    """The loss of the first batch, before training and after some steps: what
    proves that engines do the same. step(from, to) trains and returns the loss
    of before."""
    steps = [step(*ends) for ends in (batches(job) * CHECKED)[:CHECKED]]
    return [loss_of(steps[0]), loss_of(step(0, job["batch"]))]


def work(job):
    """What a repetition does: rows, or floating point operations of a product."""
    return 2 * job["n"] ** 3 if job["kind"] == "gemm" else job["rows"] * job.get("epochs", 1)
