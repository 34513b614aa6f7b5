"""Pictures and models from files, the clipboard and the desktop, and back into files."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from playground.sessions.session_file import SUFFIX
from playground.worker import TrainingWorker
from ui.classify.panel import ClassifyPanel
from ui.file_dialogs import FileDialogs
from ui.open_data.control import OwnDataControl
from ui.open_data.dropped import data_path, path_ending
from ui.sessions.link import SessionLink

__all__ = ["FileCommands"]

_MODEL_SUFFIX = ".safetensors"


class FileCommands(QObject):
    """The commands of the File menu, paste and drop. saved tells the path of what was written, refused what was not."""

    saved = Signal(object)
    refused = Signal(str)

    def __init__(
        self,
        window: QWidget,
        files: FileDialogs,
        worker: TrainingWorker,
        *,
        classify: ClassifyPanel,
        own_data: OwnDataControl,
        sessions: SessionLink,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._files = files
        self._worker = worker
        self._classify = classify
        self._own_data = own_data
        self._sessions = sessions

    def open_image(self) -> None:
        """Classify a picture that the user chooses."""
        if path := self._files.picture_to_open():
            self._classify.load_file(path)

    def open_model(self) -> None:
        """Make a network from a file the present run."""
        if path := self._files.model_to_open():
            self._open_model(path)

    def _open_model(self, path: Path) -> None:
        def open_it() -> None:
            # or the next save would put another network into the session's file
            self._sessions.standing.forget_file()
            self._worker.open_model(path)

        self._sessions.unless_unsaved("opening a model", open_it)

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
        """Open the file on the clipboard, or classify the picture there."""
        if not self._open_file(QGuiApplication.clipboard().mimeData()):
            self._classify.paste()

    def takes(self, mime: QMimeData) -> bool:
        """True if what is dragged over the window can be opened."""
        is_file = path_ending(mime, SUFFIX, _MODEL_SUFFIX) is not None or data_path(mime) is not None
        return is_file or self._classify.accept_mime(mime)

    def drop(self, mime: QMimeData) -> None:
        """Open the dropped session, model or data set, or classify the dropped picture."""
        if not self._open_file(mime):
            self._classify.drop(mime)

    def _open_file(self, mime: QMimeData) -> bool:
        if path := path_ending(mime, SUFFIX):
            self._sessions.open_path(path)
        elif path := path_ending(mime, _MODEL_SUFFIX):
            self._open_model(path)
        elif path := data_path(mime):
            self._own_data.open(path)
        else:
            return False
        return True
