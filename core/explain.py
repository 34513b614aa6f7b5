"""Any cell of a trace as the sum that makes it, and the cells that read it.

The engine has computed every number already: here its numbers are looked up and multiplied, never derived again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from core.derivation import derivatives, values
from core.derivation.dependents import dependents
from core.derivation.explanation import (
    Explanation,
    Factor,
    Gate,
    Largest,
    Note,
    Output,
    Pooling,
    Term,
    Travel,
    Window,
)
from core.derivation.question import Question
from core.derivation.wiring import checked_index, role
from core.trace import Trace

__all__ = [
    "Explanation",
    "Factor",
    "Gate",
    "Largest",
    "Note",
    "Output",
    "Pooling",
    "Term",
    "Travel",
    "Window",
    "dependents",
    "explain",
]

_RULES: Mapping[str, Callable[[Question], Explanation]] = {
    "x": values.given,
    "conv w": values.given,
    "conv b": values.given,
    "dense w": values.given,
    "dense b": values.given,
    "conv z": values.convolution,
    "conv A": values.relu,
    "conv P": values.maxpool,
    "last P": values.maxpool,
    "F": values.flatten,
    "dense z": values.dense,
    "dense A": values.output_activation,
    "L": values.loss,
    "dense dA": derivatives.loss_gradient,
    "dense dz": derivatives.logits_gradient,
    "dense dw": derivatives.dense_weight_gradient,
    "dense db": derivatives.dense_bias_gradient,
    "dF": derivatives.dense_input_gradient,
    "last dP": derivatives.flatten_gradient,
    "conv dA": derivatives.maxpool_gradient,
    "conv dz": derivatives.relu_gradient,
    "conv dw": derivatives.convolution_weight_gradient,
    "conv db": derivatives.convolution_bias_gradient,
    "conv dP": derivatives.convolution_input_gradient,
}


def explain(trace: Trace, name: str, index: Sequence[int]) -> Explanation:
    """The terms that make one cell of any array of the trace, for values, derivatives and parameters.

    name: a key of `trace.arrays`; index: one place an axis, () for L. Raises KeyError for an unknown array and
    IndexError for a cell outside it.
    """
    cell = checked_index(trace, name, index)
    kind, number = role(trace, name)
    # a diverged network is explained like any other; its infinities need no warnings
    with np.errstate(all="ignore"):
        return _RULES[kind](Question(trace, name, cell, number))
