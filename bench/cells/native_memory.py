"""How long 500 cells with functions take to be compiled, and what they cost.

    python bench/cells/native_memory.py SHEAF [--cells 500]

Each cell declares a function that is new, with fmt and a loop, in the tier
native, which waits for the compiler. The cells run twice: in a session with an
empty cache, and in another one beside the objects that the first has kept.
Memory is the session's proportional set size, read by a cell after a garbage
collection.
"""
import argparse
import os
import re
import subprocess
import tempfile
import time

CELL = """func f%d(n int) string { s := 0; for i := range n { s += i * %d }; return fmt.Sprint(s) }
"""
SEEN = """runtime.GC(); debug.FreeOSMemory(); seen, _ := os.ReadFile("/proc/self/smaps_rollup"); fmt.Println("PSS", strings.Fields(string(seen[bytes.Index(seen, []byte("\\nPss:")):]))[1])
"""


def session(sheaf, cells, env, tier="native"):
    """The seconds and the two set sizes, in kB, of one session."""
    text = f"%tier {tier}\nimport \"runtime/debug\"\nimport \"runtime\"\nimport \"os\"\nimport \"bytes\"\n"
    text += CELL % (0, 0) + "f0(3)\n" + SEEN
    text += "".join(CELL % (i, i) for i in range(1, cells + 1)) + SEEN + "f%d(10)\n%%tier\n" % cells
    start = time.time()
    out = subprocess.run([sheaf, "repl"], input=text, capture_output=True, text=True, env=env).stdout
    took = time.time() - start
    sizes = [int(n) for n in re.findall(r"PSS (\d+)", out)]
    compiled = len(re.findall(r"compiled f\d+", out))
    if len(sizes) != 2 or tier == "native" and compiled != cells + 1:
        raise SystemExit(f"{compiled} of {cells + 1} functions were compiled; the session said\n{out[-2000:]}")
    return took, sizes


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("sheaf")
    parser.add_argument("--cells", type=int, default=500)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as cache:
        env = dict(os.environ, XDG_CACHE_HOME=cache)
        if "GOCACHE" not in env:
            env["GOCACHE"] = subprocess.run(["go", "env", "GOCACHE"], capture_output=True, text=True).stdout.strip()
        session(args.sheaf, 1, env)  # asks the go command what there is
        for name, tier in ("compiled", "native"), ("kept", "native"), ("interpreted", "interp"):
            took, (before, after) = session(args.sheaf, args.cells, env, tier)
            each = (after - before) / args.cells
            print(f"{name}: {args.cells} cells in {took:.1f} s, {1000 * took / args.cells:.0f} ms each; PSS {before / 1024:.0f} -> {after / 1024:.0f} MB, {each:.0f} kB each")


if __name__ == "__main__":
    main()
