"""Times `go run . lab` on a machine that has nothing yet: from the command to
an address at which JupyterLab lists the kernel.

usage: lab_cold.py [--out RESULTS.lab.part.md]     (in the checkout)

Cold means empty caches: Go's build cache and Sheaf's own (so no Python
environment), in a folder of their own that is removed afterwards. Go's module
cache is left as it is. Then the same again with what the first run left: warm.
"""

import argparse
import json
import os
import platform
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from pathlib import Path


def run(env):
    """Seconds until the kernel was installed, and until JupyterLab lists it."""
    begin = time.perf_counter()
    lab = subprocess.Popen(
        ["go", "run", ".", "lab", "--no-browser"], env=env, text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=sys.stderr, start_new_session=True,
    )
    installed = None
    try:
        for line in lab.stdout:
            now = time.perf_counter() - begin
            print(f"{now:6.1f} s  {line}", end="", file=sys.stderr)
            if line.startswith("kernel "):
                installed = now
            if found := re.match(r"JupyterLab: (http\S+)", line):
                check(found[1])
                return installed, time.perf_counter() - begin
        raise SystemExit("sheaf lab ended without an address")
    finally:
        os.killpg(lab.pid, signal.SIGINT)
        lab.communicate()


def check(address):
    """The server at the address must list the kernel."""
    url = urllib.parse.urlsplit(address)
    api = url._replace(path=re.sub(r"/lab.*", "/api/kernelspecs", url.path)).geturl()
    with urllib.request.urlopen(api, timeout=30) as answer:
        specs = json.load(answer)
    name = specs["kernelspecs"]["sheaf"]["spec"]["display_name"]
    if specs["default"] != "sheaf" or name != "Go (Sheaf)":
        raise SystemExit(f"not the default kernel: {specs}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", help="write the Markdown here as well")
    args = parser.parse_args()
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip()
    with tempfile.TemporaryDirectory(prefix="lab-cold-") as folder:
        env = {
            **os.environ,
            "XDG_CACHE_HOME": str(Path(folder, "cache")),
            "GOCACHE": str(Path(folder, "cache", "go-build")),
            "PIP_NO_CACHE_DIR": "1",
            "JUPYTER_DATA_DIR": str(Path(folder, "data")),
            "JUPYTER_RUNTIME_DIR": str(Path(folder, "runtime")),
        }
        rows = [(name, *run(env)) for name in ("cold", "warm")]
    text = (
        "## From `go run . lab` to JupyterLab\n\n"
        f"`bench/kernel/lab_cold.py` at {commit}, Python {platform.python_version()}, {os.cpu_count()} CPUs, "
        f"load {os.getloadavg()[0]:.1f} at the end. Cold: empty build cache and no Python environment "
        "(Go's module cache was full).\n\n"
        "| | built and kernel installed | JupyterLab lists the kernel |\n|---|---|---|\n"
        + "".join(f"| {name} | {built:.1f} s | {listed:.1f} s |\n" for name, built, listed in rows)
    )
    print(text)
    if args.out:
        Path(args.out).write_text(text)


if __name__ == "__main__":
    main()
