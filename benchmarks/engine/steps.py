"""The table of training steps: ours against PyTorch eager and compiled, on one thread and on two."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from benchmarks.engine.networks import Setting, bare_products, our_step, torch_step
from benchmarks.engine.timing import take_turns

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
    """One line: seconds a step, and how many times as long the others take; None where PyTorch is not installed."""

    setting: Setting
    threads: int
    seconds: float
    products: float
    eager: float | None
    compiled: float | None

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
                "products": bare_products(setting),
            }
            if torch is not None:
                functions["eager"] = torch_step(setting, torch)
                if compiled:
                    functions["compiled"] = torch_step(setting, torch, compiled=True)
            timing = take_turns(functions, rounds, seconds)
            yield StepRow(
                setting,
                threads,
                timing.median("ours"),
                timing.ratio("products", to="ours"),
                timing.ratio("eager", to="ours") if "eager" in functions else None,
                timing.ratio("compiled", to="ours") if "compiled" in functions else None,
            )
