"""Which learning rate made a curve: a question on gradient descent from the weights of this very run."""

from __future__ import annotations

import itertools

import numpy as np

from core.arrays import Array
from core.losses import BinaryCrossEntropy, Loss, SoftmaxCrossEntropy
from core.network import build_network
from core.optimizers import SGD
from core.trace import Trace
from core.training import train_step
from playground.laboratory.quiz.concept import Concept, concept_of
from playground.laboratory.quiz.excerpts import Excerpt
from playground.laboratory.quiz.material import Material
from playground.notation.numbers import chosen_number
from playground.notation.numbers import significant_number as _written
from playground.settings import RANGES

__all__ = ["which_rate"]

_STEPS = 6
_APART = 0.05
"""By so much the last losses of two learning rates must differ, as a share, for a curve to tell them apart."""


def which_rate(material: Material, rng: np.random.Generator) -> Concept | None:
    trace = material.batch if material.batch is not None else material.trace
    rate = material.settings.learning_rate
    allowed = RANGES["learning_rate"]
    tried = [float(f"{rate * factor:.6g}") for factor in (0.01, 0.1, 1.0, 10.0)]
    rates = [one for one in tried if allowed.minimum <= one <= allowed.maximum][-3:]
    curves = {one: _losses(trace, one) for one in rates}
    ends = sorted(float(curve[-1]) for curve in curves.values())
    if not np.isfinite(ends).all() or any(b - a < _APART * b for a, b in itertools.pairwise(ends)):
        return None
    right = float(rng.choice(rates))
    gradients = [trace.arrays[f"d{name}"].astype(np.float64) for name in trace.parameter_names]
    steepness = sum(float(np.square(gradient).sum()) for gradient in gradients)
    curve = curves[right]
    others = [one for one in rates if one != right]
    told = " and ".join(f"{chosen_number(one)} ends at {_written(float(curves[one][-1]))}" for one in others)
    many = f"the {len(trace.y)} images of this batch" if len(trace.y) > 1 else "this image"
    return concept_of(
        rng,
        trace,
        f"L over {_STEPS} steps of plain gradient descent from these weights, each on {many}. Which η is it?",
        tuple(f"η = {chosen_number(one)}" for one in (right, *others)),
        rule=f"A short step changes L by nearly −η·‖∂L/∂w‖²; ‖∂L/∂w‖² over all parameters is {_written(steepness)}.",
        because=f"−η·‖∂L/∂w‖² = −{chosen_number(right)}·{_written(steepness)} = {_written(-right * steepness)}, and "
        f"the first step changes L by {_written(float(curve[1] - curve[0]))}; they part where the slope changes on "
        f"the way. η = {told}.",
        shown=(Excerpt("L", (), 0, 0, curve[np.newaxis], title="L after 0 … 6 steps"),),
    )


def _losses(trace: Trace, rate: float) -> Array:
    """L of the images of a trace before each of some steps of gradient descent from its weights, and after them."""
    arrays = trace.arrays
    kernels = [arrays[f"w{number}"] for number in range(1, trace.blocks + 1)]
    shape, outputs = arrays["x"].shape[1:], arrays[f"b{trace.blocks + 1}"].size
    network = build_network(shape, kernels[0].shape[-1], [len(kernel) for kernel in kernels], outputs, 0)
    for parameter, name in zip(network.parameters().values(), trace.parameter_names, strict=True):
        parameter[...] = arrays[name]
    loss: Loss = SoftmaxCrossEntropy() if trace.activation == "softmax" else BinaryCrossEntropy()
    optimizer = SGD(rate)
    return np.array([train_step(network, loss, optimizer, arrays["x"], trace.y) for _ in range(_STEPS + 1)])
