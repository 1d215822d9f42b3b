"""Measures two Jupyter kernels side by side, in one run: sheaf and ipykernel.

usage: latency.py --sheaf BINARY [--starts 5] [--trips 200] [--out RESULTS.part.md]

It needs the Python environment that tests use:

    eval "$(go run ./internal/clients/provision)"
    go build -o /tmp/sheaf . && "$SHEAF_PYTHON" bench/kernel/latency.py --sheaf /tmp/sheaf

Every figure is the median over starts of fresh kernels, taken in turns so that
both see the same noise. The client is the same for both: bare ZeroMQ sockets
that try to connect again every millisecond, so that what is measured is the
kernel and not the client's patience. The Markdown table compares each figure
with the bar that the design sets.
"""

import argparse
import contextlib
import json
import os
import platform
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
import zmq
from jupyter_client.session import Session

TIMEOUT = 60  # seconds for any one answer
BYTES = 10_000_000  # of the large display
LINES = 100_000  # of the printing cell

SHEAF = {
    "trivial": "1+1",
    "setup": 'import (\n\t"fmt"\n\t"strings"\n\t"github.com/sheaf-go/sheaf/notebooks/show"\n)\nkept := 41',
    "completion": "strings.To",
    "lines": f'for i := 0; i < {LINES}; i++ {{ fmt.Println("line", i) }}',
    "display": f'show.Plain(strings.Repeat("x", {BYTES}))',
    "loop": "for {}",
    "kept": "kept + 1",
}

IPYKERNEL = {
    "trivial": "1+1",
    "setup": "import os\nkept = 41",
    "completion": "os.getc",
    "lines": f"for i in range({LINES}): print('line', i)",
    "display": f"display({{'text/plain': 'x' * {BYTES}}}, raw=True)",
    "loop": "while True: pass",
    "kept": "kept + 1",
}


class Kernel:
    """A kernel process, and a client of it that waits for nothing needlessly."""

    def __init__(self, argv, cell, interrupt_by_message):
        self.cell = cell
        self.by_message = interrupt_by_message
        self.folder = tempfile.mkdtemp(prefix="kernel-bench-")
        ports = free_ports(5)
        key = os.urandom(16).hex()
        self.connection = dict(
            zip(("shell_port", "iopub_port", "stdin_port", "control_port", "hb_port"), ports),
            ip="127.0.0.1", transport="tcp", key=key, signature_scheme="hmac-sha256",
        )
        path = Path(self.folder, "connection.json")
        path.write_text(json.dumps(self.connection))
        self.session = Session(key=key.encode(), signature_scheme="hmac-sha256")
        self.context = zmq.Context()
        self.shell = self.open(zmq.DEALER, "shell_port")
        self.control = self.open(zmq.DEALER, "control_port")
        self.iopub = self.open(zmq.SUB, "iopub_port")
        self.iopub.setsockopt(zmq.SUBSCRIBE, b"")
        self.begin = time.perf_counter()
        env = {**os.environ, "IPYTHONDIR": self.folder, "JUPYTER_RUNTIME_DIR": self.folder}
        self.process = subprocess.Popen(
            [a.replace("{connection_file}", str(path)) for a in argv],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True, env=env, cwd=self.folder,
        )

    def open(self, kind, port):
        sock = self.context.socket(kind)
        sock.setsockopt(zmq.LINGER, 0)
        sock.setsockopt(zmq.RCVHWM, 0)
        sock.setsockopt(zmq.RECONNECT_IVL, 1)
        sock.setsockopt(zmq.RECONNECT_IVL_MAX, 1)
        if kind == zmq.DEALER:
            sock.setsockopt(zmq.IDENTITY, self.session.bsession)
        sock.connect(f"tcp://127.0.0.1:{self.connection[port]}")
        return sock

    def close(self):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.context.destroy(linger=0)
        shutil.rmtree(self.folder, ignore_errors=True)

    def send(self, sock, kind, content):
        msg = self.session.msg(kind, content)
        self.session.send(sock, msg)
        return msg["header"]["msg_id"]

    def receive(self, sock, timeout=TIMEOUT):
        """The next message, or None."""
        if not sock.poll(timeout * 1000):
            return None
        _, frames = self.session.feed_identities(sock.recv_multipart())
        return self.session.deserialize(frames)

    def reply(self, sock, msg_id, timeout=TIMEOUT):
        while msg := self.receive(sock, timeout):
            if msg["parent_header"].get("msg_id") == msg_id:
                return msg["content"]
        raise TimeoutError(f"no reply within {timeout} s")

    def execute(self, code):
        return self.send(self.shell, "execute_request", {
            "code": code, "silent": False, "store_history": True, "user_expressions": {},
            "allow_stdin": False, "stop_on_error": True,
        })

    def until_idle(self, msg_id, timeout=TIMEOUT):
        """What is published for a request, up to its idle."""
        got = []
        while msg := self.receive(self.iopub, timeout):
            if msg["parent_header"].get("msg_id") != msg_id:
                continue
            if msg["msg_type"] == "status":
                if msg["content"]["execution_state"] == "idle":
                    return got
                continue
            got.append(msg)
        raise TimeoutError(f"no idle within {timeout} s; got {[m['msg_type'] for m in got]}")

    def run(self, code):
        """Executes a cell, and returns what it published."""
        msg_id = self.execute(code)
        got = self.until_idle(msg_id)
        content = self.reply(self.shell, msg_id)
        if content["status"] != "ok":
            raise RuntimeError(f"{code!r}: {content}")
        return got

    def subscribed(self):
        """Waits until what the kernel publishes arrives here."""
        while True:
            msg_id = self.send(self.shell, "kernel_info_request", {})
            self.reply(self.shell, msg_id)
            with contextlib.suppress(TimeoutError):
                self.until_idle(msg_id, 0.2)
                return


