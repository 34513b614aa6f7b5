"""What a step does to each parameter, and to its loss: the arrays that are shown, and the words."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial

from core.arrays import Array
from core.derivation.wiring import Index
from playground.batch_step import BatchStep
from playground.notation.updates import is_frozen, update_working
from ui.number_format import display_name, fit_number, format_number, term_number
from ui.slow_motion.stages import parameter_part

__all__ = ["UpdateBlock", "loss_sentence", "update_blocks", "update_words"]

_NAMES = {"momentum": "momentum", "adam": "Adam"}


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
        added = f"−η {derivative}" if step.optimizer == "sgd" else f"Δ ({_NAMES[step.optimizer]})"
        added = "0 (frozen)" if is_frozen(step, name) else added
        arrays = [cut(mapping[name]) for mapping in (step.weights, step.gradients, step.updates, step.weights_after)]
        captions = ("before", derivative, added, "after")
        blocks.append(UpdateBlock(name, part, (arrays[0], arrays[1], arrays[2], arrays[3]), captions, step.ratio(name)))
    return tuple(blocks)


def update_words(step: BatchStep, name: str, index: Index, decimals: int) -> str:
    """'← 0.5 − 0.1 · (−0.2) = 0.52' for a cell of a parameter; lines before it say what the optimiser remembers."""
    return "\n".join(update_working(step, name, index, partial(term_number, decimals=decimals)))


def loss_sentence(step: BatchStep, decimals: int = 4) -> str:
    """What the step does to the loss of its own batch, beside what the derivative predicts."""
    numbers = (step.loss, step.loss_after, step.loss_change, step.predicted_change)
    before, after, change, expected = (format_number(number, decimals) for number in numbers)
    predicted = "−η‖∂L/∂w‖²" if step.plain_sgd else "Σ ∂L/∂w·Δw"
    return f"L {before} → {after}: change {change}, predicted {predicted} = {expected} by the slope at its start alone"
