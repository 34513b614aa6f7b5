"""The strip in the status bar while a bug is switched on, and while weights are shown that one has trained."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from playground.flaw import Flaw
from ui.elided_label import ElidedLabel
from ui.number_format import grouped
from ui.theme import DARK, Theme

__all__ = ["FlawStrip"]


class FlawStrip(QFrame):
    """Hidden while the run is clean; no higher than a line of text, so that nothing moves when it comes.

    `off_wanted()` and `clean_wanted()` from its buttons.
    """

    off_wanted = Signal()
    clean_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("flaw")
        self.setAccessibleName("Bug in the backward pass")
        self._flaw: tuple[Flaw | None, Flaw | None] = None, None
        self._theme = DARK
        self.words = ElidedLabel()
        self.off = QPushButton("Switch off")
        self.clean = QPushButton()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 0, 4, 0)
        layout.addWidget(self.words, 1)
        for button in (self.off, self.clean):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            layout.addWidget(button)
        self.off.setToolTip("Compute rightly again; what was trained stays marked")
        self.clean.setToolTip("Go back to the step before the bug was switched on")
        self.off.clicked.connect(self.off_wanted)
        self.clean.clicked.connect(self.clean_wanted)
        self.hide()

    def show_flaw(self, flaw: Flaw | None, elsewhere: Flaw | None) -> None:
        """Say what is wrong with what is shown, or with another branch of the run; None: nothing."""
        if (flaw, elsewhere) == self._flaw:
            return
        self._flaw = flaw, elsewhere
        found = flaw or elsewhere
        self.setVisible(found is not None)
        if found is None:
            return
        since = grouped(found.since)
        trained = f"Trained with a bug: {found.name}"
        if flaw is None:
            now = "this moment is from before · never saved"
            texts = (
                f"{trained} · in a branch whose curves are here, from step {since} on; {now}",
                f"{trained} · in a branch; {now}",
            )
        elif flaw.is_on:
            on = f"BUG ON: {flaw.name} · since step {since}"
            texts = f"{on}, in all that is shown and trained · never saved", f"{on} · never saved"
        else:
            texts = (
                f"{trained} · from step {since} on; it is off now · never saved",
                f"{trained} · off now · never saved",
            )
        self.words.setMinimumWidth(self.words.fontMetrics().horizontalAdvance(texts[-1]) + 2)
        self.words.show_text(*texts)
        self.setToolTip(
            f"{texts[0]}. The backward pass was given a bug on purpose, in tab 7 (Break). Between two starts of the "
            f"program the clean weights of step {since} are kept; Reset begins clean."
        )
        self.off.setVisible(flaw is not None and flaw.is_on)
        self.clean.setVisible(flaw is not None)
        self.clean.setText(f"Clean weights of step {since}")

    def set_theme(self, theme: Theme) -> None:
        """Follow the theme."""
        self._theme = theme
        ink = "#1a0505" if theme.is_dark else "#ffffff"
        self.setStyleSheet(
            f"QFrame#flaw {{ background: {theme.error}; border-radius: 4px; }}"
            f"QFrame#flaw QLabel {{ color: {ink}; font-weight: bold; }}"
            f"QFrame#flaw QPushButton {{ color: {ink}; background: transparent; border: 1px solid {ink};"
            " border-radius: 4px; padding: 0 8px; margin: 1px 0; }"
            "QFrame#flaw QPushButton:hover, QFrame#flaw QPushButton:focus"
            f" {{ color: {theme.error}; background: {ink}; }}"
        )
