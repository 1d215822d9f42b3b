"""Measures Jupyter kernels side by side, in one run: sheaf, ipykernel, and other kernels for Go.

usage: latency.py --sheaf BINARY [--also NAME=BINARY] [--starts 5] [--trips 200] [--out RESULTS.part.md]

It needs the Python environment that tests use:

    eval "$(go run ./internal/clients/provision)"
    go build -o /tmp/sheaf . && "$SHEAF_PYTHON" bench/kernel/latency.py --sheaf /tmp/sheaf

Every figure is the median over starts of fresh kernels, taken in turns so that
all see the same noise. The client is the same for all: bare ZeroMQ sockets
that try to connect again every millisecond, so that what is measured is the
kernel and not the client's patience. The Markdown table compares each figure
with the bar that the design sets, and has a column for each further kernel.
What such a kernel cannot do is a footnote in place of a figure.

--also takes the names in PEERS. GoNB, with the tools that it looks for in PATH,
is built outside of this module; its cells need github.com/janpfeifer/gonb in
the module cache or from a proxy, and the go command:

    mkdir -p /tmp/gonb/tools && cd /tmp/gonb && go mod init peer
    go get -tool github.com/janpfeifer/gonb@v0.11.4
    go build -o bin/gonb github.com/janpfeifer/gonb
    cd tools && go mod init tools && go get -tool golang.org/x/tools/gopls@v0.20.0
    go build -o ../bin/ golang.org/x/tools/gopls golang.org/x/tools/cmd/goimports

    PATH=/tmp/gonb/bin:$PATH "$SHEAF_PYTHON" bench/kernel/latency.py --sheaf /tmp/sheaf --also gonb=/tmp/gonb/bin/gonb

gophernotes v0.7.5 is missing: when this was written, the go command found no
checksum for the gomacro that it requires, and refused it.
"""

import argparse
import contextlib
import json
import os
import platform
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from importlib import metadata
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
    "loop": 'fmt.Println("on")\nfor {}',
    "kept": "kept + 1",
}

IPYKERNEL = {
    "trivial": "1+1",
    "setup": "import os\nkept = 41",
    "completion": "os.getc",
    "lines": f"for i in range({LINES}): print('line', i)",
    "display": f"display({{'text/plain': 'x' * {BYTES}}}, raw=True)",
    "loop": "print('on')\nwhile True: pass",
    "kept": "kept + 1",
}

GONB = {
    "trivial": "%%\nfmt.Println(1+1)",
    "setup": "!*go get github.com/janpfeifer/gonb@v0.11.4\n"
    'import (\n\t"fmt"\n\t"strings"\n\t"github.com/janpfeifer/gonb/gonbui"\n\t"github.com/janpfeifer/gonb/gonbui/protocol"\n)\n'
    "var kept int\n%%\nkept = 41",
    "completion": "%%\nstrings.To",
    "lines": f'%%\nfor i := 0; i < {LINES}; i++ {{ fmt.Println("line", i) }}',
    "display": "%%\ngonbui.SendData(&protocol.DisplayData{Data: map[protocol.MIMEType]any{"
    f'protocol.MIMETextPlain: strings.Repeat("x", {BYTES})}}}})',
    "loop": '%%\nfmt.Println("on")\nfor {}',
    "kept": "%%\nfmt.Println(kept + 1)",
}

