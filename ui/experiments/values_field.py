"""Which setting is varied, and its values: a choice and a line to type them into."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QWidget

from playground.experiments.values import VARIED, Variation, parse_values
from playground.settings import Settings
from ui.controls import CalmComboBox
from ui.theme import number_font

__all__ = ["ValuesField"]

_NONE = "nothing"


class ValuesField(QWidget):
    """Asks for a `Variation`. changed: something else is asked for now. optional: there may be none."""

    changed = Signal()

    def __init__(
        self, label: str, field: str, text: str, *, without: tuple[str, ...] = (), optional: bool = False
    ) -> None:
        super().__init__()
        self.choice = CalmComboBox()
        if optional:
            self.choice.addItem(_NONE, "")
        for name, varied in VARIED.items():
            if name not in without:
                self.choice.addItem(varied.label, name)
        self.choice.setAccessibleName(f"{label}: setting")
        self.line = QLineEdit(text)
        self.line.setFont(number_font(9.0))
        self.line.setAccessibleName(f"{label}: values")
        self.line.setClearButtonEnabled(True)
        self.line.setMinimumWidth(150)
        title = QLabel(label)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(title)
        layout.addWidget(self.choice)
        layout.addWidget(self.line, 1)
        self.choice.setCurrentIndex(self.choice.findData(field))
        self.choice.activated.connect(self._on_choice)
        self.line.textEdited.connect(self.changed)
        self._follow()

    @property
    def field(self) -> str:
        """The name of the setting in `Settings`, "" for none."""
        return str(self.choice.currentData())

    def variation(self, base: Settings) -> Variation | None:
        """What is asked for, None if nothing. Raises SettingsError saying what is wrong with it."""
        return parse_values(self.field, self.line.text(), base) if self.field else None

    def _on_choice(self) -> None:
        self.line.clear()  # values of another setting mean nothing for this one
        self._follow()
        self.changed.emit()

    def _follow(self) -> None:
        self.line.setEnabled(bool(self.field))
        hint = VARIED[self.field].hint if self.field else ""
        self.line.setPlaceholderText(hint)
        allowed = VARIED[self.field].allowed if self.field else None
        spread = "; a range goes by equal factors, not equal steps" if allowed is not None and allowed.log else ""
        self.line.setToolTip(f"A list or a range: {hint}{spread}" if hint else "")
