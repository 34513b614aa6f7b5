"""The bar on top: run and speed left, the figures that matter in the middle, data set, help and theme right."""

from __future__ import annotations

import math
from collections.abc import Mapping

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QFontMetrics, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from playground.datasets import data_in_words
from playground.evaluation import Evaluation
from playground.settings import Settings
from playground.snapshot import RunState, Snapshot
from ui.actions import show_back, show_training
from ui.controls import ARROW_KEYS, CalmSlider, CalmToolButton
from ui.figures import NOTHING, Figure, Figures
from ui.icons import glyph_icon
from ui.number_format import chosen_number, display_index, display_name, grouped, percent, scientific
from ui.theme import DARK, Theme, number_font

__all__ = ["SPEEDS", "WATCHED_SPEED", "Toolbar"]

SPEEDS: tuple[float | None, ...] = (1, 2, 3, 5, 8, 12, 20, 30, 50, 80, 120, 200, 300, 500, 1000, None)
"""Steps a second that the slider offers; None is as fast as the machine can."""

WATCHED_SPEED = 8
"""Steps a second that can be watched: with the default network most of the fall of the loss takes half a minute."""

_FULL = len(SPEEDS) - 1
_SLOW_MOTION = -1
"""The slider's place before the first speed: a stage of a step at a time."""

_ACTION_OF = {"back": "step_back"}
_ACCURACY = "test acc"
_ACCURACY_TIP = "Share of the test images that are classified right"
_OLD_STEPS, _OLD_SECONDS = 20, 2.0
"""A figure is old when it is behind by more of both."""


class _ActionButton(QPushButton):
    """A push button that shows and runs a QAction."""

    def __init__(self, action: QAction, width: int) -> None:
        super().__init__()
        self._action = action
        self.setFixedSize(width, 30)
        self.setIconSize(QSize(14, 14))
        # a click leaves the focus where it was, so that the keys of the work go on working
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.clicked.connect(action.trigger)
        action.changed.connect(self._follow)
        self._follow()

    def keyPressEvent(self, e: QKeyEvent) -> None:
        # a push button would move the focus with the arrow keys; → belongs to the step action
        if e.key() in ARROW_KEYS:
            e.ignore()
        else:
            super().keyPressEvent(e)

    def _follow(self) -> None:
        text = self._action.text().replace("&", "")
        self.setText(text)
        self.setAccessibleName(text)
        self.setToolTip(self._action.toolTip())
        self.setEnabled(self._action.isEnabled())


