"""Drives a kernel through jupyter_client, as a notebook server does.

usage: client.py KERNEL

Prints a line "ok NAME …" for each thing that works; anything else ends it with
a traceback.
"""

import sys
import time
from queue import Empty

from jupyter_client.manager import start_new_kernel

from samples import SAMPLES

TIMEOUT = 60

# How long something may take that a person waits for, on a machine with much
# else to do. How long it takes is for bench/kernel.
SOON = 15


class Client:
    """One kernel, and what it says to one request at a time."""

    def __init__(self, name):
        self.name = name
        self.code = SAMPLES[name]
        self.km, self.kc = start_new_kernel(kernel_name=name, startup_timeout=120)

    def published(self, msg_id, timeout=TIMEOUT):
        """Everything published for msg_id up to idle."""
        published = []
        while True:
            try:
                msg = self.kc.get_iopub_msg(timeout=timeout)
            except Empty:
                raise SystemExit(f"no idle within {timeout} s; got {published}") from None
            if msg["parent_header"].get("msg_id") != msg_id:
                continue
            published.append(msg)
            if msg["msg_type"] == "status" and msg["content"]["execution_state"] == "idle":
                return published

    def collect(self, msg_id, timeout=TIMEOUT):
        """Everything published for msg_id up to idle, then its reply."""
        published = self.published(msg_id, timeout)
        while True:
            reply = self.kc.get_shell_msg(timeout=timeout)
            if reply["parent_header"].get("msg_id") == msg_id:
                return published, reply

    def run(self, code, timeout=TIMEOUT):
        return self.collect(self.kc.execute(code), timeout)

    def value(self, code):
        """The plain text of a cell's result."""
        published, reply = self.run(code)
        assert reply["content"]["status"] == "ok", reply["content"]
        for msg in published:
            if msg["msg_type"] == "execute_result":
                return msg["content"]["data"]["text/plain"]
        raise SystemExit(f"{code!r} gave no result, only {[m['msg_type'] for m in published]}")

    def started(self, msg_id):
        """Waits until the cell of msg_id runs."""
        while True:
            msg = self.kc.get_iopub_msg(timeout=TIMEOUT)
            if msg["parent_header"].get("msg_id") == msg_id and msg["msg_type"] == "execute_input":
                return

    def until_displays(self, msg_id, n):
        """What msg_id's cell publishes up to its nth display."""
        published, displays = [], 0
        while displays < n:
            msg = self.kc.get_iopub_msg(timeout=TIMEOUT)
            if msg["parent_header"].get("msg_id") == msg_id:
                published.append(msg)
                displays += msg["msg_type"] in ("display_data", "update_display_data")
        return published


def execute(c):
    published, reply = c.run(c.code["define"])
    assert reply["content"]["status"] == "ok", reply["content"]
    kinds = [m["msg_type"] for m in published]
    assert kinds[0] == "status" and kinds[1] == "execute_input", kinds
    got = c.value(c.code["use"])
    assert got == c.code["value"], got
    return f"{c.code['use']} = {got}"


def output(c):
    published, reply = c.run(c.code["hello"])
    assert reply["content"]["status"] == "ok", reply["content"]
    text = "".join(m["content"]["text"] for m in published if m["msg_type"] == "stream")
    assert text == "hello, world\n", text
    return ""


def display(c):
    """Displays keep their place among what is printed, and can be replaced."""
    published, reply = c.run(c.code["live"])
    assert reply["content"]["status"] == "ok", reply["content"]
    got = [m for m in published if m["msg_type"] in ("stream", "display_data", "update_display_data")]
    what = [m["content"].get("text") or m["content"]["data"]["text/plain"] for m in got]
    assert what == ["before", "first", "between", "second"], what
    ids = [m["content"]["transient"]["display_id"] for m in got if "display" in m["msg_type"]]
    assert ids[0] == ids[1] and got[3]["msg_type"] == "update_display_data", got
    return ""


def failing_cell(c):
    """A failing cell says so, and the cells queued behind it do not run."""
    first = c.kc.execute(c.code["panic"])
    second = c.kc.execute(c.code["define"].replace("41", "13"))
    published, reply = c.collect(first)
    assert reply["content"]["status"] == "error", reply["content"]
    errors = [m["content"] for m in published if m["msg_type"] == "error"]
    assert len(errors) == 1 and "on purpose" in errors[0]["evalue"], errors
    _, reply = c.collect(second)
    assert reply["content"]["status"] in ("aborted", "error"), reply["content"]
    assert c.value(c.code["use"]) == c.code["value"]
    return errors[0]["ename"]


