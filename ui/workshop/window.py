"""The window of the data workshop: draw on the left, classes in the middle, what was changed beneath them."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QPushButton, QToolButton, QVBoxLayout, QWidget

from playground.counting import counted
from playground.own_data.readiness import what_is_missing
from ui.banner import Banner
from ui.controls import CalmComboBox
from ui.elided_label import ElidedLabel
from ui.keys_of_the_window import KeysOfTheWindow
from ui.number_format import percent
from ui.theme import DARK, Theme, number_font
from ui.workshop.augmentation_panel import AugmentationPanel
from ui.workshop.changes_panel import ChangesPanel
from ui.workshop.columns import Columns
from ui.workshop.drawing_panel import DrawingPanel
from ui.workshop.workshop import Workshop

__all__ = ["WorkshopWindow"]

_LEFT_WIDTH, _LARGEST_LEFT = 336, 620
_CHANGES_HEIGHT = 132
_HOW_TO_CHOOSE = ("Click an image to choose it, Shift or Ctrl for more", "Click an image to choose it")
_SETS_TIP = "The data set on the bench; all of yours are kept and can be chosen here"


class WorkshopWindow(QWidget):
    """A window of its own, so that it stands beside the training, on another screen if there is one.

    train_requested: train on what is there, or pause; sets_requested: rename or delete data sets.
    """

    train_requested = Signal()
    sets_requested = Signal()

    def __init__(self, workshop: Workshop, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setWindowTitle("Data workshop")
        self.setMinimumSize(860, 640)
        self._workshop = workshop
        self._training = False
        self._theme = DARK
        self._is_insisting = False
        self.drawing = DrawingPanel(workshop)
        self.augmentation = AugmentationPanel(workshop)
        self.columns = Columns(workshop)
        self.changes = ChangesPanel(workshop)
        self.sets = CalmComboBox()
        self.new_button = QPushButton("New set")
        self.sets_button = QToolButton()
        self.train_button = QPushButton()
        self.status = QLabel()
        self.run_line = QLabel()
        self._selection_buttons: dict[str, QToolButton] = {}
        self._build()
        self._connect()
        self._follow()
        self.set_theme(DARK)
        KeysOfTheWindow(self)

    # --- building -----------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self.sets.setMinimumContentsLength(18)
        self.sets.setAccessibleName("Data set")
        self.new_button.setAccessibleName("New data set")
        self.new_button.setToolTip("Begin a new data set (Ctrl+N); the present one is kept")
        self.sets_button.setText("…")
        self.sets_button.setFixedHeight(self.new_button.sizeHint().height())
        self.sets_button.setAccessibleName("Rename or delete data sets")
        self.sets_button.setToolTip("Rename, delete or restore data sets")
        self.train_button.setObjectName("primary")
        self.train_button.setMinimumWidth(110)
        self.status.setAccessibleName("What is needed")
        self.status.setWordWrap(True)
        self.run_line.setAccessibleName("The run")
        self.run_line.setFont(number_font(9.0))
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.sets)
        top.addWidget(self.sets_button)
        top.addWidget(self.new_button)
        top.addWidget(self.status, 1)
        top.addWidget(self.run_line)
        top.addWidget(self.train_button)
        left_side = QWidget()
        left_side.setMinimumWidth(_LEFT_WIDTH)
        left_side.setMaximumWidth(_LARGEST_LEFT)
        left = QVBoxLayout(left_side)
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(6)
        left.addWidget(self.drawing, 1)
        left.addWidget(self.augmentation)
        self.changes.setFixedHeight(_CHANGES_HEIGHT)
        right = QVBoxLayout()
        right.setSpacing(6)
        right.addLayout(self._selection_row())
        right.addWidget(self.columns, 1)
        right.addWidget(self.changes)
        self._body = body = QWidget()
        row = QHBoxLayout(body)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(left_side, 3)
        row.addLayout(right, 7)
        self.banner = Banner(body)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(9, 7, 9, 9)
        layout.setSpacing(7)
        layout.addLayout(top)
        layout.addWidget(body, 1)

    def _selection_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(4)
        self._selected = ElidedLabel(muted=True)
        row.addWidget(self._selected, 1)
        workshop = self._workshop
        for name, text, tip, act in (
            ("move", "Move to ▾", "Move the chosen images to another class (Ctrl+1 to 9, or drag them there)", None),
            ("split", "Train/test", "Move the chosen images to test, or back to train (T)", workshop.toggle_split),
            ("exclude", "Exclude", "Leave the chosen images out, or take them in again (X)", workshop.toggle_excluded),
            ("delete", "Delete", "Delete the chosen images (Del)", workshop.remove),
        ):
            button = QToolButton()
            button.setText(text)
            button.setToolTip(tip)
            button.setAccessibleName(f"{text.removesuffix(' ▾')}: chosen images")
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            if act is not None:
                button.clicked.connect(partial(self._with_selection, act))
            self._selection_buttons[name] = button
            row.addWidget(button)
        menu = QMenu(self._selection_buttons["move"])
        menu.aboutToShow.connect(lambda: self.columns.fill_move_menu(menu))
        self._selection_buttons["move"].setStyleSheet("QToolButton::menu-indicator { image: none; }")  # it covers text
        self._selection_buttons["move"].setMenu(menu)
        self._selection_buttons["move"].setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        return row

    def _connect(self) -> None:
        workshop = self._workshop
        workshop.opened.connect(self._follow)
        workshop.changed.connect(self._on_changed)
        workshop.opening.connect(self._on_opening)
        workshop.refused.connect(self._on_refused)
        workshop.sets.changed.connect(self._list_sets)
        self.columns.selection_changed.connect(self._show_selection)
        self.columns.work_goes_on.connect(lambda: self.drawing.canvas.setFocus(Qt.FocusReason.OtherFocusReason))
        self.sets.activated.connect(self._on_set_chosen)
        self.new_button.clicked.connect(workshop.begin)
        self.sets_button.clicked.connect(self.sets_requested)
        self.train_button.clicked.connect(self.train_requested)
        for keys, act in (
            ("Ctrl+Z", self.undo),
            ("Ctrl+Shift+Z", self.redo),
            ("Ctrl+Y", self.redo),
            ("Ctrl+T", self.columns.add_class),
            ("Ctrl+N", workshop.begin),
            ("Ctrl+Return", self.train_requested.emit),
            ("F2", self.columns.edit_name),
            ("Ctrl+W", self.close),
        ):
            QShortcut(QKeySequence(keys), self).activated.connect(act)

    # --- what the window's owner calls --------------------------------------------------------------------------

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        self._theme = theme
        for part in (self.drawing, self.augmentation, self.columns, self.changes, self.banner):
            part.set_theme(theme)
        self._show_status()

    @Slot(str)
    def say(self, sentence: str) -> None:
        """One sentence on something that could not be done."""
        self.banner.say(sentence, error=True)

    def insist(self) -> None:
        """Training was asked for and is not possible yet: what is missing stands out until something changes."""
        self._is_insisting = True
        self._show_status()

    def show_run(self, line: str, training: bool) -> None:
        """Tell how the run on this data set is going; empty if the network learns something else."""
        self._training = training
        if line != self.run_line.text():
            self.run_line.setText(line)
        self._show_train_button()

    # --- inside -------------------------------------------------------------------------------------------------

    def undo(self) -> None:
        """Take back the last stroke while one is drawn, else the newest change of the data set."""
        stack = self.drawing.canvas.undo_stack
        if stack.canUndo():
            self.drawing.canvas.undo()
        else:
            self._workshop.undo()

    def redo(self) -> None:
        """Do again what was taken back last, strokes first."""
        if self.drawing.canvas.undo_stack.canRedo():
            self.drawing.canvas.redo()
        else:
            self._workshop.redo()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter keeps the drawing, 1 to 9 choose a class, Esc closes, unless the widget with the focus used the key."""
        plain = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier == Qt.KeyboardModifier.NoModifier
        if plain and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.drawing.keep()
        elif plain and Qt.Key.Key_1 <= event.key() <= Qt.Key.Key_9:
            self._workshop.choose_class(event.key() - Qt.Key.Key_1)
            self.drawing.canvas.setFocus(Qt.FocusReason.OtherFocusReason)
        elif event.key() == Qt.Key.Key_Escape:
            if self.banner.isVisible():
                self.banner.hide()
            else:
                self.close()
        else:
            super().keyPressEvent(event)

    @Slot(str, float)
    def _on_opening(self, name: str, share: float) -> None:
        # what is drawn meanwhile would go to a set that is about to leave
        self._body.setEnabled(False)
        self.train_button.setEnabled(False)
        self.status.setText(f"Reading {name}: {percent(share, 0)}")

    @Slot(str)
    def _on_refused(self, sentence: str) -> None:
        self.say(sentence)
        if not self._workshop.is_opening:
            self._list_sets()
            self._show_status()

    @Slot()
    def _follow(self) -> None:
        self.banner.hide()
        self._is_insisting = False
        self._list_sets()
        self._show_status()
        self._show_selection()
        self.drawing.canvas.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _list_sets(self) -> None:
        self.sets.clear()
        self.sets.addItems(self._workshop.names())
        self.sets.setCurrentText(self._workshop.collection.name)
        self.sets.setToolTip(f"{self._workshop.collection.name}\n{_SETS_TIP}")

    @Slot()
    def _on_changed(self) -> None:
        self._is_insisting = False
        self.banner.settle()
        self._show_status()

    def _show_status(self) -> None:
        if self._workshop.is_opening:
            return
        self._body.setEnabled(True)
        self.train_button.setEnabled(True)
        missing = what_is_missing(self._workshop.collection)
        count = counted(len(self._workshop.collection), "image")
        self.status.setText(missing or f"{count} in {len(self._workshop.collection.classes)} classes, kept")
        insisting = self._is_insisting and bool(missing)
        color = self._theme.warning if insisting else self._theme.muted
        self.status.setStyleSheet(f"QLabel {{ color: {color}; font-weight: {'bold' if insisting else 'normal'}; }}")
        self._show_train_button()

    def _show_train_button(self) -> None:
        missing = what_is_missing(self._workshop.collection)
        self.train_button.setText("Pause" if self._training else "Train")
        self.train_button.setAccessibleName(self.train_button.text())
        # bright while it does something; a click on the quiet one says what is missing
        look = "primary" if self._training or not missing else ""
        if self.train_button.objectName() != look:
            self.train_button.setObjectName(look)
            self.train_button.style().polish(self.train_button)
        if self._training:
            tip = "Pause the training (Ctrl+Enter)"
        elif missing:
            tip = f"Not yet: {missing}"
        else:
            tip = "Train on what is there (Ctrl+Enter); images may come and go while it trains"
        self.train_button.setToolTip(tip)

    @Slot()
    def _show_selection(self) -> None:
        count = len(self.columns.selected)
        self._selected.show_text(*((f"{count} chosen",) if count else _HOW_TO_CHOOSE))
        for button in self._selection_buttons.values():
            button.setEnabled(count > 0)

    def _with_selection(self, act: object, _checked: bool = False) -> None:
        assert callable(act)
        act(self.columns.selected)

    @Slot(int)
    def _on_set_chosen(self, _place: int) -> None:
        name = self.sets.currentText()
        if name != self._workshop.collection.name and not self._workshop.open(name):
            self._list_sets()
