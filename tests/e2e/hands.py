"""A user's hands: real mouse and key events, sent to the X server by xdotool."""

from __future__ import annotations

import math
import shlex
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

__all__ = ["EIGHT", "THREE", "Hands", "Point", "arc", "visible_child"]

Point = tuple[float, float]
W = TypeVar("W", bound=QWidget)
_PAUSE = "0.008"


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
        """Open a file dialog by keys and type a path into it.

        All in one script: a modal dialog has an event loop of its own, so nothing here goes on before it is closed.
        """
        lines = [
            f"xdotool key --clearmodifiers {keys}",
            f"xdotool search --sync --onlyvisible --name {shlex.quote(f'^{title}$')} windowactivate --sync",
            f"xdotool type --delay 8 {shlex.quote(str(path))}",
            # the list of completions comes up after a moment; Return before it would choose from it
            "sleep 0.5",
            "xdotool key Return",
        ]
        self._run("sh", "-ec", "\n".join(lines))

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
