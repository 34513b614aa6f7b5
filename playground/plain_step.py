"""What plain gradient descent makes of the parameters of a trace."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from core.arrays import Array
from core.optimizers import SGD
from core.trace import Trace

__all__ = ["after_plain_step"]


def after_plain_step(trace: Trace, learning_rate: float) -> Mapping[str, Array]:
    """w − η·∂L/∂w of each parameter by its name in the trace (w1, b1, w2 …), for the samples of the trace alone."""
    parameters = {name: trace.arrays[name].copy() for name in trace.parameter_names}
    SGD(learning_rate).step(parameters, {name: trace.arrays[f"d{name}"] for name in parameters})
    for values in parameters.values():
        values.flags.writeable = False
    return MappingProxyType(parameters)
