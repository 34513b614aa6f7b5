"""Starting values of the weights, drawn from a NumPy generator so that one seed always gives the same bits."""

from __future__ import annotations

import numpy as np
from numpy.typing import DTypeLike

from core.arrays import Array

__all__ = ["glorot_uniform", "he_normal"]


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
