"""The questions before a session is lost: the one of now, or the one in the file that is written."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

__all__ = ["ReplaceQuestion", "SaveQuestion"]

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


class ReplaceQuestion(QMessageBox):
    """Replace, Save as… or Cancel, where a file holds the only trace of another run; `answered` as in SaveQuestion."""

    def __init__(self, parent: QWidget, name: str, in_file: str, answered: Callable[[str], object]) -> None:
        super().__init__(parent)
        self._answered = answered
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setIcon(QMessageBox.Icon.Question)
        self.setWindowTitle("Replace the run in the file?")
        self.setText(f"{name} holds another run: {in_file}.")
        self.setInformativeText("Replace it by the present run, or save that to a file of its own?")
        self.setStandardButtons(_Button.Save | _Button.Yes | _Button.Cancel)
        self.button(_Button.Save).setText("Save &as…")
        self.button(_Button.Yes).setText("&Replace")
        self.setDefaultButton(_Button.Save)
        self.setEscapeButton(_Button.Cancel)
        self.finished.connect(self._on_finished)

    def _on_finished(self, _result: int) -> None:
        clicked = self.standardButton(self.clickedButton())
        self.deleteLater()
        self._answered({_Button.Save: "save as", _Button.Yes: "replace"}.get(clicked, "cancel"))
