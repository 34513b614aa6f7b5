"""How the pictures become images of one kind, and which of them test."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QLineEdit, QWidget

from playground.own_data.description import IMAGE_SIZES, MAX_NAME
from playground.own_data.importing import TEST_SHARES
from playground.ranges import Range
from playground.settings import RANGES
from ui.controls import CalmComboBox
from ui.number_control import NumberControl
from ui.open_data.choice import Choice
from ui.panel import Panel
from ui.theme import Theme

__all__ = ["OptionsPanel"]

_LABEL_WIDTH = 84
_COLORS = (("Grey", 1), ("Red, green, blue", 3))


class OptionsPanel(Panel):
    """`chosen` brings the Choice after a change of anything but the classes."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("As the network sees it", parent)
        self._choice: Choice | None = None
        self.name = QLineEdit()
        self.size_control = NumberControl(
            "Image &size",
            IMAGE_SIZES,
            28,
            "Side of the square images in pixels. Pictures keep their aspect, on a ground of their border's colour.",
            label_width=_LABEL_WIDTH,
            field_width=44,
        )
        self.colors = CalmComboBox()
        self.invert = QCheckBox("&Invert: dark ink becomes bright")
        self.split = CalmComboBox()
        self.share = NumberControl(
            "Test share %",
            Range(round(100 * TEST_SHARES.minimum), round(100 * TEST_SHARES.maximum)),
            20,
            "This part of each class tests what was learnt and is not trained on.",
            label_width=_LABEL_WIDTH,
            field_width=44,
        )
        self.seed = NumberControl(
            "Split see&d",
            RANGES["seed"],
            3,
            "Decides which images test; the same seed, the same images.",
            with_slider=False,
            label_width=_LABEL_WIDTH,
            field_width=96,
        )
        self._build()
        self._connect()
        self.setEnabled(False)

    def _build(self) -> None:
        self.setFixedWidth(286)
        self.body.setSpacing(7)
        self.name.setMaxLength(MAX_NAME - 4)
        self.name.setAccessibleName("Name of the data set")
        self.name.setToolTip("What it is called in the list of data sets")
        self._add_row("&Name", self.name)
        self.body.addWidget(self.size_control)
        for words, channels in _COLORS:
            self.colors.addItem(words, channels)
        self.colors.setAccessibleName("Colours")
        self.colors.setToolTip("One channel of brightness, or three of red, green and blue")
        self._add_row("&Colours", self.colors)
        self.invert.setToolTip(
            "Take the negative, so that what is drawn on white paper is bright on black, as in MNIST"
        )
        self.body.addWidget(self.invert)
        self.split.setAccessibleName("Split into training and test images")
        self.split.setToolTip("Which images test what was learnt, and are not trained on")
        self._add_row("S&plit", self.split)
        self.body.addWidget(self.share)
        self.body.addWidget(self.seed)
        self.body.addStretch(1)

    def _add_row(self, text: str, field: QWidget) -> None:
        label = QLabel(text)
        label.setFixedWidth(_LABEL_WIDTH)
        label.setBuddy(field)
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(label)
        row.addWidget(field, 1)
        self.body.addLayout(row)

    def _connect(self) -> None:
        self.size_control.value_changed.connect(lambda size: self._change(image_size=size))
        self.colors.activated.connect(lambda _index: self._change(channels=self.colors.currentData()))
        self.invert.clicked.connect(lambda checked: self._change(invert=checked))
        self.split.activated.connect(lambda _index: self._change(use_given_split=self.split.currentData()))
        self.share.value_changed.connect(lambda percent: self._change(test_share=percent / 100))
        self.seed.value_changed.connect(lambda seed: self._change(seed=seed))

    def show_choice(self, choice: Choice, *, has_given_split: bool) -> None:
        """Show a choice; `has_given_split`: the data says itself which images test."""
        self._choice = choice
        self.size_control.set_value(choice.image_size)
        self.colors.setCurrentIndex(self.colors.findData(choice.channels))
        self.invert.setChecked(choice.invert)
        offered = [("As the data comes", True)] if has_given_split else []
        self.split.clear()
        for words, given in (*offered, ("A share of each class", False)):
            self.split.addItem(words, given)
        is_share = not (has_given_split and choice.use_given_split)
        self.split.setCurrentIndex(self.split.findData(not is_share))
        self.share.set_value(round(100 * choice.test_share))
        self.seed.set_value(choice.seed)
        self.share.setEnabled(is_share)
        self.seed.setEnabled(is_share)

    def set_theme(self, theme: Theme) -> None:
        """Follow the theme."""
        for control in (self.size_control, self.share, self.seed):
            control.set_theme(theme)

    def _change(self, **changes: object) -> None:
        if self._choice is not None:
            self.chosen.emit(self._choice.changed(**changes))
