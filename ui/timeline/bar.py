"""The slim bar of the timeline: buttons, the slider, which branch, what is kept, and differences."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from playground.counting import counted, grouped
from playground.history import Event
from playground.snapshot import RunState
from playground.timeline.view import BranchView, TimelineView
from ui.controls import CalmComboBox, CalmToolButton
from ui.icons import glyph_icon
from ui.theme import DARK, Theme
from ui.timeline.colors import branch_name
from ui.timeline.slider import TimeSlider

__all__ = ["TimelineBar"]

_BUTTONS = ("moment_before", "play_moments", "moment_after", "newest_moment")
_GLYPHS = {"moment_before": "before", "play_moments": "play", "moment_after": "after", "newest_moment": "newest"}
_HEIGHT = 24
_TEXT_SHARE = 0.42  # of the width, at most, for the words
_WIDEST_TEXT = 680
_BRANCH_WIDTHS, _BRANCH_SHARE = (150, 250), 0.17
_STATES = {RunState.TRAINING: "trains", RunState.PAUSED: "paused", RunState.DIVERGED: "diverged"}


class TimelineBar(QWidget):
    """Shows a timeline. moment_chosen (branch, step): somebody went there."""

    moment_chosen = Signal(int, int)

    def __init__(self, actions: Mapping[str, QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._actions = actions
        self._theme = DARK
        self._view: TimelineView | None = None
        self._state = RunState.PAUSED
        self._texts: tuple[str, ...] = ("",)
        self.setFixedHeight(_HEIGHT)
        self.slider = TimeSlider()
        self.slider.moment_chosen.connect(self._on_slider)
        self.branch = CalmComboBox()
        self.branch.setAccessibleName("Branch")
        self.branch.hide()
        self.branch.activated.connect(self._on_branch)
        self.text = QLabel()
        font = self.text.font()
        font.setPointSizeF(9.0)
        self.text.setFont(font)
        self.text.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        for name in _BUTTONS:
            layout.addWidget(self._button(name))
        layout.addWidget(self.slider, 1)
        layout.addWidget(self.branch)
        layout.addWidget(self.text)
        self.difference = self._button("compare_moments")
        self.difference.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.difference.setFixedWidth(56)
        layout.addWidget(self.difference)

    def _button(self, name: str) -> CalmToolButton:
        button = CalmToolButton()
        action = self._actions[name]
        if name == "compare_moments":
            action.setIconText("B − A")
        button.setDefaultAction(action)
        button.setAutoRaise(True)
        button.setFixedSize(26, 24)
        button.setIconSize(QSize(16, 16))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setAccessibleName(action.text().replace("&", ""))
        return button

    def show_timeline(self, view: TimelineView, events: tuple[Event, ...]) -> None:
        """Show a timeline; `events` are what happened on the way to its shown branch."""
        self._view = view
        self.slider.show_timeline(view, events)
        self._show_branches(view)
        self._show_text(view)
        can_back = view.shown_step > self.slider.first_step
        self._actions["moment_before"].setEnabled(can_back)
        self._actions["moment_after"].setEnabled(view.looking_back)
        self._actions["newest_moment"].setEnabled(view.looking_back)
        self._actions["play_moments"].setEnabled(self.slider.maximum() > 0)
        self._actions["compare_moments"].setChecked(view.pinned is not None)

    def set_state(self, state: RunState) -> None:
        """Say of the run's own branch, in the list, what it does."""
        self._state = state
        if self._view is not None:
            self._show_branches(self._view)

    def set_theme(self, theme: Theme) -> None:
        """Follow the theme."""
        self._theme = theme
        self.slider.set_theme(theme)
        for name, glyph in _GLYPHS.items():
            playing = name == "play_moments" and self._actions[name].isChecked()
            self._actions[name].setIcon(glyph_icon("pause" if playing else glyph, theme.text, theme.muted))
        if self._view is not None:
            self._show_text(self._view)

    def show_playing(self, playing: bool) -> None:
        """Let the play button say what it would do now."""
        self._actions["play_moments"].setChecked(playing)
        glyph = "pause" if playing else "play"
        self._actions["play_moments"].setIcon(glyph_icon(glyph, self._theme.text, self._theme.muted))

    # --- words --------------------------------------------------------------------------------------------------

    def _show_text(self, view: TimelineView) -> None:
        step, end = grouped(view.shown_step), grouped(view.end)
        kept = f"{counted(view.moments, 'moment')} kept"
        where = f"step {step} of {end}" if view.looking_back else f"step {end}"
        if view.pinned is not None:
            same = view.pinned == (view.shown_branch, view.shown_step)
            elsewhere = "" if view.pinned[0] in view.way else f" of {branch_name(view.pinned[0])}"
            a = f"A is step {grouped(view.pinned[1])}{elsewhere}, the tabs show B"
            where = f"{where} · B − A: {'A is here, so all is 0: go to B' if same else a}"
        here = where
        if view.looking_back:
            where = f"looking at {where}"
        text = f"{where} · {kept}, {view.rule}"
        color = self._theme.warning if view.looking_back else self._theme.muted
        weight = "bold" if view.looking_back else "normal"
        sheet = f"QLabel {{ color: {color}; font-weight: {weight}; }}"  # and not its tooltip
        if self.text.styleSheet() != sheet:
            self.text.setStyleSheet(sheet)
        if text != self._texts[0]:
            rule = view.rule.replace("every step", "all").replace(" step after", " after")
            self._texts = (text, f"{here} · {kept}, {rule}", f"{here} · kept: {rule}", f"{where} · {kept}", where, here)
            megabytes = view.bytes / 2**20
            self.text.setToolTip(
                f"{text}. They take {megabytes:.1f} MB of at most 200. The first moment, the newest, those where a "
                "branch begins and those that a step back leads to are kept whatever the rule says."
                + (" Train (Space) goes on from here as a branch; Esc returns to the run." if view.looking_back else "")
            )
            self.text.setAccessibleName(text)
            self._elide()

    def _elide(self) -> None:
        """Say as much as there is room for; the tooltip has all of it."""
        # a width that depends on the window alone, so that the slider keeps its own while the numbers grow
        room = self.width() - (0 if self.branch.isHidden() else self.branch.width())
        width = min(_WIDEST_TEXT, int(room * _TEXT_SHARE))
        # of a fixed size: with any other, each new text would have the whole window arranged anew
        self.text.setFixedSize(width, _HEIGHT)
        metrics = QFontMetrics(self.text.font())
        room = width - 4
        text = next((text for text in self._texts if metrics.horizontalAdvance(text) <= room), self._texts[-1])
        self.text.setText(metrics.elidedText(text, Qt.TextElideMode.ElideRight, room))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """More or less of the words."""
        super().resizeEvent(event)
        least, most = _BRANCH_WIDTHS
        self.branch.setFixedWidth(max(least, min(most, int(self.width() * _BRANCH_SHARE))))
        self._elide()

    # --- branches -----------------------------------------------------------------------------------------------

    def _show_branches(self, view: TimelineView) -> None:
        several = len(view.branches) > 1
        if self.branch.isHidden() == several:
            self.branch.setVisible(several)
            self._elide()
        if not several and self.branch.count() == 1:
            return  # nobody sees it
        entries = [(branch.number, _words(branch, view, self._state)) for branch in view.branches]
        known = [(self.branch.itemData(row), self.branch.itemText(row)) for row in range(self.branch.count())]
        with QSignalBlocker(self.branch):
            if [number for number, _ in entries] != [number for number, _ in known]:
                self.branch.clear()
                for number, words in entries:
                    self.branch.addItem(words, number)
            if entries != known:
                for row, (_, words) in enumerate(entries):
                    self.branch.setItemText(row, words)
                widest = max(QFontMetrics(self.branch.font()).horizontalAdvance(words) for _, words in entries)
                self.branch.view().setMinimumWidth(widest + 24)
            self.branch.setCurrentIndex([number for number, _ in entries].index(view.shown_branch))
        self.branch.setToolTip(f"Which branch is shown: {self.branch.currentText()}")

    @Slot(int)
    def _on_branch(self, row: int) -> None:
        if self._view is not None:
            number = int(self.branch.itemData(row))
            self.moment_chosen.emit(number, self._view.branch(number).end)

    @Slot(int)
    def _on_slider(self, step: int) -> None:
        if self._view is not None:
            self.moment_chosen.emit(self._view.shown_branch, step)


def _words(branch: BranchView, view: TimelineView, state: RunState) -> str:
    parts = [branch_name(branch.number)]
    if branch.differs:
        parts.append(branch.differs)
    if branch.parent is not None:
        parts.append(f"from step {grouped(branch.forked_at)}")
    if branch.number == view.live:
        parts.append(_STATES[state])
    return " · ".join(parts)
