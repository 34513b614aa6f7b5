"""Where the data is: a path that is typed, or chosen by a file dialog."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QWidget

from ui.file_dialogs import FileDialogs

__all__ = ["SourceRow"]


class SourceRow(QWidget):
    """`chosen(Path)` when the user names a folder or file; `refused`: one sentence on a path that cannot be."""

    chosen = Signal(object)
    refused = Signal(str)

    def __init__(self, files: FileDialogs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._files = files
        self.path = QLineEdit()
        self.path.setPlaceholderText("Path of a folder or file; it may also be dropped here")
        self.path.setAccessibleName("Path of the data")
        self.folder_button = QPushButton("&Folder…")
        self.folder_button.setToolTip("Choose a folder: one sub-folder a class, or IDX files in it")
        self.file_button = QPushButton("Fil&e…")
        self.file_button.setToolTip("Choose an IDX, .npz or .csv file")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.path, 1)
        for button in (self.folder_button, self.file_button):
            button.setAutoDefault(False)
            row.addWidget(button)
        self.path.returnPressed.connect(self._on_typed)
        self.folder_button.clicked.connect(self._choose_folder)
        self.file_button.clicked.connect(self._choose_file)

    def show_path(self, path: Path) -> None:
        """Show which data it is."""
        self.path.setText(str(path))

    @Slot()
    def _on_typed(self) -> None:
        if text := self.path.text().strip().strip("\"'"):
            try:
                path = Path(text).expanduser()
            except RuntimeError as error:
                self.refused.emit(f"{text} cannot be found: {error}; name the whole path.")
                return
            self.chosen.emit(path)

    @Slot()
    def _choose_folder(self) -> None:
        self._tell(self._files.data_folder_to_open())

    @Slot()
    def _choose_file(self) -> None:
        self._tell(self._files.data_file_to_open())

    def _tell(self, path: Path | None) -> None:
        if path is not None:
            self.chosen.emit(path)
