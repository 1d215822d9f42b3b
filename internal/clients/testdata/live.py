"""Live charts as a front end gets them: whole, not too often, and the last
state always, also that of a training which is interrupted."""

import re
import sys
import time
from queue import Empty

from client import TIMEOUT, Client

LOOP = """live := plots.Live("loss", "val_loss")
for epoch := 1; epoch <= 150; epoch++ {
	time.Sleep(10 * time.Millisecond)
	live.Epoch(epoch, map[string]float64{"loss": 1 / float64(epoch), "val_loss": 2 / float64(epoch)})
}"""

LATER = 'live.Epoch(1, map[string]float64{"loss": 0.5})'

TRAINING = """net := model.Sequential(model.Dense(8, model.Act("tanh"), model.InputShape(2)), model.Dense(1))
net.Compile(model.Adam(0.001), model.MeanSquaredError(), model.Seed(1))
x := tensor.FromSlice([]int{4, 2}, []float32{0, 0, 0, 1, 1, 0, 1, 1})
y := tensor.FromSlice([]int{4, 1}, []float32{0, 1, 1, 0})
net.Fit(x, y, model.Epochs(100_000_000), model.Callbacks(plots.Live()))"""

TABLE = """shown := plots.Live()
for i := range 2000 {
	shown.Show(tables.New(tables.Ints("i", i)))
	time.Sleep(100 * time.Microsecond)
}"""


def displays(published):
    """The displays of one id: the texts in their order, and the last bundle."""
    got = [m for m in published if m["msg_type"] in ("display_data", "update_display_data")]
    kinds = [m["msg_type"] for m in got]
    assert kinds[0] == "display_data" and set(kinds[1:]) <= {"update_display_data"}, kinds
    ids = {m["content"]["transient"]["display_id"] for m in got}
    assert len(ids) == 1 and "" not in ids, ids
    return [m["content"]["data"]["text/plain"] for m in got], [m["content"]["data"] for m in got]


def quiet(c):
    """Nothing is published any more."""
    try:
        msg = c.kc.get_iopub_msg(timeout=0.5)
    except Empty:
        return
    raise SystemExit(f"{msg['msg_type']} after the cell's end")


def loop(c):
    begin = time.monotonic()
    published, reply = c.run(LOOP)
    took = time.monotonic() - begin
    assert reply["content"]["status"] == "ok", reply["content"]
    texts, bundles = displays(published)
    assert 3 <= len(texts) <= 10 * took + 2, (len(texts), took)
    for b in bundles:
        assert set(b) == {"application/vnd.vegalite.v5+json", "image/svg+xml", "text/plain"}, list(b)
    assert texts[0] == "epoch 1: loss 1, val_loss 2", texts[0]
    assert texts[-1] == "epoch 150: loss 0.006667, val_loss 0.01333", texts[-1]
    quiet(c)
    return f"{len(texts)} displays in {took:.1f} s"


def later(c):
    """A training in a later cell has a display of its own."""
    published, reply = c.run(LATER)
    assert reply["content"]["status"] == "ok", reply["content"]
    texts, _ = displays(published)
    assert texts == ["epoch 1: loss 0.5"], texts
    return ""


def interrupted(c):
    msg_id = c.kc.execute(TRAINING)
    seen = c.until_displays(msg_id, 5)
    c.km.interrupt_kernel()
    published, reply = c.collect(msg_id, timeout=TIMEOUT)
    published = seen + published
    assert reply["content"]["status"] == "error" and reply["content"]["ename"] == "interrupted", reply["content"]
    texts, bundles = displays(published)
    shown = int(re.match(r"epoch (\d+): loss", texts[-1])[1])
    epochs = int(c.value("net.History().Epochs()"))
    assert epochs - 1 <= shown <= epochs, (shown, epochs)
    assert "application/vnd.vegalite.v5+json" in bundles[-1], list(bundles[-1])
    quiet(c)
    return f"after {epochs} epochs, {len(texts)} displays"


def table(c):
    published, reply = c.run(TABLE)
    assert reply["content"]["status"] == "ok", reply["content"]
    texts, bundles = displays(published)
    assert texts[-1].split()[-1] == "1999" and "text/html" in bundles[-1], texts[-1]
    return f"{len(texts)} displays"


def main():
    c = Client(sys.argv[1])
    try:
        for step in (loop, later, interrupted, table):
            print("ok", step.__name__, step(c), flush=True)
    finally:
        c.kc.stop_channels()
        if c.km.is_alive():
            c.km.shutdown_kernel(now=True)


if __name__ == "__main__":
    main()
