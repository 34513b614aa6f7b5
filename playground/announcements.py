"""What a training loop has to say beside its snapshots, and to whom."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from playground.datasets import Dataset
from playground.diagnosis import Diagnosis
from playground.history import History
from playground.kept_run import RunBefore
from playground.laboratory.specimen import Specimen
from playground.own_data.image_set import ImageSet
from playground.sessions.content import SessionContent
from playground.settings import Settings
from playground.snapshot import RunState, Snapshot

if TYPE_CHECKING:
    from playground.experiments.recording import Recording
    from playground.exports.film import Film

__all__ = ["Announcements", "DataChanged", "Failure", "RunStarted"]


@dataclass(frozen=True)
class RunStarted:
    """A new run: its number, and what stays the same while it goes on. `reason` is a sentence: why it began.

    own: the user's own data set that it learns, None if it learns one that comes with the program. opened: the session
    from a file that goes on, None of any other run. began_at: the step at which it began, step: where it stands now;
    is_edited: something was changed by hand. before: the run that can be brought back, if there is one. A run that is
    brought back has the number that it had.
    """

    run_id: int
    settings: Settings
    dataset: Dataset
    history: History
    reason: str
    own: ImageSet | None = None
    opened: SessionContent | None = None
    began_at: int = 0
    step: int = 0
    is_edited: bool = False
    before: RunBefore | None = None


@dataclass(frozen=True)
class DataChanged:
    """The present run goes on with other images: samples of the user's own data were added, fixed or taken away."""

    run_id: int
    settings: Settings
    dataset: Dataset
    own: ImageSet


@dataclass(frozen=True)
class Failure:
    """Something went wrong in the thread: one sentence, one thing to do, and the details for a report."""

    sentence: str
    advice: str
    details: str = ""

    @classmethod
    def of(cls, error: Exception) -> Failure:
        """What a step, or a command, failed with, in words; the weights are those before it."""
        if isinstance(error, MemoryError):
            return cls("There was not enough memory.", "Choose fewer filters or a smaller batch size m.")
        return cls(
            f"Training stopped: {error}" if str(error) else f"Training stopped: {type(error).__name__}.",
            "The network is as it was before that step. Press Train to go on, or Reset to start over.",
            "".join(traceback.format_exception(error)),
        )


@dataclass(frozen=True)
class Announcements:
    """Whom to call with what: `refused` for a command that cannot be carried out, `saved` with the path.

    specimen: what was asked for to be checked; film: the filters that were asked for to be shown as they formed;
    recording: the run to be compared, None if it has not begun; taken_apart: a moment whose next step was asked for.
    """

    run_started: Callable[[RunStarted], object]
    data_changed: Callable[[DataChanged], object]
    settings_changed: Callable[[Settings], object]
    state_changed: Callable[[RunState], object]
    diverged: Callable[[Diagnosis], object]
    refused: Callable[[str], object]
    failed: Callable[[Failure], object]
    saved: Callable[[str], object]
    specimen: Callable[[Specimen], object] = lambda _specimen: None
    film: Callable[[Film], object] = lambda _film: None
    recording: Callable[[Recording | None], object] = lambda _recording: None
    taken_apart: Callable[[Snapshot], object] = lambda _moment: None
