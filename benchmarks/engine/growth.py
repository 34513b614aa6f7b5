"""How time and memory of a step grow with the batch, the kernel, the filters and the image."""

from __future__ import annotations

import dataclasses
import importlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from benchmarks.engine.memory import peak_megabytes
from benchmarks.engine.networks import Setting, bare_products, our_step, torch_step
from benchmarks.engine.timing import take_turns

__all__ = ["SWEEPS", "GrowthPoint", "measure_growth"]

_START = Setting(5, (8,), 10, 64)
_SMALLEST = Setting(2, (1,), 10, 1, side=8)

SWEEPS: dict[str, tuple[Setting, ...]] = {
    "batch size m": tuple(dataclasses.replace(_START, batch_size=m) for m in (1, 4, 16, 64, 256, 1024)),
    "kernel size k": tuple(dataclasses.replace(_START, kernel_size=k) for k in range(2, 10)),
    "filters": tuple(dataclasses.replace(_START, filters=(f,)) for f in (1, 2, 4, 8, 16, 32, 64)),
    "image side": tuple(dataclasses.replace(_START, side=side) for side in (8, 12, 16, 28, 40, 64)),
}
"""What grows, from 8 filters 5×5, one pool, softmax 10, m = 64, 28×28; the rest stays."""


@dataclass(frozen=True)
class GrowthPoint:
    """One size: seconds a step and peak megabytes by "ours" and "eager", time also by "numpy" and "products"."""

    sweep: str
    size: int
    seconds: dict[str, float]
    megabytes: dict[str, float | None]


def measure_growth(torch: Any | None, *, rounds: int, seconds: float) -> Iterator[GrowthPoint]:
    """A point for every size of every sweep, on one thread."""
    if torch is not None:
        torch.set_num_threads(1)
    for sweep, settings in SWEEPS.items():
        for setting in settings:
            functions: dict[str, Callable[[], object]] = {
                "ours": our_step(setting),
                "numpy": our_step(setting, numpy_only=True),
                "products": bare_products(setting),
            }
            if torch is not None:
                functions["eager"] = torch_step(setting, torch)
            timing = take_turns(functions, rounds, seconds)
            train = {"ours": _train_ours} if torch is None else {"ours": _train_ours, "eager": _train_torch}
            yield GrowthPoint(
                sweep,
                _size(sweep, setting),
                {name: timing.median(name) for name in timing.rounds},
                {
                    name: peak_megabytes(partial(work, setting), warm_up=partial(work, _SMALLEST))
                    for name, work in train.items()
                },
            )


def _train_ours(setting: Setting) -> object:
    return _three_steps(our_step(setting))


def _train_torch(setting: Setting) -> object:
    torch = importlib.import_module("torch")
    torch.set_num_threads(1)
    return _three_steps(torch_step(setting, torch))


def _three_steps(step: Callable[[], object]) -> object:
    """Take three steps; returns what keeps their memory alive."""
    for _ in range(3):
        step()
    return step


def _size(sweep: str, setting: Setting) -> int:
    sizes = {
        "batch size m": setting.batch_size,
        "kernel size k": setting.kernel_size,
        "filters": setting.filters[0],
        "image side": setting.side,
    }
    return sizes[sweep]
