"""One class: its name to edit in place, its colour, its counts and its thumbnails."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QKeyEvent, QMouseEvent, QPainter, QPixmap
from PySide6.QtWidgets import QColorDialog, QFrame, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from playground.own_data.changes import ClassLabel
from playground.own_data.description import MAX_NAME
from ui.colors import SEEN, readable
from ui.controls import CalmToolButton
from ui.number_format import class_words
from ui.theme import DARK, SLIM_SCROLL_BAR, Theme, palette_color
from ui.workshop.sample_model import SampleModel
from ui.workshop.sample_view import CELL, SampleView
from ui.workshop.workshop import Workshop

__all__ = ["COLUMN_WIDTH", "ClassColumn", "color_of"]

_MARGIN = 8
COLUMN_WIDTH = 3 * CELL + SLIM_SCROLL_BAR + 2 * _MARGIN + 6
_KEYS = 9
_NAME_TIP = "The name of the class; Enter takes it (F2)"


def color_of(theme: Theme, known: ClassLabel) -> str:
    """The colour of a class as "#rrggbb", as it is seen elsewhere, too."""
    return (
        readable(known.color, theme.panel, SEEN) if isinstance(known.color, str) else palette_color(theme, known.color)
    )


class _NameField(QLineEdit):
    """A name; Esc puts the present one back, Enter takes it and hands the focus on."""

    cancelled = Signal()
    accepted = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.cancelled.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.accepted.emit()
        else:
            super().keyPressEvent(event)


class ClassColumn(QFrame):
    """`chosen`: the user wants to draw for this class; `named`: its name was taken by Enter, and work goes on."""

    chosen = Signal(int)
    named = Signal()

    def __init__(self, workshop: Workshop, label: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workshop = workshop
        self.label = label
        self._theme = DARK
        self._is_chosen = False
        self.model = SampleModel(workshop, label, self)
        self.view = SampleView(self.model)
        self.name_field = _NameField()
        self.color_button = CalmToolButton()
        self.remove_button = CalmToolButton()
        self.counts = QLabel()
        self._build()
        self._show_name()

    def _build(self) -> None:
        self.setObjectName("classColumn")
        self.setFixedWidth(COLUMN_WIDTH)
        self.color_button.setFixedSize(24, 24)
        self.color_button.setIconSize(QSize(16, 16))
        self.color_button.setAutoRaise(True)
        self.color_button.clicked.connect(self._ask_color)
        self.name_field.setMaxLength(MAX_NAME - 4)
        self.name_field.setMinimumWidth(40)
        self.name_field.editingFinished.connect(self._rename)
        self.name_field.accepted.connect(self._accept_name)
        self.name_field.cancelled.connect(self._cancel_name)
        self.remove_button.setText("✕")
        self.remove_button.setFixedSize(28, 22)
        self.remove_button.setAutoRaise(True)
        self.remove_button.clicked.connect(lambda: self._workshop.remove_class(self.label))
        head = QHBoxLayout()
        head.setSpacing(4)
        head.addWidget(self.color_button)
        head.addWidget(self.name_field, 1)
        head.addWidget(self.remove_button)
        self.counts.setObjectName("muted")
        font = self.font()
        font.setPointSizeF(8.0)
        self.counts.setFont(font)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_MARGIN, 6, _MARGIN, 6)
        layout.setSpacing(3)
        layout.addLayout(head)
        layout.addWidget(self.counts)
        layout.addWidget(self.view, 1)
        workshop = self._workshop
        self.view.delete_requested.connect(workshop.remove)
        self.view.exclude_requested.connect(workshop.toggle_excluded)
        self.view.split_requested.connect(workshop.toggle_split)
        self.view.move_requested.connect(workshop.relabel)
        self.view.focused.connect(lambda: self.chosen.emit(self.label))

    def refresh(self) -> None:
        """Follow the collection."""
        grows = len(self._workshop.collection.rows(self.label)) == self.model.rowCount() + 1
        self.model.refresh()
        if grows:
            self.view.show_newest()
        self._show_name()
        self.view.viewport().update()

    def _show_name(self) -> None:
        """Name, colour and counts of the class."""
        known = self._workshop.collection.classes[self.label]
        if not self.name_field.isModified():
            self.name_field.setText(known.name)
            self.name_field.setCursorPosition(0)
        key = f" ({self.label + 1})" if self.label < _KEYS else ""
        self.setAccessibleName(class_words(known.name))
        self.setToolTip(f"Click to draw for {known.name}{key}")
        for part, words, tip in (
            (self.name_field, f"Name of {class_words(known.name)}", f"{known.name}\n{_NAME_TIP}"),
            (self.color_button, f"Colour of {known.name}", f"Choose the colour of {known.name}"),
            (self.remove_button, f"Remove {known.name}", f"Remove {known.name} and its images; can be undone"),
            (self.view, f"Images of {known.name}", self.view.toolTip()),
        ):
            part.setAccessibleName(words)
            part.setToolTip(tip)
        self._show_counts()
        self._show_color(known)

    def set_chosen(self, is_chosen: bool) -> None:
        """Show whether drawings go to this class."""
        self._is_chosen = is_chosen
        self._paint_frame()

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        self._theme = theme
        self.view.set_theme(theme)
        self._show_color(self._workshop.collection.classes[self.label])
        self._paint_frame()

    def edit_name(self) -> None:
        """Put the cursor into the name, with all of it selected."""
        self.name_field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.name_field.selectAll()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.chosen.emit(self.label)

    def _show_counts(self) -> None:
        workshop = self._workshop.collection
        rows = workshop.rows(self.label)
        excluded = int(workshop.excluded[rows].sum())
        tests = int((workshop.in_test[rows] & ~workshop.excluded[rows]).sum())
        train = len(rows) - excluded - tests
        text = f"{train} train · {tests} test" + (f" · {excluded} out" if excluded else "")
        if text != self.counts.text():
            self.counts.setText(text)
            self.counts.setToolTip(
                f"{train} images are trained on, {tests} test, {excluded} are excluded. "
                "Of new drawings one in five tests, beginning with the third."
            )

    def _show_color(self, known: ClassLabel) -> None:
        swatch = QPixmap(32, 32)
        swatch.fill(Qt.GlobalColor.transparent)
        painter = QPainter(swatch)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(color_of(self._theme, known)))
        painter.drawEllipse(2, 2, 28, 28)
        painter.end()
        self.color_button.setIcon(QIcon(swatch))

    def _paint_frame(self) -> None:
        edge = self._theme.accent if self._is_chosen else self._theme.panel_border
        sheet = (
            f"QFrame#classColumn {{ background: {self._theme.panel}; border: {2 if self._is_chosen else 1}px solid"
            f" {edge}; border-radius: 8px; }}"
        )
        # Qt would lay all thumbnails out again
        if sheet != self.styleSheet():
            self.setStyleSheet(sheet)

    def _ask_color(self) -> None:
        known = self._workshop.collection.classes[self.label]
        color = QColorDialog.getColor(QColor(color_of(self._theme, known)), self, f"Colour of {known.name}")
        if color.isValid():
            self._workshop.recolor_class(self.label, color.name())

    def _accept_name(self) -> None:
        if self._rename():
            self.named.emit()

    def _rename(self) -> bool:
        if not self.name_field.isModified():
            return True
        typed = self.name_field.text()
        self.name_field.setModified(False)
        renamed = self._workshop.rename_class(self.label, typed)
        self.refresh()
        if not renamed:
            self.name_field.selectAll()
        return renamed

    def _cancel_name(self) -> None:
        self.name_field.setModified(False)
        self.refresh()
        self.named.emit()
