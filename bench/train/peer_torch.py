"""PyTorch's side of compare.py."""
import numpy as np
import torch
from torch import nn
from torch.nn import functional as F
from work import Data, arguments, batches, blocks, losses, measure, work


def pair(layer, weights):
    """Gives a layer the next kernel and bias."""
    kernel, bias = next(weights), next(weights)
    kernel = kernel.transpose(3, 2, 0, 1) if kernel.ndim == 4 else kernel.T
    with torch.no_grad():
        layer.weight.copy_(torch.from_numpy(np.ascontiguousarray(kernel)))
        layer.bias.copy_(torch.from_numpy(bias))
    return layer


def mlp(d):
    weights, layers = iter(d.weights), []
    for a, b in zip(d.job["sizes"], d.job["sizes"][1:]):
        layers += [pair(nn.Linear(a, b), weights), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def cnn(d):
    """Its first dense layer has its rows moved, as PyTorch flattens channels first."""
    w = list(d.weights)
    w[4] = np.ascontiguousarray(w[4].reshape(5, 5, 64, 128).transpose(2, 0, 1, 3).reshape(1600, 128))
    w = iter(w)
    return nn.Sequential(
        pair(nn.Conv2d(1, 32, 3), w), nn.ReLU(), nn.MaxPool2d(2), pair(nn.Conv2d(32, 64, 3), w), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), pair(nn.Linear(1600, 128), w), nn.ReLU(), pair(nn.Linear(128, 10), w))


class Block(nn.Module):
    def __init__(self, weights, channels, filters, stride, shortcut):
        super().__init__()
        self.a = pair(nn.Conv2d(channels, filters, 1), weights)
        self.b = pair(nn.Conv2d(filters, filters, 3, stride, 1), weights)
        self.c = pair(nn.Conv2d(filters, 4 * filters, 1), weights)
        self.shortcut = pair(nn.Conv2d(channels, 4 * filters, 1, stride), weights) if shortcut else nn.Identity()

    def forward(self, x):
        return F.relu(self.c(F.relu(self.b(F.relu(self.a(x))))) + self.shortcut(x))


def resnet(d):
    w = iter(d.weights)
    stem = [pair(nn.Conv2d(3, 64, 7, 2, 3), w), nn.ReLU(), nn.MaxPool2d(3, 2, 1)]
    middle = [Block(w, *block) for block in blocks()]
    return nn.Sequential(*stem, *middle, nn.AdaptiveAvgPool2d(1), nn.Flatten(), pair(nn.Linear(2048, 1000), w))


def training(d, model, x, y, foreach=False, traced=False):
    """A step of training from one row to another."""
    if traced:
        model = torch.jit.trace(model, x[: d.job["batch"]])
    loss_of = F.cross_entropy if d.job["loss"] == "labels" else F.mse_loss
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, eps=1e-7, foreach=foreach)

    def step(i, j):
        optimizer.zero_grad(set_to_none=True)
        loss = loss_of(model(x[i:j]), y[i:j])
        loss.backward()
        optimizer.step()
        return loss.detach()

    return step


def train(d, form):
    make = {"mlp": mlp, "cnn": cnn}[d.job["kind"]]
    y = torch.from_numpy(d.y).long() if d.job["loss"] == "labels" else torch.from_numpy(d.y)
    x, model = torch.from_numpy(d.x), make(d)
    if d.job["kind"] == "cnn":
        x = x.permute(0, 3, 1, 2)
        if "channels last" in form:
            model, x = model.to(memory_format=torch.channels_last), x.contiguous(memory_format=torch.channels_last)
        else:
            x = x.contiguous()
    step = training(d, model, x, y, "foreach" in form, "traced" in form)
    values = losses(d.job, step)

    def epochs():
        for _ in range(d.job["epochs"]):
            for i, j in batches(d.job):
                step(i, j)

    measure(form, work(d.job), epochs, values)


def infer(d, form):
    x, model = torch.from_numpy(d.x).permute(0, 3, 1, 2), resnet(d).eval()
    if "channels last" in form:
        model, x = model.to(memory_format=torch.channels_last), x.contiguous(memory_format=torch.channels_last)
    else:
        x = x.contiguous()
    with torch.inference_mode():
        if "optimized" in form:
            model = torch.jit.optimize_for_inference(torch.jit.trace(model, x))
            model(x)
        out = model(x).double()
        measure(form, work(d.job), lambda: model(x), [out.abs().sum(), out[0].abs().max()])


def multiply(d, form):
    a, b = torch.from_numpy(d.a), torch.from_numpy(d.b)
    c = torch.empty_like(a)
    torch.mm(a, b, out=c)
    measure(form, work(d.job), lambda: torch.mm(a, b, out=c), [c.double().sum()])


FORMS = {
    "mlp": (train, ["eager", "eager, foreach", "traced, foreach"]),
    "cnn": (train, ["eager", "channels last", "channels last, traced"]),
    "resnet": (infer, ["channels last", "optimized", "optimized, channels last"]),
    "gemm": (multiply, ["mm"]),
}


def main():
    args = arguments(__doc__)
    torch.set_num_threads(args.threads)
    torch.set_num_interop_threads(1)
    d = Data(args.job)
    run, forms = FORMS[d.job["kind"]]
    for form in [args.form] if args.form else forms:
        run(d, form)


if __name__ == "__main__":
    main()