def interrupt(c):
    """An interrupt ends a busy loop soon, and what was there before is kept."""
    for loop in (c.code["loop"], c.code["counting"]):
        msg_id = c.kc.execute(loop)
        c.started(msg_id)
        time.sleep(0.3)
        begin = time.monotonic()
        c.km.interrupt_kernel()
        _, reply = c.collect(msg_id)
        took = time.monotonic() - begin
        assert reply["content"]["status"] == "error", reply["content"]
        assert took < SOON, took
        assert c.value(c.code["use"]) == c.code["value"]
    assert c.km.is_alive()
    return f"{took * 1000:.0f} ms, state kept"


def interrupt_queue(c):
    """An interrupt aborts what was sent before it, and nothing sent after it."""
    loop = c.kc.execute(c.code["loop"])
    c.started(loop)
    before = [c.kc.execute(c.code["define"].replace("41", "13")) for _ in range(5)]
    time.sleep(0.1)  # ipykernel takes a signal, which overtakes them
    c.km.interrupt_kernel()
    assert c.collect(loop)[1]["content"]["status"] == "error"
    statuses = [c.collect(msg_id)[1]["content"]["status"] for msg_id in before]
    assert statuses == ["aborted"] * 5, statuses
    assert c.value(c.code["use"]) == c.code["value"]
    return ""


def control_while_busy(c):
    """kernel_info on the control channel is answered while a cell runs."""
    msg_id = c.kc.execute(c.code["loop"])
    c.started(msg_id)
    msg = c.kc.session.msg("kernel_info_request")
    c.kc.control_channel.send(msg)
    reply = c.kc.get_control_msg(timeout=TIMEOUT)
    assert reply["msg_type"] == "kernel_info_reply", reply["msg_type"]
    assert reply["content"]["language_info"]["name"] == c.code["language"]
    c.km.interrupt_kernel()
    c.collect(msg_id)
    return ""


def stdin(c):
    """A cell asks the person for a line, and waits for it."""
    msg_id = c.kc.execute(c.code["ask"], allow_stdin=True)
    request = c.kc.get_stdin_msg(timeout=TIMEOUT)
    assert request["msg_type"] == "input_request", request["msg_type"]
    assert request["parent_header"]["msg_id"] == msg_id
    c.kc.input("Gopher")
    published, reply = c.collect(msg_id)
    assert reply["content"]["status"] == "ok", reply["content"]
    got = [m["content"]["data"]["text/plain"] for m in published if m["msg_type"] == "execute_result"]
    assert len(got) == 1 and got[0].strip("'") == "hello Gopher", got
    return ""


def comms(c):
    """Either side opens a comm; messages and their buffers pass both ways."""
    published, reply = c.run(c.code["open"])
    assert reply["content"]["status"] == "ok", reply["content"]
    opened = [m for m in published if m["msg_type"] == "comm_open"]
    assert opened[0]["content"]["target_name"] == "page" and opened[0]["content"]["data"] == {"x": 1}, opened
    assert opened[0]["metadata"] == {"version": "2"} and bytes(opened[0]["buffers"][0]) == b"\x01", opened
    _, reply = c.run(c.code["echo"])
    assert reply["content"]["status"] == "ok", reply["content"]

    def say(kind, buffers=(), **content):
        msg = c.kc.session.msg(kind, content)
        c.kc.session.send(c.kc.shell_channel.socket, msg, buffers=list(buffers))
        return c.published(msg["header"]["msg_id"])

    say("comm_open", comm_id="1", target_name="echo", data={})
    _, reply = c.collect(c.kc.comm_info("echo"))
    assert reply["content"]["comms"] == {"1": {"target_name": "echo"}}, reply["content"]
    got = say("comm_msg", [b"\x00\xff", b""], comm_id="1", data={"n": [1, "ä"]})
    text = "".join(m["content"]["text"] for m in got if m["msg_type"] == "stream")
    assert text == "seen", got
    back = [m for m in got if m["msg_type"] == "comm_msg"]
    assert len(back) == 1 and back[0]["content"] == {"comm_id": "1", "data": {"n": [1, "ä"]}}, got
    assert [bytes(b) for b in back[0]["buffers"]] == [b"\x00\xff", b""], back
    say("comm_close", comm_id="1", data={})
    got = say("comm_open", comm_id="2", target_name="nobody", data={})
    assert [m["content"]["comm_id"] for m in got if m["msg_type"] == "comm_close"] == ["2"], got
    return ""


