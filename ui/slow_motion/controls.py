"""The row of controls over the stages: back, on, play, slow motion, and what a stage and a step are made of."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QCheckBox, QDoubleSpinBox, QHBoxLayout, QPushButton, QWidget

from ui.controls import CalmComboBox
from ui.slow_motion.stages import Grain
from ui.theme import compact

__all__ = ["StageControls"]

_SECONDS = 1.25
_BACK, _BACK_NARROW = ("◂ Back", 62), ("◂", 30)


class StageControls(QWidget):
    """Holds the controls and says what is chosen; the panel acts on their own signals."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        back = "Previous stage; before the first, the last step is undone"
        self.previous = _button(*_BACK, "Previous stage", back)
        self.next = _button("Next ▸", 66, "Next stage", "Next stage; after the update, the step is taken")
        self.play = _button("▶ Play", 58, "Play the stages", "Go through the stages of this batch, up to its update")
        self.play.setCheckable(True)
        self.slow = QCheckBox("Slo&w motion")
        compact(self.slow)
        self.slow.setToolTip("Train a stage at a time; full speed comes back when it is switched off")
        self.seconds = _seconds_box()
        self.source = _choice("Source", (("next batch", "batch"), ("this sample", "sample")))
        self.source.setToolTip(
            "What the step trains on: the next batch, or the sample that the flow shows, alone (m = 1). A step on one "
            "sample counts as a step; the order of the batches stays as it is."
        )
        self.grain = _choice("Grain", (("phases", "phase"), ("layers", "layer"), ("cells", "cell")))
        self.grain.setCurrentIndex(1)
        self.grain.setToolTip(
            "How far Next goes: a whole phase, a layer, or one cell of the chosen filter, with the sum that makes it"
        )
        self.skip = _button("▸▸", 34, "Next array", "Skip the cells that are left: on to the next array")
        self.skip.hide()
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(5)
        for control in (self.previous, self.next, self.skip, self.play, self.slow, self.seconds):
            row.addWidget(control)
        row.addStretch(1)
        row.addWidget(self.source)
        row.addWidget(self.grain)

    def minimumSizeHint(self) -> QSize:
        """With the narrow way back."""
        return QSize(self._needed() - _BACK[1] + _BACK_NARROW[1], super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The way back has a word where there is room for one."""
        super().resizeEvent(event)
        self._fit()

    def _needed(self) -> int:
        return self._row.minimumSize().width() - self.previous.maximumWidth() + _BACK[1]

    def _fit(self) -> None:
        text, width = _BACK if self._needed() <= self.width() else _BACK_NARROW
        self.previous.setText(text)
        self.previous.setFixedWidth(width)

    @property
    def chosen_source(self) -> Literal["batch", "sample"]:
        """What the step trains on."""
        return "sample" if self.source.currentData() == "sample" else "batch"

    @property
    def chosen_grain(self) -> Grain:
        """How large a beat is."""
        grain: Grain = self.grain.currentData()
        return grain

    def choose_grain(self, grain: Grain) -> None:
        """Choose how large a beat is, as the box does."""
        self.grain.setCurrentIndex(self.grain.findData(grain))

    @property
    def milliseconds(self) -> int:
        """How long a stage stays while it plays."""
        return round(1000 * self.seconds.value())

    def allow(self, *, back: bool, on: bool, play: bool, at_end: bool) -> None:
        """What can be done now; at the end, on means to take the step."""
        self.previous.setEnabled(back)
        self.next.setEnabled(on)
        self.next.setText("Apply ▸" if at_end else "Next ▸")
        self.play.setEnabled(play)
        self.skip.setVisible(self.chosen_grain == "cell")
        self.skip.setEnabled(on and not at_end)
        self._fit()


def _button(text: str, width: int, name: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    compact(button)
    button.setFixedSize(width, 24)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setAccessibleName(name)
    button.setToolTip(tip)
    return button


def _seconds_box() -> QDoubleSpinBox:
    box = QDoubleSpinBox()
    compact(box)
    box.setRange(0.1, 10.0)
    box.setSingleStep(0.25)
    box.setDecimals(2)
    box.setValue(_SECONDS)
    box.setSuffix(" s")
    box.setAccessibleName("Seconds a stage")
    box.setToolTip("Seconds a stage while it plays")
    box.setFixedSize(max(62, QFontMetrics(box.font()).horizontalAdvance(box.text()) + 26), 24)
    return box


def _choice(name: str, entries: tuple[tuple[str, object], ...]) -> CalmComboBox:
    box = CalmComboBox()
    compact(box)
    box.setAccessibleName(name)
    for text, data in entries:
        box.addItem(text, data)
    widest = max(QFontMetrics(box.font()).horizontalAdvance(text) for text, _ in entries)
    box.setFixedWidth(widest + 30)
    return box
