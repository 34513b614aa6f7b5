"""What a step does to the loss of its own batch: predicted by the derivative, and measured afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.arrays import Array
from playground.notation.numbers import percent

__all__ = ["MEASURED_SERIES", "RECENT", "StepVerdict", "predicted_change", "verdict_on"]

MEASURED_SERIES = ("predicted_change", "loss_change")
"""Names of the curves in a run's history, in the order predicted, measured."""

RECENT = 50
"""How many of the newest steps a verdict looks at."""
_AS_PREDICTED = 0.2
_HALF = 0.5
_OFTEN = 0.1
_ROUNDING = 8 * float(np.finfo(np.float32).eps)


def predicted_change(gradients: Mapping[str, Array], before: Mapping[str, Array], after: Mapping[str, Array]) -> float:
    """Σ ∂L/∂w · (w after − w before) in float64, for plain SGD −η‖∂L/∂w‖²; all mappings go by the same names."""
    return sum(
        float(np.vdot(gradient.astype(np.float64), (after[name] - before[name]).astype(np.float64)))
        for name, gradient in gradients.items()
    )


@dataclass(frozen=True)
class StepVerdict:
    """What predicted and measured changes say of the learning rate.

    kind: "none", "fine", "too large" (the loss rises, now or often), "far off" or "too small to tell".
    """

    kind: str
    sentence: str


def verdict_on(predicted: NDArray[np.float64], measured: NDArray[np.float64], loss: float) -> StepVerdict:
    """Judge the newest step by the two changes of the loss, and the newest RECENT ones by how often it rose.

    loss: of the batch, whose rounding hides changes that are smaller. Both arrays are of the same steps.
    """
    if not len(predicted):
        return StepVerdict("none", "No step has been measured yet: press Step (→) or Train (Space).")
    if not (np.isfinite(predicted[-1]) and np.isfinite(measured[-1])):
        return StepVerdict("too large", "The loss is no longer finite after this step: the learning rate is too large.")
    noise = _ROUNDING * max(1.0, abs(loss))
    recent = measured[-RECENT:]
    rose = int((recent > noise).sum())
    kind, sentence = _of_newest(float(predicted[-1]), float(measured[-1]), noise)
    if rose and len(recent) > 1:
        sentence += f" It rose in {rose} of the last {len(recent)} steps."
        if kind != "too large" and rose > _OFTEN * len(recent):
            kind, sentence = "too large", f"{sentence} The learning rate is too large for a steady descent."
    return StepVerdict(kind, sentence)


def _of_newest(predicted: float, measured: float, noise: float) -> tuple[str, str]:
    """Kind and sentence for one step whose numbers are finite."""
    share = measured / predicted if predicted else 0.0
    of_it = f"{percent(share, 0)} of it"
    off, less = abs(share - 1), "less" if share < 1 else "more"
    cases = (
        (max(abs(predicted), abs(measured)) <= noise, "too small to tell", "The change is lost in float32's rounding."),
        (predicted >= 0, "fine", "The optimiser's averages went against this batch's gradient: its loss was to rise."),
        (
            measured > noise,
            "too large",
            "The loss of the batch rose where the derivative said it falls: the step went too far along the slope, so "
            "the learning rate is too large here.",
        ),
        (off <= _AS_PREDICTED, "fine", f"The loss fell as the derivative said: {of_it}."),
        (off <= _HALF, "fine", f"The loss fell {less} than the derivative said, {of_it}."),
    )
    far = f"The loss fell {less} than the derivative said, {of_it}: the slope changes much within one step."
    return next(((kind, sentence) for holds, kind, sentence in cases if holds), ("far off", far))
