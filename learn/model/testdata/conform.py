"""Computes with real Keras what a request asks for.

conform.py REQUESTS ANSWERS: both are JSON, a list of requests and a list of an
answer to each. An array is {"shape": [...], "data": [...]}.
"""

import json
import os
import sys

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"

import keras  # noqa: E402
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402


def read(a):
    if a is None:
        return None
    kind = "int32" if a.get("ints") else "float32"
    return np.array([float(x) for x in a["data"]], dtype=kind).reshape(a["shape"])


def write(a):
    a = np.asarray(a, dtype="float64")
    return {"shape": list(a.shape), "data": [float(x) for x in a.reshape(-1)]}


def made(module, spec):
    """An object of a class by its name and configuration."""
    config = {k: float(v) if type(v) is int and k == "learning_rate" else v
              for k, v in (spec.get("config") or {}).items()}
    if "schedule" in config:
        config["learning_rate"] = made(keras.optimizers.schedules, config.pop("schedule"))
    if "kernel_regularizer" in config:
        config["kernel_regularizer"] = made(keras.regularizers, config["kernel_regularizer"])
    return getattr(module, spec["class"])(**config)


def loss(r):
    f = made(keras.losses, {"class": r["class"], "config": {**r["config"], "reduction": None}})
    y, p = read(r["y"]), tf.constant(read(r["p"]))
    with tf.GradientTape() as tape:
        tape.watch(p)
        out = p
        if r.get("act"):
            out = getattr(keras.activations, r["act"])(p)
        per = f(y, out)
        total = tf.reduce_sum(per)
    return {"per": write(per), "grad": write(tape.gradient(total, p))}


def metric(r):
    m = made(keras.metrics, r)
    for b in r["batches"]:
        w = read(b.get("w"))
        m.update_state(read(b["y"]), read(b["p"]), sample_weight=w)
    return {"result": float(np.mean(m.result()))}


def schedule(r):
    s = made(keras.optimizers.schedules, r)
    return {"rates": [float(s(step)) for step in r["steps"]]}


def optimizer(r):
    o = made(keras.optimizers, r)
    v = [keras.Variable(read(a)) for a in r["start"]]
    o.build(v)
    after = []
    for grads in r["grads"]:
        o.apply([tf.constant(read(g)) for g in grads], v)
        after.append([write(x) for x in v])
    return {"after": after}


def network(r):
    """A model of layers that name what they are applied to by numbers: inputs
    first, then layers in their order; "again" is an earlier layer's number."""
    inputs = [keras.Input(shape) for shape in r["inputs"]]
    symbols, layers = list(inputs), [None] * len(inputs)
    for spec in r["layers"]:
        if spec.get("again") is not None:
            layer = layers[spec["again"]]
        else:
            layer = made(keras.layers, spec)
        layers.append(layer)
        at = spec.get("from") or [len(symbols) - 1]
        x = [symbols[i] for i in at]
        symbols.append(layer(x if len(x) > 1 else x[0]))
    outputs = [symbols[i] for i in r.get("outputs") or [len(symbols) - 1]]
    m = keras.Model(inputs if len(inputs) > 1 else inputs[0], outputs if len(outputs) > 1 else outputs[0])
    for spec, layer in zip(r["layers"], layers[len(inputs):]):
        if spec.get("weights"):
            layer.set_weights([read(w) for w in spec["weights"]])
        if spec.get("frozen"):
            layer.trainable = False
    return m, layers[len(inputs):]


def weights(r, layers):
    return [[write(w) for w in layer.get_weights()] if spec.get("weights") else []
            for spec, layer in zip(r["layers"], layers)]


def model(r):
    m, layers = network(r)
    xs = [tf.constant(read(a)) for a in r["x"]]
    ys = [read(a) for a in r["y"]]
    losses = [made(keras.losses, s) for s in r["losses"]]
    one = len(xs) == 1
    answer = {"shape": list(m.output_shape[1:]) if len(ys) == 1 else [], "params": m.count_params(),
              "predicted": [write(p) for p in aslist(m(xs[0] if one else xs, training=False))]}
    with tf.GradientTape() as tape:
        for x in xs:
            tape.watch(x)
        out = aslist(m(xs[0] if one else xs, training=True))
        total = sum(f(y, p) for f, y, p in zip(losses, ys, out)) + sum(m.losses)
    of = [v.value for v in m.trainable_variables]
    grads = tape.gradient(total, of + xs, unconnected_gradients="zero")
    answer["loss"] = float(total)
    answer["grads"] = [write(g) for g in grads]
    restore(r, layers)
    m.compile(optimizer=made(keras.optimizers, r["optimizer"]), loss=losses if len(losses) > 1 else losses[0],
              run_eagerly=True)
    for _ in range(r["steps"]):
        m.train_on_batch(xs if not one else xs[0], ys if len(ys) > 1 else ys[0])
    answer["after"] = weights(r, layers)
    return answer


def restore(r, layers):
    for spec, layer in zip(r["layers"], layers):
        if spec.get("weights"):
            layer.set_weights([read(w) for w in spec["weights"]])


def aslist(x):
    return list(x) if isinstance(x, (list, tuple)) else [x]


def fit(r):
    m, layers = network(r)
    m.compile(optimizer=made(keras.optimizers, r["optimizer"]), loss=made(keras.losses, r["loss"]), metrics=r["metrics"],
              run_eagerly=True)
    v = r.get("validation")
    h = m.fit(read(r["x"]), read(r["y"]), batch_size=r["batch"], epochs=r["epochs"], shuffle=False, verbose=0,
              sample_weight=read(r.get("sample_weight")),
              class_weight={int(k): w for k, w in r["class_weight"].items()} if r.get("class_weight") else None,
              validation_data=(read(v["x"]), read(v["y"])) if v else None)
    return {"history": {k: [float(x) for x in xs] for k, xs in h.history.items()}, "after": weights(r, layers)}


def main():
    with open(sys.argv[1]) as f:
        requests = json.load(f)
    answers = []
    for r in requests:
        try:
            answers.append(globals()[r["ask"]](r))
        except Exception as e:  # told to the test that asked
            answers.append({"error": f"{type(e).__name__}: {e}"})
    with open(sys.argv[2], "w") as f:
        json.dump(answers, f)


main()
