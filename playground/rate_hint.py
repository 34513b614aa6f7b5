"""What is to be said of a learning rate that does not suit the optimiser."""

from __future__ import annotations

from playground.notation.numbers import chosen_number
from playground.settings import Settings

__all__ = ["rate_hint", "usual_rate"]

_USUAL_OF_ADAM = 1e-3, 1e-2


def usual_rate(optimizer: str) -> float:
    """The largest η that is usual for an optimiser."""
    return _USUAL_OF_ADAM[1] if optimizer == "adam" else Settings.learning_rate


def rate_hint(settings: Settings) -> str:
    """A sentence for Adam with a larger η than is usual for it, else ''."""
    low, high = _USUAL_OF_ADAM
    if settings.optimizer != "adam" or settings.learning_rate <= high:
        return ""
    return (
        f"Adam moves each weight by about η a step: {chosen_number(settings.learning_rate)} is large for it, "
        f"{chosen_number(low)} to {chosen_number(high)} is usual."
    )
