"""The clock of the views: slower while frames are dear, fast again when they are cheap."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from ui.frame_clock import FrameClock


class Work(QObject):
    """A GUI thread that spends the milliseconds `cost` on every frame."""

    def __init__(self, cost: float = 0.0) -> None:
        super().__init__()
        self.cost = cost
        self.frames = 0
        self.seconds = 0.0
        self.clock = FrameClock(self, processor_time=lambda: self.seconds)
        self.clock.tick.connect(self.draw)
        self.clock.start()

    def draw(self) -> None:
        self.frames += 1
        self.seconds += self.cost / 1000


@pytest.mark.parametrize(("milliseconds", "frames_per_second"), [(2.0, 30), (9.0, 30), (19.0, 15), (500.0, 15)])
def test_dear_frames_come_less_often(qtbot: QtBot, milliseconds: float, frames_per_second: int) -> None:
    work = Work(milliseconds)
    with qtbot.waitSignal(work.clock.rate_changed):
        pass
    assert work.clock.frames_per_second == frames_per_second


def test_one_slow_frame_changes_nothing(qtbot: QtBot) -> None:
    work = Work()
    qtbot.waitUntil(lambda: work.frames > 4)
    work.seconds += 1.0
    qtbot.waitUntil(lambda: work.frames > 40)
    assert work.clock.frames_per_second > 60


def test_the_pace_comes_back_when_frames_are_cheap_again(qtbot: QtBot) -> None:
    work = Work(50.0)
    with qtbot.waitSignal(work.clock.rate_changed):
        pass
    work.cost = 0.0
    with qtbot.waitSignal(work.clock.rate_changed):
        pass
    assert work.clock.frames_per_second > 60
