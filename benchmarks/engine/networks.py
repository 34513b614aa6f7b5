"""The networks that are measured: ours, PyTorch's twin of them, and the bare matrix products that they need."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.fast_path import FastPath, NumpyPart
from core.losses import BinaryCrossEntropy, Loss, SoftmaxCrossEntropy
from core.network import Network, build_network
from core.optimizers import SGD
from core.training import train_step

__all__ = [
    "Setting",
    "bare_products",
    "leave_to_numpy",
    "make_batch",
    "our_network",
    "our_step",
    "torch_model",
    "torch_step",
]

_LEARNING_RATE = 0.05


@dataclass(frozen=True)
class Setting:
    """A network of the lecture on square gray images, trained by plain SGD; one output is a sigmoid, more a softmax."""

    kernel_size: int
    filters: tuple[int, ...]
    outputs: int
    batch_size: int
    side: int = 28

    def __str__(self) -> str:
        """In the words of the table: "8 filters 3×3, pool, sigmoid"."""
        plural = "s" if max(self.filters) > 1 else ""
        filters = f"{' and '.join(map(str, self.filters))} filter{plural} {self.kernel_size}×{self.kernel_size}"
        pools = "pool" if len(self.filters) == 1 else f"{len(self.filters)} pools"
        return f"{filters}, {pools}, {'sigmoid' if self.outputs == 1 else f'softmax {self.outputs}'}"


def make_batch(setting: Setting) -> tuple[np.ndarray, np.ndarray]:
    """Images (m, 1, side, side) float32 in 0 … 1 and labels (m,)."""
    rng = np.random.default_rng(0)
    x = rng.random((setting.batch_size, 1, setting.side, setting.side), dtype=np.float32)
    return x, rng.integers(0, max(setting.outputs, 2), setting.batch_size)


def our_network(setting: Setting) -> Network:
    """Our network with the weights of seed 0."""
    shape = (1, setting.side, setting.side)
    return build_network(shape, setting.kernel_size, setting.filters, setting.outputs, seed=0)


def our_step(setting: Setting, threads: int = 1, *, numpy_only: bool = False) -> Callable[[], float]:
    """A function that trains our network by one step and returns the loss."""
    network, optimizer = our_network(setting), SGD(_LEARNING_RATE)
    if numpy_only:
        leave_to_numpy(network, setting)
    loss: Loss = BinaryCrossEntropy() if setting.outputs == 1 else SoftmaxCrossEntropy()
    x, y = make_batch(setting)
    return lambda: train_step(network, loss, optimizer, x, y, threads=threads)


def leave_to_numpy(network: Network, setting: Setting) -> None:
    """Have NumPy alone do the work of our network, whatever is installed."""
    network.workspace = FastPath(network, (1, setting.side, setting.side), NumpyPart)


def torch_model(setting: Setting, torch: Any) -> Any:
    """The same network in PyTorch, with the same weights."""
    nn = torch.nn
    layers: list[Any] = []
    channels, side = 1, setting.side
    for count in setting.filters:
        layers += [nn.Conv2d(channels, count, setting.kernel_size), nn.ReLU(), nn.MaxPool2d(2)]
        channels, side = count, (side - setting.kernel_size + 1) // 2
    model = nn.Sequential(*layers, nn.Flatten(), nn.Linear(channels * side * side, setting.outputs))
    with torch.no_grad():
        for theirs, ours in zip(model.parameters(), our_network(setting).state_dict().values(), strict=True):
            theirs.copy_(torch.from_numpy(ours))
    return model


def torch_step(setting: Setting, torch: Any, *, compiled: bool = False) -> Callable[[], float]:
    """A function that trains PyTorch's network by one step and returns the loss."""
    model = torch_model(setting, torch)
    optimizer = torch.optim.SGD(model.parameters(), lr=_LEARNING_RATE)
    images, labels = make_batch(setting)
    x = torch.tensor(images)
    y = torch.tensor(labels.astype(np.float32)[:, None] if setting.outputs == 1 else labels)
    criterion = torch.nn.BCEWithLogitsLoss() if setting.outputs == 1 else torch.nn.CrossEntropyLoss()

    def eager_loss(x: Any, y: Any) -> Any:
        return criterion(model(x), y)

    if compiled:
        # graphs of other networks would count as variants of this one
        torch.compiler.reset()
    # the network and its loss as one graph; the optimiser runs as it does in eager mode
    mean_loss = torch.compile(eager_loss, dynamic=False) if compiled else eager_loss

    def step() -> float:
        optimizer.zero_grad()
        loss = mean_loss(x, y)
        loss.backward()
        optimizer.step()
        return float(loss.detach())

    return step


def bare_products(setting: Setting) -> Callable[[], None]:
    """A function that does the multiply-adds of a step as matrix products into existing memory, and nothing else."""
    sizes = list(_product_sizes(setting))
    lefts = [np.ones((rows, inner), np.float32) for rows, inner, _ in sizes]
    rights = [np.ones((inner, columns), np.float32) for _, inner, columns in sizes]
    outs = [np.empty((rows, columns), np.float32) for rows, _, columns in sizes]

    def multiply() -> None:
        for left, right, out in zip(lefts, rights, outs, strict=True):
            np.dot(left, right, out=out)

    return multiply


def _product_sizes(setting: Setting) -> Iterator[tuple[int, int, int]]:
    """(rows, inner, columns) of each product: z, ∂L/∂weight, and ∂L/∂input of all layers but the first."""
    channels, side = 1, setting.side
    for block, count in enumerate(setting.filters):
        out = side - setting.kernel_size + 1
        taps, pixels = channels * setting.kernel_size**2, out * out * setting.batch_size
        yield count, taps, pixels
        yield count, pixels, taps
        if block:
            yield taps, count, pixels
        channels, side = count, out // 2
    features = channels * side * side
    yield setting.outputs, features, setting.batch_size
    yield setting.outputs, setting.batch_size, features
    yield features, setting.outputs, setting.batch_size
