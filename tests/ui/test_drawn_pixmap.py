"""Widgets on a screen whose scaling is no whole number end within a pixel; that one is painted, too."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from tests.ui.explain.hands import panel_of
from ui.drawn_pixmap import drawn_pixmap


@pytest.mark.parametrize("ratio", [1.0, 1.25, 1.5, 1.75, 2.0])
def test_no_pixel_at_the_edge_stays_black(qapp: object, ratio: float) -> None:
    size, color = QSize(101, 35), QColor("#aabbcc")
    pixmap = drawn_pixmap(size, ratio, color, lambda painter: painter.fillRect(QRect(QPoint(), size), color))
    assert pixmap.deviceIndependentSize().width() >= size.width()
    assert pixmap.deviceIndependentSize().height() >= size.height()
    image = pixmap.toImage().convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), -1)[:, : image.width()]
    assert (pixels & 0xFFFFFF == 0xAABBCC).all()


def test_the_picture_of_the_passes_reaches_the_edge_of_its_widget(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel = panel_of(qtbot, "four filters")
    view = panel.view
    monkeypatch.setattr(view, "devicePixelRatioF", lambda: 1.25)
    view.lay_out_anew()
    frame = view.compose().frame
    assert frame.width() >= 1.25 * view.width()
    assert frame.height() >= 1.25 * view.height()
