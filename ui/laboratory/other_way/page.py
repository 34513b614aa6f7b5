"""The page "Other way": ∂L/∂input of a convolution by scatter and by full convolution, step by step."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout

from playground.laboratory.input_gradient import InputGradient
from playground.snapshot import Snapshot
from ui.elided_label import ElidedLabel
from ui.laboratory.other_way.both_ways import BothWays
from ui.laboratory.other_way.walk import BothWalks
from ui.laboratory.other_way.walk_bar import WalkBar
from ui.laboratory.other_way.words import difference_sentences, patch_sentence, sum_sentences, terms_sentence
from ui.laboratory.page import Page
from ui.pacer import Pacer
from ui.theme import Theme

__all__ = ["OtherWayPage"]

_REFRESH_MS = 200
_LOW = 185  # pixels
_HINT = "Point at a cell of either result, or at an output, to see what belongs to it."


class OtherWayPage(Page):
    """Left and right walk together; pointing at a cell of either result shows its outputs and its window in both."""

    title = "Other way"

    def __init__(self) -> None:
        super().__init__()
        self._snapshot: Snapshot | None = None
        self._decimals = 4
        self.ways: InputGradient | None = None
        self.walk = BothWalks(0, 0, (1, 1), 0)
        self._pacer = Pacer(_REFRESH_MS, self)
        self._pacer.due.connect(self._renew)
        self.bar, self.view = WalkBar(), BothWays()
        self.sum_words, self.terms_words = ElidedLabel(), ElidedLabel()
        self.patch_words, self.difference = ElidedLabel(muted=True), ElidedLabel(muted=True)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setAccessibleName("Gradient of an input by two ways")
        self.setAccessibleDescription("Left and right arrows go from step to step of both walks")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 2, 0, 0)
        layout.setSpacing(3)
        layout.addWidget(self.bar)
        layout.addWidget(self.view, 1)
        for words in (self.sum_words, self.terms_words, self.patch_words, self.difference):
            layout.addWidget(words)
        self.bar.convolution_chosen.connect(self._choose_convolution)
        self.bar.look_changed.connect(self._renew)
        self.bar.place_wanted.connect(self.go_to)
        self.view.pointed.connect(self._say)

    # --- from the window -------------------------------------------------------------------------------------------

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Follow the numbers, a few times a second."""
        before, self._snapshot = self._snapshot, snapshot
        if before is None or before.trace.blocks != snapshot.trace.blocks:
            self.bar.offer(snapshot.trace.blocks)
            self.ways = None  # another walk, at its end
        if before is None or before.trace is not snapshot.trace:
            if before is None or before.run_id != snapshot.run_id:
                self._pacer.now()
            else:
                self._pacer.request()

    def set_theme(self, theme: Theme) -> None:
        """Follow the theme."""
        self.view.set_theme(theme)

    def set_decimals(self, decimals: int) -> None:
        """Decimals of the numbers."""
        self._decimals = decimals
        self._say()

    # --- what is shown ---------------------------------------------------------------------------------------------

    @Slot()
    def _choose_convolution(self) -> None:
        self.ways = None
        self._renew()

    @Slot()
    def _renew(self) -> None:
        """Work both ways out anew for the present numbers, at the same place of the walk if it still fits."""
        snapshot = self._snapshot
        if snapshot is None:
            return
        number = self.bar.number
        filters, channels = snapshot.trace.arrays[f"w{number}"].shape[:2]
        self.bar.limit(channels, filters)
        before, self.ways = self.ways, InputGradient(snapshot.trace, number, self.bar.channel.value())
        same = before is not None and before.windows == self.ways.windows
        self.walk = BothWalks.through(self.ways, self.walk.count if same else None)
        self._show()

    @Slot(int)
    def go_to(self, count: int) -> None:
        """Stand after so many steps."""
        if self.walk.to(count) != self.walk:
            self.walk = self.walk.to(count)
            self._show()

    def _show(self) -> None:
        if self.ways is None:
            return
        self.view.show_ways(self.ways, self.walk, self.bar.filter.value())
        self.bar.show_walk(self.walk)
        self._say()

    @Slot()
    def _say(self) -> None:
        ways, walk, shown, view = self.ways, self.walk, self.bar.filter.value(), self.view
        if ways is None:
            return
        cell = None if view.output else view.cell or walk.cell
        output = None if view.cell else view.output or walk.output
        self.sum_words.show_text(*sum_sentences(ways, *cell, self._decimals) if cell else ("",))
        self.terms_words.show_text(terms_sentence(ways, *cell, shown, self._decimals) if cell else "")
        self.patch_words.show_text(patch_sentence(ways, *output, shown, self._decimals) if output else _HINT)
        self.difference.show_text(*difference_sentences(ways))

    # --- keys, size ------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows step, Home and End go to the ends, wherever in the page the focus is."""
        counts = {
            Qt.Key.Key_Right: self.walk.count + 1,
            Qt.Key.Key_Left: self.walk.count - 1,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: self.walk.cells,
        }
        count = counts.get(Qt.Key(event.key()))
        if count is None or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            super().keyPressEvent(event)
        else:
            self.go_to(count)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a high room the ways stand one above the other; in a low one the pictures take the room of the words."""
        super().resizeEvent(event)
        low = self.height() < _LOW
        for words in (*self.view.titles, self.terms_words, self.patch_words, self.difference):
            words.setHidden(low)
        self.view.set_stacked(self.height() > 0.55 * self.width())

    def minimumSizeHint(self) -> QSize:
        """Pictures whose cells can be told apart, and the words."""
        return QSize(420, 125)
