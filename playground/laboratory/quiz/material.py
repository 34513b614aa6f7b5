"""What a quiz is about: the numbers of one moment of a run."""

from __future__ import annotations

from dataclasses import dataclass

from core.trace import Trace
from playground.settings import Settings

__all__ = ["Material"]


@dataclass(frozen=True, eq=False)
class Material:
    """`trace` of the shown image alone, `batch` of the next batch (None while steps run), and how the run trains."""

    step: int
    trace: Trace
    batch: Trace | None
    settings: Settings
    steps_per_epoch: int
