"""Where the card lies: in the first corner that hides nothing."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QRect, QSize

from ui.first_steps.placing import free_place

WITHIN = QRect(100, 50, 800, 600)
SIZE = QSize(200, 100)


def test_the_card_lies_at_the_bottom_right_where_that_hides_nothing() -> None:
    assert free_place(SIZE, WITHIN, [QRect(100, 50, 300, 300)]) == QPoint(700, 550)


@pytest.mark.parametrize(
    ("clear", "expected"),
    [
        ([QRect(850, 600, 10, 10)], QPoint(100, 550)),
        ([QRect(100, 600, 800, 10)], QPoint(700, 50)),
        ([QRect(100, 600, 800, 10), QRect(850, 60, 10, 10)], QPoint(100, 50)),
        ([QRect(100, 600, 800, 10), QRect(100, 60, 800, 10)], QPoint(700, 300)),
    ],
)
def test_another_place_is_taken_where_something_would_be_hidden(clear: list[QRect], expected: QPoint) -> None:
    place = free_place(SIZE, WITHIN, clear)
    assert place == expected
    assert not any(QRect(place, SIZE).intersects(part) for part in clear)


def test_where_every_place_hides_something_the_least_is_hidden() -> None:
    everything = WITHIN.adjusted(0, 0, -50, 0)
    assert free_place(SIZE, WITHIN, [everything]).x() == 700
