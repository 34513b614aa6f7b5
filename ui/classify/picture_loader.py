"""Pictures from files, drops and the clipboard, read beside the event loop: a large one never stops the window."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from threading import Thread

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QMimeData, QObject, QTimer, Signal, Slot
from PySide6.QtGui import QImage

from playground.errors import ImageError
from ui.classify.image_files import gray_from_qimage, read_image_file

__all__ = ["PictureLoader"]

Process = Callable[[NDArray[np.uint8]], NDArray[np.uint8]]

_POLL_MS = 10
_WAYS = "Drop or paste a PNG, JPEG, BMP, GIF or WebP picture."


class PictureLoader(QObject):
    """Reads one picture at a time; the last one asked for counts.

    `loaded` brings (h, w) uint8, brightness as in the file or what `set_process` makes of it. `refused` brings one
    sentence for the user, `noticed` a sentence beside a picture that is being read.
    """

    loaded = Signal(object)
    refused = Signal(str)
    noticed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._process: Process | None = None
        self._reading: Future[NDArray[np.uint8]] | None = None
        # asking the result from here, instead of a signal from the thread, leaves nothing to arrive at a deleted object
        self._poll = QTimer(self)
        self._poll.setInterval(_POLL_MS)
        self._poll.timeout.connect(self._collect)

    def set_process(self, process: Process) -> None:
        """Work on each picture beside the event loop before it is `loaded`; an ImageError refuses the picture."""
        self._process = process

    def load_file(self, path: str | Path) -> None:
        """Read a picture file."""
        self._start(lambda: read_image_file(path))

    def load_image(self, image: QImage) -> None:
        """Take over an image of the clipboard or of a drop."""
        self._start(lambda: gray_from_qimage(image))

    def accepts(self, mime: QMimeData | None) -> bool:
        """True if there is an image or a file of this machine in it."""
        return mime is not None and (mime.hasImage() or bool(_local_files(mime)))

    def load_mime(self, mime: QMimeData | None, origin: str) -> None:
        """Read the image in `mime`, else its first file, else say why not; `origin` names it, e.g. "The clipboard"."""
        if mime is None:
            self.refused.emit(f"{origin} is empty. {_WAYS}")
            return
        image = mime.imageData() if mime.hasImage() else None
        files = _local_files(mime)
        if isinstance(image, QImage) and not image.isNull():
            self.load_image(image)
        elif files:
            if len(files) > 1:
                self.noticed.emit(
                    f"{origin} holds {len(files)} files; the first, {Path(files[0]).name}, is classified."
                )
            self.load_file(files[0])
        elif mime.hasUrls() and mime.urls():
            address = mime.urls()[0].toDisplayString()
            self.refused.emit(
                f"{origin} holds the address {address}, not a file of this computer; save the picture first."
            )
        else:
            self.refused.emit(f"{origin} holds {_kind(mime)}, not a picture. {_WAYS}")

    def _start(self, read: Callable[[], NDArray[np.uint8]]) -> None:
        self._reading = Future()
        # a daemon: a picture on a network drive that does not answer must not keep the program from closing
        Thread(target=_run, args=(read, self._process, self._reading), name="picture reader", daemon=True).start()
        self._poll.start()

    @Slot()
    def _collect(self) -> None:
        if self._reading is None or not self._reading.done():
            return
        reading, self._reading = self._reading, None
        self._poll.stop()
        try:
            gray = reading.result()
        except ImageError as error:
            self.refused.emit(str(error))
            return
        self.loaded.emit(gray)


def _run(read: Callable[[], NDArray[np.uint8]], process: Process | None, reading: Future[NDArray[np.uint8]]) -> None:
    try:
        gray = read()
        reading.set_result(process(gray) if process else gray)
    except Exception as error:  # noqa: BLE001  not swallowed: `result()` raises it again in the GUI thread
        reading.set_exception(error)


def _local_files(mime: QMimeData) -> list[str]:
    return [url.toLocalFile() for url in mime.urls() if url.isLocalFile()]


def _kind(mime: QMimeData) -> str:
    if mime.hasText():
        return "text"
    return "something else" if mime.formats() else "nothing"
