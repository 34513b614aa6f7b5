"""The controls of training: learning rate, batch size, optimiser and seed."""

from __future__ import annotations

import secrets

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from playground.settings import CHOICE_NAMES, RANGES, Settings
from ui.controls import CalmComboBox, CalmToolButton
from ui.icons import glyph_icon
from ui.number_control import NumberControl
from ui.panel import Panel
from ui.theme import DARK, Theme

__all__ = ["TrainingPanel"]

_SEEDS_DRAWN = 10_000  # short enough to read out and to type again


class TrainingPanel(Panel):
    """Everything that may change while training goes on, and the seed, which starts a new network."""

    learning_rate_changed = Signal(float)
    batch_size_changed = Signal(int)
    optimizer_changed = Signal(str)
    seed_changed = Signal(int)
    initialization_changed = Signal(str)

    def __init__(self, settings: Settings | None = None, theme: Theme = DARK, parent: QWidget | None = None) -> None:
        super().__init__("Training", parent)
        settings = settings or Settings()
        self.body.setSpacing(2)
        self.learning_rate = NumberControl(
            "&Learning rate η",
            RANGES["learning_rate"],
            settings.learning_rate,
            "How far each step goes against the gradient; Adam's usual: 0.001 to 0.01. Takes effect on the next step.",
        )
        self.batch_size = NumberControl(
            "Batch size &m",
            RANGES["batch_size"],
            settings.batch_size,
            "How many images each step averages over. Takes effect on the next step.",
        )
        self.optimizer = CalmComboBox()
        self.seed = NumberControl(
            "See&d",
            RANGES["seed"],
            settings.seed,
            "Decides the first weights and the order of the images. A change starts a new network.",
            with_slider=False,
            label_width=34,
            field_width=76,
        )
        self.initialization = CalmComboBox()
        self.new_seed_button = CalmToolButton()
        self._build()
        self.learning_rate.value_changed.connect(self.learning_rate_changed.emit)
        self.batch_size.value_changed.connect(self.batch_size_changed.emit)
        self.seed.value_changed.connect(self.seed_changed.emit)
        self.optimizer.activated.connect(self._on_optimizer)
        self.initialization.activated.connect(self._on_initialization)
        self.new_seed_button.clicked.connect(self.draw_new_seed)
        self.set_settings(settings)
        self.set_theme(theme)

    def _build(self) -> None:
        self.body.addWidget(self.learning_rate)
        self.body.addWidget(self.batch_size)
        for word, name in CHOICE_NAMES["optimizer"].items():
            self.optimizer.addItem(name, word)
        self.optimizer.setAccessibleName("Optimiser")
        self.optimizer.setToolTip("How a gradient becomes a step. Takes effect on the next step.")
        self.optimizer.setFixedHeight(22)
        self.optimizer.setFixedWidth(168)  # the longest name; the box would ask for more
        label = QLabel("&Optimiser")
        label.setBuddy(self.optimizer)
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(label)
        row.addStretch(1)
        row.addWidget(self.optimizer)
        self.body.addLayout(row)
        self.new_seed_button.setAccessibleName("New seed")
        self.new_seed_button.setToolTip("Draw another seed: new first weights (Shift+R)")
        self.new_seed_button.setFixedSize(28, 22)
        self.new_seed_button.setIconSize(QSize(15, 15))
        seed_row = QHBoxLayout()
        seed_row.setSpacing(6)
        seed_row.addWidget(self.seed, 1)
        seed_row.addWidget(self.new_seed_button)
        for word, name in CHOICE_NAMES["initialization"].items():
            self.initialization.addItem(name, word)
        self.initialization.setAccessibleName("First weights")
        self.initialization.setToolTip(
            "How the first weights are drawn from the seed: He (kernels) and Glorot (dense layer) keep the size of the "
            "signal; 0.01 is a narrow normal distribution; with zeros no filter ever differs from another. "
            "A change starts a new network."
        )
        words = self.initialization.fontMetrics()
        widest = max(words.horizontalAdvance(name) for name in CHOICE_NAMES["initialization"].values())
        self.initialization.setFixedSize(max(84, widest + 36), 22)
        seed_row.addWidget(self.initialization)
        self.body.addLayout(seed_row)

    def set_settings(self, settings: Settings) -> None:
        """Show the settings of a run, without telling anybody."""
        self.learning_rate.set_value(settings.learning_rate)
        self.batch_size.set_value(settings.batch_size)
        self.seed.set_value(settings.seed)
        self._optimizer = settings.optimizer
        self.optimizer.setCurrentIndex(self.optimizer.findData(settings.optimizer))
        self._initialization = settings.initialization
        self.initialization.setCurrentIndex(self.initialization.findData(settings.initialization))

    def set_theme(self, theme: Theme) -> None:
        """Follow the theme."""
        for control in (self.learning_rate, self.batch_size, self.seed):
            control.set_theme(theme)
        self.new_seed_button.setIcon(glyph_icon("dice", theme.text))

    def draw_new_seed(self) -> None:
        """Choose another seed and tell it."""
        seed = secrets.randbelow(_SEEDS_DRAWN)
        if seed == self.seed.value:
            seed = (seed + 1) % _SEEDS_DRAWN
        self.seed.set_value(seed)
        self.seed_changed.emit(seed)

    def _on_optimizer(self, index: int) -> None:
        word = str(self.optimizer.itemData(index))
        if word != self._optimizer:
            self._optimizer = word
            self.optimizer_changed.emit(word)

    def _on_initialization(self, index: int) -> None:
        word = str(self.initialization.itemData(index))
        if word != self._initialization:
            self._initialization = word
            self.initialization_changed.emit(word)
