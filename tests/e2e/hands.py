"""A user's hands: real mouse and key events, sent to the X server by xdotool."""

from __future__ import annotations

import math
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import Shiboken

__all__ = ["EIGHT", "THREE", "Hands", "Point", "arc", "visible_child"]

Point = tuple[float, float]
W = TypeVar("W", bound=QWidget)
_PAUSE = "0.008"
_PATIENCE_SECONDS = 20


def arc(center: Point, radii: Point, begin: float, end: float, count: int = 14) -> list[Point]:
    """Points on an ellipse from angle `begin` to `end` in degrees, 0 to the right, growing clockwise on screen."""
    angles = [math.radians(begin + (end - begin) * place / (count - 1)) for place in range(count)]
    return [(center[0] + radii[0] * math.cos(angle), center[1] + radii[1] * math.sin(angle)) for angle in angles]


THREE = [*arc((0.48, 0.34), (0.17, 0.15), -150, 90), *arc((0.48, 0.66), (0.19, 0.17), -90, 150)]
"""The stroke of a 3 in a square of side 1."""

EIGHT = [*arc((0.5, 0.34), (0.14, 0.15), 90, -270), *arc((0.5, 0.66), (0.17, 0.17), -90, 270)]
"""The stroke of an 8."""


def visible_child(parent: QWidget, kind: type[W], name: str) -> W:
    """The one visible widget with this accessible name."""
    found = [child for child in parent.findChildren(kind) if child.accessibleName() == name and child.isVisible()]
    assert len(found) == 1, f"{len(found)} visible {kind.__name__} are called {name!r}"
    return found[0]


class Hands:
    """Moves the pointer and presses keys while the window goes on handling events."""

    def __init__(self, qtbot: QtBot) -> None:
        self._qtbot = qtbot

    def do(self, *words: str) -> None:
        """Run one chain of xdotool commands to its end."""
        self._run("xdotool", *words)

    def _run(self, *command: str) -> None:
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
            self._qtbot.waitUntil(lambda: process.poll() is not None, timeout=20_000)
            assert process.stderr is not None
            assert process.returncode == 0, process.stderr.read()

    def click(self, widget: QWidget, *, times: int = 1, button: str = "1") -> None:
        """Click the middle of a widget; button "3" is the right one."""
        self.do("mousemove", *_place(widget, (0.5, 0.5)), "sleep", _PAUSE, "click", "--repeat", str(times), button)

    def press(self, *keys: str) -> None:
        """Press keys or combinations such as ctrl+o, one after another."""
        self.do("key", "--clearmodifiers", *keys)

    def type(self, text: str) -> None:
        """Type a text."""
        self.do("type", "--delay", "8", text)

    def choose_file(self, keys: str, title: str, path: Path) -> None:
        """Open a file dialog by keys, type a path into it and press Return until it closes."""
        typing = _Typing(keys, title, path)
        self._qtbot.waitUntil(lambda: typing.is_over, timeout=30_000)
        assert not typing.failure, typing.failure

    def stroke(self, widget: QWidget, points: Sequence[Point], *, while_busy: bool = False) -> None:
        """Draw one stroke; points are parts of the widget's width and height.

        while_busy: the window handles nothing from when the pointer is there until the stroke ends.
        """
        first, *rest = points
        moves: list[str] = []
        for point in _finer(first, rest):
            moves += ["mousemove", *_place(widget, point), "sleep", _PAUSE]
        self.do("mousemove", *_place(widget, first), "sleep", _PAUSE)
        pressed = ("mousedown", "1", *moves, "mouseup", "1")
        if while_busy:
            subprocess.run(["xdotool", *pressed], check=True, timeout=20)
        else:
            self.do(*pressed)


class _Typing(QObject):
    """Keys for a modal dialog, which has an event loop of its own: nothing outside of it goes on before it is closed.

    So each key is pressed from a timer, as soon as what it needs is there.
    """

    def __init__(self, keys: str, title: str, path: Path) -> None:
        super().__init__()
        self.is_over, self.failure = False, ""
        self._title, self._path = title, str(path)
        self._process: subprocess.Popen[bytes] | None = None
        self._dialog: QFileDialog | None = None
        self._field: QLineEdit | None = None
        self._returns = 0
        self._began = time.monotonic()
        self._steps = self._type(keys)
        self._condition = next(self._steps)
        application = QApplication.instance()
        assert application is not None
        application.installEventFilter(self)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._tick)
        self._timer.start(20)

    def _type(self, keys: str) -> Iterator[Callable[[], bool]]:
        """Yields what to wait for."""
        self._press("key", "--clearmodifiers", keys)
        yield self._has_come
        dialog, field = self._dialog, self._field
        assert dialog is not None
        assert field is not None
        yield self._is_at_rest
        self._press("type", "--delay", "8", self._path)
        yield lambda: self._is_at_rest() and field.text() == self._path
        while Shiboken.isValid(dialog) and dialog.isVisible():
            # the list of completions, which comes up whenever the folder has been read, takes the first one
            before = self._returns
            self._press("key", "Return")
            yield lambda: self._returns > before and self._is_at_rest()  # noqa: B023 - waited for here

    def _press(self, *words: str) -> None:
        self._process = subprocess.Popen(["xdotool", *words])

    def _is_at_rest(self) -> bool:
        return self._process is not None and self._process.poll() is not None

    def _has_come(self) -> bool:
        dialog = QApplication.activeModalWidget()
        if not isinstance(dialog, QFileDialog) or dialog.windowTitle() != self._title or not dialog.isActiveWindow():
            return False
        # both are kept: the field is known to Python no longer than what it lies in
        self._dialog, self._field = dialog, dialog.findChild(QLineEdit, "fileNameEdit")
        return self._field is not None and self._field.hasFocus()

    @Slot()
    def _tick(self) -> None:
        if time.monotonic() - self._began > _PATIENCE_SECONDS:
            self._end(f"“{self._title}” did not come, take {self._path} and close within {_PATIENCE_SECONDS} s")
        elif self._condition():
            following = next(self._steps, None)
            if following is None:
                self._end("")
            else:
                self._condition = following

    def _end(self, failure: str) -> None:
        self._timer.stop()
        application = QApplication.instance()
        assert application is not None
        application.removeEventFilter(self)
        self.is_over, self.failure = True, failure
        if isinstance(dialog := QApplication.activeModalWidget(), QFileDialog):
            dialog.reject()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Count what has arrived of the Return key."""
        is_key = event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent)
        if is_key and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Return and watched.isWindowType():
            self._returns += 1
        return super().eventFilter(watched, event)


def _finer(first: Point, rest: Iterable[Point]) -> list[Point]:
    """Halve each distance, as a hand's many small moves do."""
    points = []
    last = first
    for point in rest:
        points += [((last[0] + point[0]) / 2, (last[1] + point[1]) / 2), point]
        last = point
    return points


def _place(widget: QWidget, point: Point) -> tuple[str, str]:
    place = widget.mapToGlobal(QPoint(round(point[0] * widget.width()), round(point[1] * widget.height())))
    return str(place.x()), str(place.y())
