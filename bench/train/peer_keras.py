"""Keras's side of compare.py, on TensorFlow: fit, and a compiled step in a loop."""
import os

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", KERAS_BACKEND="tensorflow")

import keras  # noqa: E402
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402
from keras import layers  # noqa: E402
from work import CHECKED, Data, arguments, batches, blocks, losses, measure, work  # noqa: E402


def mlp(d):
    *hidden, last = d.job["sizes"][1:]
    return keras.Sequential([keras.Input((d.job["sizes"][0],)), *[layers.Dense(n, "relu") for n in hidden], layers.Dense(last)])


def cnn(d):
    return keras.Sequential([
        keras.Input((28, 28, 1)), layers.Conv2D(32, 3, activation="relu"), layers.MaxPooling2D(), layers.Conv2D(64, 3, activation="relu"),
        layers.MaxPooling2D(), layers.Flatten(), layers.Dense(128, "relu"), layers.Dense(10)])


def resnet(d):
    x = entry = keras.Input((224, 224, 3))
    x = layers.Conv2D(64, 7, 2, activation="relu")(layers.ZeroPadding2D(3)(x))
    x = layers.MaxPooling2D(3, 2)(layers.ZeroPadding2D(1)(x))  # zeros never win: nothing is negative here
    for _, filters, stride, shortcut in blocks():
        y = layers.Conv2D(filters, 1, activation="relu")(x)
        y = layers.Conv2D(filters, 3, stride, "valid" if stride > 1 else "same", activation="relu")(layers.ZeroPadding2D(1)(y) if stride > 1 else y)
        y = layers.Conv2D(4 * filters, 1)(y)
        x = layers.ReLU()(layers.Add()([y, layers.Conv2D(4 * filters, 1, stride)(x) if shortcut else x]))
    return keras.Model(entry, layers.Dense(1000)(layers.GlobalAveragePooling2D()(x)))


def fresh(d):
    """The job's model with the weights of the file."""
    model = {"mlp": mlp, "cnn": cnn, "resnet": resnet}[d.job["kind"]](d)
    model.set_weights(d.weights)
    return model


def loss_function(d):
    return keras.losses.SparseCategoricalCrossentropy(from_logits=True) if d.job["loss"] == "labels" else keras.losses.MeanSquaredError()


def fit(d, form):
    model, job = fresh(d), d.job
    model.compile(keras.optimizers.Adam(1e-3), loss_function(d), jit_compile="auto", steps_per_execution=32 if "32" in form else 1)
    train = lambda n, epochs: model.fit(d.x[:n], d.y[:n], job["batch"], epochs, verbose=0, shuffle=False)  # noqa: E731
    first = lambda: model.evaluate(d.x[: job["batch"]], d.y[: job["batch"]], job["batch"], verbose=0)  # noqa: E731
    values = [first()]
    train(CHECKED * job["batch"], 1)
    values.append(first())
    measure(form, work(job), lambda: train(job["rows"], job["epochs"]), values)


def loop(d, form):
    model, loss_of, optimizer = fresh(d), loss_function(d), keras.optimizers.Adam(1e-3)
    optimizer.build(model.trainable_variables)

    @tf.function(jit_compile="XLA" in form)
    def step(x, y):
        with tf.GradientTape() as tape:
            loss = loss_of(y, model(x, training=True))
        optimizer.apply(tape.gradient(loss, model.trainable_variables), model.trainable_variables)
        return loss

    parts = [(tf.constant(d.x[i:j]), tf.constant(d.y[i:j])) for i, j in batches(d.job)]
    values = losses(d.job, lambda i, j: step(*parts[i // d.job["batch"]]))

    def epochs():
        for _ in range(d.job["epochs"]):
            for part in parts:
                loss = step(*part)
        return float(loss)

    measure(form, work(d.job), epochs, values)


def infer(d, form):
    model, x = fresh(d), tf.constant(d.x)
    run = tf.function(lambda x: model(x, training=False), jit_compile="XLA" in form)
    out = run(x).numpy()
    measure(form, work(d.job), lambda: run(x).numpy(), [np.abs(out).sum(dtype="float64"), np.abs(out[0]).max()])


def multiply(d, form):
    a, b = tf.constant(d.a), tf.constant(d.b)
    c = tf.matmul(a, b).numpy()
    measure(form, work(d.job), lambda: tf.matmul(a, b), [c.sum(dtype="float64")])


TRAIN = {"fit": fit, "fit, 32 steps per execution": fit, "step": loop, "step, XLA": loop}
FORMS = {
    "mlp": TRAIN,
    "cnn": {form: run for form, run in TRAIN.items() if "XLA" not in form},  # with it less than half as fast
    "resnet": {"function": infer, "function, XLA": infer},
    "gemm": {"matmul": multiply},
}


def main():
    args = arguments(__doc__)
    tf.config.threading.set_intra_op_parallelism_threads(args.threads)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    d = Data(args.job)
    forms = FORMS[d.job["kind"]]
    for form in [args.form] if args.form else forms:
        keras.backend.clear_session()
        forms[form](d, form)


if __name__ == "__main__":
    main()
