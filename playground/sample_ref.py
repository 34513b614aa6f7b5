"""Which image is meant: one of the data set, or what the user drew."""

from __future__ import annotations

from dataclasses import dataclass, field

from core.arrays import Array
from playground.counting import grouped

__all__ = ["DrawnSample", "SampleRef"]


@dataclass(frozen=True)
class SampleRef:
    """One image of the data set: `split` is "train" or "test", `index` its row there."""

    split: str = "test"
    index: int = 0

    @property
    def words(self) -> str:
        """As the window calls it: "test 12"."""
        return f"{self.split} {grouped(self.index)}"

    @property
    def in_full(self) -> str:
        """The same where there is room: "test image 12", "training image 12"."""
        return f"{'training' if self.split == 'train' else self.split} image {grouped(self.index)}"


@dataclass(frozen=True, eq=False)
class DrawnSample(SampleRef):
    """The drawing as the network sees it, followed as if it were of the data set, which it never becomes part of.

    image: (c, h, w), read-only; label: its y, the network's answer when it was first followed until `is_chosen`.
    """

    split: str = field(default="drawing", init=False)
    index: int = field(default=0, init=False)
    image: Array = field(kw_only=True)
    label: int = field(kw_only=True)
    is_chosen: bool = field(default=False, kw_only=True)

    @property
    def words(self) -> str:
        """As the window calls it."""
        return "your drawing"

    @property
    def in_full(self) -> str:
        """The same."""
        return self.words

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DrawnSample) and self._identity() == other._identity()

    def __hash__(self) -> int:
        return hash(self._identity())

    def _identity(self) -> tuple[int, int, bool]:
        """Every stroke makes another picture, which is never written to."""
        return id(self.image), self.label, self.is_chosen
