"""What is said of a cell that no terms make: a number of the image, a parameter with its next update, or a zero."""

from __future__ import annotations

from playground.notation.rules import cell_label
from playground.notation.updates import update_rule
from playground.settings import CHOICE_NAMES
from playground.snapshot import RunState, Snapshot
from ui.explain.linker import Spotlight
from ui.slow_motion.updates import update_words

__all__ = ["no_terms_words"]


def no_terms_words(light: Spotlight, snapshot: Snapshot | None, decimals: int) -> str:
    """Why there are no terms; of a parameter also what the next step makes of it, with its numbers."""
    name = cell_label(light.trace, light.found.name, light.found.index)
    if light.found.rule == "input":
        return f"{name} is a number of the image: nothing comes before it."
    if light.found.rule == "parameter":
        return _update(light, snapshot, decimals)
    return f"{name} is 0 and has no terms: {light.found.zero_because or 'nothing reaches it'}."


def _update(light: Spotlight, snapshot: Snapshot | None, decimals: int) -> str:
    if snapshot is None or snapshot.state is RunState.DIVERGED:
        return "This run has diverged; go back to the last good weights to see a step."
    step = snapshot.batch_step
    if step is None:
        training = snapshot.state is RunState.TRAINING
        return "Pause (Space) to see what the next step makes of it." if training else "Working the next step out …"
    name, index = light.found.name, light.found.index
    images = f"over its batch of {step.m}" if step.m > 1 else "on its one image"
    optimizer = CHOICE_NAMES["optimizer"][step.optimizer]
    rule = update_rule(step.rule, name[0], f"∂L/∂{name[0]}")
    *lines, last = update_words(step, name, index, decimals).splitlines()
    return "\n".join(
        (f"Next step {images}, {optimizer}: {rule}", *lines, f"{cell_label(light.trace, name, index)} {last}")
    )
