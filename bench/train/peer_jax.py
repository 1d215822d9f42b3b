"""JAX's side of compare.py. A step is a call of a compiled function, as in every
loop that a user writes; a whole epoch in one call, by lax.scan, is a form of its
own, since nothing can be seen or stopped inside of it."""
import functools

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from work import Data, arguments, batches, blocks, losses, measure, work


def mlp(weights, x):
    pairs = list(zip(weights[::2], weights[1::2]))
    for w, b in pairs[:-1]:
        x = jax.nn.relu(x @ w + b)
    return x @ pairs[-1][0] + pairs[-1][1]


def conv(x, w, b, stride=1, pad=0):
    return lax.conv_general_dilated(x, w, (stride, stride), [(pad, pad)] * 2, dimension_numbers=("NHWC", "HWIO", "NHWC")) + b


def max_pool(x, size, stride, pad=0):
    window = lambda n: (1, n, n, 1)  # noqa: E731
    return lax.reduce_window(x, -jnp.inf, lax.max, window(size), window(stride), [(0, 0), (pad, pad), (pad, pad), (0, 0)])


def cnn(w, x):
    x = max_pool(jax.nn.relu(conv(x, w[0], w[1])), 2, 2)
    x = max_pool(jax.nn.relu(conv(x, w[2], w[3])), 2, 2)
    return mlp(w[4:], x.reshape(x.shape[0], -1))


def resnet(weights, x):
    w = iter(weights)
    pair = lambda: (next(w), next(w))  # noqa: E731
    x = max_pool(jax.nn.relu(conv(x, *pair(), 2, 3)), 3, 2, 1)
    for _, _, stride, shortcut in blocks():
        y = jax.nn.relu(conv(x, *pair()))
        y = jax.nn.relu(conv(y, *pair(), stride, 1))
        y = conv(y, *pair())
        x = jax.nn.relu(y + (conv(x, *pair(), stride) if shortcut else x))
    kernel, bias = pair()
    return x.mean((1, 2)) @ kernel + bias


def loss_of(network, kind, weights, x, y):
    out = network(weights, x)
    if kind == "squares":
        return jnp.mean((out - y) ** 2)
    return -jnp.mean(jnp.take_along_axis(jax.nn.log_softmax(out), y[:, None], 1))


def adam(state, grads):
    """Kingma and Ba (2015), with Keras's epsilon."""
    weights, m, v, t = state
    t = t + 1
    rate = 1e-3 * jnp.sqrt(1 - 0.999**t) / (1 - 0.9**t)
    m = [0.9 * m + 0.1 * g for m, g in zip(m, grads)]
    v = [0.999 * v + 0.001 * g * g for v, g in zip(v, grads)]
    return [w - rate * m / (jnp.sqrt(v) + 1e-7) for w, m, v in zip(weights, m, v)], m, v, t


def train(d, form):
    gradient = jax.value_and_grad(functools.partial(loss_of, {"mlp": mlp, "cnn": cnn}[d.job["kind"]], d.job["loss"]))

    def step(state, x, y):
        loss, grads = gradient(state[0], x, y)
        return adam(state, grads), loss

    def fresh():
        weights = [jnp.array(w) for w in d.weights]
        return weights, [jnp.zeros_like(w) for w in weights], [jnp.zeros_like(w) for w in weights], jnp.float32(0)

    run = {"step": by_step, "step, rows picked inside": by_index, "epoch by scan": by_scan}[form](d, step)
    state = fresh()

    def one(i, j):
        nonlocal state
        state, loss = run.one(state, i, j)
        return loss

    values = losses(d.job, one)
    state = fresh()

    def epochs():
        nonlocal state
        for _ in range(d.job["epochs"]):
            state = run.epoch(state)
        jax.block_until_ready(state)

    measure(form, work(d.job), epochs, values)


class by_step:
    """Each step gets its rows of NumPy's."""

    def __init__(self, d, step):
        self.d, self.step = d, jax.jit(step, donate_argnums=0)

    def one(self, state, i, j):
        return self.step(state, self.d.x[i:j], self.d.y[i:j])

    def epoch(self, state):
        for i, j in batches(self.d.job):
            state, _ = self.one(state, i, j)
        return state


class by_index(by_step):
    """Each step gets all rows and where to begin."""

    def __init__(self, d, step):
        def part(state, x, y, i, n):
            return step(state, lax.dynamic_slice_in_dim(x, i, n), lax.dynamic_slice_in_dim(y, i, n))

        self.d, self.step = d, jax.jit(part, donate_argnums=0, static_argnums=4)
        self.x, self.y = jnp.array(d.x), jnp.array(d.y)

    def one(self, state, i, j):
        return self.step(state, self.x, self.y, i, j - i)


class by_scan(by_step):
    """An epoch is one call: its full batches, and the short one if there is one."""

    def __init__(self, d, step):
        super().__init__(d, step)
        self.full = d.job["rows"] // d.job["batch"]
        split = lambda a: jnp.array(a[: self.full * d.job["batch"]]).reshape(self.full, d.job["batch"], *a.shape[1:])  # noqa: E731
        self.x, self.y = split(d.x), split(d.y)
        self.scan = jax.jit(lambda state, x, y: lax.scan(lambda s, b: step(s, *b), state, (x, y)), donate_argnums=0)

    def epoch(self, state):
        state, _ = self.scan(state, self.x, self.y)
        for i, j in batches(self.d.job)[self.full :]:
            state, _ = self.one(state, i, j)
        return state


def infer(d, form):
    run, x = jax.jit(resnet), jnp.array(d.x)
    weights = [jnp.array(w) for w in d.weights]
    out = run(weights, x)
    measure(form, work(d.job), lambda: run(weights, x).block_until_ready(), [abs(out).sum(), abs(out[0]).max()])


def multiply(d, form):
    a, b, run = jnp.array(d.a), jnp.array(d.b), jax.jit(jnp.matmul)
    c = run(a, b)
    measure(form, work(d.job), lambda: run(a, b).block_until_ready(), [np.asarray(c, "float64").sum()])


FORMS = {
    "mlp": (train, ["step", "step, rows picked inside", "epoch by scan"]),
    "cnn": (train, ["step"]),  # rows picked inside: no faster; by scan: a fifth as fast
    "resnet": (infer, ["jit"]),
    "gemm": (multiply, ["jit"]),
}


def main():
    args = arguments(__doc__)
    d = Data(args.job)
    run, forms = FORMS[d.job["kind"]]
    for form in [args.form] if args.form else forms:
        run(d, form)


if __name__ == "__main__":
    main()