class Toolbar(QWidget):
    """Buttons of the actions, speed, figures of the newest snapshot."""

    speed_changed = Signal(object)  # steps a second, or None for full speed
    slow_motion_changed = Signal(bool)

    def __init__(self, actions: Mapping[str, QAction], theme: Theme = DARK, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._actions = actions
        self._theme = theme
        self._settings: Settings | None = None
        self._evaluation: Evaluation | None = None
        self._training = False
        self._back: tuple[object, ...] = ()
        self._slow_motion = False
        self._usual_place = _FULL
        self._limited_place = SPEEDS.index(WATCHED_SPEED)
        self._buttons = {
            name: _ActionButton(actions[_ACTION_OF.get(name, name)], width)
            for name, width in (("train", 84), ("step", 56), ("back", 60), ("reset", 62))
        }
        self._buttons["train"].setObjectName("primary")
        self.speed = CalmSlider()
        self._speed_text = QLabel()
        self.full = CalmToolButton()
        self.full.setCheckable(True)
        self.full.setAutoRaise(True)
        self.full.setFixedSize(20, 22)
        self.full.setIconSize(QSize(14, 14))
        self.full.setAccessibleName("Full speed")
        self.full.clicked.connect(self._on_full)
        self._figures = _figures()
        self._figure_row = Figures(tuple(self._figures.values()))
        self._dataset = QLabel()
        self._corner = {name: self._corner_button(actions[name]) for name in ("help", "toggle_theme")}
        self._arrange()
        self._describe_speed()
        self.speed.valueChanged.connect(self._on_speed)
        self.set_theme(theme)

    def _corner_button(self, action: QAction) -> CalmToolButton:
        button = CalmToolButton()
        button.setAutoRaise(True)
        button.setFixedSize(28, 28)
        button.setIconSize(QSize(16, 16))
        button.setAccessibleName(action.text().replace("&", ""))
        button.setToolTip(action.toolTip())
        button.clicked.connect(action.trigger)
        return button

    def _arrange(self) -> None:
        layout = self._row = QHBoxLayout(self)
        layout.setContentsMargins(0, 2, 0, 2)
        layout.setSpacing(5)
        for button in self._buttons.values():
            layout.addWidget(button)
        layout.addSpacing(5)
        speed_label = QLabel("S&peed")
        speed_label.setObjectName("muted")
        speed_label.setBuddy(self.speed)
        layout.addWidget(speed_label)
        self.speed.setFixedWidth(50)
        layout.addWidget(self.speed)
        self._speed_text.setFont(number_font(8.0))
        self._speed_text.setFixedWidth(QFontMetrics(self._speed_text.font()).horizontalAdvance("1000 steps/s") + 4)
        layout.addWidget(self.full)
        layout.addWidget(self._speed_text)
        layout.addWidget(self._figure_row)
        layout.addSpacing(2)
        layout.addStretch(1)
        self._dataset.setObjectName("muted")
        self._dataset.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._dataset.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        layout.addWidget(self._dataset, 100)
        for corner in self._corner.values():
            layout.addWidget(corner)

    def _describe_speed(self) -> None:
        self.speed.setRange(_SLOW_MOTION, _FULL)
        self.speed.setPageStep(3)
        self.speed.setValue(_FULL)
        self.speed.setAccessibleName("Speed")
        self.speed.setToolTip(
            "Speed of training: slow motion (a stage at a time), 1 step a second … full speed (arrow keys)"
        )
        self._show_speed()

    def _show_speed(self) -> None:
        text = _speed_text(self.speed.value())
        self._speed_text.setText(text)
        self.speed.setAccessibleDescription(text)
        is_full = self.speed.value() == _FULL
        self.full.setChecked(is_full)
        slower = _speed_text(self._limited_place)
        self.full.setToolTip(f"Train at {slower} again" if is_full else "Train at full speed")

    @Slot(bool)
    def _on_full(self, on: bool) -> None:
        self.speed.setValue(_FULL if on else self._limited_place)

    def _on_speed(self, place: int) -> None:
        self._show_speed()
        slow_motion = place == _SLOW_MOTION
        if not slow_motion:
            self._usual_place = place
            self._limited_place = self._limited_place if place == _FULL else place
            self.speed_changed.emit(SPEEDS[place])
        if slow_motion != self._slow_motion:
            self._slow_motion = slow_motion
            self.slow_motion_changed.emit(slow_motion)

    def button(self, name: str) -> QPushButton:
        """One of "train", "step", "back" and "reset"."""
        return self._buttons[name]

    def set_slow_motion(self, on: bool) -> None:
        """Show slow motion without telling it; leaving it, the speed before."""
        if on != self._slow_motion:
            self._slow_motion = on
            self._place_speed(_SLOW_MOTION if on else self._usual_place)

    def set_speed(self, speed: float | None) -> None:
        """Show a speed without telling it; one between two stops is shown at the nearest."""
        numbers = [stop for stop in SPEEDS if stop is not None]
        place = _FULL
        if speed is not None:
            place = min(range(len(numbers)), key=lambda stop: abs(math.log(numbers[stop] / speed)))
        self._slow_motion, self._usual_place = False, place
        self._limited_place = self._limited_place if place == _FULL else place
        self._place_speed(place)

    def _place_speed(self, place: int) -> None:
        blocked = self.speed.blockSignals(True)
        self.speed.setValue(place)
        self.speed.blockSignals(blocked)
        self._show_speed()

    def set_state(self, state: RunState) -> None:
        """Let the train button say Pause while training, else Train."""
        training = state is RunState.TRAINING
        if training != self._training:
            self._training = training
            show_training(self._actions, training)
            self._show_icons()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show the figures of a snapshot."""
        self.set_state(snapshot.state)
        self._show_back(snapshot)
        figures = self._figures
        figures["epoch"].show_text(grouped(snapshot.epoch))
        figures["step"].show_text(grouped(snapshot.step))
        loss = snapshot.batch_loss
        loss_text = NOTHING if loss is None else _loss_text(loss)
        figures["loss"].show_text(loss_text, error=loss is not None and not math.isfinite(loss))
        evaluation = snapshot.evaluation
        figures["accuracy"].show_text(NOTHING if evaluation is None else percent(evaluation.test_accuracy))
        old = evaluation is not None and _is_old(evaluation, snapshot)
        captioned = figures["accuracy"].show_caption(*_accuracy_captions(evaluation if old else None))
        if captioned or evaluation is not self._evaluation:
            self._evaluation = evaluation
            measured = "" if evaluation is None else f"; measured at step {grouped(evaluation.step)}"
            behind = ". The next figure comes with more steps, or at once with Pause" if old and self._training else ""
            figures["accuracy"].setToolTip(f"{_ACCURACY_TIP}{measured}{behind}")
        pace = snapshot.steps_per_second
        figures["pace"].show_text(grouped(round(pace)) if pace >= 9.95 else f"{pace:.1f}" if pace > 0 else NOTHING)
        if snapshot.settings is not self._settings:
            self._settings = snapshot.settings
            self._show_dataset(data_in_words(snapshot.settings))

    def _show_back(self, snapshot: Snapshot) -> None:
        timeline, edit, undone = snapshot.timeline, snapshot.undone_first, ""
        if edit is not None:
            changed = f"{display_name(edit.name)}{display_index(edit.index)}"
            undone = f"the change of {changed} after step {grouped(snapshot.step)}"
        elif snapshot.undo_target is not None:
            undone = f"step {grouped(snapshot.step)}"
        training = snapshot.state is RunState.TRAINING
        # while it trains the action rests, and what is before changes with each step
        before = None if training or timeline is None else timeline.step_before
        back = (undone, before, training)
        if back != self._back:
            self._back = back
            show_back(self._actions, undone, before, training=training)

    def _show_dataset(self, text: str) -> None:
        self._dataset.setToolTip(text)
        self._dataset.setAccessibleName(f"Data: {text}")
        self._elide_dataset()

    def _elide_dataset(self) -> None:
        """As many parts as there is room for: the name, the classes, the size."""
        metrics, room = QFontMetrics(self._dataset.font()), max(0, self._dataset.width())
        parts = self._dataset.toolTip().split(" · ")
        ways = [" · ".join(parts[:count]) for count in range(len(parts), 0, -1)]
        fitting = next((way for way in ways if metrics.horizontalAdvance(way) <= room), ways[-1])
        self._dataset.setText(metrics.elidedText(fitting, Qt.TextElideMode.ElideRight, room))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the name of the data set within its room."""
        super().resizeEvent(event)
        self._row.activate()
        self._elide_dataset()

    def set_theme(self, theme: Theme) -> None:
        """Follow the theme."""
        self._theme = theme
        self._figure_row.set_theme(theme)
        self._show_icons()

    def _show_icons(self) -> None:
        theme = self._theme
        self._buttons["train"].setIcon(glyph_icon("pause" if self._training else "play", theme.accent_text))
        for name in ("step", "back", "reset"):
            self._buttons[name].setIcon(glyph_icon(name, theme.text))
        self.full.setIcon(glyph_icon("full", theme.text))
        self._corner["help"].setIcon(glyph_icon("help", theme.muted))
        self._corner["toggle_theme"].setIcon(glyph_icon("sun" if theme.is_dark else "moon", theme.muted))


def _speed_text(place: int) -> str:
    if place == _SLOW_MOTION:
        return "slow motion"
    speed = SPEEDS[place]
    if speed is None:
        return "full"
    return f"{chosen_number(speed)} step/s" if speed == 1 else f"{chosen_number(speed)} steps/s"


def _figures() -> dict[str, Figure]:
    return {
        "epoch": Figure("epoch", grouped(9_999_999), "How many times every training image has been seen"),
        "step": Figure("step", grouped(9_999_999), "Batches trained on so far"),
        "loss": Figure("batch loss", "0.0e-00", "Loss of the last batch"),
        "accuracy": Figure(_ACCURACY, "100.0 %", _ACCURACY_TIP),
        "pace": Figure("steps/s", grouped(99_999), "Training steps a second, measured"),
    }


def _is_old(evaluation: Evaluation, snapshot: Snapshot) -> bool:
    """Whether so much was trained since that its figures may mislead; at full speed, new ones come soon enough."""
    return snapshot.step - evaluation.step > max(_OLD_STEPS, _OLD_SECONDS * snapshot.steps_per_second)


def _accuracy_captions(old: Evaluation | None) -> tuple[str, ...]:
    """The caption in fewer and fewer words; of an old figure, with its step."""
    if old is None:
        return (_ACCURACY,)
    step = grouped(old.step)
    return f"{_ACCURACY}, step {step}", f"acc, step {step}", f"acc at {step}", f"at {step}", "older acc"


def _loss_text(loss: float) -> str:
    if math.isnan(loss):
        return "NaN"
    if math.isinf(loss):
        return "∞"
    if loss >= 10_000 or 0 < loss < 0.001:
        return scientific(loss, 2)
    return f"{loss:.3f}" if loss < 10 else f"{loss:.1f}"
