"""Measures how soon a cell ends that is interrupted, by what it does.

usage: interrupts.py --sheaf BINARY [--times 100] [--only NAME] [--out RESULTS.part.md]

It needs the Python environment that tests use:

    eval "$(go run ./internal/clients/provision)"
    go build -o /tmp/sheaf . && "$SHEAF_PYTHON" bench/kernel/interrupts.py --sheaf /tmp/sheaf

Every cell below runs in one kernel and is interrupted after it has run for a
while, at a moment that differs from time to time; the figure is from sending
the request to the kernel's idle. After each a variable from before has to be
as it was: an interrupted cell must not have stored a result.
"""

import argparse
import contextlib
import os
import platform
import random
import sys
import time

from latency import Kernel, figure, percentile

ROWS = 5_000_000
SETUP = [
    "kept := 41",
    f"rows, file := {ROWS}, path.Join(os.TempDir(), fmt.Sprintf(\"interrupts-%d.csv\", os.Getpid()))",
    """rng := rand.New(rand.NewPCG(1, 2))
key, val, txt := make([]int, rows), make([]float64, rows), make([]string, rows)
for i := range key {
	key[i], val[i] = rng.IntN(1_000_000), rng.Float64()
	txt[i] = strconv.Itoa(key[i])
}
t := tables.New(tables.Ints("K", key...), tables.Floats("V", val...), tables.Strings("S", txt...))
u := t.Head(1)""",
    """f, _ := os.Create(file)
w := bufio.NewWriterSize(f, 1<<20)
fmt.Fprintln(w, "K,V,S")
for i := range key { w.WriteString(txt[i] + ",0.5" + txt[i] + ",x" + txt[i] + "\\n") }
w.Flush()
f.Close()""",
    "func down(n int) int { if n == 0 { return 0 }; return 1 + down(n-1) }",
    "numbers := make([]int, 1_000_000)\nfor i := range numbers { numbers[i] = rng.IntN(1<<40) }",
]

# Name, cell, seconds until the interrupt at least.
CELLS = [
    ("a loop", "for {}", 0.02),
    ("nested calls", "for { down(1000) }", 0.02),
    ("sort.Slice", "for { s := slices.Clone(numbers); sort.Slice(s, func(i, j int) bool { return s[i] < s[j] }) }", 0.05),
    ("time.Sleep", "time.Sleep(time.Hour)", 0.02),
    ("a receive", "never := make(chan int); time.AfterFunc(time.Hour, func() { never <- 1 }); <-never", 0.02),
    ("Sort of text", 'u = t.Sort("S")', 0.1),
    ("GroupBy of text", 'u = t.GroupBy("S")', 0.1),
    ("Update", 'u = t.Update(slices.Repeat([]string{"W = sqrt(V) * K"}, 100)...)', 0.05),
    ("ReadCSV", "u, _ = tables.ReadCSV(file)", 0.05),
]


class Interrupted(Exception):
    """A cell did not end as it should."""


def interrupt(kernel, cell, after):
    """Milliseconds from the request to the kernel's idle."""
    msg_id = kernel.execute(cell)
    while True:
        msg = kernel.receive(kernel.iopub)
        if msg["msg_type"] == "execute_input" and msg["parent_header"].get("msg_id") == msg_id:
            break
    time.sleep(after * (1 + random.random()))
    begin = time.perf_counter()
    kernel.send(kernel.control, "interrupt_request", {})
    kernel.until_idle(msg_id)
    took = time.perf_counter() - begin
    content = kernel.reply(kernel.shell, msg_id)
    if content["status"] != "error" or "variables keep" not in content["evalue"] or "beside" in content["evalue"]:
        raise Interrupted(f"{cell!r} ended as {content}")
    return took * 1000


def kept(kernel):
    """Whether variables are as they were: nothing was stored by the cells."""
    got = kernel.run("fmt.Sprint(kept, t.Len(), u.Len())")
    text = "".join(m["content"]["data"]["text/plain"] for m in got if m["msg_type"] == "execute_result")
    return text.strip('"') == f"41 {ROWS} 1"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sheaf", required=True)
    parser.add_argument("--times", type=int, default=100)
    parser.add_argument("--only")
    parser.add_argument("--out")
    args = parser.parse_args()
    lines = ["| cell | p50 | p95 | worst |", "|---|---|---|---|"]
    with contextlib.closing(Kernel([args.sheaf, "kernel", "{connection_file}"], {}, True)) as kernel:
        kernel.subscribed()
        for cell in SETUP:
            kernel.run(cell)
        for name, cell, after in CELLS:
            if args.only and args.only not in name:
                continue
            times = [interrupt(kernel, cell, after) for _ in range(args.times)]
            if not kept(kernel):
                raise Interrupted(f"{cell!r} changed a variable")
            values = " | ".join(figure(v) + " ms" for v in (percentile(times, 50), percentile(times, 95), max(times)))
            lines.append(f"| {name} | {values} |")
            print(lines[-1], flush=True)
        kernel.run("os.Remove(file)")
    load = os.getloadavg()[0]
    head = f"{args.times} interrupts each, request to idle; {os.cpu_count()} CPUs, load {load:.1f} at the end, {platform.system()}."
    text = head + "\n\n" + "\n".join(lines) + "\n"
    if args.out:
        with open(args.out, "w") as f:
            f.write(text)
    print(text)


if __name__ == "__main__":
    sys.exit(main())
