from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from ui.flow.cell_pixels import image_pixels
from ui.number_batch import NumberBatch
from ui.overview.digit_lines import DigitLines
from ui.theme import number_font

LINES = ["  0.1234 7.6e−04  12 %", " −1.5000     NaN   0 %", "9999.000  ±∞…1,5–2x/+-"]
COLORS = [("#ffffff", "#1c2128"), ("#ff5555", "#1c2128"), ("#102030", "#f4f6f8")]


def written_by_a_batch(batch: NumberBatch, height: int, ratio: float) -> QImage:
    image = QImage(round(len(LINES[0]) * batch.char * ratio), round(3 * height * ratio), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    painter = QPainter(image)
    for number, (line, (ink, ground)) in enumerate(zip(LINES, COLORS, strict=True)):
        painter.fillRect(0, number * height, image.width(), height, QColor(ground))
        batch.add_right(line, (0, number * height, len(line) * batch.char, height), ink)
    batch.paint(painter)
    painter.end()
    return image


@pytest.mark.parametrize("ratio", [1.0, 2.0])
@pytest.mark.parametrize("pixels", [11, 13])
def test_lines_put_together_of_signs_look_as_qt_writes_them(qtbot: QtBot, ratio: float, pixels: int) -> None:
    font = number_font()
    font.setPixelSize(pixels)
    digits = DigitLines(font, pixels + 7, ratio)
    assert digits.fits
    together = digits.drawn(LINES, COLORS)
    expected = written_by_a_batch(digits.batch, pixels + 7, ratio)
    np.testing.assert_array_equal(image_pixels(together), image_pixels(expected))


def test_a_new_colour_and_other_lines_are_drawn_by_the_same_object(qtbot: QtBot) -> None:
    font = number_font()
    font.setPixelSize(11)
    digits = DigitLines(font, 18, 1.0)
    first = image_pixels(digits.drawn(LINES[:1], COLORS[:1])).copy()
    digits.drawn(LINES, COLORS)
    np.testing.assert_array_equal(image_pixels(digits.drawn(LINES[:1], COLORS[:1])), first)


def test_it_says_where_signs_would_stand_between_two_pixels(qtbot: QtBot) -> None:
    font = number_font()
    font.setPixelSize(11)  # 7 pixels a sign
    assert not DigitLines(font, 18, 1.5).fits
