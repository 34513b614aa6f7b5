"""Which image of a data set is meant."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["SampleRef"]


@dataclass(frozen=True)
class SampleRef:
    """One image of the data set: `split` is "train" or "test", `index` its row there."""

    split: str = "test"
    index: int = 0
