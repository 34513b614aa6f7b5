"""What is written on pictures whose values are too small for a scale that others share."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QPainter
from pytestqt.qtbot import QtBot

from playground.session import Session
from playground.settings import Settings
from ui.slow_motion.batch_grid import BatchGrid
from ui.slow_motion.faint import faint_words
from ui.slow_motion.stages import Stage, batch_pictures
from ui.slow_motion.update_view import UpdateView
from ui.theme import DARK

SMALL = Settings(dataset="shapes", classes=(0, 1), kernel_size=5, filters=(4,), batch_size=8, learning_rate=1e-5)


def test_a_picture_with_colours_needs_no_words_and_one_without_says_its_own_scale() -> None:
    values = np.array([[0.5, -0.25]])
    assert faint_words(values, 1.0, signed=True) == ()
    assert faint_words(values * 1e-5, 1.0, signed=True) == ("±5.0e−6", "5e−6")
    assert faint_words(values * 0, 1.0, signed=True) == ("0",)
    assert faint_words(values * np.nan, 1.0, signed=True) == (), "it is painted in the colour of what is not finite"


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is written by `paint_words` while views paint."""
    texts: list[str] = []
    paint = QPainter.drawText

    def draw(painter: QPainter, *args: object) -> object:
        texts.extend(arg for arg in args if isinstance(arg, str))
        return paint(painter, *args)

    monkeypatch.setattr(QPainter, "drawText", draw)
    return texts


def test_updates_far_smaller_than_the_weights_say_how_large_they_are(qtbot: QtBot, written: list[str]) -> None:
    step = Session(SMALL).prepare_batch_step()
    view = UpdateView()
    qtbot.addWidget(view)
    view.set_theme(DARK)
    view.resize(900, 500)
    view.show_step(step, (0, 0, 0), 0)
    view.grab()
    largest = max(abs(float(step.updates["w1"][0].min())), abs(float(step.updates["w1"][0].max())))
    assert f"±{largest:.1e}".replace("e-0", "e−") in written


def test_samples_without_a_share_in_the_gradient_say_so(qtbot: QtBot, written: list[str]) -> None:
    step = Session(SMALL).prepare_batch_step()
    samples = step.sample_gradients["w1"].copy()
    samples[1:] *= 1e-6
    step.sample_gradients["w1"].setflags(write=True)
    step.sample_gradients["w1"][:] = samples
    grid = BatchGrid()
    qtbot.addWidget(grid)
    grid.set_theme(DARK)
    grid.resize(900, 300)
    grid.fit(QSize(900, 300))
    pictures = batch_pictures(step, Stage("backward", ("dw1",), "dw1", ""), (0, 0, 0), 0)
    grid.show_pictures(step, pictures, ("a", "b"), None)
    grid.grab()
    assert sum(text.startswith("±") and "e−" in text for text in written) >= 7
