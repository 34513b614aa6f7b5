"""Which images to show, in which order and how large: five choices in a row, or two rows where it is narrow."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from ui.controls import CalmComboBox
from ui.see_data.population import ORDERS, SPLITS, Choice

__all__ = ["FilterBar"]

_SPLIT_WORDS = {"test": "test", "train": "train", "all": "both"}
_ORDER_WORDS = {
    "set": "set order",
    "highest loss": "highest loss",
    "lowest loss": "lowest loss",
    "least sure": "least sure",
    "surest": "surest",
}
_ONE_ROW = 560


class FilterBar(QWidget):
    """`changed(Choice)` when the user asks for other images, `size_changed` for "large" or "small" thumbnails."""

    changed = Signal(object)
    size_changed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.split = self._box("Split", "Images to train on or to test with")
        self.true = self._box("Class", "The class that the images are of")
        self.answer = self._box("Answer", "What the network takes them for")
        self.order = self._box("Order", "Order of the images; it follows the training")
        self.thumbnails = self._box("Size", "Large thumbnails tell class, answer and probability")
        for split in SPLITS:
            self.split.addItem(_SPLIT_WORDS[split], split)
        for order in ORDERS:
            self.order.addItem(_ORDER_WORDS[order], order)
        for size in ("large", "small"):
            self.thumbnails.addItem(size, size)
        self._boxes = (self.split, self.true, self.answer, self.order)
        for box in self._boxes:
            box.activated.connect(lambda _index: self.changed.emit(self.choice))
        self.thumbnails.activated.connect(lambda _index: self.size_changed.emit(self.thumbnails.currentData()))
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(4)
        self._rows = (QHBoxLayout(), QHBoxLayout())
        for row in self._rows:
            row.setSpacing(4)
            rows.addLayout(row)
        self._is_wide: bool | None = None
        self.set_names(())
        self._arrange(is_wide=False)

    @staticmethod
    def _box(name: str, tip: str) -> QComboBox:
        box = CalmComboBox()
        box.setAccessibleName(name)
        box.setToolTip(tip)
        # the row shares its width out; long class names must not widen it
        box.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        box.setFixedHeight(24)
        return box

    @property
    def choice(self) -> Choice:
        """What is asked for."""
        return Choice(
            self.split.currentData(), self.true.currentData(), self.answer.currentData(), self.order.currentData()
        )

    def set_names(self, names: Sequence[str]) -> None:
        """Offer classes; split and order stay, all classes and answers are shown."""
        self.true.clear()
        self.true.addItem("all classes", None)
        self.answer.clear()
        for words, answer in (("any answer", "any"), ("right", "right"), ("wrong", "wrong")):
            self.answer.addItem(words, answer)
        for label, name in enumerate(names):
            self.true.addItem(name, label)
            self.answer.addItem(f"taken for {name}", label)

    def show_choice(self, choice: Choice) -> None:
        """Show what is asked for elsewhere, without telling."""
        values: tuple[object, ...] = (choice.split, choice.true, choice.answer, choice.order)
        for box, value in zip(self._boxes, values, strict=True):
            with QSignalBlocker(box):
                box.setCurrentIndex(next(place for place in range(box.count()) if box.itemData(place) == value))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange(is_wide=self.width() >= _ONE_ROW)

    def _arrange(self, *, is_wide: bool) -> None:
        if is_wide == self._is_wide:
            return
        self._is_wide = is_wide
        above, beneath = self._rows
        for box, row, share in (
            (self.true, above, 4),
            (self.answer, above, 4),
            (self.split, above if is_wide else beneath, 3),
            (self.order, above if is_wide else beneath, 4),
            (self.thumbnails, above if is_wide else beneath, 3),
        ):
            row.addWidget(box, share)
