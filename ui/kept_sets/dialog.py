"""The dialog in which the user's kept data sets are renamed, deleted and restored."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QMessageBox,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from playground.errors import DataError
from playground.own_data.source import Progress
from ui.background import Background, Task
from ui.kept_sets.kept_sets import Entry, KeptSets
from ui.kept_sets.table import SetsTable
from ui.theme import DARK, Theme

__all__ = ["KeptSetsDialog"]

_WIDTH, _HEIGHT = 620, 380


class KeptSetsDialog(QDialog):
    """Shows all sets; `learnt` is the name of the one that the network learns, which stays as it is, or empty.

    What is deleted stays in the list and can be restored, also after the next start, until it is deleted for good,
    which is asked first.
    """

    def __init__(self, sets: KeptSets, learnt: str, theme: Theme = DARK, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Your data sets")
        self._sets, self._learnt, self._theme = sets, learnt, theme
        self._renaming = Background(self)
        self._wanted = ("", "")
        self.table = SetsTable()
        self.rename_button = QPushButton("&Rename")
        self.delete_button = QPushButton("&Delete")
        self.restore_button = QPushButton("Re&store")
        self.purge_button = QPushButton("Delete for &good…")
        self.close_button = QPushButton("Close")
        self.problem = QLabel()
        self.bar = QProgressBar()
        self._build()
        self._connect()
        self.resize(_WIDTH, _HEIGHT)
        self.set_theme(theme)
        self._list()

    def _build(self) -> None:
        for button, tip in (
            (self.rename_button, "Give the chosen data set another name (F2)"),
            (self.delete_button, "Take the chosen data set from the list (Del); it can be restored here"),
            (self.restore_button, "Put the deleted data set back into the list"),
            (self.purge_button, "Remove the deleted data set from the disk"),
            (self.close_button, "Close this window (Esc)"),
        ):
            button.setAutoDefault(False)
            button.setToolTip(tip)
        self.problem.setTextFormat(Qt.TextFormat.PlainText)
        self.problem.setWordWrap(True)
        self.problem.setAccessibleName("What is wrong")
        self.bar.setAccessibleName("Progress")
        self.bar.hide()
        buttons = QHBoxLayout()
        for button in (self.rename_button, self.delete_button, self.restore_button, self.purge_button):
            buttons.addWidget(button)
        buttons.addWidget(self.bar, 1)
        buttons.addStretch(0)
        buttons.addWidget(self.close_button)
        layout = QVBoxLayout(self)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.problem)
        layout.addLayout(buttons)

    def _connect(self) -> None:
        self.rename_button.clicked.connect(self.rename)
        self.delete_button.clicked.connect(self.delete)
        self.restore_button.clicked.connect(self.restore)
        self.purge_button.clicked.connect(self.purge)
        self.close_button.clicked.connect(self.reject)
        self._sets.changed.connect(self._list)
        self._renaming.progress.connect(self._on_progress)
        self._renaming.done.connect(self._on_renamed)
        self._renaming.refused.connect(self._on_refused)
        self.table.entry_chosen.connect(self._show_state)
        self.table.renamed.connect(self._on_edited)
        self.table.rename_asked.connect(self.rename)
        self.table.delete_asked.connect(self.delete)

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        self._theme = theme
        self._list()

    # --- what is shown ------------------------------------------------------------------------------------------

    @Slot()
    def _list(self) -> None:
        self.table.show_entries(self._sets.entries(), self._learnt, self._theme)
        self._show_state()

    @Slot()
    def _show_state(self) -> None:
        entry, busy = self.table.entry, self._renaming.is_busy
        is_here = entry is not None and not entry.is_deleted
        is_learnt = entry is not None and is_here and entry.name == self._learnt
        is_damaged = entry is not None and entry.summary is None
        self.table.setEnabled(not busy)
        self.rename_button.setEnabled(is_here and not is_learnt and not is_damaged and not busy)
        self.delete_button.setEnabled(is_here and not is_learnt and not busy)
        for button in (self.restore_button, self.purge_button):
            button.setVisible(entry is not None and entry.is_deleted)
        for button in (self.rename_button, self.delete_button):
            button.setVisible(not (entry is not None and entry.is_deleted))
        self.bar.setVisible(busy)
        if entry is None:
            self._say("There are none yet: open data (Ctrl+I) or draw some (Ctrl+Shift+D).")
        elif is_learnt:
            self._say(f"The network learns {entry.name}: choose other data before it is renamed or deleted.")
        elif is_here and entry.path is None:
            self._say(f"{entry.name} is too large to be kept: it leaves the list when the program ends.")
        else:
            self._say("")

    def _say(self, sentence: str, error: bool = False) -> None:
        self.problem.setText(sentence)
        self.problem.setVisible(bool(sentence))
        self.problem.setStyleSheet(f"color: {self._theme.error if error else self._theme.muted};")

    # --- what is done -------------------------------------------------------------------------------------------

    @Slot()
    def rename(self) -> None:
        """Let the name of the chosen set be typed."""
        if self.rename_button.isEnabled():
            self.table.edit_name()

    @Slot(object, str)
    def _on_edited(self, entry: Entry, wanted: str) -> None:
        try:
            rename = self._sets.renamer(entry.name, wanted)
        except DataError as error:
            self._on_refused(str(error))
            return
        self._wanted = entry.name, wanted
        self._renaming.start(partial(_run, rename))
        self.bar.setRange(0, 0)
        self._show_state()

    @Slot(object)
    def _on_progress(self, progress: tuple[int, int]) -> None:
        done, total = progress
        self.bar.setRange(0, total)
        self.bar.setValue(done)

    @Slot(object)
    def _on_renamed(self, _nothing: object) -> None:
        self._sets.told_renamed(*self._wanted)
        self.table.setFocus()

    @Slot(str)
    def _on_refused(self, sentence: str) -> None:
        self._list()
        self._say(sentence, error=True)

    @Slot()
    def delete(self) -> None:
        """Take the chosen set from the list."""
        entry = self.table.entry
        if entry is not None and self.delete_button.isEnabled():
            self._attempt(lambda: self._sets.delete(entry.name))

    @Slot()
    def restore(self) -> None:
        """Put the chosen deleted set back."""
        entry = self.table.entry
        if entry is not None and entry.is_deleted and entry.path is not None:
            self._attempt(partial(self._sets.restore, entry.path))

    @Slot()
    def purge(self) -> None:
        """Remove the chosen deleted set for good, if the user means it."""
        entry = self.table.entry
        if entry is None or not entry.is_deleted or entry.path is None:
            return
        answer = QMessageBox.question(
            self,
            "Delete for good",
            f"Remove {entry.name} from the disk? It cannot be restored then.",
            QMessageBox.StandardButton.Yes | QMessageBox.StandardButton.Cancel,
            QMessageBox.StandardButton.Cancel,
        )
        if answer == QMessageBox.StandardButton.Yes:
            self._attempt(partial(self._sets.purge, entry.path))

    def _attempt(self, act: Callable[[], None]) -> None:
        try:
            act()
        except DataError as error:
            self._on_refused(str(error))

    def reject(self) -> None:
        """Close, unless a name is being written, which takes a moment."""
        if not self._renaming.is_busy:
            super().reject()

    def done(self, result: int) -> None:
        """Close at once; a name that is being written is written first."""
        self._renaming.wait(5)
        super().done(result)


def _run(rename: Callable[[Progress], None], task: Task) -> None:
    rename(task.progress)
