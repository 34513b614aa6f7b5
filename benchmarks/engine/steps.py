"""The table of training steps: ours, also by NumPy alone, against PyTorch eager and compiled, on one thread and two."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from benchmarks.engine.networks import Setting, bare_products, our_step, torch_step
from benchmarks.engine.timing import Timing, take_turns

__all__ = ["TARGETS", "StepRow", "measure_steps"]

TARGETS: dict[Setting, tuple[float, float]] = {
    Setting(3, (1,), 1, 32): (5.0, 5.0),
    Setting(3, (8,), 1, 8): (6.0, 5.0),
    Setting(3, (8,), 1, 32): (6.0, 5.0),
    Setting(5, (8,), 10, 64): (3.0, 2.5),
    Setting(5, (16, 32), 10, 64): (1.3, 1.2),
    Setting(3, (32, 64), 10, 64): (1.5, 1.3),
}
"""Each network with the ratio to PyTorch eager that it is to reach on one thread and on two."""


@dataclass(frozen=True)
class StepRow:
    """One line: seconds a step, and how many times as long PyTorch takes; None where it is not installed."""

    setting: Setting
    threads: int
    timing: Timing

    def seconds(self, name: str) -> float:
        """Of a step by "ours" or "numpy"."""
        return self.timing.median(name)

    def ratio(self, name: str, to: str) -> float | None:
        """How many times as long as `to` a step by "eager", "compiled" or "products" takes; None if it is not there."""
        return self.timing.ratio(name, to) if name in self.timing.rounds else None

    @property
    def target(self) -> float:
        """The ratio to eager that this line is to reach."""
        return TARGETS[self.setting][self.threads - 1]


def measure_steps(torch: Any | None, *, rounds: int, seconds: float, compiled: bool) -> Iterator[StepRow]:
    """A row for every network on one thread, then on two. Our BLAS stays at one: threads share the batch."""
    for threads in (1, 2):
        if torch is not None:
            torch.set_num_threads(threads)
        for setting in TARGETS:
            functions: dict[str, Callable[[], object]] = {
                "ours": our_step(setting, threads),
                "numpy": our_step(setting, threads, numpy_only=True),
                "products": bare_products(setting),
            }
            if torch is not None:
                functions["eager"] = torch_step(setting, torch)
                if compiled:
                    functions["compiled"] = torch_step(setting, torch, compiled=True)
            yield StepRow(setting, threads, take_turns(functions, rounds, seconds))