def free_ports(n):
    socks = [socket.socket() for _ in range(n)]
    for s in socks:
        s.bind(("127.0.0.1", 0))
    ports = [s.getsockname()[1] for s in socks]
    for s in socks:
        s.close()
    return ports


def ms(begin):
    return (time.perf_counter() - begin) * 1000


def percentile(values, p):
    values = sorted(values)
    return values[min(len(values) - 1, round(p / 100 * (len(values) - 1)))]


def start_to_info(kernel):
    kernel.reply(kernel.shell, kernel.send(kernel.shell, "kernel_info_request", {}))
    return ms(kernel.begin)


def start_to_result(kernel):
    """Start to the first cell's reply. The result itself is published before
    it, but to a subscriber that may not have been there yet."""
    content = kernel.reply(kernel.shell, kernel.execute(kernel.cell["trivial"]))
    if content["status"] != "ok":
        raise RuntimeError(content)
    return ms(kernel.begin)


def trips(kernel, n):
    times = []
    for _ in range(n):
        begin = time.perf_counter()
        kernel.run(kernel.cell["trivial"])
        times.append(ms(begin))
    return times


def completions(kernel, n):
    code, times = kernel.cell["completion"], []
    for _ in range(n):
        begin = time.perf_counter()
        msg_id = kernel.send(kernel.shell, "complete_request", {"code": code, "cursor_pos": len(code)})
        matches = kernel.reply(kernel.shell, msg_id)["matches"]
        times.append(ms(begin))
        if not matches:
            raise RuntimeError(f"nothing completes {code!r}")
    return times


def printing(kernel):
    """Lines a second, stream messages, lines that did not come."""
    begin = time.perf_counter()
    got = kernel.run(kernel.cell["lines"])
    took = ms(begin) / 1000
    streams = [m["content"]["text"] for m in got if m["msg_type"] == "stream"]
    text = "".join(streams)
    wanted = "".join(f"line {i}\n" for i in range(LINES))
    lost = 0 if text == wanted else LINES - len(set(text.splitlines()) & set(wanted.splitlines()))
    return LINES / took, len(streams), lost


def display(kernel):
    begin = time.perf_counter()
    got = kernel.run(kernel.cell["display"])
    took = ms(begin)
    sizes = [len(m["content"]["data"]["text/plain"]) for m in got if m["msg_type"] in ("display_data", "execute_result")]
    if sizes != [BYTES]:
        raise RuntimeError(f"displays of {sizes} bytes, want one of {BYTES}")
    return took


def interrupt(kernel):
    """Interrupt of a busy loop to the reply of its cell; and whether a variable
    from before is still there."""
    msg_id = kernel.execute(kernel.cell["loop"])
    while kernel.receive(kernel.iopub)["msg_type"] != "execute_input":
        pass
    time.sleep(0.2)
    begin = time.perf_counter()
    if kernel.by_message:
        kernel.send(kernel.control, "interrupt_request", {})
    else:
        os.killpg(kernel.process.pid, signal.SIGINT)
    content = kernel.reply(kernel.shell, msg_id)
    took = ms(begin)
    if content["status"] != "error":
        raise RuntimeError(content)
    kernel.until_idle(msg_id)
    got = kernel.run(kernel.cell["kept"])
    kept = any(m["msg_type"] == "execute_result" and m["content"]["data"]["text/plain"] == "42" for m in got)
    return took, kept


def memory(kernel):
    """PSS of the process and all its descendants, in MB (10^6 bytes)."""
    top = psutil.Process(kernel.process.pid)
    return sum(p.memory_full_info().pss for p in [top, *top.children(recursive=True)]) / 1e6


