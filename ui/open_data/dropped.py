"""What was dropped or pasted as a data set: a folder, a file of data, or the path of one as text."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData

__all__ = ["data_path"]

_LONGEST_PATH = 4096


def data_path(mime: QMimeData | None) -> Path | None:
    """The first path in `mime` that leads to a data set rather than to a picture, or None."""
    if mime is None:
        return None
    paths = [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]
    if not paths and mime.hasText() and not mime.hasImage():
        text = mime.text().strip().strip("\"'")
        if text and "\n" not in text and len(text) <= _LONGEST_PATH:
            paths = [Path(text).expanduser()]
    return next((path for path in paths if _is_data(path)), None)


def _is_data(path: Path) -> bool:
    from playground.own_data.opening import is_data  # noqa: PLC0415 - the program starts without it

    try:
        return path.is_absolute() and path.exists() and is_data(path)
    except (OSError, ValueError, RuntimeError):
        # a name that no file can have, or one that may not be looked at: no data set
        return False
