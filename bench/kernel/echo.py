"""Sends many messages to a sheaf kernel, some of them on their way at any time,
and compares how fast they come back with two echoes of pyzmq.

usage: echo.py --sheaf BINARY [--messages 100000] [--window 50] [--rounds 3]

It runs in the Python environment of latency.py, which see. Every message is a
signed comm_info_request; the kernel checks the signature, publishes busy and
idle and sends a signed reply. The signing echo does what the kernel does, as a
small loop in Python. The bare echo sends the frames back as they came, and so
does the kernel's heartbeat, to which the same messages go. All have the same
client, in this process, which checks that every reply came, in order, and that
busy and idle of all did.
"""

import argparse
import contextlib
import hashlib
import hmac
import json
import multiprocessing
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

import psutil
import zmq

from latency import Kernel, SHEAF, free_ports

KEY = b"echo"
DELIMITER = b"<IDS|MSG>"


def signature(key, parts):
    h = hmac.new(key, digestmod=hashlib.sha256)
    for part in parts:
        h.update(part)
    return h.hexdigest().encode()


def bare_echo(port, _):
    sock = zmq.Context().socket(zmq.ROUTER)
    sock.bind(f"tcp://127.0.0.1:{port}")
    while True:
        sock.send_multipart(sock.recv_multipart())


def signing_echo(port, pub_port):
    context = zmq.Context()
    sock, pub = context.socket(zmq.ROUTER), context.socket(zmq.PUB)
    sock.set_hwm(0)
    pub.set_hwm(0)
    sock.bind(f"tcp://127.0.0.1:{port}")
    pub.bind(f"tcp://127.0.0.1:{pub_port}")
    n = 0

    def message(route, kind, parent, content):
        nonlocal n
        n += 1
        head = json.dumps({"msg_id": str(n), "session": "echo", "username": "", "date": "", "msg_type": kind, "version": "5.5"})
        parts = [head.encode(), parent, b"{}", json.dumps(content).encode()]
        return [*route, DELIMITER, signature(KEY, parts), *parts]

    while True:
        frames = sock.recv_multipart()
        at = frames.index(DELIMITER)
        parts = frames[at + 2 : at + 6]
        if not hmac.compare_digest(frames[at + 1], signature(KEY, parts)):
            continue
        json.loads(parts[0]), json.loads(parts[3])
        pub.send_multipart(message([b"status"], "status", parts[0], {"execution_state": "busy"}))
        sock.send_multipart(message(frames[:at], "comm_info_reply", parts[0], {"status": "ok", "comms": {}}))
        pub.send_multipart(message([b"status"], "status", parts[0], {"execution_state": "idle"}))


class Client:
    def __init__(self, shell, iopub, key):
        self.context, self.key = zmq.Context(), key
        self.shell, self.iopub = self.context.socket(zmq.DEALER), self.context.socket(zmq.SUB)
        for sock, port in ((self.shell, shell), (self.iopub, iopub)):
            sock.set_hwm(0)
            sock.connect(f"tcp://127.0.0.1:{port}")
        self.iopub.setsockopt(zmq.SUBSCRIBE, b"")

    def send(self, i):
        head = b'{"msg_id":"%d","msg_type":"comm_info_request","session":"echo","username":"","date":"","version":"5.5"}' % i
        parts = [head, b"{}", b"{}", b"{}"]
        self.shell.send_multipart([DELIMITER, signature(self.key, parts), *parts])

    def receive(self):
        if not self.shell.poll(20_000):
            raise TimeoutError("no reply within 20 s")
        frames = self.shell.recv_multipart()
        header = json.loads(frames[3]) or json.loads(frames[2])  # the bare echo's reply is the request
        return int(header["msg_id"])

    def published(self):
        n = 0
        with contextlib.suppress(zmq.Again):
            while True:
                self.iopub.recv_multipart(zmq.NOBLOCK, copy=False)
                n += 1
        return n

    def measure(self, first, messages, window, publishes):
        begin, sent, heard = time.perf_counter(), 0, 0
        for got in range(messages):
            while sent < messages and sent - got < window:
                self.send(first + sent)
                sent += 1
            if (i := self.receive()) != first + got:
                raise RuntimeError(f"the reply {got} is to {i - first}")
            heard += self.published()
        late = time.perf_counter() + 10
        while heard < publishes * messages and time.perf_counter() < late:
            heard += self.published()
        return messages / (time.perf_counter() - begin), publishes * messages - heard


def measure_sheaf(args, port, publishes):
    with contextlib.closing(Kernel([args.sheaf, "kernel", "{connection_file}"], SHEAF, True)) as kernel:
        kernel.subscribed()
        client = Client(kernel.connection[port], kernel.connection["iopub_port"], kernel.connection["key"].encode())
        client.iopub.recv_multipart()  # the welcome
        kernel.iopub.close()
        client.measure(1, 1000, args.window, 0)
        time.sleep(0.5)
        client.published()
        before = psutil.Process(kernel.process.pid).memory_info().rss
        speed, lost = client.measure(10_000_000, args.messages, args.window, publishes)
        after = psutil.Process(kernel.process.pid).memory_info().rss
        return speed, lost, f"kernel's RSS {before / 1e6:.1f} → {after / 1e6:.1f} MB"


def measure(name, args):
    """Messages a second, and how many were not published."""
    if name == "sheaf":
        return measure_sheaf(args, "shell_port", 2)
    if name == "sheaf's heartbeat":
        return measure_sheaf(args, "hb_port", 0)
    ports = free_ports(2)
    target = bare_echo if name == "bare echo" else signing_echo
    process = multiprocessing.Process(target=target, args=ports, daemon=True)
    process.start()
    try:
        client = Client(*ports, KEY)
        time.sleep(1)
        client.measure(1, 1000, args.window, 0)
        time.sleep(0.5)
        client.published()
        return *client.measure(10_000_000, args.messages, args.window, 2 if name == "signing echo" else 0), ""
    finally:
        process.kill()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sheaf", required=True, help="the sheaf binary")
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--window", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    args.sheaf = str(Path(args.sheaf).resolve())
    names = ["sheaf", "signing echo", "sheaf's heartbeat", "bare echo"]
    speeds, losses = {n: [] for n in names}, {n: 0 for n in names}
    for i in range(args.rounds):
        for name in names:
            speed, lost, more = measure(name, args)
            speeds[name].append(speed)
            losses[name] += lost
            print(f"{i + 1}/{args.rounds} {name}: {speed:,.0f}/s, {lost} not published {more}", file=sys.stderr)
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip()
    print(f"{commit}: {args.messages:,} messages, window {args.window}, medians of {args.rounds} rounds; load {os.getloadavg()[0]:.1f}\n")
    print("| | messages/s | by the echo | not published |\n|---|---|---|---|")
    speed = {name: statistics.median(speeds[name]) for name in names}
    peer = {"sheaf": "signing echo", "sheaf's heartbeat": "bare echo"}
    for name in names:
        ratio = f"{speed[name] / speed[peer[name]]:.2f}" if name in peer else ""
        print(f"| {name} | {speed[name]:,.0f} | {ratio} | {losses[name]} |")


if __name__ == "__main__":
    main()
