"""Starting values of the weights, drawn from a NumPy generator so that one seed always gives the same bits."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import DTypeLike

from core.arrays import Array

__all__ = ["INITIALIZATIONS", "drawn_weights", "glorot_uniform", "he_normal"]

INITIALIZATIONS = ("he", "glorot", "normal", "zeros")
"""How a network can start; "he" is He-normal kernels and a Glorot-uniform dense layer, else all are drawn alike."""

_NORMAL_DEVIATION = 0.01


def he_normal(shape: tuple[int, ...], fan_in: int, rng: np.random.Generator, dtype: DTypeLike = np.float32) -> Array:
    """Normal numbers with variance 2 / fan_in, which keeps the size of the signal through a ReLU.

    Source: He, Zhang, Ren, Sun (2015), "Delving Deep into Rectifiers".
    """
    weights: Array = (rng.standard_normal(shape) * np.sqrt(2.0 / fan_in)).astype(dtype)
    return weights


def glorot_uniform(
    shape: tuple[int, ...], fan_in: int, fan_out: int, rng: np.random.Generator, dtype: DTypeLike = np.float32
) -> Array:
    """Uniform numbers in ±√(6 / (fan_in + fan_out)), for layers followed by a sigmoid or softmax.

    Source: Glorot, Bengio (2010), "Understanding the difficulty of training deep feedforward neural networks".
    """
    limit = np.sqrt(6.0 / (fan_in + fan_out))
    weights: Array = rng.uniform(-limit, limit, shape).astype(dtype)
    return weights


def drawn_weights(name: str, shape: tuple[int, ...], rng: np.random.Generator, dtype: DTypeLike = np.float32) -> Array:
    """First weights (out, in, …) by a name of INITIALIZATIONS but "he", which depends on the layer.

    "normal" has a standard deviation of 0.01, as before 2010 (Krizhevsky, Sutskever, Hinton 2012); with "zeros" no
    filter ever differs from another. Raises ValueError for another name.
    """
    if name == "glorot":
        taps = math.prod(shape[2:])
        return glorot_uniform(shape, shape[1] * taps, shape[0] * taps, rng, dtype)
    if name == "normal":
        weights: Array = (rng.standard_normal(shape) * _NORMAL_DEVIATION).astype(dtype)
        return weights
    if name == "zeros":
        return np.zeros(shape, dtype)
    raise ValueError(f"initialization is {name!r}; choose one of {', '.join(INITIALIZATIONS)}.")
