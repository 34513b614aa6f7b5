"""What a step does to each parameter, and to its loss: the arrays that are shown, and the words."""

from __future__ import annotations

import math
from dataclasses import dataclass

from core.arrays import Array
from playground.batch_step import BatchStep
from ui.number_format import chosen_number, display_name, fit_number, format_number
from ui.slow_motion.stages import parameter_part

__all__ = ["UpdateBlock", "loss_sentence", "update_blocks", "update_words"]


@dataclass(frozen=True, eq=False)
class UpdateBlock:
    """One parameter (or the shown part of it): its four arrays, each (rows, cols); `rule` names what is added."""

    name: str
    part: str
    arrays: tuple[Array, Array, Array, Array]
    captions: tuple[str, str, str, str]
    ratio: float

    @property
    def title(self) -> str:
        """'w₁ filter 2'."""
        return f"{display_name(self.name)} {self.part}".strip()

    @property
    def ratio_text(self) -> str:
        """The update-to-weight ratio, short and long."""
        number = fit_number(self.ratio, 7, 4) if math.isfinite(self.ratio) else "∞ (w = 0)"
        return f"‖Δ‖/‖{self.name[0]}‖ {number}"


def update_blocks(step: BatchStep, filters: tuple[int, ...], output: int) -> tuple[UpdateBlock, ...]:
    """A block for each parameter, layer by layer; of weights the part for the chosen filters and output."""
    blocks = []
    for name in step.weights:
        cut, part = parameter_part(step, name, filters, output)
        derivative = display_name(f"d{name}")
        added = f"−η {derivative}" if step.plain_sgd else f"Δ ({step.optimizer})"
        arrays = [cut(mapping[name]) for mapping in (step.weights, step.gradients, step.updates, step.weights_after)]
        captions = ("before", derivative, added, "after")
        blocks.append(UpdateBlock(name, part, (arrays[0], arrays[1], arrays[2], arrays[3]), captions, step.ratio(name)))
    return tuple(blocks)


def update_words(step: BatchStep, name: str, numbers: tuple[float, float, float, float], decimals: int) -> str:
    """'← 0.5 − 0.1 · (−0.2) = 0.52' for the cell of a parameter; numbers: before, gradient, update, after."""
    before, gradient, update, after = (format_number(number, decimals) for number in numbers)
    if step.plain_sgd:
        factor = f"({gradient})" if numbers[1] < 0 else gradient
        return f"← {before} − {chosen_number(step.learning_rate)} · {factor} = {after}"
    return f"← {before} + ({update}) = {after}; {display_name(f'd{name}')} = {gradient}"


def loss_sentence(step: BatchStep, decimals: int = 4) -> str:
    """What the step does to the loss of its own batch, beside what the derivative predicts."""
    numbers = (step.loss, step.loss_after, step.loss_change, step.predicted_change)
    before, after, change, expected = (format_number(number, decimals) for number in numbers)
    predicted = "−η‖∂L/∂w‖²" if step.plain_sgd else "Σ ∂L/∂w·Δw"
    return f"L {before} → {after}: change {change}, predicted {predicted} = {expected} by the slope at its start alone"
