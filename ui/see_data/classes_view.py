"""The classes side by side: the mean image of each, and how many images it has to train on and to test with."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from core.arrays import Array
from ui.classify.pixel_view import picture_of
from ui.number_format import grouped
from ui.theme import DARK, Theme, class_color, number_font

__all__ = ["ClassesView"]

_SIDE, _LARGEST_SIDE = 28, 56
_GAP = 4


class ClassesView(QWidget):
    """A row a class: mean of its training images, name, and two bars on one scale for all."""

    is_picture = True

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names: tuple[str, ...] = ()
        self._train: NDArray[np.int64] = np.zeros(0, np.int64)
        self._test: NDArray[np.int64] = np.zeros(0, np.int64)
        self._means: list[QImage] = []
        self._theme = DARK
        self._small = QFont()
        self._small.setPixelSize(11)
        self._digits = number_font()
        self._digits.setPixelSize(10)
        self.setAccessibleName("Classes: mean image and number of images")
        self.setToolTip("The mean of the training images of each class, and its number of train and test images")

    @property
    def means(self) -> list[QImage]:
        """The mean image of each class; none as long as they are worked out."""
        return self._means

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        self._theme = theme
        self.update()

    def show_counts(self, names: Sequence[str], train: NDArray[np.int64], test: NDArray[np.int64]) -> None:
        """Show the classes and how many images (classes,) each has; the means of others are dropped."""
        self._names, self._train, self._test, self._means = tuple(names), train, test, []
        self.setMinimumSize(200, (_SIDE + _GAP) * len(names) + self._heading())
        spoken = (f"{name} {a} train, {b} test" for name, a, b in zip(names, train, test, strict=True))
        self.setAccessibleDescription("; ".join(spoken))
        self.update()

    def show_means(self, means: Array) -> None:
        """Show the mean images (classes, c, h, w), 0 to 1."""
        self._means = [picture_of(mean) for mean in means]
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(260, (_SIDE + _GAP) * len(self._names) + self._heading())

    def _heading(self) -> int:
        return QFontMetrics(self._small).height() + 2

    def row_rect(self, label: int) -> QRect:
        """Where a class stands."""
        room = (self.height() - self._heading()) // max(1, len(self._names))
        height = max(_SIDE + _GAP, min(_LARGEST_SIDE + _GAP, room))
        return QRect(0, self._heading() + label * height, self.width(), height)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(self._small)
        metrics = QFontMetrics(self._small)
        painter.setPen(QColor(self._theme.muted))
        painter.drawText(QRect(0, 0, self.width(), self._heading()), 0, "mean train image · images to train, to test")
        if not self._names:
            return
        names = min(90, max(metrics.horizontalAdvance(name) for name in self._names) + 1)
        figures = QFontMetrics(self._digits).horizontalAdvance(grouped(int(max(self._train.max(), self._test.max()))))
        most = max(1, int(self._train.max()), int(self._test.max()))
        for label, name in enumerate(self._names):
            row = self.row_rect(label)
            side = row.height() - _GAP
            if self._means:
                self._paint_mean(painter, self._means[label], QRect(0, row.top(), side, side))
            left = side + 6
            painter.setFont(self._small)
            painter.setPen(QColor(self._theme.text))
            shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, names)
            painter.drawText(QRect(left, row.top(), names, side), Qt.AlignmentFlag.AlignVCenter, shown)
            left += names + 6
            widest = max(10, self.width() - left - figures - 44)
            color = QColor(class_color(self._theme, label))
            painter.setFont(self._digits)
            half = side // 2
            for top, count, word in ((0, self._train[label], "train"), (half, self._test[label], "test")):
                bar = QRect(left, row.top() + top + 2, max(1, round(widest * int(count) / most)), half - 4)
                if count:
                    painter.fillRect(bar, color)
                painter.setPen(QColor(self._theme.muted if count else self._theme.error))
                words = QRect(left + (bar.width() if count else 0) + 4, row.top() + top, figures + 44, half)
                painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, f"{grouped(int(count))} {word}")

    def _paint_mean(self, painter: QPainter, picture: QImage, room: QRect) -> None:
        scaled = picture.size().scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
        painter.drawImage(QRect(room.topLeft(), scaled), picture)
