"""The stages of one step, in the order in which they happen, and what the batch looks like at each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from core.arrays import Array
from core.trace import Trace
from playground.batch_step import BatchStep
from playground.notation.updates import update_rule
from ui.number_format import display_name

__all__ = [
    "Cut",
    "Grain",
    "Pictures",
    "Stage",
    "batch_pictures",
    "lit_names",
    "parameter_part",
    "shown_filters",
    "side_by_side",
    "stages_of",
]

_COLORS = "red, green, blue"

Grain = Literal["phase", "layer", "cell"]
"""How large a beat is; at the grain of cells every stage is one array, which is walked through."""
Cut = Callable[[NDArray[Any]], NDArray[Any]]
"""From an array in the shape of a parameter to the (rows, cols) of it that are shown."""


@dataclass(frozen=True)
class Stage:
    """One beat: `names` are the arrays that come into being, `shown` the one whose pictures stand for it.

    rule: of an update, how the weights change.
    """

    phase: str
    names: tuple[str, ...]
    shown: str
    label: str
    rule: str = ""


def stages_of(step: BatchStep, grain: Grain = "layer") -> tuple[Stage, ...]:
    """The stages of a step: the four phases, a layer at a time, or an array at a time."""
    trace, rule = step.trace, update_rule(step.rule)
    forward = [name for name in trace.forward_names if name != "L"]
    parameters = trace.parameter_names
    update = Stage("update", parameters, parameters[0], rule, rule)
    if grain == "phase":
        output, first = forward[-1], "dw1"
        return (
            Stage("forward", tuple(forward), output, "Forward"),
            Stage("loss", ("L",), "L", "Loss"),
            Stage("backward", trace.backward_names, first, "Backward"),
            Stage("update", parameters, parameters[0], "Update", rule),
        )
    result = [Stage("forward", (name,), name, display_name(name)) for name in forward]
    result.append(Stage("loss", ("L",), "L", "L"))
    if grain == "cell":
        result += [Stage("backward", (name,), name, display_name(name[1:])) for name in trace.backward_names]
        return (*result, *(Stage("update", (name,), name, display_name(name), rule) for name in parameters))
    dense = f"{trace.blocks + 1}"
    for name in trace.backward_names:
        if name == f"db{dense}":
            continue  # the weights and bias of the dense layer are one beat
        pair = name == f"dw{dense}"
        names = (name, f"db{dense}") if pair else (name,)
        label = display_name(name[1:]) + (display_name(f"b{dense}") if pair else "")
        result.append(Stage("backward", names, name, label))
    return (*result, update)


def lit_names(stages: tuple[Stage, ...], place: int) -> frozenset[str]:
    """All arrays that exist when stage `place` is over; a layer's parameters appear with its z."""
    names = {name for stage in stages[: place + 1] for name in stage.names}
    numbers = {name[1:] for name in names if name[0] == "z"}
    return frozenset(names | {letter + number for number in numbers for letter in "wb"})


@dataclass(frozen=True, eq=False)
class Pictures:
    """A stage of the batch as small pictures, (n, rows, cols); `whole` is the batch's own where the samples add up.

    name: the array they are of, for the colours; note: one phrase on what is shown.
    """

    name: str
    samples: Array
    whole: Array | None
    note: str


def batch_pictures(step: BatchStep, stage: Stage, filters: tuple[int, ...], output: int) -> Pictures:
    """What each sample of the batch is at a stage, for the chosen filter of each block and the chosen output."""
    name = stage.shown
    if name == "L":
        return Pictures("L", step.sample_losses.reshape(-1, 1, 1), None, "loss of each sample")
    letter = name.removeprefix("d")[0]
    if letter in "wb":
        return _parameter_pictures(step, name, filters, output)
    values = step.trace.arrays[name]
    if letter == "F":
        values = values.reshape(step.trace.arrays[f"P{step.trace.blocks}"].shape)
        number = str(step.trace.blocks)
    else:
        number = name.removeprefix("d")[1:]
    note = "each with its 1/m" if name.startswith("d") and step.m > 1 else ""
    if values.ndim == 2:
        return Pictures(name, values[:, :, np.newaxis], None, note)
    if letter == "x":
        return Pictures(name, side_by_side(values), None, _joined(_COLORS if values.shape[1] == 3 else "", note))
    chosen = filters[int(number) - 1]
    return Pictures(name, values[:, chosen], None, _joined(f"filter {chosen}", note))


def _parameter_pictures(step: BatchStep, name: str, filters: tuple[int, ...], output: int) -> Pictures:
    plain = name.removeprefix("d")
    alone, whole = step.sample_gradients[plain], step.gradients[plain]
    part, what = parameter_part(step, plain, filters, output)
    samples = np.stack([part(one) for one in alone]) / step.m
    count, note = len(alone), ""
    if count < step.m:
        note = f"first {count} of {step.m} samples, each with its 1/m"
    elif count > 1:
        note = f"samples with their 1/m add up to the batch's ∂L/∂{display_name(plain)}"
    return Pictures(name, samples, part(whole) if step.m > 1 else None, _joined(what, note))


def shown_filters(trace: Trace, chosen: tuple[int, ...]) -> tuple[int, ...]:
    """The filter of each block that is shown: the chosen one, or the last where a block has fewer."""
    counts = (trace.arrays[f"P{block}"].shape[1] for block in range(1, trace.blocks + 1))
    return tuple(min(number, count - 1) for number, count in zip((*chosen, 0, 0, 0), counts, strict=False))


def parameter_part(step: BatchStep, plain: str, filters: tuple[int, ...], output: int) -> tuple[Cut, str]:
    """How to cut a (rows, cols) picture out of parameter `plain`, and which part it is in words."""
    blocks, layer = step.trace.blocks, int(plain[1:])
    if plain[0] == "b":
        return (lambda array: array.reshape(1, -1)), ""
    if layer > blocks:
        _, maps, height, width = step.trace.arrays[f"P{blocks}"].shape
        row = min(output, step.weights[plain].shape[0] - 1)
        chosen = filters[blocks - 1]
        words = f"filter {chosen}" if maps > 1 else ""
        return (lambda array: array[row].reshape(maps, height, width)[chosen]), words
    into = filters[layer - 2] if layer > 1 else 0
    chosen = filters[layer - 1]
    words = f"filter {chosen}" if step.weights[plain].shape[0] > 1 else ""
    if layer == 1 and step.weights[plain].shape[1] == 3:
        # no channel of a coloured image is chosen: all are the image
        return (lambda array: side_by_side(array[chosen])), _joined(words, _COLORS)
    return (lambda array: array[chosen, into]), words


def side_by_side(planes: Array) -> Array:
    """The planes (…, c, rows, cols) as one picture (…, rows, c·cols); a single plane is itself."""
    moved = np.moveaxis(planes, -3, -2)
    picture: Array = moved.reshape(*moved.shape[:-2], -1)
    return picture


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)
