"""What a session file holds, as one value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from core.arrays import Array
from playground.curve import Curve
from playground.datasets import load_dataset
from playground.history import Event, History
from playground.model_file import Model
from playground.own_data.image_set import ImageSet
from playground.prediction import make_network
from playground.sample_ref import SampleRef
from playground.session import Session
from playground.session_state import SessionState
from playground.timeline.moments import Moment
from playground.timeline.record import TimelineRecord

__all__ = ["SessionContent", "Start", "Summary"]


@dataclass(frozen=True, eq=False)
class Start:
    """Where Reset leads if not to the seed: the weights of an opened model, after `step` steps."""

    step: int
    weights: Mapping[str, Array]

    def model(self, state: SessionState) -> Model:
        """The model that was opened, for a session that is in `state` now."""
        network = make_network(state.settings)
        network.load_state_dict(self.weights)
        return Model(state.settings, state.dataset.class_names, self.step, network)


@dataclass(frozen=True, eq=False)
class SessionContent:
    """A session at one moment, immutable: taken between two steps, written by any thread.

    curves, events: its history so far; timeline: its moments and branches, None if they are not kept; own: the images
    that it learns if they are the user's own; start: where Reset leads, None if to the seed; elapsed_seconds: how long
    its steps took; sample: the image looked at; drawing: what is on the drawing surface, in its own format. Of a
    session that the program keeps by itself, file: which file of the user's it belongs to, "" if to none, and modified:
    whether it has changed since that was written.
    """

    state: SessionState
    curves: Mapping[str, Curve]
    events: tuple[Event, ...]
    timeline: TimelineRecord | None = None
    own: ImageSet | None = None
    start: Start | None = None
    elapsed_seconds: float = 0.0
    sample: SampleRef = field(default_factory=SampleRef)
    drawing: bytes = b""
    file: str = ""
    modified: bool = True

    @classmethod
    def of(cls, session: Session, **more: Any) -> SessionContent:
        """A session as it is now, or as it was before a bug was switched on; more: what is known of it beside."""
        return cls(session.state().last_clean, session.history.read(), session.history.events, **more)

    @property
    def is_worth_keeping(self) -> bool:
        """False of a network as its seed or its file gave it, with nothing done to it."""
        began_at = self.start.step if self.start is not None else 0
        return self.state.step != began_at or bool(self.state.edits.done) or bool(self.state.edits.images)

    def history(self) -> History:
        """The curves, to be gone on with by one run."""
        return History.of(self.curves, self.events)

    def with_own_called(self, name: str) -> SessionContent:
        """The same with another name for the user's own data, which has another place in the list of data sets then."""
        assert self.own is not None
        own = replace(self.own, name=name)
        settings = self.state.settings.changed(own=own.description)
        dataset = load_dataset(settings, own)

        def renamed(state: SessionState) -> SessionState:
            return replace(state, settings=state.settings.changed(own=own.description), dataset=dataset)

        timeline = self.timeline
        if timeline is not None:
            branches = (replace(one, settings=one.settings.changed(own=own.description)) for one in timeline.branches)
            moments = (Moment(moment.branch, renamed(moment.state)) for moment in timeline.moments)
            timeline = replace(timeline, branches=tuple(branches), moments=tuple(moments))
        return replace(self, own=own, state=renamed(self.state), timeline=timeline)


@dataclass(frozen=True)
class Summary:
    """What can be said of a session file without reading it: its data set, its step, and when it was written (ISO)."""

    data: str
    step: int
    saved_at: str
    file: str
