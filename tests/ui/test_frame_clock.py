"""The clock of the views: slower while frames are dear, fast again when they are cheap."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from ui.frame_clock import FrameClock


@pytest.fixture
def clock(qtbot: QtBot) -> FrameClock:
    made = FrameClock()
    made.start()
    return made


@pytest.mark.parametrize(("milliseconds", "frames_per_second"), [(9.0, 30), (19.0, 15), (500.0, 15)])
def test_dear_frames_come_less_often(
    qtbot: QtBot, clock: FrameClock, milliseconds: float, frames_per_second: int
) -> None:
    clock.tick.connect(lambda: clock.spent(milliseconds / 1000))
    with qtbot.waitSignal(clock.rate_changed, timeout=10_000):
        pass
    assert clock.frames_per_second == frames_per_second


def test_one_slow_frame_changes_nothing(qtbot: QtBot, clock: FrameClock) -> None:
    ticks = []
    clock.tick.connect(lambda: (ticks.append(None), clock.spent(1.0 if len(ticks) == 5 else 0.0)))
    qtbot.waitUntil(lambda: len(ticks) > 40, timeout=10_000)
    assert clock.frames_per_second > 60


def test_the_pace_comes_back_when_frames_are_cheap_again(qtbot: QtBot, clock: FrameClock) -> None:
    cost = [0.05]
    clock.tick.connect(lambda: clock.spent(cost[0]))
    with qtbot.waitSignal(clock.rate_changed, timeout=10_000):
        pass
    cost[0] = 0.0
    with qtbot.waitSignal(clock.rate_changed, timeout=10_000):
        pass
    assert clock.frames_per_second > 60
