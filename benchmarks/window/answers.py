"""How soon a hover and a key press are answered, at rest and while training: until the explanation stands there."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

from benchmarks.window.probes import after_painting, percentile
from benchmarks.window.rig import Rig, open_rig
from ui.explain.strip import ExplanationStrip

_EVERY_SECONDS = 0.09  # not a multiple of a frame, so that all moments of a frame are met


class AnswerProbe:
    """Notes when a strip that explains the cell asked about has been painted and handed to the screen."""

    def __init__(self) -> None:
        self._wanted: object = None
        self._asked_at = 0.0
        self.milliseconds: list[float] = []
        after_painting(ExplanationStrip, self._painted)

    def ask(self, wanted: object, act: Callable[[], None]) -> None:
        """Do something; the answer is the explanation of the cell `wanted`."""
        self._wanted, self._asked_at = wanted, time.perf_counter()
        act()

    @property
    def is_waiting(self) -> bool:
        """True until the answer is there."""
        return self._wanted is not None

    def _painted(self, strip: QWidget) -> None:
        assert isinstance(strip, ExplanationStrip)
        if self._wanted is not None and strip._light is not None and strip._light.ref.index == self._wanted:
            self._wanted = None
            QTimer.singleShot(0, self._shown)  # after the frame has left for the screen

    def _shown(self) -> None:
        self.milliseconds.append(1000 * (time.perf_counter() - self._asked_at))


def hovers(rig: Rig, probe: AnswerProbe, count: int) -> list[float]:
    """Milliseconds from the mouse's move to the painted answer."""
    return _answers(rig, probe, count, lambda index: rig.hover("dz1", index))


def keys(rig: Rig, probe: AnswerProbe, count: int) -> list[float]:
    """Milliseconds from an arrow key to the painted answer."""
    view = rig.window.flow_panel.view
    rig.hover("dz1", (0, 0, 0))
    rig.run(0.2)

    def press(index: tuple[int, ...]) -> None:
        key = Qt.Key.Key_Right if index[2] else Qt.Key.Key_Down
        if index[2] == 0:
            rig.hover("dz1", (0, index[1] - 1, 0))
        QApplication.postEvent(view, QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier))

    return _answers(rig, probe, count, press)


def _answers(rig: Rig, probe: AnswerProbe, count: int, act: Callable[[tuple[int, ...]], None]) -> list[float]:
    probe.milliseconds = []
    for number in range(1, count + 1):
        row, col = divmod(number, 20)
        index = (0, row, col)
        probe.ask(index, partial(act, index))
        rig.run_until(lambda: not probe.is_waiting, 2.0)
        rig.run(_EVERY_SECONDS)
    return probe.milliseconds


def main() -> None:
    """Measure and write JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=150)
    options = parser.parse_args()
    probe = AnswerProbe()
    found = {}
    with open_rig() as rig:
        for state in ("at rest", "while training"):
            if state == "while training":
                rig.train()
                rig.run(1.0)
            for name, ask in (("hover", hovers), ("key", keys)):
                times = ask(rig, probe, options.count)
                found[f"{name} {state}"] = [percentile(times, 50), percentile(times, 99), max(times)]
        rig.pause()
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
