"""Editing a number in place: a field over the cell of a pixel, a weight or a bias, and the choice of the label y."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QActionGroup, QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QMenu

from playground.edits import DRAWN_PIXELS, parse_number
from playground.errors import EditError
from playground.sample_ref import DrawnSample
from playground.snapshot import RunState, Snapshot
from ui.cell_ref import CellRef, cell_value
from ui.flow.picture import FlowPicture
from ui.number_format import display_index, display_name, plain_number
from ui.theme import Theme, number_font

__all__ = ["CellEditing", "is_editable"]

_LEAST_WIDTH, _LEAST_HEIGHT = 84, 26  # logical pixels: readable whatever the size of the cell
_LONGEST_INPUT = 40
_NOTE_MS = 4000
_WHILE_TRAINING = "Pause to edit (Space)."
_DIFFERENCE = "These are differences of two moments; leave them (D) to edit."
_DIVERGED = "This run has diverged; go back to the last good weights first."
_STAYS_OPEN = (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason)
_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


def is_editable(name: str) -> bool:
    """True for the arrays that are given, not computed: X, w… and b…; the label is edited where L stands."""
    return name == "x" or name[0] in "wb"


class CellEditing(QObject):
    """The field over a cell of a flow view. Enter commits, Esc cancels; Tab and the arrows commit and go on.

    Left and right go on while the number is still selected as a whole, or from the ends of the text. A bad input is
    refused beside the field, which stays open with it selected. Clicking elsewhere commits, or keeps the old number.
    """

    cell_edited = Signal(object, float)
    """The CellRef and its new number."""
    label_edited = Signal(int)
    """The class chosen for the shown image."""
    went_on = Signal(object)
    """The CellRef that Tab or an arrow has led to."""

    def __init__(self, view: FlowPicture) -> None:
        super().__init__(view)
        self._view = view
        self._cell: CellRef | None = None
        self._opened_with = ""
        self.field = QLineEdit(view)
        self.field.setFont(number_font(10))
        self.field.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.field.setMaxLength(_LONGEST_INPUT)
        self.field.textEdited.connect(self._typed)
        self.field.installEventFilter(self)
        self.field.hide()
        self.note = QLabel(view)
        self.note.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.note.hide()
        self._note_timer = QTimer(self)
        self._note_timer.setSingleShot(True)
        self._note_timer.setInterval(_NOTE_MS)
        self._note_timer.timeout.connect(self.note.hide)

    @property
    def cell(self) -> CellRef | None:
        """The cell that is being edited."""
        return self._cell

    def set_theme(self, theme: Theme) -> None:
        """Colours of the field and of the note beside it; the property `refused` makes the frame red."""
        self.field.setStyleSheet(
            f"QLineEdit {{ background: {theme.panel}; color: {theme.text}; border: 2px solid {theme.selection};"
            " border-radius: 3px; padding: 0 2px; }"
            f'QLineEdit[refused="true"] {{ border-color: {theme.error}; }}'
        )
        self.note.setStyleSheet(
            f"QLabel {{ background: {theme.panel}; color: {theme.text}; border: 1px solid {theme.error};"
            " border-radius: 4px; padding: 2px 6px; }"
        )

    # --- opening and closing ---------------------------------------------------------------------------------------

    def begin(self, cell: CellRef) -> bool:
        """Edit a cell, or choose the label where it is L; False for a cell that is computed."""
        snapshot = self._view.snapshot
        if snapshot is None or not (cell.name == "L" or is_editable(cell.name)):
            return False
        place = self._view.place_of(cell)
        if place.isEmpty():
            return False
        self.close()
        drawn = isinstance(snapshot.sample, DrawnSample)
        if drawn and cell.name == "x":
            self._say(DRAWN_PIXELS, place)
        elif snapshot.state is not RunState.PAUSED and not (drawn and cell.name == "L"):
            self._say(_WHILE_TRAINING if snapshot.state is RunState.TRAINING else _DIVERGED, place)
        elif snapshot.difference is not None:
            self._say(_DIFFERENCE, place)
        elif cell.name == "L":
            self._choose_label(snapshot, place)
        else:
            self._open(cell, snapshot, place)
        return True

    def _open(self, cell: CellRef, snapshot: Snapshot, place: QRect) -> None:
        self._cell = cell
        self._opened_with = plain_number(cell_value(snapshot.trace, cell))
        self.note.hide()
        self._mark_refused(False)
        self.field.setText(self._opened_with)
        self.field.selectAll()
        name = f"{display_name(cell.name)}{display_index(cell.index)}"
        self.field.setAccessibleName(f"New value of {name}")
        self.field.setToolTip(f"{name}: Enter keeps the number, Esc the old one, Tab goes on")
        self.field.setGeometry(self._field_place(place))
        self.field.show()
        self.field.raise_()
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def close(self) -> None:
        """Close the field without a change."""
        if self._cell is None:
            return
        self._cell = None
        had_focus = self.field.hasFocus()
        self.field.hide()
        if had_focus:
            self._view.setFocus(Qt.FocusReason.OtherFocusReason)

    def _choose_label(self, snapshot: Snapshot, place: QRect) -> None:
        """Between two classes the label changes over; of more, one is chosen from a list."""
        label, names = int(snapshot.trace.y[0]), snapshot.class_names
        if len(names) == 2:
            self.label_edited.emit(1 - label)
            return
        menu = QMenu(self._view)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setAccessibleName("Class of the shown image")
        group = QActionGroup(menu)
        for number, name in enumerate(names):
            action = menu.addAction(f"y = {number}   {name}")
            action.setCheckable(True)
            action.setChecked(number == label)
            group.addAction(action)
            action.triggered.connect(lambda _checked=False, number=number: self._label_chosen(number))
        menu.setActiveAction(menu.actions()[label])
        menu.popup(self._view.mapToGlobal(place.bottomLeft()))

    def _label_chosen(self, number: int) -> None:
        snapshot = self._view.snapshot
        if snapshot is not None and int(snapshot.trace.y[0]) != number:
            self.label_edited.emit(number)

    # --- following the view ----------------------------------------------------------------------------------------

    def follow(self, previous: Snapshot | None, snapshot: Snapshot) -> None:
        """Close the field when its cell belongs to another run or image than the one now shown."""
        if previous and (previous.run_id, previous.sample) != (snapshot.run_id, snapshot.sample):
            self.close()
            self.note.hide()

    def replace(self) -> None:
        """Keep the field over its cell after the layout has changed; close it if the cell is no longer shown."""
        if self._cell is None:
            return
        place = self._view.place_of(self._cell)
        if place.isEmpty():
            self.close()
        else:
            self.field.setGeometry(self._field_place(place))
        self.note.hide()

    def _field_place(self, cell: QRect) -> QRect:
        wanted = QRect(0, 0, max(cell.width(), _LEAST_WIDTH), max(cell.height(), _LEAST_HEIGHT))
        wanted.moveCenter(cell.center())
        return self._inside(wanted)

    def _inside(self, wanted: QRect) -> QRect:
        """Moved as little as possible to be seen whole."""
        room = self._view.visibleRegion().boundingRect()
        if room.isEmpty():
            room = self._view.rect()
        left = max(room.left(), min(wanted.left(), room.right() - wanted.width()))
        top = max(room.top(), min(wanted.top(), room.bottom() - wanted.height()))
        return QRect(QPoint(left, top), wanted.size())

    # --- committing ------------------------------------------------------------------------------------------------

    def commit(self) -> bool:
        """Tell the number that was typed and close the field; False if it was refused."""
        cell, text = self._cell, self.field.text()
        if cell is None:
            return True
        snapshot = self._view.snapshot
        try:
            if snapshot is None or snapshot.state is not RunState.PAUSED:
                raise EditError(_WHILE_TRAINING)
            value = parse_number(text)
        except EditError as error:
            self._refuse(str(error))
            return False
        self.close()
        self.note.hide()
        if text != self._opened_with:
            self.cell_edited.emit(cell, value)
        return True

    def _refuse(self, sentence: str) -> None:
        self._mark_refused(True)
        self.field.selectAll()  # to be typed anew
        self.field.setAccessibleDescription(sentence)
        self._say(sentence, self.field.geometry())
        self._note_timer.stop()  # stays as long as the field does

    def _typed(self) -> None:
        self._mark_refused(False)
        self.note.hide()

    def _mark_refused(self, refused: bool) -> None:
        if bool(self.field.property("refused")) is not refused:
            self.field.setProperty("refused", refused)
            self.field.style().unpolish(self.field)
            self.field.style().polish(self.field)
        if not refused:
            self.field.setAccessibleDescription("")

    def _say(self, sentence: str, place: QRect) -> None:
        """A sentence beneath a place of the view, or above where there is no room."""
        self.note.setText(sentence)
        self.note.adjustSize()
        size = self.note.size()
        wanted = QRect(place.center().x() - size.width() // 2, place.bottom() + 5, size.width(), size.height())
        if self._inside(wanted).top() < wanted.top():
            wanted.moveBottom(place.top() - 5)
        self.note.setGeometry(self._inside(wanted))
        self.note.show()
        self.note.raise_()
        self._note_timer.start()

    # --- keys ------------------------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keys of the field that a line of text does not know, and leaving it."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._key(Qt.Key(event.key()))
        if event.type() == QEvent.Type.FocusOut and isinstance(event, QFocusEvent):
            self._left(event.reason())
        return super().eventFilter(watched, event)

    def _key(self, key: Qt.Key) -> bool:
        """True if the key has been dealt with."""
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.commit()
        elif key == Qt.Key.Key_Escape:
            self.note.hide()
            self.close()
        elif key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            self._go_on(self._in_order(1 if key == Qt.Key.Key_Tab else -1))
        elif key in _ARROWS and self._arrow_leaves(key):
            self._go_on(self._beside(*_ARROWS[key]))
        else:
            # page keys and F2 would act in the view underneath
            return key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown, Qt.Key.Key_F2)
        return True

    def _arrow_leaves(self, key: Qt.Key) -> bool:
        field = self.field
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down) or field.selectedText() == field.text():
            return True
        end = 0 if key == Qt.Key.Key_Left else len(field.text())
        return not field.hasSelectedText() and field.cursorPosition() == end

    def _go_on(self, following: CellRef | None) -> None:
        """Commit, and edit the following cell."""
        if self.commit() and following:
            self.went_on.emit(following)
            self.begin(following)

    def _left(self, reason: Qt.FocusReason) -> None:
        if self._cell is None or reason in _STAYS_OPEN:
            return
        if not self.commit():
            # what was typed is refused and the focus is elsewhere: the old number stays, the reason is still said
            self._note_timer.start()
            self.close()

    def _cells(self) -> Iterator[CellRef]:
        layout = self._view.flow_layout
        for name, part in layout.cells() if layout else ():
            if is_editable(name):
                for row, col in np.ndindex(part.rows, part.cols):
                    yield CellRef(name, part.index(row, col))

    def _in_order(self, step: int) -> CellRef | None:
        cells = list(self._cells())
        return cells[(cells.index(self._cell) + step) % len(cells)] if self._cell in cells else None

    def _beside(self, dx: int, dy: int) -> CellRef | None:
        layout = self._view.flow_layout
        found = layout.find(self._cell.name, self._cell.index) if layout and self._cell else None
        if not found or self._cell is None:
            return None
        part, (row, col) = found
        row, col = row + dy, col + dx
        inside = 0 <= row < part.rows and 0 <= col < part.cols
        return CellRef(self._cell.name, part.index(row, col)) if inside else None
