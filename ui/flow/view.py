"""The forward and backward pass in the hands of the reader: what mouse and keys do to the picture."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, Signal, Slot
from PySide6.QtGui import QContextMenuEvent, QHelpEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QToolTip, QWidget

from playground.snapshot import Snapshot
from ui.cell_ref import CellRef
from ui.flow.bug_formulas import bug_formulas
from ui.flow.cell_editor import CellEditing, is_editable
from ui.flow.formulas import about, formulas, operation
from ui.flow.picture import HELP, FlowPicture
from ui.flow.walking import in_next_tile, walked
from ui.number_format import class_words, display_name, significant_number
from ui.theme import Theme

__all__ = ["FlowView"]

_DIRECTIONS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class FlowView(FlowPicture):
    """Point at a cell, or walk with the arrow keys, to read it; click or Enter to choose its filter and explain it.

    PageUp and PageDown go from array to array, a double click or F2 changes a number in place.
    """

    cell_clicked = Signal(object)
    """The CellRef that was clicked, or chosen by Enter."""
    cell_kept = Signal(object)
    """The CellRef that was clicked with Shift, or chosen by P: to stay beside those that were clicked before."""
    menu_requested = Signal(object, QPoint)
    """The CellRef whose menu is asked for by the right button or the menu key, and where on the screen."""
    dismissed = Signal()
    """Esc was pressed while cells were pinned."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleDescription(HELP)
        self.has_tooltips = True
        """Whether an array tells its formula where the mouse rests on it."""
        self.editing = CellEditing(self)
        self.editing.set_theme(self._theme)
        self.editing.went_on.connect(self._set_cell)
        self.layout_changed.connect(self.editing.replace)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show a snapshot; a number that is typed into a cell of another image is given up."""
        self.editing.follow(self.snapshot, snapshot)
        super().show_snapshot(snapshot)

    def set_theme(self, theme: Theme) -> None:
        """Repaint in the colours of a theme."""
        super().set_theme(theme)
        self.editing.set_theme(theme)

    # --- where -----------------------------------------------------------------------------------------------------

    def _cell_at(self, point: QPointF) -> CellRef | None:
        layout, ratio = self.flow_layout, self.devicePixelRatioF()
        found = layout.cell_at(point.x() * ratio, point.y() * ratio) if layout else None
        return CellRef(*found) if found else None

    def _is_label(self, point: QPointF) -> bool:
        painted, ratio = self.painted, self.devicePixelRatioF()
        return painted is not None and painted.label.contains(point.x() * ratio, point.y() * ratio)

    @Slot(object, result=str)
    def tooltip_at(self, point: QPointF) -> str:
        """'z₁ = conv(X, w₁) + b₁' for the tile at a point, and how its numbers are changed; '' beside tiles.

        In a table of scores the class of the row stands first, for its name may be cut beside it.
        """
        layout, ratio, snapshot = self.flow_layout, self.devicePixelRatioF(), self.snapshot
        if layout is None or snapshot is None:
            return ""
        if self._is_label(point):
            return "Click to give this image another class, for this run."
        for name, tile in layout.tiles.items():
            if tile.extent.contains(point.x() * ratio, point.y() * ratio):
                text = "\n".join(filter(None, (_how(name, snapshot), self._extent_words(name))))
                row = tile.row_at(point.y() * ratio)
                if tile.kind == "table" and row is not None:
                    text = f"{class_words(snapshot.class_names[row])} (y = {row})\n{text}"
                return f"{text}\nDouble-click a number to change it (F2)." if is_editable(name) else text
        return ""

    def _extent_words(self, name: str) -> str:
        """How large the numbers of an array are, where its colours reach further than they do, or less far."""
        limit, peak = self._scales.limit(name), self._scales.peak(name)
        if not limit or abs(limit - peak) <= 0.05 * limit:
            return ""
        now, strongest = (significant_number(value, 3) for value in (peak, limit))
        return f"Largest magnitude now {now}; the strongest colour stands for {strongest}."

    def tooltip_place(self, point: QPointF) -> QPoint:
        """Where that stands: under the tile, so that it hides no cell beside the one that is pointed at."""
        layout, ratio = self.flow_layout, self.devicePixelRatioF()
        for tile in layout.tiles.values() if layout is not None else ():
            if tile.extent.contains(point.x() * ratio, point.y() * ratio) and not self._is_label(point):
                return QPoint(round(tile.extent.x / ratio), round(tile.extent.bottom / ratio))
        return point.toPoint()

    # --- mouse -----------------------------------------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The cell under the mouse is outlined and told."""
        if self._overlay.emphasized:
            self.emphasize(None)
        self._set_cell(self._cell_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is outlined once the mouse has left."""
        self._set_cell(None)
        super().leaveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click tells the cell; on a filter, a map of a mosaic or a class it chooses that too."""
        cell = self._cell_at(event.position())
        if self._is_label(event.position()) and event.button() == Qt.MouseButton.LeftButton:
            self.editing.begin(CellRef("L", ()))
        elif cell and event.button() == Qt.MouseButton.LeftButton:
            self.choose(cell)
            kept = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            (self.cell_kept if kept else self.cell_clicked).emit(cell)
        super().mousePressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Tell the cell under the mouse, for the menu key the keyboard's; elsewhere the menu is the panel's."""
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        cell = self.cell if by_key else self._cell_at(QPointF(event.pos()))
        if cell is None:
            event.ignore()
            return
        place = self.mapToGlobal(self.place_of(cell).center()) if by_key else event.globalPos()
        self.menu_requested.emit(cell, place)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Edit the number of a pixel, a weight or a bias in place, or on L the label."""
        cell = self._cell_at(event.position())
        if self._is_label(event.position()):
            event.accept()  # its first press has changed the label
        elif not (cell and event.button() == Qt.MouseButton.LeftButton and self.editing.begin(cell)):
            super().mouseDoubleClickEvent(event)

    def event(self, event: QEvent) -> bool:
        """The tooltip of a tile is its full formula."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            point = QPointF(event.pos())
            text = self.tooltip_at(point) if self.has_tooltips or self._is_label(point) else ""
            QToolTip.showText(self.mapToGlobal(self.tooltip_place(point)), text, self)
            return True
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.DevicePixelRatioChange):
            self.lay_out_anew()
        return super().event(event)

    # --- keys ------------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows walk from cell to cell, PageUp and PageDown from array to array, Enter or P clicks, Esc lets go."""
        layout, key = self.flow_layout, Qt.Key(event.key())
        if layout is None:
            super().keyPressEvent(event)
        elif key in _DIRECTIONS:
            self._set_cell(walked(layout, self.cell, *_DIRECTIONS[key]))
        elif key in (Qt.Key.Key_PageDown, Qt.Key.Key_PageUp, Qt.Key.Key_Home):
            step = 0 if key == Qt.Key.Key_Home else 1 if key == Qt.Key.Key_PageDown else -1
            self._set_cell(in_next_tile(layout, self.cell, step))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2) and self._edit(self.cell, event):
            event.accept()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_P) and self.cell:
            self.choose(self.cell)
            (self.cell_kept if key == Qt.Key.Key_P else self.cell_clicked).emit(self.cell)
        elif key == Qt.Key.Key_Escape and self._overlay.pinned:
            self.dismissed.emit()
        elif key == Qt.Key.Key_Escape and self.cell:
            self._set_cell(None)
        else:
            super().keyPressEvent(event)

    def _edit(self, cell: CellRef | None, event: QKeyEvent) -> bool:
        return bool(cell and not event.modifiers() and self.editing.begin(cell))


def _how(name: str, snapshot: Snapshot) -> str:
    """'z₁ = conv(X, w₁) + b₁', 'w₁: kernels', and a sentence where the operation is easily misunderstood."""
    trace = snapshot.trace
    wrong = bug_formulas(name, trace.backward_names, snapshot.bug_on)
    if wrong:
        return f"{display_name(name)} = {wrong[0]}"
    texts = formulas(name, trace.blocks, trace.activation == "softmax")
    made = f" = {texts[0]}" if texts else "".join(f": {word}" for word in operation(name, trace.blocks)[:1])
    return "\n".join(filter(None, (display_name(name) + made, about(name, trace.blocks))))
