"""Time of one training step, ours against PyTorch eager, interleaved in one run on one thread.

Run as `python -m benchmarks.engine_step`. Without PyTorch it prints our steps a second only, and says so.
"""

from __future__ import annotations

import os

# must happen before NumPy loads its BLAS
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import importlib
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.losses import BinaryCrossEntropy, Loss, SoftmaxCrossEntropy
from core.network import build_network
from core.optimizers import SGD
from core.training import train_step

ROUNDS = 15
STEPS_PER_ROUND = 60
LEARNING_RATE = 0.05


@dataclass(frozen=True)
class Setting:
    """One row of the table: a network of the lecture on 28×28 images."""

    kernel_size: int
    filters: tuple[int, ...]
    outputs: int
    batch_size: int

    def __str__(self) -> str:
        output = "sigmoid" if self.outputs == 1 else f"softmax {self.outputs}"
        filters = ", ".join(map(str, self.filters))
        return (
            f"28×28, filters ({filters}), kernel {self.kernel_size}×{self.kernel_size}, {output}, m={self.batch_size}"
        )


SETTINGS = (
    Setting(3, (8,), 1, 32),
    Setting(5, (4,), 1, 32),
    Setting(3, (8,), 10, 32),
    Setting(3, (8, 16), 10, 32),
    Setting(3, (8,), 1, 1),
    Setting(5, (8, 16), 10, 256),
)


def make_batch(setting: Setting) -> tuple[np.ndarray, np.ndarray]:
    """Images (m, 1, 28, 28) float32 in 0 … 1 and labels (m,)."""
    rng = np.random.default_rng(0)
    x = rng.random((setting.batch_size, 1, 28, 28), dtype=np.float32)
    return x, rng.integers(0, max(setting.outputs, 2), setting.batch_size)


def our_step(setting: Setting) -> Callable[[], Any]:
    """A function that trains our network by one step."""
    network = build_network((1, 28, 28), setting.kernel_size, setting.filters, setting.outputs, seed=0)
    loss: Loss = BinaryCrossEntropy() if setting.outputs == 1 else SoftmaxCrossEntropy()
    optimizer = SGD(LEARNING_RATE)
    x, y = make_batch(setting)
    return lambda: train_step(network, loss, optimizer, x, y)


def torch_step(setting: Setting, torch: Any) -> Callable[[], Any]:
    """A function that trains the same network in PyTorch by one step."""
    nn = torch.nn
    layers: list[Any] = []
    channels, side = 1, 28
    for count in setting.filters:
        layers += [nn.Conv2d(channels, count, setting.kernel_size), nn.ReLU(), nn.MaxPool2d(2)]
        channels, side = count, (side - setting.kernel_size + 1) // 2
    model = nn.Sequential(*layers, nn.Flatten(), nn.Linear(channels * side * side, setting.outputs))
    optimizer = torch.optim.SGD(model.parameters(), lr=LEARNING_RATE)
    images, labels = make_batch(setting)
    x = torch.tensor(images)
    y = torch.tensor(labels.astype(np.float32)[:, None] if setting.outputs == 1 else labels)
    criterion = nn.BCEWithLogitsLoss() if setting.outputs == 1 else nn.CrossEntropyLoss()

    def step() -> float:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        return float(loss.detach())

    return step


def microseconds(step: Callable[[], Any]) -> float:
    """Mean time of one step over a round."""
    start = time.perf_counter()
    for _ in range(STEPS_PER_ROUND):
        step()
    return (time.perf_counter() - start) / STEPS_PER_ROUND * 1e6


def measure(setting: Setting, torch: Any | None) -> str:
    """One row of the table."""
    ours = our_step(setting)
    theirs = torch_step(setting, torch) if torch else None
    for step in (ours, theirs):
        if step:
            for _ in range(10):
                step()
    our_times, their_times = [], []
    for _ in range(ROUNDS):
        our_times.append(microseconds(ours))
        if theirs:
            their_times.append(microseconds(theirs))
    row = f"{setting!s:62} {statistics.median(our_times):9.0f} µs {1e6 / statistics.median(our_times):8.0f} steps/s"
    if their_times:
        # neighbours in time are compared, so that a busy moment of the machine hits both
        ratio = statistics.median(ours / theirs for ours, theirs in zip(our_times, their_times, strict=True))
        row += f" {statistics.median(their_times):9.0f} µs {ratio:7.2f}"
    return row


def main() -> None:
    """Print the table."""
    try:
        torch = importlib.import_module("torch")
    except ModuleNotFoundError:
        torch = None
    write = sys.stdout.write
    if torch:
        torch.set_num_threads(1)
        write(f"NumPy {np.__version__}, PyTorch {torch.__version__}, 1 thread, medians of {ROUNDS} rounds\n")
        write(f"{'setting':62} {'ours':>12} {'':16} {'PyTorch':>12} {'ratio':>7}\n")
    else:
        write(f"NumPy {np.__version__}; PyTorch is not installed, so there is nothing to compare with\n")
    for setting in SETTINGS:
        write(measure(setting, torch) + "\n")


if __name__ == "__main__":
    main()
