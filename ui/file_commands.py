"""Pictures and models from files, the clipboard and the desktop, and back into files."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QObject, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from playground.worker import TrainingWorker
from ui.classify.panel import ClassifyPanel
from ui.file_dialogs import FileDialogs
from ui.open_data.control import OwnDataControl
from ui.open_data.dropped import data_path

__all__ = ["FileCommands"]


class FileCommands(QObject):
    """The commands of the File menu, paste and drop. saved tells the path of what was written, refused what was not."""

    saved = Signal(object)
    refused = Signal(str)

    def __init__(
        self,
        window: QWidget,
        files: FileDialogs,
        worker: TrainingWorker,
        classify: ClassifyPanel,
        own_data: OwnDataControl,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._files = files
        self._worker = worker
        self._classify = classify
        self._own_data = own_data

    def open_image(self) -> None:
        """Classify a picture that the user chooses."""
        if path := self._files.picture_to_open():
            self._classify.load_file(path)

    def open_model(self) -> None:
        """Make a network from a file the present run."""
        if path := self._files.model_to_open():
            self._worker.open_model(path)

    def save_model(self) -> None:
        """Keep the present weights in a file."""
        if path := self._files.model_to_write():
            self._worker.save(path)

    def save_picture(self) -> None:
        """Keep what the window shows as a PNG."""
        picture = self._window.grab()  # before the dialog lies over the window
        path = self._files.screenshot_to_write()
        if path is None:
            return
        if picture.save(str(path), "PNG"):
            self.saved.emit(str(path))
        else:
            self.refused.emit(f"The picture could not be written to {path}; choose another folder.")

    def paste(self) -> None:
        """Open the data set on the clipboard, or classify the picture there."""
        if path := data_path(QGuiApplication.clipboard().mimeData()):
            self._own_data.open(path)
        else:
            self._classify.paste()

    def takes(self, mime: QMimeData) -> bool:
        """True if what is dragged over the window can be opened."""
        return data_path(mime) is not None or self._classify.accept_mime(mime)

    def drop(self, mime: QMimeData) -> None:
        """Open the dropped data set, or classify the dropped picture."""
        if path := data_path(mime):
            self._own_data.open(path)
        else:
            self._classify.drop(mime)
