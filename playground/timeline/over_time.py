"""One array of the weights over the moments that a timeline keeps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.arrays import Array
from playground.session import Session
from playground.timeline.timeline import Timeline

__all__ = ["WeightsOverTime", "weights_over_time"]


@dataclass(frozen=True, eq=False)
class WeightsOverTime:
    """by_step: the array, read-only, at `kept` steps or some of them, ascending, and as it is now."""

    by_step: Mapping[int, Array]
    kept: NDArray[np.int64]


def weights_over_time(timeline: Timeline, session: Session, name: str, most: int) -> WeightsOverTime:
    """A weight (PyTorch's name) on the way to the branch that trains: of more than `most` steps some, evenly spaced.

    The first step and the present one are always among them.
    """
    branch = timeline.branches.live
    kept = np.array(timeline.steps(branch), np.int64)
    steps = np.unique(np.append(kept, session.step_count))
    chosen = np.unique(np.rint(np.linspace(0, len(steps) - 1, min(len(steps), most))).astype(int))
    by_step: dict[int, Array] = {}
    for step in steps[chosen].tolist():
        by_step[step] = timeline.nearest(branch, step).state.weights[name]
    now: Array = session.network.parameters()[name].copy()
    now.flags.writeable = False
    by_step[session.step_count] = now
    return WeightsOverTime(by_step, kept)
