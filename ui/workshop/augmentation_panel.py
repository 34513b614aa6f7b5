"""Switches for small changes of the training images, and pictures of what they do, made before they are used."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QCheckBox, QDoubleSpinBox, QGridLayout, QSizePolicy, QWidget

from core.arrays import Array
from playground.augmentation import (
    AUGMENTATION_RANGES,
    NO_AUGMENTATION,
    SUGGESTED_AUGMENTATION,
    Augmentation,
    augment,
)
from ui.classify.pixel_view import picture_of
from ui.controls import CalmToolButton
from ui.icons import glyph_icon
from ui.number_format import chosen_number
from ui.panel import Panel
from ui.theme import DARK, Theme
from ui.workshop.workshop import Workshop

__all__ = ["AugmentationPanel"]

_KINDS: tuple[tuple[str, str, str, float, str], ...] = (
    ("shift", "S&hift", " %", 100, "Moved by up to this part of the side, each way"),
    ("rotation", "&Rotation", "°", 1, "Turned by up to so many degrees, either way"),
    ("scale", "S&cale", " %", 100, "Larger or smaller by up to this part"),
    ("noise", "&Noise", " %", 100, "Noise of this strength (standard deviation, of white) on every pixel"),
)
"""Field, label, unit, units in 1, and what it does."""

_PREVIEWS = 7
_SIDE = 40


class _CalmSpinBox(QDoubleSpinBox):
    """Takes the wheel only while it has the focus."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setKeyboardTracking(False)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class _Pictures(QWidget):
    """Two rows: samples as they are, and beneath each one what training would see of it."""

    def __init__(self) -> None:
        super().__init__()
        self._theme = DARK
        self._before: Array = np.zeros((0, 1, 1, 1), np.float32)
        self._after = self._before
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("What augmentation does")
        self.setToolTip("Above: images as they are. Below: as training sees them, other ones in each epoch.")

    def set_theme(self, theme: Theme) -> None:
        """Colour of the words."""
        self._theme = theme
        self.update()

    def show_images(self, before: Array, after: Array) -> None:
        """Show (n, c, h, w) images from 0 to 1 and what became of them."""
        self._before, self._after = before, after
        self.setAccessibleDescription(f"{len(before)} images before and after")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(_PREVIEWS * (_SIDE + 3), 2 * _SIDE + 4)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if not len(self._before):
            painter.setPen(QColor(self._theme.muted))
            words = "Pictures of what it does stand here once there are images to train on."
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, words)
            return
        for number, (before, after) in enumerate(zip(self._before, self._after, strict=True)):
            left = number * (_SIDE + 3)
            painter.drawImage(QRect(left, 0, _SIDE, _SIDE), picture_of(before))
            painter.drawImage(QRect(left, _SIDE + 3, _SIDE, _SIDE), picture_of(after))


class AugmentationPanel(Panel):
    """`augmentation_changed` brings an Augmentation when the user changed it."""

    augmentation_changed = Signal(object)

    def __init__(self, workshop: Workshop, parent: QWidget | None = None) -> None:
        super().__init__("Augmentation", parent)
        self._workshop = workshop
        self._draw = 0
        self.switches: dict[str, QCheckBox] = {}
        self.amounts: dict[str, QDoubleSpinBox] = {}
        self.again_button = CalmToolButton()
        self.pictures = _Pictures()
        self._build()
        workshop.opened.connect(self._preview)
        workshop.changed.connect(self._preview)
        self.set_augmentation(NO_AUGMENTATION)

    def _build(self) -> None:
        self.again_button.setAutoRaise(True)
        self.again_button.setFixedSize(28, 22)
        self.again_button.setAccessibleName("Draw the changes again")
        self.again_button.setToolTip("Draw the changes again: they are other ones each time")
        self.again_button.clicked.connect(self._again)
        self.header.addWidget(self.again_button)
        grid = QGridLayout()
        grid.setHorizontalSpacing(6)
        grid.setVerticalSpacing(3)
        grid.setColumnStretch(2, 1)
        for number, (name, label, unit, scale, tip) in enumerate(_KINDS):
            allowed = AUGMENTATION_RANGES[name]
            switch = QCheckBox(label)
            switch.setToolTip(f"{tip}. Each image anew each time it is trained on.")
            switch.setAccessibleName(f"{label.replace('&', '')} on")
            switch.clicked.connect(self._on_change)
            amount = _CalmSpinBox()
            amount.setRange(1, allowed.maximum * scale)
            amount.setDecimals(0)
            amount.setSuffix(unit)
            amount.setValue(getattr(SUGGESTED_AUGMENTATION, name) * scale)
            amount.setFixedWidth(70)
            amount.setAccessibleName(f"{label.replace('&', '')} amount")
            amount.setToolTip(f"{tip}; from 1 to {chosen_number(allowed.maximum * scale)}{unit}")
            amount.valueChanged.connect(self._on_change)
            row, column = divmod(number, 2)
            grid.addWidget(switch, row, 3 * column)
            grid.addWidget(amount, row, 3 * column + 1)
            self.switches[name], self.amounts[name] = switch, amount
        self.body.addLayout(grid)
        self.body.addWidget(self.pictures)

    @property
    def augmentation(self) -> Augmentation:
        """What is switched on now."""
        chosen = {
            name: min(self.amounts[name].value() / scale, AUGMENTATION_RANGES[name].maximum)
            for name, _, _, scale, _ in _KINDS
            if self.switches[name].isChecked()
        }
        return replace(NO_AUGMENTATION, **chosen)

    def set_augmentation(self, augmentation: Augmentation) -> None:
        """Show that of a run without telling; amounts of what is off stay as they were."""
        for name, _, _, scale, _ in _KINDS:
            value = getattr(augmentation, name)
            self.switches[name].setChecked(value > 0)
            if value:
                blocked = self.amounts[name].blockSignals(True)
                self.amounts[name].setValue(value * scale)
                self.amounts[name].blockSignals(blocked)
        self._enable()
        self._preview()

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        self.pictures.set_theme(theme)
        self.again_button.setIcon(glyph_icon("dice", theme.text))

    def _on_change(self) -> None:
        self._enable()
        self._preview()
        self.augmentation_changed.emit(self.augmentation)

    def _enable(self) -> None:
        for name, switch in self.switches.items():
            self.amounts[name].setEnabled(switch.isChecked())

    def _again(self) -> None:
        self._draw += 1
        self._preview()

    def _preview(self) -> None:
        collection = self._workshop.collection
        usable = np.flatnonzero(~(collection.removed | collection.excluded | collection.in_test))
        # the newest of each class in turn: what was drawn last is seen at once
        places = [usable[collection.labels[usable] == label][::-1] for label in range(len(collection.classes))]
        turns = [rows[turn] for turn in range(_PREVIEWS) for rows in places if turn < len(rows)]
        before = collection.images[np.array(turns[:_PREVIEWS], np.intp)] / np.float32(255)
        after = augment(before, self.augmentation, np.random.default_rng(self._draw))
        self.pictures.show_images(before, after)
