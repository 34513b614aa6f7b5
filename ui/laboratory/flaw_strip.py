"""The strip across the window while a bug is switched on, and while weights are shown that one has trained."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from playground.flaw import Flaw
from ui.number_format import grouped
from ui.theme import DARK, Theme

__all__ = ["FlawStrip"]


class FlawStrip(QFrame):
    """Hidden while the run is clean. `off_wanted()` and `clean_wanted()` from its buttons."""

    off_wanted = Signal()
    clean_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("flaw")
        self.setAccessibleName("Bug in the backward pass")
        self._flaw: tuple[Flaw | None, Flaw | None] = None, None
        self._theme = DARK
        self.words = QLabel()
        self.words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.off = QPushButton("Switch off")
        self.clean = QPushButton()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 3, 6, 3)
        layout.addWidget(self.words, 1)
        for button in (self.off, self.clean):
            button.setFixedHeight(24)
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
        if flaw is None:
            text = (
                f"<b>Trained with a bug: {found.name}</b> · in a branch whose curves are here, from step {since} on; "
                "this moment is from before · never saved"
            )
        elif flaw.is_on:
            text = f"<b>BUG ON: {flaw.name}</b> · since step {since}, in all that is shown and trained · never saved"
        else:
            text = f"<b>Trained with a bug: {flaw.name}</b> · from step {since} on; it is off now · never saved"
        self.words.setText(text)
        self.words.setToolTip(
            "The backward pass was given a bug on purpose, in tab 7 (Break). Between two starts of the program the "
            f"clean weights of step {since} are kept; Reset begins clean."
        )
        self.off.setVisible(flaw is not None and flaw.is_on)
        self.clean.setVisible(flaw is not None)
        self.clean.setText(f"Clean weights of step {since}")

    @Slot(bool)
    def keep_place(self, kept: bool) -> None:
        """Take up the same room while hidden: where bugs are switched on, nothing is to move beneath the pointer."""
        policy = self.sizePolicy()
        policy.setRetainSizeWhenHidden(kept)
        self.setSizePolicy(policy)

    def set_theme(self, theme: Theme) -> None:
        """Follow the theme."""
        self._theme = theme
        ink = "#1a0505" if theme.is_dark else "#ffffff"
        self.setStyleSheet(
            f"QFrame#flaw {{ background: {theme.error}; border-radius: 6px; }} QFrame#flaw QLabel {{ color: {ink}; }}"
        )
