"""The moment of a run that something taken home is about, and how it introduces itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.trace import Trace
from playground.counting import grouped
from playground.flaw import Flaw
from playground.notation.names import class_words
from playground.notation.numbers import chosen_number, term_number
from playground.sample_ref import SampleRef
from playground.settings import Settings
from playground.snapshot import Snapshot

__all__ = ["OPTIMIZERS", "Moment"]

_DATA = {
    "digits": "handwritten digits",
    "shapes": "drawn shapes",
    "blackboard-3x3": "the 3×3 blackboard example",
    "blackboard-5x5": "the 5×5 blackboard example",
}
OPTIMIZERS = {"sgd": "plain SGD", "momentum": "SGD with momentum", "adam": "Adam"}
"""The optimisers of the settings in words."""


@dataclass(frozen=True, eq=False)
class Moment:
    """One image under the weights of one step; `taken` is when it was taken home.

    flaw: the mistake that the run is or was trained with on purpose; edited: the image, weights or labels were changed
    by hand; decimals: of the numbers written.
    """

    trace: Trace
    settings: Settings
    class_names: tuple[str, ...]
    step: int
    epoch: int
    sample: SampleRef
    taken: datetime
    decimals: int = 4
    flaw: Flaw | None = None
    edited: bool = False

    @classmethod
    def of(cls, snapshot: Snapshot, taken: datetime, decimals: int = 4) -> Moment:
        """The moment that a snapshot shows."""
        return cls(
            snapshot.trace,
            snapshot.settings,
            snapshot.class_names,
            snapshot.step,
            snapshot.epoch,
            snapshot.sample,
            taken,
            decimals,
            snapshot.flaw,
            bool(snapshot.edits) or snapshot.sample_edited,
        )

    @property
    def label(self) -> int:
        """y of the image."""
        return int(self.trace.y[0])

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """What network, data, step, sample and date: (what, which)."""
        s = self.settings
        data = s.own.name if s.own else _DATA.get(s.dataset, s.dataset)
        shape = "×".join(map(str, self.trace.arrays["x"].shape[2:]))
        name = self.class_names[self.label]
        return (
            ("Network", self._network()),
            ("Data", f"{data}, classes {', '.join(self.class_names)}, {shape} pixels"),
            ("Sample", f"{self.sample.in_full}, {class_words(name)} (y = {self.label})"),
            ("Step", f"{grouped(self.step)} (epoch {grouped(self.epoch)}, seed {s.seed})"),
            (
                "Training",
                f"{OPTIMIZERS.get(s.optimizer, s.optimizer)}, η = {chosen_number(s.learning_rate)}, "
                f"batches of {grouped(s.batch_size)}",
            ),
            ("Taken", self.taken.strftime("%Y-%m-%d %H:%M")),
        )

    @property
    def warnings(self) -> tuple[str, ...]:
        """What must not be overlooked about the numbers, a sentence each."""
        found = []
        if self.flaw:
            when = "is being trained" if self.flaw.is_on else "was trained"
            found.append(
                f"The laboratory's mistake “{self.flaw.name}” was switched on at step {grouped(self.flaw.since)}: this "
                f"run {when} with it on purpose, so these are not the numbers of a correct network."
            )
        if self.edited:
            found.append("Some numbers of this run were changed by hand.")
        return tuple(found)

    def number(self, value: float) -> str:
        """A number in the decimals of this document."""
        return term_number(value, self.decimals)

    def _network(self) -> str:
        arrays, parts = self.trace.arrays, []
        for number, geometry in enumerate(self.trace.geometry, start=1):
            maps, _, kh, kw = arrays[f"w{number}"].shape
            ph, pw = geometry.pool_size
            parts.append(f"convolution {kh}×{kw} with {maps} filter{'s' * (maps > 1)}, ReLU, max pooling {ph}×{pw}")
        outputs, features = arrays[f"w{self.trace.blocks + 1}"].shape
        parts.append(f"dense {grouped(features)} → {outputs}, {self.trace.activation}")
        return "; ".join(parts)
