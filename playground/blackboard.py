"""The two worked examples of the lecture, in numbers that can be followed by hand, and small data sets around them.

Both show a diagonal that falls to the right ("falling", the example has y = 1) or rises ("rising"). The weights are
chosen so that z1 has both signs, no pooling window has a tie, and z2 = 0: the prediction starts at A2 = 0.5 and the
loss at ln 2. For X 3×3:

    z1 = conv(X, w1) + b1 = [[2, -0.75], [-0.5, 1.75]],  P1 = F = [2],  z2 = 0.5·2 - 1 = 0
    ∂L/∂z2 = 0.5 - 1 = -0.5,  ∂L/∂w2 = -0.5·2 = -1,  ∂L/∂F = -0.5·0.5 = -0.25
    and only z1[0, 0], the maximum, receives it
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.arrays import Array

__all__ = ["CLASS_NAMES", "WORKED_EXAMPLES", "WorkedExample", "patterns"]

CLASS_NAMES = ("rising", "falling")

_SEED = 31
_TRAIN, _TEST = 8, 4


@dataclass(frozen=True, eq=False)
class WorkedExample:
    """An image X (h, w) of class 1 and the state dict the lecture starts from: one 2×2 filter, one sigmoid output."""

    image: Array
    state: Mapping[str, Array]


def _example(image: list[list[float]], b1: float, w2: list[float], b2: float) -> WorkedExample:
    state = {
        "conv1.weight": np.array([[[[1.0, -0.5], [-1.0, 0.5]]]], np.float32),
        "conv1.bias": np.array([b1], np.float32),
        "fc.weight": np.array([w2], np.float32),
        "fc.bias": np.array([b2], np.float32),
    }
    pixels = np.array(image, np.float32)
    for values in (pixels, *state.values()):
        values.flags.writeable = False
    return WorkedExample(pixels, state)


WORKED_EXAMPLES: Mapping[str, WorkedExample] = {
    "blackboard-3x3": _example(
        [[1.0, 0.0, 0.5], [0.0, 1.0, 0.0], [0.5, 0.0, 0.5]],
        b1=0.5,
        w2=[0.5],
        b2=-1.0,
    ),
    # the winners of the four pooling windows sit in four different corners, so that the way back can be told apart
    "blackboard-5x5": _example(
        [
            [1.0, 0.0, 0.0, 0.5, 0.0],
            [0.5, 1.0, 0.5, 0.0, 0.0],
            [0.0, 0.0, 1.0, 0.0, 0.0],
            [0.0, 0.0, 0.0, 1.0, 0.0],
            [0.0, 0.5, 0.0, 0.0, 0.5],
        ],
        b1=0.25,
        w2=[0.5, -1.0, -0.5, 1.0],
        b2=-1.5,
    ),
}
"""By the name of the data set. The image is also the first training sample of that set."""


def patterns(dataset: str) -> tuple[Array, Array]:
    """Images of a blackboard set: train (2, 8, h, w) and test (2, 4, h, w), one row a class.

    Image [1, 0] is the worked example. The others are diagonals with one-decimal brightness and a few faint pixels, the
    same in every run.
    """
    example = WORKED_EXAMPLES[dataset].image
    size = len(example)
    rng = np.random.default_rng(_SEED)
    count = _TRAIN + _TEST
    images = np.round(rng.choice([0.0, 0.0, 0.1, 0.2, 0.3], (2, count, size, size)), 1)
    diagonal = np.arange(size)
    images[:, :, diagonal, diagonal] = rng.integers(6, 11, (2, count, size)) / 10
    images[1, 0] = example
    images[0, 0] = images[1, 0]
    images[0] = images[0, :, :, ::-1]
    images = images.astype(np.float32)
    return images[:, :_TRAIN], images[:, _TRAIN:]
