"""The self-check of what is shown, in the status bar: a few cells ten times a second, and what has come of it."""

from __future__ import annotations

import time

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QWidget

from playground.laboratory.self_check import Mismatch, SelfCheck
from playground.snapshot import Snapshot
from ui.controls import CalmToolButton
from ui.number_format import display_index, display_name, format_number, grouped
from ui.theme import DARK, Theme

__all__ = ["SelfCheckButton"]

_EVERY_MS = 100
_CELLS = 8
_SHARE = 0.002
"""Of a core: what the turns may cost together. One that took longer is paid for by turns that do nothing."""
_TELL_EVERY = 5


class SelfCheckButton(CalmToolButton):
    """Compares cells of the shown trace with the sums that `core.explain` makes of them; rests once all are done.

    The count begins anew with every run, and when a bug is switched on or off. A click asks for more (`clicked`);
    `told(words, wrong)` says what there is to say, now and then.
    """

    told = Signal(str, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.check = SelfCheck()
        self._theme = DARK
        self._run: tuple[object, ...] = ()
        self._turns = 0
        self._credit = 0.0  # seconds of a core
        self._timer = QTimer(self)
        self._timer.setInterval(_EVERY_MS)
        self._timer.timeout.connect(self._advance)
        self.setAutoRaise(True)
        self.setAccessibleName("Self-check")
        self._tell()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Go on with what is shown now."""
        run = (snapshot.run_id, snapshot.flaw.name if snapshot.flaw and snapshot.flaw.is_on else "")
        if run != self._run:
            self._run = run
            self.check.begin()
            self._tell()
        self.check.look_at(snapshot.trace, snapshot.step)
        if not self._timer.isActive():
            self._timer.start()

    def set_theme(self, theme: Theme) -> None:
        """Follow the theme."""
        self._theme = theme
        self._tell()

    @Slot()
    def _advance(self) -> None:
        if not self.isVisible() or self.window().isMinimized():
            return
        allowance = _SHARE * _EVERY_MS / 1000
        self._credit = min(self._credit + allowance, allowance)
        if self._credit <= 0:
            return
        began = time.thread_time()
        self._compare()
        self._credit -= time.thread_time() - began

    def _compare(self) -> None:
        before = self.check.mismatches
        done = self.check.advance(self._credit, _CELLS)
        self._turns += 1
        if not done:
            self._timer.stop()  # all cells of a trace that stays
        if not done or self.check.mismatches != before or self._turns % _TELL_EVERY == 0:
            self._tell()

    def _tell(self) -> None:
        check = self.check
        wrong = check.mismatches
        self.setText(f"{grouped(wrong)} mismatch{'' if wrong == 1 else 'es'} in {grouped(check.cells)} cells")
        color = self._theme.error if wrong else self._theme.muted
        weight = "bold" if wrong else "normal"
        style = f"QToolButton {{ color: {color}; font-weight: {weight}; border: none; padding: 0 6px; }}"
        if style != self.styleSheet():
            self.setStyleSheet(style)
        self.setToolTip(self.words())
        self.told.emit(self.summary(), bool(wrong))

    def summary(self) -> str:
        """The count, and the first cell that is not what it should be."""
        text = f"Self-check of the flow: {self.text()}"
        return f"{text}, {self._mismatch(self.check.first[0])}" if self.check.first else text

    def words(self) -> str:
        """What is compared, and the first cells that are not what they should be."""
        lines = [
            "Self-check: shown cells against the sums that make them, a few at a time. A mismatch is a number that is "
            "not the sum of its terms, but for rounding; 0 is as it should be. "
            "Click to check gradients by difference quotients."
        ]
        lines += [f"✗ {self._mismatch(found)}" for found in self.check.first]
        return "\n".join(lines)

    @staticmethod
    def _mismatch(found: Mismatch) -> str:
        name = f"{display_name(found.name)}{display_index(found.index)}"
        shown, total = format_number(found.shown, 6), format_number(found.total, 6)
        return f"step {grouped(found.step)}, {name}: shown {shown}, its terms sum to {total}"
