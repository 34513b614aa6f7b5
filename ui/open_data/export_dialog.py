"""The dialog that writes the present data set to files that this and other programs open."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QLabel, QLineEdit, QPushButton, QWidget

from playground.errors import DataError
from playground.own_data.export import export_folders, export_idx, export_npz
from playground.own_data.image_set import ImageSet
from playground.own_data.source import Progress
from ui.background import Background, Task
from ui.controls import CalmComboBox
from ui.file_dialogs import FileDialogs
from ui.number_format import grouped
from ui.open_data.image_progress import ImageProgress
from ui.theme import DARK, Theme

__all__ = ["ExportDialog"]

_Export = Callable[[ImageSet, Path, Progress], None]
_KINDS: tuple[tuple[str, str, _Export], ...] = (
    ("NumPy file (.npz), under Keras' names", ".npz", export_npz),
    ("IDX files in a folder, as MNIST's", "", export_idx),
    ("Folders of PNG pictures, one a class", "", export_folders),
)


class ExportDialog(QDialog):
    """`exported` brings the path when all is written; then the dialog closes. Nothing that is there is overwritten."""

    exported = Signal(object)

    def __init__(
        self, images: ImageSet, files: FileDialogs, theme: Theme = DARK, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Export data")
        self._images, self._files = images, files
        self._writing = Background(self)
        self.kind = CalmComboBox()
        for words, _, _ in _KINDS:
            self.kind.addItem(words)
        self.kind.setAccessibleName("Kind of files")
        self.place = QLineEdit(str(files.folder / f"{_file_name(images.name)}.npz"))
        self.place.setAccessibleName("Where it goes")
        self.choose_button = QPushButton("&Folder…")
        self.choose_button.setToolTip("Choose the folder that it goes into")
        self.problem = QLabel()
        self.problem.setWordWrap(True)
        self.bar = ImageProgress()
        self.export_button = QPushButton("&Export")
        self.export_button.setObjectName("primary")
        self.cancel_button = QPushButton("Cancel")
        for button in (self.choose_button, self.cancel_button, self.export_button):
            button.setAutoDefault(False)
        self._arrange()
        self._connect()
        self.set_theme(theme)
        self._show_state()

    def _arrange(self) -> None:
        images = self._images
        train, test = sum(images.counts("train")), sum(images.counts("test"))
        excluded = int(images.excluded.sum())
        what = f"{images.name}: {grouped(train)} training and {grouped(test)} test images"
        left_out = f"; {grouped(excluded)} excluded ones stay behind" if excluded else ""
        grid = QGridLayout(self)
        grid.addWidget(QLabel(what + left_out), 0, 0, 1, 3)
        for row, (text, field) in enumerate((("&As", self.kind), ("&To", self.place)), 1):
            label = QLabel(text)
            label.setBuddy(field)
            grid.addWidget(label, row, 0)
            grid.addWidget(field, row, 1)
        grid.addWidget(self.choose_button, 2, 2)
        grid.addWidget(self.problem, 3, 0, 1, 3)
        grid.setRowStretch(3, 1)
        buttons = QHBoxLayout()
        buttons.addWidget(self.bar, 1)
        buttons.addStretch(0)
        buttons.addWidget(self.cancel_button)
        buttons.addWidget(self.export_button)
        grid.addLayout(buttons, 4, 0, 1, 3)
        grid.setColumnStretch(1, 1)
        self.resize(600, 190)

    def _connect(self) -> None:
        self.kind.activated.connect(self._on_kind)
        self.choose_button.clicked.connect(self._choose_folder)
        self.export_button.clicked.connect(self._export)
        self.cancel_button.clicked.connect(self.reject)
        self._writing.done.connect(self._on_written)
        self._writing.refused.connect(self._say)
        self._writing.progress.connect(self.bar.show_progress)

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        self.problem.setStyleSheet(f"color: {theme.error};")

    def _on_kind(self, index: int) -> None:
        path = self._path
        self.place.setText(str(path.with_name(path.name.removesuffix(".npz") + _KINDS[index][1])))
        self._say("")

    def _choose_folder(self) -> None:
        if (folder := self._files.folder_to_write()) is not None:
            self.place.setText(str(folder / self._path.name))
            self._say("")

    @property
    def _path(self) -> Path:
        return Path(self.place.text().strip() or _file_name(self._images.name))

    @Slot()
    def _export(self) -> None:
        path, images = self._path, self._images
        _, suffix, export = _KINDS[self.kind.currentIndex()]
        if suffix and path.suffix != suffix:
            path = path.with_name(path.name + suffix)
        if not path.is_absolute():
            self._say(f"{path} is not a whole path; choose a folder.")
            return
        self.bar.begin()
        self._writing.start(lambda task: _write(export, images, path, task))
        self._say("")

    @Slot(object)
    def _on_written(self, path: Path) -> None:
        self._files.remember(path)
        self.exported.emit(path)
        self.accept()

    @Slot(str)
    def _say(self, sentence: str) -> None:
        self.problem.setText(sentence)
        self._show_state()

    def _show_state(self) -> None:
        writing = self._writing.is_busy
        for part in (self.kind, self.place, self.choose_button, self.export_button):
            part.setEnabled(not writing)
        self.bar.setVisible(writing)
        self.cancel_button.setText("Stop writing" if writing else "Cancel")

    def reject(self) -> None:
        """End the writing, else close."""
        if self._writing.is_busy:
            self._writing.give_up()
            self._show_state()
        else:
            super().reject()

    def done(self, result: int) -> None:
        """Close, and leave no half of a file behind."""
        if self._writing.is_busy:
            self._writing.give_up()
            # it ends at the next part, and takes away what it has written
            self._writing.wait(5)
        super().done(result)


def _write(export: _Export, images: ImageSet, path: Path, task: Task) -> Path:
    if path.is_file():
        raise DataError(f"{path} is there already, and nothing is overwritten; choose another name.")
    export(images, path, task.progress)
    return path


def _file_name(name: str) -> str:
    return "".join(letter if letter.isalnum() or letter in " -_" else "_" for letter in name).strip()
