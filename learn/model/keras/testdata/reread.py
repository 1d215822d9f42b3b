"""Reads models in real Keras, computes with them, and writes them again.

reread.py REQUESTS ANSWERS: REQUESTS is a list of {"json", "weights": a list for
each layer name, "x": a list}, ANSWERS one of {"json", "params", "trained",
"predicted"}. An array is {"shape": [...], "data": [...]}.
"""

import json
import os
import sys

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"

import keras  # noqa: E402
import numpy as np  # noqa: E402


def read(a):
    return np.array(a["data"], dtype="float32").reshape(a["shape"])


def answer(r):
    m = keras.models.model_from_json(r["json"])
    for name, arrays in r["weights"].items():
        m.get_layer(name).set_weights([read(a) for a in arrays])
    x = [read(a) for a in r["x"]]
    out = m(x[0] if len(x) == 1 else x, training=False)
    if not isinstance(out, (list, tuple)):
        out = [out]
    out = [np.asarray(y, dtype="float64") for y in out]
    return {
        "json": m.to_json(),
        "params": m.count_params(),
        "trained": int(sum(np.prod(w.shape) for w in m.trainable_weights)),
        "predicted": [{"shape": list(y.shape), "data": [float(v) for v in y.reshape(-1)]} for y in out],
    }


def main():
    with open(sys.argv[1]) as f:
        requests = json.load(f)
    answers = []
    for r in requests:
        try:
            answers.append(answer(r))
        except Exception as e:  # the test says which request
            answers.append({"error": f"{type(e).__name__}: {e}"})
    with open(sys.argv[2], "w") as f:
        json.dump(answers, f)


main()
