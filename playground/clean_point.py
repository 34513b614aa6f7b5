"""Where a run was clean for the last time, if a bug trains it on purpose."""

from __future__ import annotations

import dataclasses

from playground.data_order import OrderState
from playground.datasets import Dataset
from playground.edits import EditsState
from playground.flaw import Flaw
from playground.session_state import SessionState
from playground.settings import Settings

__all__ = ["CleanPoint"]


class CleanPoint:
    """The `flaw` of a run, and the `state` before it; both are None of a clean run."""

    def __init__(self) -> None:
        self.flaw: Flaw | None = None
        self.state: SessionState | None = None

    def bug_on(self, name: str, now: SessionState) -> None:
        """A bug trains the run from now on; one that comes after another leaves the point where it was."""
        self.state = self.state or now
        self.flaw = Flaw(name, self.state.step, is_on=True)

    def bug_off(self, step: int) -> None:
        """The engine trains the run again; what a bug has trained by `step` stays."""
        if self.flaw is not None and step > self.flaw.since:
            self.flaw = dataclasses.replace(self.flaw, is_on=False)
        else:
            self.flaw = self.state = None

    def at(self, step: int) -> tuple[Flaw | None, SessionState | None]:
        """Flaw and clean state of the weights of `step`: a bug that has not trained yet has left nothing behind."""
        is_clean = self.flaw is None or step <= self.flaw.since
        return (None, None) if is_clean else (self.flaw, self.state)

    def go_to(self, state: SessionState) -> None:
        """Be as in a state of the run."""
        self.flaw, self.state = state.flaw, state.clean
        if state.substitute is not None:
            self.state = state.last_clean
            self.flaw = Flaw(state.substitute.name, self.state.step, is_on=True)

    def use_images(self, settings: Settings, dataset: Dataset, order: OrderState, edits: EditsState) -> None:
        """Let the clean state go on with other images, as the run does: no figures are known of them."""
        if self.state is not None:
            evaluations = dataclasses.replace(self.state.evaluations, newest=None, running=None)
            self.state = dataclasses.replace(
                self.state, settings=settings, dataset=dataset, order=order, edits=edits, evaluations=evaluations
            )
