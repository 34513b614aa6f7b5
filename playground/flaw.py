"""A run that is trained with a mistake in its backward pass, on purpose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from core.losses import Loss
from core.network import Network
from playground.counting import grouped

__all__ = ["Flaw", "Substitute"]


class Substitute(Protocol):
    """What takes the place of the engine: layers and a loss with the same forward pass and another backward pass."""

    @property
    def name(self) -> str:
        """What is wrong with it, in a few words."""

    def network(self, network: Network) -> Network:
        """A network of substitutes on the same parameter arrays."""

    def loss(self, loss: Loss) -> Loss:
        """A substitute for the loss, or the loss itself."""


@dataclass(frozen=True)
class Flaw:
    """What is wrong with a run: `name` of the mistake that it is or was trained with; is_on: it still is.

    since: the step at which it was switched on. The weights of that step are the last clean ones, the only ones of the
    run that may be kept.
    """

    name: str
    since: int
    is_on: bool

    @property
    def why_not_saved(self) -> str:
        """Why the weights go into no file, and what would help."""
        since = grouped(self.since)
        return (
            f"This network has been trained with a bug ({self.name}) since step {since}, and such weights "
            f"are never saved. Go back to the clean weights of step {since} (tab 7, Break), or reset, then save."
        )
