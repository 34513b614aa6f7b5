"""The questions before a session is lost: the one of now, or the one in the file that is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

__all__ = ["Question", "replace_question", "save_question"]

_Button = QMessageBox.StandardButton


class Question(QMessageBox):
    """Some answers and Cancel. It does not hold up whoever asks: `answered` is told the answer, "cancel" of Cancel.

    answers: of each button its text, "" for the one it has by itself, and its answer; Enter means the first.
    """

    def __init__(
        self, parent: QWidget, answers: Mapping[_Button, tuple[str, str]], answered: Callable[[str], object]
    ) -> None:
        super().__init__(parent)
        self._answers, self._answered = answers, answered
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setIcon(QMessageBox.Icon.Question)
        for button, (text, _) in answers.items():
            made = self.addButton(button)
            if text:
                made.setText(text)
        self.addButton(_Button.Cancel)
        self.setDefaultButton(next(iter(answers)))
        self.setEscapeButton(_Button.Cancel)
        self.finished.connect(self._on_finished)

    def _on_finished(self, _result: int) -> None:
        clicked = self.standardButton(self.clickedButton())
        self.deleteLater()
        self._answered(self._answers[clicked][1] if clicked in self._answers else "cancel")


def save_question(parent: QWidget, name: str, what_else: str, answered: Callable[[str], object]) -> Question:
    """Asked before something else takes the place of a session that has changed: "save" or "discard".

    name: of its file, "" if it is in none.
    """
    answers = {_Button.Save: ("", "save"), _Button.Discard: ("&Don't save", "discard")}
    question = Question(parent, answers, answered)
    question.setWindowTitle("Save the session?")
    question.setText(f"{name} has changed since it was saved." if name else "This session is in no file yet.")
    question.setInformativeText(f"Save it before {what_else}?")
    return question


def replace_question(parent: QWidget, name: str, in_file: str, answered: Callable[[str], object]) -> Question:
    """Asked before a file is written that holds the only trace of another run: "save as" or "replace"."""
    answers = {_Button.Save: ("Save &as…", "save as"), _Button.Yes: ("&Replace", "replace")}
    question = Question(parent, answers, answered)
    question.setWindowTitle("Replace the run in the file?")
    question.setText(f"{name} holds another run: {in_file}.")
    question.setInformativeText("Replace it by the present run, or save that to a file of its own?")
    return question