def measure(make, n_trips, into):
    """Two starts of one kernel; every figure is appended to its list in into."""
    with contextlib.closing(make()) as kernel:
        into["result"].append(start_to_result(kernel))
    with contextlib.closing(make()) as kernel:
        into["info"].append(start_to_info(kernel))
        kernel.subscribed()
        kernel.run(kernel.cell["setup"])
        time.sleep(2)
        into["pss"].append(memory(kernel))
        times = trips(kernel, n_trips)
        into["trip50"].append(percentile(times, 50))
        into["trip95"].append(percentile(times, 95))
        times = completions(kernel, n_trips)
        into["complete50"].append(percentile(times, 50))
        into["complete95"].append(percentile(times, 95))
        speed, messages, lost = printing(kernel)
        into["lines"].append(speed)
        into["messages"].append(messages)
        into["lost"].append(lost)
        into["display"].append(display(kernel))
        took, kept = interrupt(kernel)
        into["interrupt"].append(took)
        into["kept"].append(int(kept))


# Title, key, unit, and the bar: ("ratio", most), ("speed", least), ("most",
# limit) or None; ratios are sheaf's figure by ipykernel's.
ROWS = [
    ("start → kernel_info", "info", "ms", None),
    ("start → first result", "result", "ms", ("ratio", 1 / 10)),
    ("trivial cell p50", "trip50", "ms", ("ratio", 1 / 6)),
    ("trivial cell p95", "trip95", "ms", None),
    ("completion p50", "complete50", "ms", ("ratio", 1 / 3)),
    ("completion p95", "complete95", "ms", None),
    ("100,000 printed lines", "lines", "lines/s", ("speed", 1.3)),
    ("… in stream messages", "messages", "", None),
    ("… lost", "lost", "", ("most", 0)),
    ("10 MB display", "display", "ms", ("ratio", 1)),
    ("interrupt of a busy loop", "interrupt", "ms", ("ratio", 1)),
    ("… state kept (1 = always)", "kept", "", ("least", 1)),
    ("idle memory (PSS, process tree)", "pss", "MB", ("most", 120)),
]


def figure(x):
    if x >= 1000:
        return f"{x:,.0f}"
    return f"{x:.2f}" if x < 10 and x != int(x) else f"{x:.1f}".removesuffix(".0")


def verdict(bar, ours, theirs):
    if bar is None:
        return "", ""
    kind, limit = bar
    if kind == "ratio":
        text, met = f"≤ {limit:.2g}×", ours <= limit * theirs
    elif kind == "speed":
        text, met = f"≥ {limit}×", ours >= limit * theirs
    elif kind == "least":
        text, met = f"≥ {limit}", ours >= limit
    else:
        text, met = f"≤ {limit}", ours <= limit
    return text, "yes" if met else "**no**"


def table(ours, theirs):
    lines = ["| | sheaf | ipykernel | ratio | bar | met |", "|---|---|---|---|---|---|"]
    middle = {"lost": max, "kept": min}  # one bad start is not outvoted
    for title, key, unit, bar in ROWS:
        a, b = (middle.get(key, statistics.median)(side[key]) for side in (ours, theirs))
        ratio = f"{a / b:.3f}" if b else ""
        limit, met = verdict(bar, a, b)
        lines.append(f"| {title} | {figure(a)} {unit} | {figure(b)} {unit} | {ratio} | {limit} | {met} |".replace("  ", " "))
    return "\n".join(lines)


def heading(args, sheaf_version):
    import ipykernel

    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip()
    return (
        "## Kernel latencies\n\n"
        f"`bench/kernel/latency.py` at {commit or 'an unknown commit'}: {sheaf_version} and ipykernel "
        f"{ipykernel.__version__} on Python {platform.python_version()}, in turns; medians of {args.starts} starts, "
        f"{args.trips} trips each; {os.cpu_count()} CPUs, load {os.getloadavg()[0]:.1f} at the end. "
        "Ratios are sheaf by ipykernel.\n"
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sheaf", required=True, help="the sheaf binary")
    parser.add_argument("--starts", type=int, default=5)
    parser.add_argument("--trips", type=int, default=200)
    parser.add_argument("--out", help="write the Markdown here as well")
    args = parser.parse_args()
    binary = str(Path(args.sheaf).resolve())
    version = subprocess.run([binary, "version"], capture_output=True, text=True, check=True).stdout.strip()
    kinds = {
        "sheaf": lambda: Kernel([binary, "kernel", "{connection_file}"], SHEAF, True),
        "ipykernel": lambda: Kernel([sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"], IPYKERNEL, False),
    }
    results = {name: {key: [] for _, key, _, _ in ROWS} for name in kinds}
    for i in range(args.starts):
        for name, make in kinds.items():
            measure(make, args.trips, results[name])
            print(f"{i + 1}/{args.starts} {name}", file=sys.stderr)
    text = heading(args, version) + "\n" + table(results["sheaf"], results["ipykernel"]) + "\n"
    print(text)
    if args.out:
        Path(args.out).write_text(text)


if __name__ == "__main__":
    main()
