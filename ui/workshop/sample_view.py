"""The thumbnails of a class: painted when they come into view, chosen, deleted and dragged."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QContextMenuEvent, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from ui.theme import DARK, Theme, slim_scroll_bar
from ui.workshop.sample_model import SampleModel

__all__ = ["CELL", "SampleView"]

CELL = 50
_GAP = 2
_CROSS = 17
_LEAVES_TO_WINDOW = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape, Qt.Key.Key_Space})
_HELP = "Del deletes, Ctrl+1 to 9 moves to a class, T moves to train or test, X excludes; or drag it to another class"
_LAID_OUT_AT_ONCE = 1000


class _Thumbnail(QStyledItemDelegate):
    """Paints one sample: its image, whether it tests or is left out, whether it is chosen, and × under the pointer."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.theme = DARK

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(CELL, CELL)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        model = index.model()
        assert isinstance(model, SampleModel)
        state, rect = option.state, option.rect
        place = image_rect(rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        excluded = model.is_excluded(index.row())
        painter.setOpacity(0.3 if excluded else 1.0)
        painter.drawImage(place, model.picture(index.row()))
        painter.setOpacity(1.0)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if excluded:
            painter.setPen(QPen(QColor(self.theme.error), 2))
            painter.drawLine(place.bottomLeft() + QPoint(3, -3), place.topRight() + QPoint(-3, 3))
        if model.is_test(index.row()):
            self._paint_test_mark(painter, place)
        if state & QStyle.StateFlag.State_Selected:
            painter.setPen(QPen(QColor(self.theme.accent), 3))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(place)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(QColor("#ffffff"), 1, Qt.PenStyle.DotLine))
            painter.drawRect(place.adjusted(3, 3, -3, -3))
        if state & QStyle.StateFlag.State_MouseOver:
            self._paint_cross(painter, cross_rect(rect))
        painter.restore()

    def _paint_test_mark(self, painter: QPainter, place: QRect) -> None:
        """A line beneath the image and a T, the key that moves it, in the corner: they must not hide what is drawn."""
        mark = QRect(place.left(), place.bottom() - 10, 10, 11)
        painter.fillRect(QRect(place.left(), place.bottom() - 1, place.width(), 2), QColor(self.theme.test))
        painter.fillRect(mark, QColor(self.theme.test))
        font = painter.font()
        font.setPointSizeF(7.0)
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(QColor(self.theme.accent_text))
        painter.drawText(mark, Qt.AlignmentFlag.AlignCenter, "T")

    def _paint_cross(self, painter: QPainter, place: QRect) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self.theme.error))
        painter.drawEllipse(place.adjusted(1, 1, -1, -1))
        painter.setPen(QPen(QColor("#000000" if self.theme.is_dark else "#ffffff"), 1.8))
        inner = place.adjusted(5, 5, -5, -5)
        painter.drawLine(inner.topLeft(), inner.bottomRight())
        painter.drawLine(inner.topRight(), inner.bottomLeft())


def image_rect(cell: QRect) -> QRect:
    """Where the image stands in its cell."""
    return cell.adjusted(_GAP, _GAP, -_GAP, -_GAP)


def cross_rect(cell: QRect) -> QRect:
    """Where the × of a cell stands."""
    return QRect(cell.right() - _CROSS, cell.top() + 1, _CROSS, _CROSS)


class SampleView(QListView):
    """Shows a `SampleModel`.

    delete_requested, exclude_requested, split_requested (samples); move_requested (samples, label); menu_requested
    (place on screen); entered: the user began to work here; selection_changed.
    """

    delete_requested = Signal(object)
    exclude_requested = Signal(object)
    split_requested = Signal(object)
    move_requested = Signal(object, int)
    menu_requested = Signal(QPoint)
    focused = Signal()
    selection_changed = Signal()

    def __init__(self, model: SampleModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._samples = model
        self._delegate = _Thumbnail(self)
        self.setModel(model)
        self.setItemDelegate(self._delegate)
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        # thousands of images are laid out in parts, between which the window answers
        self.setLayoutMode(QListView.LayoutMode.Batched)
        self.setBatchSize(_LAID_OUT_AT_ONCE)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragDrop)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setDragDropOverwriteMode(False)
        self.setDropIndicatorShown(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setToolTip(_HELP)
        self.setAccessibleDescription(_HELP)
        self.selectionModel().selectionChanged.connect(self.selection_changed)
        model.modelReset.connect(self.selection_changed)

    def set_theme(self, theme: Theme) -> None:
        """Colours of the marks."""
        self._delegate.theme = theme
        self.setStyleSheet(f"QListView {{ background: transparent; }}{slim_scroll_bar(theme)}")
        self.viewport().update()

    def selected_samples(self) -> NDArray[np.intp]:
        """The chosen samples, ascending."""
        return np.sort([self._samples.sample(index.row()) for index in self.selectedIndexes()]).astype(np.intp)

    def show_newest(self) -> None:
        """Scroll to the sample that came last."""
        self.scrollToBottom()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        on_cross = index.isValid() and cross_rect(self.visualRect(index)).contains(event.position().toPoint())
        if on_cross and event.button() == Qt.MouseButton.LeftButton:
            self.delete_requested.emit(np.array([self._samples.sample(index.row())]))
            return
        super().mousePressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if len(self.selected_samples()):
            # the menu key has no place of its own: at the chosen sample
            by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
            place = self.visualRect(self.currentIndex()).center()
            self.menu_requested.emit(self.viewport().mapToGlobal(place) if by_key else event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        samples = self.selected_samples()
        key, modifiers = event.key(), event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        digit = key - Qt.Key.Key_1
        plain = modifiers == Qt.KeyboardModifier.NoModifier
        if len(samples) and plain and key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.delete_requested.emit(samples)
        elif len(samples) and plain and key == Qt.Key.Key_X:
            self.exclude_requested.emit(samples)
        elif len(samples) and plain and key == Qt.Key.Key_T:
            self.split_requested.emit(samples)
        elif len(samples) and modifiers == Qt.KeyboardModifier.ControlModifier and 0 <= digit < 9:
            self.move_requested.emit(samples, digit)
        elif key in _LEAVES_TO_WINDOW or (plain and event.text().isprintable() and event.text()):
            # letters would search by name here, and images have none
            event.ignore()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.focused.emit()
        if not self.currentIndex().isValid() and self._samples.rowCount():
            self.selectionModel().setCurrentIndex(self._samples.index(0), self.selectionModel().SelectionFlag.NoUpdate)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._samples.rowCount() == 0:
            painter = QPainter(self.viewport())
            painter.setPen(QColor(self._delegate.theme.muted))
            room = self.viewport().rect().adjusted(8, 8, -8, -8)
            words = "No images yet: draw one and press Enter."
            painter.drawText(room, Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap, words)

    def event(self, event: QEvent) -> bool:
        # Ctrl+1 … and Del are the view's own while it has the focus
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            plain = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier == Qt.KeyboardModifier.NoModifier
            if plain and event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
                event.accept()
                return True
        return super().event(event)
