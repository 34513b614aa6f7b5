"""What is asked for on the page of pretrained networks: which network, which task, how many images, what is frozen."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from playground.model_file import Model
from playground.own_data.image_set import ImageSet
from playground.pretrained.comparison import PER_CLASS, SEEDS, STEPS, Comparison
from playground.pretrained.shelf import Card, load_pretrained, shipped
from playground.ranges import Range
from playground.settings import RANGES
from ui.controls import CalmComboBox
from ui.number_control import NumberControl
from ui.pretrained.tasks import tasks
from ui.theme import Theme

__all__ = ["Asking"]


class Asking(QWidget):
    """Two rows of fields, with room at their ends for the widgets of the page. changed: something else is asked for."""

    changed = Signal()

    def __init__(self, beside_choices: Sequence[QWidget], beside_numbers: Sequence[QWidget]) -> None:
        super().__init__()
        self._own: ImageSet | None = None
        self._cards = shipped()
        self._models: dict[str, Model] = {}
        self.network = _choice("Pretrained network", [card.title for card in self._cards])
        self.network.setCurrentIndex([card.name for card in self._cards].index("digits-0-4"))
        self.task = _choice("New task", [task.name for task in tasks(None)])
        self.frozen = _choice("Frozen conv blocks", ["nothing", "block 1", "both blocks"])
        self.frozen.setToolTip("These conv blocks of the pretrained network get no update; the others train on")
        self.frozen.setCurrentIndex(2)
        self.per_class = _number(
            "images a class", PER_CLASS, 5, "Training images of each class, drawn anew by each seed", 100
        )
        self.seeds = _number(
            "seeds", SEEDS, 5, "How often it is repeated, each time with other images and first weights", 44
        )
        self.steps = _number("steps", STEPS, 200, "Steps of training of each network", 40)
        self.rate = _number("η", RANGES["learning_rate"], 0.05, "Learning rate of both networks", 16)
        choices, numbers = QHBoxLayout(), QHBoxLayout()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        for row in (choices, numbers):
            row.setSpacing(8)
            layout.addLayout(row)
        for text, choice in (("&Pretrained on", self.network), ("&New task", self.task), ("&Freeze", self.frozen)):
            label = QLabel(text)
            label.setBuddy(choice)
            choices.addWidget(label)
            choices.addWidget(choice)
            choice.currentIndexChanged.connect(self.changed)
        for control in self._numbers:
            numbers.addWidget(control)
            control.value_changed.connect(self.changed)
        for row, others in ((choices, beside_choices), (numbers, beside_numbers)):
            row.addStretch(1)
            for widget in others:
                row.addWidget(widget)

    @property
    def _numbers(self) -> tuple[NumberControl, ...]:
        return self.per_class, self.steps, self.rate, self.seeds

    @property
    def card(self) -> Card:
        """What is known of the chosen network."""
        return self._cards[self.network.currentIndex()]

    def comparison(self) -> Comparison:
        """The comparison that is asked for. Raises PlaygroundError saying what is wrong with it."""
        card, task = self.card, tasks(self._own)[self.task.currentIndex()]
        if card.name not in self._models:
            self._models[card.name] = load_pretrained(card)
        return Comparison(
            self._models[card.name],
            task.images(),
            per_class=int(self.per_class.value),
            seeds=int(self.seeds.value),
            steps=int(self.steps.value),
            frozen=self.frozen.currentIndex(),
            learning_rate=float(self.rate.value),
        )

    def offer_own(self, own: ImageSet | None) -> None:
        """The user's own data can be the new task, too; None: there is none."""
        if own is self._own:
            return
        self._own = own
        chosen = self.task.currentIndex()
        with QSignalBlocker(self.task):
            self.task.clear()
            self.task.addItems([task.name for task in tasks(own)])
            self.task.setCurrentIndex(min(chosen, self.task.count() - 1))
        self.changed.emit()

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        for control in self._numbers:
            control.set_theme(theme)


def _choice(name: str, words: list[str]) -> CalmComboBox:
    choice = CalmComboBox()
    choice.setAccessibleName(name)
    choice.addItems(words)
    choice.setSizeAdjustPolicy(CalmComboBox.SizeAdjustPolicy.AdjustToContents)
    # the style of the theme takes more around the text than the combo box asks for
    choice.setMinimumWidth(max(choice.fontMetrics().horizontalAdvance(word) for word in words) + 44)
    return choice


def _number(label: str, allowed: Range, value: float, tip: str, width: int) -> NumberControl:
    return NumberControl(label, allowed, value, tip, with_slider=False, label_width=width)
