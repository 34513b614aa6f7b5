"""A batch, in parts that suit the cache, on one thread or on several: loss and gradients of the whole."""

from __future__ import annotations

import contextvars
import functools
import itertools
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from core.arrays import Array, Labels, ShapeError
from core.fast_path.choice import new_part
from core.fast_path.layout import Gradients, Layout
from core.fast_path.part import Part, WholeSteps
from core.fast_path.steps_taken import StepsTaken
from core.layers import Conv2D, Dense, Flatten, MaxPool2D, ReLU
from core.losses import Loss
from core.network import Network
from core.optimizers import Optimizer

__all__ = ["FastPath", "supports_fast_path"]

T = TypeVar("T")
MakePart = Callable[[Network, tuple[int, int, int, int]], Part]

# the pixels copied for one product: with more of them, products and pooling wait for memory
_PART_BYTES = 2 * 2**20
_LARGEST_PART = 32
# a full batch, the last of an epoch, and two sizes of what is only classified
_KEPT_PLANS = 4


def supports_fast_path(network: Network) -> bool:
    """True for (Conv2D, ReLU, MaxPool2D of 2×2, stride 2) × n, Flatten, Dense with parameters of one dtype."""
    blocks, rest = divmod(len(network.layers) - 2, 3)
    if rest or blocks < 1:
        return False
    # exact types: a subclass may compute something else
    kinds = [type(layer) for layer in network.layers]
    pools = [layer for layer in network.layers if isinstance(layer, MaxPool2D)]
    return (
        kinds == [Conv2D, ReLU, MaxPool2D] * blocks + [Flatten, Dense]
        and all(pool.kernel_size == pool.stride == (2, 2) for pool in pools)
        and len({parameter.dtype for parameter in network.parameters().values()}) == 1
    )


class FastPath:
    """Passes of a network over images of one shape (c, h, w). Raises ShapeError if such images do not fit it.

    Each part of a batch leaves its gradients in memory of its own, and these are added up in order: the number of
    threads changes no bit. The layers' `grads` become views of the sum, which the next pass overwrites.
    """

    def __init__(self, network: Network, image_shape: tuple[int, int, int], make_part: MakePart = new_part) -> None:
        self.image_shape = image_shape
        self._network = network
        self._make_part = make_part
        self._layout = Layout(network)
        self._plans: dict[tuple[int, int], _Plan] = {}
        part = make_part(network, (1, *image_shape))
        self._new_whole_steps = part.whole_steps
        self._whole_steps: dict[int, WholeSteps | None] = {}
        self._together = part.samples_together
        largest = min(_LARGEST_PART, _PART_BYTES // part.copied_bytes)
        self._groups_a_part = max(1, largest // self._together)

    def forward(self, x: Array, threads: int = 1) -> Array:
        """Logits (m, outputs) of x (m, c, h, w)."""
        plan = self._plan(len(x), threads)
        return np.concatenate(plan.carry_out(lambda task: task.part.forward(x[task.place]).copy()))

    def run(self, loss: Loss, x: Array, y: Labels, threads: int = 1) -> float:
        """Forward and backward on a batch (m, c, h, w) with labels (m,); returns its mean loss."""
        if y.shape != (len(x),):
            raise ShapeError(f"y has shape {y.shape}, but the batch has {len(x)} samples; give one integer a sample.")

        def work(task: _Task) -> float:
            return task.part.run(loss, x[task.place], y[task.place], len(x), task.gradients)

        plan = self._plan(len(x), threads)
        value = sum(plan.carry_out(work), start=0.0)
        plan.add_up().hand_over()
        return value

    def is_shared(self, m: int, threads: int) -> bool:
        """True if so many threads have each a part of a batch of m."""
        return threads > 1 and len(self._places(m)) > 1

    def whole_steps(self, loss: Loss, optimizer: Optimizer, m: int) -> WholeSteps | None:
        """What takes whole steps on batches of m; None where there is none that knows these two."""
        if m not in self._whole_steps:
            while len(self._whole_steps) >= _KEPT_PLANS:
                self._whole_steps.pop(next(iter(self._whole_steps)))
            new, ends = self._new_whole_steps, [place.stop for place in self._places(m)]
            self._whole_steps[m] = new(self._network, (m, *self.image_shape), ends) if new else None
        whole = self._whole_steps[m]
        return whole if whole is not None and whole.suit(loss, optimizer) else None

    def take_steps(
        self, loss: Loss, optimizer: Optimizer, xs: Array, ys: Labels, frozen: Collection[str]
    ) -> StepsTaken | None:
        """Work out steps on batches xs (k, m, c, h, w), ys (k, m), as `WholeSteps.take` does; None without it.

        They have the bits of `run` and of a step of the optimiser.
        """
        whole = self.whole_steps(loss, optimizer, xs.shape[1])
        if whole is None or ys.shape != xs.shape[:2] or ys.dtype.kind not in "iub":
            return None
        return whole.take(loss, optimizer, xs, ys, frozen)

    def _plan(self, m: int, threads: int) -> _Plan:
        plan = self._plans.get((m, threads))
        if plan is None:
            while len(self._plans) >= _KEPT_PLANS:
                self._plans.pop(next(iter(self._plans)))
            plan = self._plans[m, threads] = _Plan(self._layout, self._memory, self._places(m), threads)
        return plan

    def _places(self, m: int) -> list[slice]:
        """A batch of m samples in parts as even as groups of samples that are worked on together allow."""
        groups = -(-m // self._together)
        parts = max(1, -(-groups // self._groups_a_part))
        ends = [min(m, groups * number // parts * self._together) for number in range(parts + 1)]
        return [slice(start, stop) for start, stop in itertools.pairwise(ends)]

    def _memory(self, m: int) -> Part:
        return self._make_part(self._network, (m, *self.image_shape))


@dataclass(frozen=True)
class _Task:
    """A part of a batch: which samples, the memory to work in, and where its gradients go."""

    place: slice
    part: Part
    gradients: Gradients


class _Plan:
    """A batch cut into parts, which are shared out to threads."""

    def __init__(
        self, layout: Layout, memory_for: Callable[[int], Part], places: Sequence[slice], threads: int
    ) -> None:
        threads = min(threads, len(places))
        self._groups: list[list[_Task]] = [[] for _ in range(threads)]
        memory: dict[tuple[int, int], Part] = {}
        for number, place in enumerate(places):
            size, thread = place.stop - place.start, number * threads // len(places)
            if (thread, size) not in memory:
                memory[thread, size] = memory_for(size)
            self._groups[thread].append(_Task(place, memory[thread, size], Gradients(layout)))
        self._rows = [task.gradients for group in self._groups for task in group]
        self._sum = Gradients(layout)

    def carry_out(self, work: Callable[[_Task], T]) -> list[T]:
        """The results of `work` for every part, in order; each thread's on its own, the first group's on this one."""
        first, *others = self._groups
        if not others:
            return [*map(work, first)]
        # NumPy's error state belongs to the context of a thread, and the helpers are to have this one's
        promised = [
            _helpers(len(others)).submit(contextvars.copy_context().run, lambda group=group: [*map(work, group)])
            for group in others
        ]
        try:
            results = [*map(work, first)]
        finally:
            # they write into memory that is used again
            wait(promised)
        for promise in promised:
            results += promise.result()
        return results

    def add_up(self) -> Gradients:
        """The gradients of the whole batch."""
        return self._rows[0] if len(self._rows) == 1 else self._sum.become_sum(self._rows)


@functools.cache
def _helpers(count: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(count, thread_name_prefix="fast path")
