"""Questions of concept: why a rule is as it is, each worked out with the numbers of this very run."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from core.derivation.wiring import Index, conv_input, conv_windows
from playground.laboratory.input_gradient import by_full_convolution
from playground.laboratory.quiz import excerpts
from playground.laboratory.quiz.concept import Concept, concept_of
from playground.laboratory.quiz.descent import which_rate
from playground.laboratory.quiz.material import Material
from playground.notation.names import display_name
from playground.notation.numbers import chosen_number, significant_number
from playground.notation.rules import cell_label

__all__ = ["CONCEPTS"]

_MOST_TERMS = 3

_written = significant_number


def _bracketed(value: float) -> str:
    text = _written(value)
    return f"({text})" if text.startswith("−") else text


def _sum(products: list[tuple[float, float]]) -> str:
    """'0.5·(−0.25) + 0.1·0.2' of the largest products, with how many more there are."""
    largest = sorted(products, key=lambda pair: -abs(pair[0] * pair[1]))[:_MOST_TERMS]
    text = " + ".join(f"{_bracketed(one)}·{_bracketed(other)}" for one, other in largest)
    more = len(products) - len(largest)
    return f"{text} + {more} smaller ones" if more else text


# --- the dense layer and the output ------------------------------------------------------------------------------


def _transposed(material: Material, rng: np.random.Generator) -> Concept | None:
    trace, last = material.trace, material.trace.blocks + 1
    weights, coming, handed = trace.arrays[f"w{last}"], trace.arrays[f"dz{last}"][0], trace.arrays["dF"][0]
    place = int(np.abs(handed).argmax())
    if not handed[place]:
        return None
    w, z, dz = display_name(f"w{last}"), display_name(f"z{last}"), display_name(f"dz{last}")
    outputs, features = weights.shape
    fed = "the one output" if outputs == 1 else f"all {outputs} outputs"
    terms = _sum([(float(weights[o, place]), float(coming[o])) for o in range(outputs)])
    return concept_of(
        rng,
        trace,
        f"Forward, {z} = {w}·F + {display_name(f'b{last}')}. Backward, ∂L/∂F = {w}ᵀ·{dz}. Why is {w} transposed there?",
        (
            "Forward, an output sums over all features; backward, a feature sums over all outputs that it fed.",
            f"{w}ᵀ is the inverse of {w}: it undoes the product.",
            "Transposing turns the sign, as going downhill needs it.",
            "To make the shapes fit; any matrix of that shape would do.",
        ),
        rule=f"Which {z} does one F[j] reach, and by which weights?",
        because=f"{w} is {outputs}×{features}. F[{place}] fed {fed} by column {place} of {w}, which is row {place} of "
        f"{w}ᵀ: ∂L/∂F[{place}] = {terms} = {_written(float(handed[place]))}.",
    )


def _difference(material: Material, rng: np.random.Generator) -> Concept | None:
    trace, last = material.trace, material.trace.blocks + 1
    a, dz, da, y = trace.arrays[f"A{last}"][0], trace.arrays[f"dz{last}"][0], f"A{last}", int(trace.y[0])
    activation, coming = display_name(da), display_name(f"dz{last}")
    softmax = trace.activation == "softmax"
    true = y if softmax else 0
    # a saturated output leaves nothing to divide by
    if not 1e-4 < float(a[true]) < 1 - 1e-4:
        return None
    value, slope = float(a[true]), float(a[true] * (1 - a[true]))
    back = float(trace.arrays[f"d{da}"][0, true])
    if softmax:
        asked = f"Why is {coming} = {activation} − y with softmax, y being 1 for the true class and else 0?"
        right = (
            f"∂L/∂{activation} is −1/{activation} of the true class, and the slope of softmax has this {activation} "
            "as a factor: it cancels."
        )
        because = (
            f"The true class is {y}: ∂L/∂{activation}[{y}] = −1/{_written(value)} = {_written(back)}, times the slope "
            f"{_written(value)}·(1 − {_written(value)}) = {_written(slope)} gives {_written(float(dz[y]))} = "
            f"{activation}[{y}] − 1."
        )
        slope_name = "of softmax"
    else:
        slope_of = f"{activation}·(1 − {activation})"
        asked = f"Why is {coming} = {activation} − y, with nothing of the sigmoid's slope {slope_of}?"
        right = f"∂L/∂{activation} = ({activation} − y) / ({slope_of}): the slope cancels."
        because = (
            f"Here y = {y} and {activation} = {_written(value)}: ∂L/∂{activation} = {_written(back)}, times the slope "
            f"{_written(value)}·(1 − {_written(value)}) = {_written(slope)} gives {_written(float(dz[0]))} = "
            f"{activation} − y."
        )
        slope_name = "of the sigmoid"
    return concept_of(
        rng,
        trace,
        asked,
        (
            right,
            f"The slope {slope_name} is left out, since it is nearly 1.",
            f"The loss is ({activation} − y)²/2, and this is its derivative.",
            f"{display_name(f'z{last}')} comes before the activation, so the slope has no part in it.",
        ),
        rule=f"Multiply ∂L/∂{activation} by the slope {slope_name}.",
        because=because,
    )


# --- the blocks --------------------------------------------------------------------------------------------------


def _turned(material: Material, rng: np.random.Generator) -> Concept | None:
    trace, number = material.trace, material.trace.blocks
    kernels, coming = trace.arrays[f"w{number}"], trace.arrays[f"dz{number}"][0]
    windows = conv_windows(trace, number)
    if windows.padding != (0, 0) or windows.stride != (1, 1) or not coming.any():
        return None
    gradient = by_full_convolution(coming, kernels, windows)
    channel, row, column = (int(at) for at in np.unravel_index(int(np.abs(gradient).argmax()), gradient.shape))
    terms = [
        (float(kernels[f, channel, i, j]), float(coming[f, row - i, column - j]))
        for f, i, j in np.ndindex(len(kernels), *kernels.shape[2:])
        if 0 <= row - i < coming.shape[1] and 0 <= column - j < coming.shape[2] and coming[f, row - i, column - j]
    ]
    source, w, dz = display_name(conv_input(number)), display_name(f"w{number}"), display_name(f"dz{number}")
    return concept_of(
        rng,
        trace,
        f"∂L/∂{source} of a convolution is {dz} convolved in full with {w} turned by 180°. Why is the kernel turned?",
        (
            f"A cell of {source} met w[i,j] in the output i rows up and j columns left: as w goes on, {dz} goes back.",
            "The picture was turned in the forward pass, so it is turned back.",
            "So that the gradient points downhill.",
            f"Unturned, the result would be smaller than {source}.",
        ),
        rule=f"Write z[i,j] as a sum, and ask in which z one cell of {source} stands, beside which weight.",
        because=f"∂L/∂{source} at channel {channel}, row {row}, column {column} sums w[i,j]·{dz}[{row}−i,{column}−j] "
        f"over the kernel and the filters: {_sum(terms)} = {_written(float(gradient[channel, row, column]))}.",
    )


def _shut(material: Material, rng: np.random.Generator) -> Concept | None:
    trace = material.trace
    for number in rng.permutation(np.arange(1, trace.blocks + 1)).tolist():
        z, coming = trace.arrays[f"z{number}"], trace.arrays[f"dA{number}"]
        shut = np.argwhere((z < 0) & (coming != 0))
        if not len(shut):
            continue
        index: Index = tuple(int(place) for place in rng.choice(shut))
        value, handed = float(z[index]), float(coming[index])
        weight, name = display_name(f"w{number}"), cell_label(trace, f"z{number}", index)
        da = cell_label(trace, f"dA{number}", index)
        return concept_of(
            rng,
            trace,
            f"{da} = {_written(handed)} arrives at a cell where {name} = {_written(value)}. What becomes of it?",
            (
                f"It ends there: the gate is shut, and the cell adds nothing to ∂L/∂{weight}.",
                f"It passes as it is: {_written(handed)}.",
                f"It passes with its sign turned: {_written(-handed)}.",
                f"It passes times z: {_written(handed * value)}.",
            ),
            rule="The slope of ReLU is 1 where z > 0, else 0.",
            because=f"{name} ≤ 0, so the slope of ReLU is 0 and {cell_label(trace, f'dz{number}', index)} = "
            f"{_written(handed)}·0 = 0. Of the {np.count_nonzero(coming)} cells of ∂L/∂{display_name(f'A{number}')} "
            f"to which a gradient comes, {len(shut)} have z < 0.",
            shown=(excerpts.around(trace, f"z{number}", index, hidden=False),),
        )
    return None


# --- the step ----------------------------------------------------------------------------------------------------


def _batch(material: Material, rng: np.random.Generator) -> Concept | None:
    batch = material.batch
    if batch is None or len(batch.y) < 2:
        return None
    m, last = len(batch.y), batch.blocks + 1
    single = batch.arrays[f"dz{last}"][:, 0].astype(np.float64) * m
    bias = cell_label(batch, f"b{last}", (0,))
    return concept_of(
        rng,
        batch,
        f"The batch size is doubled, from m = {m} to {2 * m}; η stays. What changes?",
        (
            "An epoch has half as many steps, each along the mean of twice as many samples: less noise.",
            "Each step is twice as long, since twice as many gradients are added.",
            "An epoch has as many steps as before, and each takes twice as long to compute.",
            "The network has twice as many weights to learn.",
        ),
        rule="L is the mean of the losses of the batch.",
        because=f"∂L/∂{bias} is the mean over the batch: here the {m} samples give {_written(float(single.min()))} to "
        f"{_written(float(single.max()))}, and their mean is {_written(float(batch.arrays[f'db{last}'][0]))}. Twice as "
        f"many change that mean little. An epoch has {material.steps_per_epoch} steps now, then half as many.",
    )


def _update(material: Material, rng: np.random.Generator) -> Concept | None:
    batch, settings = material.batch, material.settings
    if batch is None or settings.optimizer != "sgd":
        return None
    name = rng.choice([f"w{number}" for number in range(1, batch.blocks + 2)])
    weights, gradient, rate = batch.arrays[name], batch.arrays[f"d{name}"], settings.learning_rate
    index: Index = tuple(int(at) for at in np.unravel_index(int(np.abs(gradient).argmax()), gradient.shape))
    w, g = float(weights[index]), float(gradient[index])
    options = tuple(_written(value) for value in (w - rate * g, w + rate * g, w - g, -rate * g))
    if len(set(options)) < len(options):
        return None
    weight = cell_label(batch, name, index)
    return concept_of(
        rng,
        batch,
        f"{weight} = {_written(w)}, and over the next batch ∂L/∂{weight} = {_written(g)}. With η = "
        f"{chosen_number(rate)} and SGD, what is {weight} after that step?",
        options,
        rule="w − η·∂L/∂w",
        because=f"{weight} − η·∂L/∂{weight} = {_written(w)} − {chosen_number(rate)}·{_bracketed(g)} = {options[0]}.",
    )


CONCEPTS: dict[str, tuple[Callable[[Material, np.random.Generator], Concept | None], ...]] = {
    "easy": (_shut, _batch),
    "medium": (_transposed, _difference),
    "hard": (_turned, which_rate, _batch, _transposed, _update),
}
"""By level, what makes a question; None where these numbers give none."""