# Further kernels, by name: the arguments after the binary, the cells, whether
# they are interrupted by message, and what a reader has to know of a figure.
PEERS = {
    "gonb": {
        "argv": ["--kernel", "{connection_file}"],
        "cell": GONB,
        "by_message": True,
        "remarks": {
            "trip50": "prints the sum, as expressions have no value; each cell is built and run as a program",
            "pss": "gopls runs, but loads nothing before it is first asked to complete",
            "kept": "a variable is made anew for each cell, interrupted or not",
        },
    },
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
        env = {**os.environ, "IPYTHONDIR": self.folder, "SHEAF_HISTORY": str(Path(self.folder, "history.sqlite")), "JUPYTER_RUNTIME_DIR": self.folder, "TMPDIR": self.folder}
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
        for pid in psutil.pids():  # a kernel's helpers may have a group of their own
            with contextlib.suppress(ProcessLookupError):
                if os.getsid(pid) == self.process.pid:
                    os.kill(pid, signal.SIGKILL)
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

    def until(self, msg_id, kind, timeout=TIMEOUT):
        """Waits for the first message of a kind that is published for a request."""
        while msg := self.receive(self.iopub, timeout):
            if msg["parent_header"].get("msg_id") == msg_id and msg["msg_type"] == kind:
                return
        raise TimeoutError(f"no {kind} within {timeout} s")

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


def idle_memory(kernel):
    time.sleep(2)
    return memory(kernel)


def trips(kernel, n):
    """The median and the 95th percentile of n runs of the trivial cell."""
    times = []
    for _ in range(n):
        begin = time.perf_counter()
        kernel.run(kernel.cell["trivial"])
        times.append(ms(begin))
    return percentile(times, 50), percentile(times, 95)


def completions(kernel, n):
    """The same of n completions."""
    code, times = kernel.cell["completion"], []
    for _ in range(n):
        begin = time.perf_counter()
        msg_id = kernel.send(kernel.shell, "complete_request", {"code": code, "cursor_pos": len(code)})
        matches = kernel.reply(kernel.shell, msg_id)["matches"]
        times.append(ms(begin))
        if not matches:
            raise RuntimeError(f"nothing completes {code!r}")
    return percentile(times, 50), percentile(times, 95)


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


def displays(kernel, n):
    """The median of n large displays, and the first of them, for which both
    sides ask the system for memory."""
    times = []
    for _ in range(n):
        begin = time.perf_counter()
        got = kernel.run(kernel.cell["display"])
        times.append(ms(begin))
        sizes = [len(m["content"]["data"]["text/plain"]) for m in got if m["msg_type"] in ("display_data", "execute_result")]
        if sizes != [BYTES]:
            raise RuntimeError(f"displays of {sizes} bytes, want one of {BYTES}")
    return percentile(times, 50), times[0]


def interrupt(kernel):
    """Interrupt of a busy loop to the reply of its cell; and whether a variable
    from before is still there."""
    msg_id = kernel.execute(kernel.cell["loop"])
    kernel.until(msg_id, "stream")
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
    try:
        got = kernel.run(kernel.cell["kept"])
    except RuntimeError:  # it no longer knows the name
        return took, 0
    results = [m["content"]["data"]["text/plain"] for m in got if m["msg_type"] == "execute_result"]
    printed = [m["content"]["text"].strip() for m in got if m["msg_type"] == "stream"]
    return took, int("42" in results + printed)


def memory(kernel):
    """PSS of the process and all its descendants, in MB (10^6 bytes)."""
    top = psutil.Process(kernel.process.pid)
    return sum(p.memory_full_info().pss for p in [top, *top.children(recursive=True)]) / 1e6


class Unable(Exception):
    """A peer could not do a part of the measurement."""


class Subject:
    """One of the kernels that are compared: how it starts, and its figures so far."""

    def __init__(self, name, argv, cell, by_message, version, remarks=None):
        self.name, self.version, self.remarks = name, version, remarks or {}
        self.start = lambda: contextlib.closing(Kernel(argv, cell, by_message))
        self.figures = {key: [] for _, key, _, _ in ROWS}
        self.failed = {}  # why there is no figure, by key; only a peer may fail

    def take(self, kernel, keys, part, *args):
        """Appends what a part of the measurement says to the figures of its keys."""
        if keys[0] in self.failed:
            return
        try:
            values = part(kernel, *args)
        except (TimeoutError, RuntimeError, LookupError) as e:
            if self.name not in PEERS:
                raise
            self.failed.update(dict.fromkeys(keys, f"{e}"))
            raise Unable from e
        for key, value in zip(keys, values if isinstance(values, tuple) else (values,)):
            self.figures[key].append(value)

    def middle(self, key):
        """The median; of what must never happen the worst, as one bad start is not outvoted."""
        values = self.figures[key]
        return {"lost": max, "kept": min}.get(key, statistics.median)(values) if values else None

    def measure(self, n):
        """Two starts. A part that fails ends its start, as the kernel may now
        be in any state; later starts leave the part out."""
        with contextlib.suppress(Unable), self.start() as kernel:
            self.take(kernel, ["result"], start_to_result)
        with contextlib.suppress(Unable), self.start() as kernel:
            self.take(kernel, ["info"], start_to_info)
            kernel.subscribed()
            kernel.run(kernel.cell["setup"])
            self.take(kernel, ["pss"], idle_memory)
            self.take(kernel, ["trip50", "trip95"], trips, n)
            self.take(kernel, ["complete50", "complete95"], completions, n)
            self.take(kernel, ["lines", "messages", "lost"], printing)
            self.take(kernel, ["display", "display1"], displays, 9)
            self.take(kernel, ["interrupt", "kept"], interrupt)


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
    ("10 MB display p50", "display", "ms", ("ratio", 1)),
    ("… the first of a process", "display1", "ms", None),
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


def table(ours, theirs, *peers):
    head = ["", "sheaf", "ipykernel", "ratio", "bar", "met", *(p.name for p in peers)]
    rows, notes = [head, ["---"] * len(head)], []
    for title, key, unit, bar in ROWS:
        a, b = ours.middle(key), theirs.middle(key)
        limit, met = verdict(bar, a, b)
        row = [title, f"{figure(a)} {unit}", f"{figure(b)} {unit}", f"{a / b:.3f}" if b else "", limit, met]
        for peer in peers:
            c, note = peer.middle(key), peer.failed.get(key) or peer.remarks.get(key)
            text = "" if c is None else f"{figure(c)} {unit}".strip()
            if note:
                note = f"{peer.name}: {note}"
                notes += [note] if note not in notes else []
                text += f" ({notes.index(note) + 1})"
            row.append(text)
        rows.append(row)
    lines = [re.sub(" +", " ", f"| {' | '.join(row)} |") for row in rows]
    return "\n".join(lines + [f"\n({i}) {note}" for i, note in enumerate(notes, 1)])


def heading(args, sheaf, *others):
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip()
    beside = ", ".join(f"{subject.name} {subject.version}" for subject in others)
    return (
        "## Kernel latencies\n\n"
        f"`bench/kernel/latency.py` at {commit or 'an unknown commit'}: {sheaf.version}, {beside}, in turns; "
        f"medians of {args.starts} starts, {args.trips} trips each; {os.cpu_count()} CPUs, load "
        f"{os.getloadavg()[0]:.1f} at the end. Ratios are sheaf by ipykernel.\n"
    )


def output(*argv):
    return subprocess.run(argv, capture_output=True, text=True, check=True).stdout.strip()


def sheaf(path):
    binary = str(Path(path).resolve())
    return Subject("sheaf", [binary, "kernel", "{connection_file}"], SHEAF, True, output(binary, "version"))


def ipykernel():
    argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    version = f"{metadata.version('ipykernel')} on Python {platform.python_version()}"
    return Subject("ipykernel", argv, IPYKERNEL, False, version)


def peer(also):
    """The further kernel that NAME=BINARY asks for."""
    name, _, binary = also.partition("=")
    if name not in PEERS or not binary:
        raise argparse.ArgumentTypeError(f"want NAME=BINARY with a name of {', '.join(PEERS)}; got {also!r}")
    known, binary = PEERS[name], str(Path(binary).resolve())
    module = re.search(r"^\tmod\t\S+\t(\S+)", output("go", "version", "-m", binary), re.MULTILINE)
    return Subject(name, [binary, *known["argv"]], known["cell"], known["by_message"], module[1], known["remarks"])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sheaf", required=True, type=sheaf, metavar="BINARY", help="the sheaf binary")
    parser.add_argument("--also", action="append", default=[], type=peer, metavar="NAME=BINARY", help="a further kernel")
    parser.add_argument("--starts", type=int, default=5)
    parser.add_argument("--trips", type=int, default=200)
    parser.add_argument("--out", help="write the Markdown here as well")
    args = parser.parse_args()
    subjects = [args.sheaf, ipykernel(), *args.also]
    for i in range(args.starts):
        for subject in subjects:
            subject.measure(args.trips)
            print(f"{i + 1}/{args.starts} {subject.name}", file=sys.stderr)
    text = heading(args, *subjects) + "\n" + table(*subjects) + "\n"
    print(text)
    if args.out:
        Path(args.out).write_text(text)


if __name__ == "__main__":
    main()
