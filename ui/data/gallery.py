"""Thumbnails of the data set in one painted, scrolling widget; one of them is chosen."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QToolTip, QWidget

from core.arrays import Labels
from playground.images import Images
from ui.classify.pixel_view import picture_of
from ui.number_format import class_words, grouped
from ui.theme import DARK, SLIM_SCROLL_BAR, Theme, class_color, slim_scroll_bar

__all__ = ["Gallery"]

_SIDES = ((56, 6), (42, 6), (28, 2))  # (side, gap) in pixels: the first with which all images fit, else the last
_STRIP = 2  # the mark of the true class under each image


class Gallery(QAbstractScrollArea):
    """Images (n, c, h, w) with labels; `chosen` brings the index that a click or a key selected."""

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._images: Images | None = None
        self._labels: Labels | None = None
        self._names: tuple[str, ...] = ()
        self._split = ""
        self._painted: dict[int, QImage] = {}  # those seen so far, as the screen needs them
        self._selected: int | None = None
        self._theme = DARK
        self._side, self._gap = _SIDES[-1]
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setAutoFillBackground(False)
        self.setAccessibleName("Sample images")
        self.setToolTip("Click, or move with the arrow keys, to choose the image that the flow shows")
        self.set_theme(DARK)

    @property
    def selected(self) -> int | None:
        """The index of the chosen image, None if it is not among those shown."""
        return self._selected

    @property
    def count(self) -> int:
        """How many images there are."""
        return 0 if self._images is None else len(self._images)

    @property
    def columns(self) -> int:
        """Images in a row."""
        width, _ = self._cell()
        return max(1, (self.viewport().width() + self._gap) // width)

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        self._theme = theme
        self.setStyleSheet(f"QAbstractScrollArea {{ background: transparent; }}{slim_scroll_bar(theme)}")
        self.viewport().update()

    def show_images(
        self, images: Images, labels: Labels, names: Sequence[str], split: str, *, stay: bool = False
    ) -> None:
        """Show (n, c, h, w) images from 0 to 1 with labels (n,), positions in `names`; `split` names them in words.

        From the top, or (stay) from where the images before them were shown.
        """
        place = self.verticalScrollBar().value() if stay else 0
        self._images, self._labels, self._names, self._split = images, labels, tuple(names), split
        self._selected = None
        self._painted.clear()
        self._fit_scroll_bar()
        self.verticalScrollBar().setValue(place)
        self._describe()
        self.viewport().update()

    def select(self, index: int | None, scroll: bool = True) -> None:
        """Mark an image, or none, without telling; an index that does not exist marks none."""
        if index is not None and not 0 <= index < self.count:
            index = None
        if index == self._selected:
            return
        self._selected = index
        if index is not None and scroll:
            self._scroll_to(index)
        self._describe()
        self.viewport().update()

    def rect_of(self, index: int) -> QRect:
        """Where an image stands in the viewport, without the mark of its class."""
        width, height = self._cell()
        row, column = divmod(index, self.columns)
        top = self._gap + row * height - self.verticalScrollBar().value()
        return QRect(self._left() + column * width, top, width - self._gap, height - self._gap - _STRIP)

    def caption(self, index: int) -> str:
        """One image in words: "test image 12, class 3 (y = 0)"."""
        assert self._labels is not None
        label = int(self._labels[index])
        return f"{self._split} image {grouped(index)}, {class_words(self._names[label])} (y = {label})"

    # geometry

    def _image_size(self) -> tuple[int, int]:
        if self._images is None:
            return self._side, self._side
        height, width = self._images.shape[2:]
        scale = max(1, self._side // max(height, width))
        return width * scale, height * scale

    def _cell(self) -> tuple[int, int]:
        width, height = self._image_size()
        return width + self._gap, height + _STRIP + self._gap

    def _left(self) -> int:
        used = self.columns * self._cell()[0] - self._gap
        return max(0, (self.viewport().width() - used) // 2)

    def _fit_scroll_bar(self) -> None:
        self._choose_side()
        _, height = self._cell()
        rows = -(-self.count // self.columns)
        bar = self.verticalScrollBar()
        bar.setRange(0, max(0, rows * height + self._gap - self.viewport().height()))
        bar.setPageStep(max(height, self.viewport().height() // height * height))
        bar.setSingleStep(height)
        bar.setEnabled(bar.maximum() > 0)

    def _choose_side(self) -> None:
        for side, gap in _SIDES:
            self._side, self._gap = side, gap
            width, height = self._cell()
            # 28×28 images at twice their size are no clearer, and fewer
            larger_helps = self._images is None or side == _SIDES[-1][0] or max(self._images.shape[2:]) < _SIDES[-1][0]
            rows = -(-self.count // self.columns)
            if larger_helps and rows * height + gap <= self.viewport().height() and width <= self.viewport().width():
                return

    def _scroll_to(self, index: int) -> None:
        _, height = self._cell()
        top = index // self.columns * height
        bar = self.verticalScrollBar()
        if top < bar.value():
            bar.setValue(top)
        elif top + height + self._gap > bar.value() + self.viewport().height():
            bar.setValue(top + height + self._gap - self.viewport().height())

    def _at(self, x: int, y: int) -> int | None:
        width, height = self._cell()
        row, column = (y + self.verticalScrollBar().value() - self._gap) // height, (x - self._left()) // width
        index = row * self.columns + column
        return index if 0 <= column < self.columns and 0 <= index < self.count and y >= 0 else None

    # events

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_scroll_bar()
        if self._selected is not None:
            self._scroll_to(self._selected)

    def sizeHint(self) -> QSize:
        width, height = self._cell()
        return QSize(8 * width + SLIM_SCROLL_BAR, 3 * height + self._gap)

    def minimumSizeHint(self) -> QSize:
        width, height = self._cell()
        return QSize(4 * width + SLIM_SCROLL_BAR, height + self._gap)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self._at(int(event.position().x()), int(event.position().y()))
        if event.button() == Qt.MouseButton.LeftButton and index is not None:
            self._choose(index)

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            index = self._at(event.pos().x(), event.pos().y())
            if index is None:
                QToolTip.hideText()
            else:
                words = f"{self.caption(index)}\n{self.toolTip()}"
                QToolTip.showText(event.globalPos(), words, self, self.rect_of(index))
            return True
        return super().viewportEvent(event)

    def event(self, event: QEvent) -> bool:
        # arrows are shortcuts of the window too (a step of training): with the focus here they choose an image
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and self._target(event) is not None
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        target = self._target(event)
        if target is None:
            event.ignore()
        else:
            self._choose(target)

    def _target(self, event: QKeyEvent) -> int | None:
        """The image that a key leads to, None if the key means nothing here."""
        if self.count == 0 or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            return None
        page = max(1, self.viewport().height() // self._cell()[1]) * self.columns
        steps = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: -self.columns,
            Qt.Key.Key_Down: self.columns,
            Qt.Key.Key_PageUp: -page,
            Qt.Key.Key_PageDown: page,
            Qt.Key.Key_Home: -self.count,
            Qt.Key.Key_End: self.count,
        }
        step = steps.get(Qt.Key(event.key()))
        if step is None:
            return None
        if self._selected is None:
            return 0
        return max(0, min(self.count - 1, self._selected + step))

    def _choose(self, index: int) -> None:
        if index != self._selected:
            self.select(index)
            self.chosen.emit(index)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()

    def _describe(self) -> None:
        if self._selected is None:
            self.setAccessibleDescription(f"{grouped(self.count)} images, none chosen")
        else:
            self.setAccessibleDescription(f"{self.caption(self._selected)}, of {grouped(self.count)}")

    # painting

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        if self._images is None or self._labels is None or self.count == 0:
            painter.setPen(QColor(self._theme.muted))
            words = f"There are no {self._split} images." if self._split else "No data yet."
            painter.drawText(self.viewport().rect(), Qt.AlignmentFlag.AlignCenter, words)
            return
        _, height = self._cell()
        first = max(0, self.verticalScrollBar().value() - self._gap) // height * self.columns
        rows = self.viewport().height() // height + 2
        for index in range(first, min(self.count, first + rows * self.columns)):
            place = self.rect_of(index)
            if index not in self._painted:
                self._painted[index] = picture_of(self._images[index])
            painter.drawImage(place, self._painted[index])
            strip = QRect(place.left(), place.bottom() + 1, place.width(), _STRIP)
            painter.fillRect(strip, QColor(class_color(self._theme, int(self._labels[index]))))
        if self._selected is not None:
            self._paint_selection(painter, self.rect_of(self._selected))

    def _paint_selection(self, painter: QPainter, place: QRect) -> None:
        # over the image's edge rather than around it: the gap is too narrow for a line that must not be missed
        painter.setPen(QPen(QColor(self._theme.accent), 2))
        painter.drawRect(place.adjusted(0, 0, 0, _STRIP))
        # the accent of the light theme is dark: a light line inside it stands out from black paper
        painter.setPen(QPen(QColor("#ffffff" if self.hasFocus() or not self._theme.is_dark else self._theme.panel), 1))
        painter.drawRect(place.adjusted(1, 1, -2, _STRIP - 2))
