"""What the window says in words: in the banner what needs attention, the rest in the status bar."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QLabel, QStatusBar

from playground.announcements import Failure, RunStarted
from playground.diagnosis import Diagnosis
from playground.rate_hint import rate_hint
from playground.snapshot import Snapshot
from ui.banner import Banner
from ui.elided_label import ElidedLabel

__all__ = ["Messages"]

_UNTRAINED = "Untrained: the weights are those it starts with, and its answers mean nothing yet. Press Train (Space)."
_WAY_BACK = "restore_last_good"
_SMOOTH = 30
"""Frames a second from which on nobody need be told of the pace."""
_OFFER_SECONDS = 12.0
"""A run that was replaced can be brought back from the menu later on, too."""


class Messages(QObject):
    """Each sentence has its place; `diagnosis` and the pace of the views keep theirs in the status bar.

    in_front: the banner of another window while that one is used, which says what the user has to see now.
    """

    def __init__(self, status_bar: QStatusBar, banner: Banner, in_front: Callable[[], Banner | None]) -> None:
        super().__init__(status_bar)
        self._status_bar, self._banner, self._in_front = status_bar, banner, in_front
        self._diagnosis = ElidedLabel()
        self._diagnosis.setIndent(4)  # as Qt's own messages
        self._pace = QLabel()
        self._pace.setAccessibleName("Pace of the views")
        status_bar.addWidget(self._diagnosis, 1)
        status_bar.addPermanentWidget(self._pace)
        self._texts = ("",)
        banner.changed.connect(self._show_diagnosis)
        self._offered: Diagnosis | None = None  # with a way back, which the banner has as a button
        self._warned: list[Banner] = []
        self._why = ""  # the run began, as long as it has not gone on
        self._began_at = (0, 0)  # the run and its step

    @property
    def diagnosis(self) -> str:
        """What is said of how the training goes, or ""."""
        return self._diagnosis.full_text()

    @property
    def offers_way_back(self) -> bool:
        """Whether something is wrong that one can go back from."""
        return self._offered is not None

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Say what is wrong with the training, or that there was none."""
        self._forget_why(snapshot)
        found = snapshot.diagnosis
        self._offer(found if found is not None and found.way_back else None)
        text = f"{found.sentence} {found.suggestion}" if found else ""
        if not text:
            text = rate_hint(snapshot.settings) or (_UNTRAINED if snapshot.step == 0 else "")
        self._texts = (text, *((found.sentence,) if found else ()))
        self._show_diagnosis()

    @Slot()
    def _show_diagnosis(self) -> None:
        # what the banner says is not said a second time beneath it
        is_said = self._offered is not None and self._banner.action_id == _WAY_BACK
        texts = ("",) if is_said else self._texts
        if texts[0] != self.diagnosis:
            self._diagnosis.show_text(*texts)

    def begin(self, run: RunStarted) -> None:
        """Another run is shown: what was said was about the one before. Why it began is news until it goes on."""
        self._banner.hide()
        self._settle_warnings()
        self._offered = None
        self._why, self._began_at = run.reason, (run.run_id, run.step)
        self._status_bar.showMessage(run.reason, 8000)
        if run.before is not None and run.before.is_offered:
            words = f"A new run has begun; the one before is kept ({run.before.words})."
            self._looked_at.say(words, action="Bring it back", action_id="bring_back", seconds=_OFFER_SECONDS)

    @property
    def _looked_at(self) -> Banner:
        return self._in_front() or self._banner

    def _forget_why(self, snapshot: Snapshot) -> None:
        stands_at = snapshot.step if snapshot.timeline is None else snapshot.timeline.newest
        if self._why and (snapshot.run_id, stands_at) != self._began_at:
            if self._status_bar.currentMessage() == self._why:
                self._status_bar.clearMessage()
            self._why = ""

    @Slot(object)
    def say_diverged(self, found: Diagnosis) -> None:
        """At once, before there is a snapshot of it."""
        self._offer(found)

    def _offer(self, found: Diagnosis | None) -> None:
        """Say what is wrong with the way back as a button, once: a message that was closed stays so."""
        before, self._offered = self._offered, found
        if found == before:
            return
        is_news = before is None or found is None or found.sentence != before.sentence
        is_shown = before is not None and self._banner.action_id == _WAY_BACK
        if found is not None and (is_news or is_shown):
            words = found.sentence if found.kind == "diverged" else f"{found.sentence} {found.suggestion}"
            # where it is looked at, and with the numbers that it is about
            self._warned = list(dict.fromkeys((self._banner, self._looked_at)))
            for banner in self._warned:
                banner.say(words, error=True, action=found.way_back, action_id=_WAY_BACK)
        elif found is None and is_shown:
            self._settle_warnings()

    def _settle_warnings(self) -> None:
        for banner in self._warned:
            if banner.action_id == _WAY_BACK:
                banner.hide()
        self._warned = []

    @Slot(object)
    def say_refused(self, sentence: str) -> None:
        """Why something was not done."""
        self._looked_at.say(sentence, error=True)

    @Slot(object)
    def say_failed(self, failure: Failure) -> None:
        """What went wrong in the program itself."""
        self._looked_at.say(f"{failure.sentence} {failure.advice}", error=True)

    @Slot(str)
    def say_done(self, word: str) -> None:
        """What was done, where nothing else shows it."""
        self._status_bar.showMessage(word, 4000)

    @Slot(object)
    def say_saved(self, path: str) -> None:
        """Where something is now."""
        self._banner.settle()
        self._status_bar.showMessage(f"Saved {path}", 8000)

    @Slot(int)
    def show_rate(self, frames_per_second: int) -> None:
        """Why the views go slowly, if they do."""
        slow = frames_per_second < _SMOOTH
        self._pace.setText(f"views at {frames_per_second} frames/s to keep training fast" if slow else "")
