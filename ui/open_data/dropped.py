"""What was dropped or pasted as a file: a data set, a session, a model, or the path of one as text."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData

__all__ = ["data_path", "path_ending"]

_LONGEST_PATH = 4096


def data_path(mime: QMimeData | None) -> Path | None:
    """The first path in `mime` that leads to a data set rather than to a picture, or None."""
    return next((path for path in _paths(mime) if _is_data(path)), None)


def path_ending(mime: QMimeData | None, *endings: str) -> Path | None:
    """The first path in `mime` of a file whose name ends like one of these, or None."""
    return next((path for path in _paths(mime) if path.suffix.lower() in endings and _is_file(path)), None)


def _paths(mime: QMimeData | None) -> list[Path]:
    if mime is None:
        return []
    paths = [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]
    if not paths and mime.hasText() and not mime.hasImage():
        text = mime.text().strip().strip("\"'")
        if text and "\n" not in text and len(text) <= _LONGEST_PATH:
            paths = [Path(text).expanduser()]
    return paths


def _is_file(path: Path) -> bool:
    try:
        return path.is_absolute() and path.is_file()
    except (OSError, ValueError):
        return False


def _is_data(path: Path) -> bool:
    from playground.own_data.opening import is_data  # noqa: PLC0415 - the program starts without it

    try:
        return path.is_absolute() and path.exists() and is_data(path)
    except (OSError, ValueError, RuntimeError):
        # a name that no file can have, or one that may not be looked at: no data set
        return False
