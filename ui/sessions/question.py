"""The question before a session is replaced that has changed since it was saved."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

__all__ = ["SaveQuestion"]

_Button = QMessageBox.StandardButton


class SaveQuestion(QMessageBox):
    """Save, Don't save or Cancel. It does not hold up whoever asks: `answered` is called when the user has decided."""

    def __init__(self, parent: QWidget, name: str, what_else: str, answered: Callable[[str], object]) -> None:
        super().__init__(parent)
        self._answered = answered
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setIcon(QMessageBox.Icon.Question)
        self.setWindowTitle("Save the session?")
        self.setText(f"{name} has changed since it was saved.")
        self.setInformativeText(f"Save it before {what_else}?")
        self.setStandardButtons(_Button.Save | _Button.Discard | _Button.Cancel)
        self.button(_Button.Discard).setText("&Don't save")
        self.setDefaultButton(_Button.Save)
        self.setEscapeButton(_Button.Cancel)
        self.finished.connect(self._on_finished)

    def _on_finished(self, _result: int) -> None:
        clicked = self.standardButton(self.clickedButton())
        self.deleteLater()
        self._answered({_Button.Save: "save", _Button.Discard: "discard"}.get(clicked, "cancel"))
