"""What y the classes have, and the switches between the training images, the test images and the user's drawing."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QWidget

from ui.data.mapping_label import MappingLabel
from ui.number_format import grouped
from ui.theme import Theme

__all__ = ["SplitRow"]

_SPLITS = ("train", "test")
_GAP = 2


class SplitRow(QWidget):
    """`split_chosen` ("train" or "test") and `drawing_clicked` tell what was clicked.

    How many images there are stands on the switches, unless that would cut the names of the classes.
    """

    split_chosen = Signal(str)
    drawing_clicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._counts: Mapping[str, int] = dict.fromkeys(_SPLITS, 0)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(_GAP)
        self.mapping = MappingLabel()
        row.addWidget(self.mapping, 1)
        group = QButtonGroup(self)
        self.splits = {split: self._switch() for split in _SPLITS}
        for split, button in self.splits.items():
            button.setAccessibleName(f"Show {split} images")
            button.clicked.connect(lambda _checked=False, split=split: self.split_chosen.emit(split))
            group.addButton(button)
        self.drawing = self._switch()
        self.drawing.setText("drawn")
        self.drawing.setAccessibleName("Follow your drawing")
        self.drawing.setToolTip("Show your drawing in both passes in the place of an image of the data set (F)")
        self.drawing.clicked.connect(self.drawing_clicked)
        self.drawing.hide()

    def _switch(self) -> QPushButton:
        button = QPushButton()
        button.setCheckable(True)
        button.setFlat(True)
        button.setFixedHeight(18)
        layout = self.layout()
        assert layout is not None
        layout.addWidget(button)
        return button

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        for button in (*self.splits.values(), self.drawing):
            button.setStyleSheet(
                f"QPushButton {{ color: {theme.muted}; border: none; border-radius: 4px; padding: 0 5px;"
                " font-size: 8pt; }"
                f"QPushButton:checked {{ color: {theme.text}; background: {theme.panel_border}; }}"
            )
        self.mapping.set_theme(theme)

    def show_classes(self, names: list[str]) -> None:
        """Say which y each class has."""
        self.mapping.show_classes(names)
        self._word()

    def show_splits(self, split: str, counts: Mapping[str, int] | None) -> None:
        """Which images are shown, and how many each split has; None before there are any."""
        self._counts = dict.fromkeys(_SPLITS, 0) if counts is None else counts
        for name, button in self.splits.items():
            count = self._counts[name]
            button.setChecked(name == split)
            button.setAccessibleDescription(f"{grouped(count)} images")
            button.setToolTip(f"Show the {grouped(count)} {name} images")
            button.setEnabled(count > 0 or counts is None)
        self._word()

    def offer_drawing(self, offered: bool) -> None:
        """Let the drawing be among what can be chosen."""
        self.drawing.setVisible(offered)
        self._word()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._word()

    def _word(self) -> None:
        for name, button in self.splits.items():
            button.setText(f"{name} {grouped(self._counts[name])}")
        switches = (*self.splits.values(), self.drawing)
        taken = sum(button.sizeHint().width() + _GAP for button in switches if not button.isHidden())
        if self.width() - taken < self.mapping.least_width():
            for name, button in self.splits.items():
                button.setText(name)
