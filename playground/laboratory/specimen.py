"""What a check works on: the weights of one step with some images, free of the run that they come from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.arrays import Array
from core.gradient_probe import GradientProbe
from core.losses import Loss
from core.network import Network
from playground.batch_step import BatchOfImages
from playground.flaw import Substitute
from playground.prediction import make_loss, make_network
from playground.settings import Settings

__all__ = ["Specimen"]


@dataclass(frozen=True, eq=False)
class Specimen:
    """Weights after `step` (a state dict, copies) and images; immutable, so any thread may work on it.

    substitute: what computes the backward pass, None for the engine itself; asked_by: who asked for it.
    """

    run_id: int
    step: int
    settings: Settings
    images: BatchOfImages
    weights: Mapping[str, Array]
    substitute: Substitute | None = None
    asked_by: str = ""

    @property
    def m(self) -> int:
        """Number of images."""
        return len(self.images.y)

    def network(self) -> Network:
        """A network of its own with these weights, of substitutes if there are any."""
        network = make_network(self.settings)
        network.load_state_dict(self.weights)
        return network if self.substitute is None else self.substitute.network(network)

    def loss(self) -> Loss:
        """The loss of these settings, or its substitute."""
        loss = make_loss(self.settings)
        return loss if self.substitute is None else self.substitute.loss(loss)

    def probe(self) -> GradientProbe:
        """The float64 copy on which single cells are moved."""
        return GradientProbe(self.network(), self.loss(), self.images.x, self.images.y)
