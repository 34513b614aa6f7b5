"""The one scale of everything in all windows, fonts and measures alike: Qt's own, beside that of the screen.

All of the program measures in logical pixels and points; how many pixels of the screen they take is Qt's. Qt takes the
factor from QT_SCALE_FACTOR when it starts. While it runs it can be changed by QHighDpiScaling::setGlobalFactor only,
which is exported but not public; where it is not found, the scale is that of the next start.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import PySide6
from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

__all__ = ["begin_scaled", "can_set_scale", "scale_now", "set_scale"]

_VARIABLE = "QT_SCALE_FACTOR"
_SET_FACTOR = {
    "linux": ("libQt6Gui.so.6", "_ZN15QHighDpiScaling15setGlobalFactorEd"),
    "darwin": ("Qt/lib/QtGui.framework/Versions/A/QtGui", "_ZN15QHighDpiScaling15setGlobalFactorEd"),
    "win32": ("Qt6Gui.dll", "?setGlobalFactor@QHighDpiScaling@@SAXN@Z"),
}
"""Library and name of the function, by platform."""
_WARNING = "Should only be called when no windows exist"


def begin_scaled(argv: list[str], percent: int) -> QApplication:
    """The QApplication of a program that starts with this scale, on top of what the user's environment asks for."""
    asked_for = os.environ.get(_VARIABLE)
    base = _number(asked_for or "")
    os.environ[_VARIABLE] = str(base * percent / 100)
    app = QApplication(argv)
    del os.environ[_VARIABLE]  # it is not for the programs that this one may start
    if asked_for is not None:
        os.environ[_VARIABLE] = asked_for
    app.setProperty("scale", percent)
    app.setProperty("base", base)
    return app


def scale_now(app: QApplication) -> int:
    """The scale in percent."""
    return int(app.property("scale") or 100)


def can_set_scale() -> bool:
    """False if this Qt takes another scale when it starts only."""
    return _set_factor() is not None


def set_scale(app: QApplication, percent: int) -> None:
    """Change the scale while no window has its native window; nothing if this Qt cannot, see `can_set_scale`."""
    set_factor = _set_factor()
    if set_factor is not None:
        with _no_warning():
            set_factor(float(app.property("base") or 1.0) * percent / 100)
        app.setProperty("scale", percent)


def _number(text: str) -> float:
    try:
        return float(text) or 1.0
    except ValueError:
        return 1.0


@cache
def _set_factor() -> Callable[[float], None] | None:
    library, name = _SET_FACTOR.get(sys.platform, ("", ""))
    # Linux and Windows know a library that is loaded by its name alone
    places = (library, str(Path(PySide6.__file__).parent / library)) if library else ()
    for place in places:
        try:
            function = getattr(ctypes.CDLL(place), name)
        except (OSError, AttributeError):
            continue
        function.argtypes, function.restype = (ctypes.c_double,), None
        return function  # type: ignore[no-any-return]
    return None


@contextmanager
def _no_warning() -> Iterator[None]:
    """Qt warns of windows that exist, though without a native window there is nothing that could be wrong with them."""

    def handle(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
        if _WARNING in text:
            return
        if before is not None:
            before(kind, context, text)
        else:
            sys.stderr.write(f"{text}\n")

    before = qInstallMessageHandler(handle)
    try:
        yield
    finally:
        qInstallMessageHandler(before)
