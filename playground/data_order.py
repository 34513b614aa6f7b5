"""In which order the training images come: a fresh shuffle every epoch, the same for the same seed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.blackboard import WORKED_EXAMPLES
from playground.settings import Settings

__all__ = ["DataOrder", "OrderState", "order_of_run"]


@dataclass(frozen=True, eq=False, slots=True)
class OrderState:
    """A place in the order of the images, and the generator of the shuffles to come."""

    epoch: int
    position: int
    order: NDArray[np.intp]
    generator: Mapping[str, Any]

    @property
    def finished(self) -> int:
        """How many times all rows were handed out."""
        return self.epoch + (self.position >= len(self.order))


class DataOrder:
    """Hands out rows of the training set, each once an epoch; `epoch` counts those before the one of the last rows.

    first: the row that the first epoch begins with, None if it is left to the shuffle.
    """

    def __init__(self, images: int, seed: int, *, first: int | None = None) -> None:
        self._generator = np.random.default_rng([seed, 1])
        self.epoch = 0
        self._shuffle(images, first)

    def _shuffle(self, images: int, first: int | None = None) -> None:
        self._order: NDArray[np.intp] = self._generator.permutation(images)
        if first is not None:
            self._order[[0, int(np.argmax(self._order == first))]] = first, self._order[0]
        self._order.flags.writeable = False
        self._position = 0
        # asked for here and not in `state`: it only changes here
        self._generator_state: Mapping[str, Any] = self._generator.bit_generator.state

    @property
    def finished(self) -> int:
        """How many times all rows were handed out."""
        return self.state().finished

    def take(self, batch_size: int) -> NDArray[np.intp]:
        """The next rows: `batch_size` of them, fewer at the end of an epoch."""
        if self._position >= len(self._order):
            self.epoch += 1
            self._shuffle(len(self._order))
        rows = self._order[self._position : self._position + batch_size]
        self._position += len(rows)
        return rows

    def whole_batches(self, batch_size: int) -> int:
        """How many batches of that size are left of this epoch."""
        return (len(self._order) - self._position) // batch_size

    def peek(self, batch_size: int) -> NDArray[np.intp]:
        """What `take` would give; nothing moves."""
        here = self.state()
        rows = self.take(batch_size)
        self.go_to(here)
        return rows

    def state(self) -> OrderState:
        """The present place; shuffles make new arrays, so that the order needs no copy."""
        return OrderState(self.epoch, self._position, self._order, self._generator_state)

    def go_to(self, state: OrderState) -> None:
        """Go on from a place of this order, bit for bit."""
        self.epoch, self._position, self._order = state.epoch, state.position, state.order
        self._generator_state = self._generator.bit_generator.state = state.generator


def order_of_run(settings: Settings, images: int) -> DataOrder:
    """The order from a run's start; of a blackboard the worked example comes first, so that its board is the step."""
    return DataOrder(images, settings.seed, first=0 if settings.dataset in WORKED_EXAMPLES else None)