def subshells(c):
    """A cell in a subshell runs while another waits for it."""

    def control(kind, **content):
        c.kc.control_channel.send(c.kc.session.msg(kind, content))
        return c.kc.get_control_msg(timeout=TIMEOUT)["content"]

    shell = control("create_subshell_request")["subshell_id"]
    assert control("list_subshell_request")["subshell_id"] == [shell]
    assert c.run(c.code["gate"])[1]["content"]["status"] == "ok"
    first = c.kc.execute(c.code["wait"])
    c.started(first)
    second = c.kc.session.msg("execute_request", {"code": c.code["pass"], "silent": False})
    second["header"]["subshell_id"] = shell
    c.kc.shell_channel.send(second)
    said, replies = {first: [], second["header"]["msg_id"]: []}, []
    while len(replies) < 2:
        replies.append(c.kc.get_shell_msg(timeout=TIMEOUT)["content"]["status"])
    while sum(m["content"].get("execution_state") == "idle" for got in said.values() for m in got) < 2:
        msg = c.kc.get_iopub_msg(timeout=TIMEOUT)
        said.get(msg["parent_header"].get("msg_id"), []).append(msg)
    assert replies == ["ok", "ok"], replies
    text = ["".join(m["content"]["text"] for m in got if m["msg_type"] == "stream") for got in said.values()]
    assert text == ["got 5\n", "passed\n"], text
    control("delete_subshell_request", subshell_id=shell)
    assert control("list_subshell_request")["subshell_id"] == []
    return ""


def survive(c):
    """Endless recursion is an error of the cell; the next cell runs."""
    _, reply = c.run(c.code["die"], timeout=90)
    assert reply["content"]["status"] == "error", reply["content"]
    why = reply["content"]["ename"] + ": " + reply["content"]["evalue"]
    assert c.km.is_alive()
    c.run(c.code["define"], timeout=60)
    assert c.value(c.code["use"]) == c.code["value"]
    return why.splitlines()[0][:120]


def restart(c):
    """A restart forgets the variables and works on."""
    c.km.restart_kernel(now=False)
    c.kc.wait_for_ready(timeout=60)
    _, reply = c.run(c.code["undefined"])
    assert reply["content"]["status"] == "error", reply["content"]
    c.run(c.code["define"])
    assert c.value(c.code["use"]) == c.code["value"]
    return ""


def history(c):
    """Cells of the kernel before the restart are still known."""
    found = []
    for how in ({"hist_access_type": "range", "session": -1, "start": 1}, {"hist_access_type": "search", "pattern": c.code["define"]}):
        msg_id = c.kc.history(raw=True, output=False, **how)
        _, reply = c.collect(msg_id)
        found.append([line for _, _, line in reply["content"]["history"]])
    assert c.code["hello"] in found[0] and c.code["define"] in found[0], found
    assert found[1][0] == c.code["define"], found
    return f"{len(found[0])} cells"


def shutdown(c):
    """A shutdown ends the process, also while a cell runs."""
    msg_id = c.kc.execute(c.code["loop"])
    c.started(msg_id)
    if c.name == "python3":  # ipykernel does not look at control during a busy loop
        c.km.interrupt_kernel()
    begin = time.monotonic()
    c.km.shutdown_kernel(now=False)
    took = time.monotonic() - begin
    assert not c.km.is_alive()
    assert took < SOON, took
    return f"{took * 1000:.0f} ms"


def main():
    c = Client(sys.argv[1])
    try:
        for step in (execute, output, display, failing_cell, interrupt, interrupt_queue, control_while_busy, stdin, comms, subshells, survive, restart, history, shutdown):
            print("ok", step.__name__, step(c), flush=True)
    finally:
        c.kc.stop_channels()
        if c.km.is_alive():
            c.km.shutdown_kernel(now=True)


if __name__ == "__main__":
    main()
