"""Numbers as cells: where they are, what is covered, what can be chosen."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from ui.laboratory.array_picture import ArrayPicture
from ui.theme import DARK

VALUES = np.array([[0.5, -0.25, 3.0], [1.0, 2.0, -4.0]])


def picture_of(qtbot: QtBot, **options: object) -> ArrayPicture:
    picture = ArrayPicture("test", choosable=True, aspect=2.0)
    qtbot.addWidget(picture)
    picture.set_theme(DARK)
    picture.resize(300, 120)
    picture.show_values(VALUES, signed=True, title="t", **options)
    picture.show()
    return picture


def shade(picture: ArrayPicture, row: int, column: int) -> int:
    """The colour in the corner of a cell, where no number is."""
    place = picture.grid.rect(row, column).topLeft()
    return picture.grab().toImage().pixel(place.x() + 2, place.y() + 2)


def test_every_point_of_a_cell_belongs_to_it(qtbot: QtBot) -> None:
    picture = picture_of(qtbot)
    for cell in np.ndindex(2, 3):
        assert picture.grid.at(picture.grid.rect(*cell).center()) == cell
    assert picture.grid.at(picture.rect().bottomRight()) is None
    width, height = picture.grid.sides
    assert width == pytest.approx(2 * height)


def test_a_hidden_cell_has_no_colour_of_its_value_nor_a_part_in_the_scale(qtbot: QtBot) -> None:
    shown, hidden = picture_of(qtbot), picture_of(qtbot, hidden=[(1, 2)])
    assert shade(shown, 1, 2) != shade(hidden, 1, 2)
    # −4 was the largest; without it 3 is
    assert shade(hidden, 0, 2) != shade(shown, 0, 2)


def test_cells_that_are_not_there_yet_are_blank(qtbot: QtBot) -> None:
    whole, begun = picture_of(qtbot), picture_of(qtbot, blank_from=4)
    assert shade(whole, 1, 0) == shade(begun, 1, 0)
    assert shade(whole, 1, 1) != shade(begun, 1, 1)


def test_numbers_stand_in_all_cells_or_in_none(qtbot: QtBot) -> None:
    def ink(writes) -> int:
        image = picture_of(qtbot, writes=writes).grab().toImage()
        return len({image.pixel(x, y) for x in range(image.width()) for y in range(40, 100)})

    none = ink(lambda _value, _characters: "")
    assert ink(lambda value, _characters: "…" if value == 3.0 else "88") == none
    assert ink(lambda _value, _characters: "88") > none


def test_arrows_walk_and_enter_chooses(qtbot: QtBot) -> None:
    picture = picture_of(qtbot)
    chosen: list[tuple[int, int]] = []
    picture.cell_chosen.connect(lambda row, column: chosen.append((row, column)))
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Return):
        QTest.keyClick(picture, key)
    QTest.mouseClick(picture, Qt.MouseButton.LeftButton, pos=picture.grid.rect(0, 2).center())
    assert chosen == [(1, 1), (0, 2)]


def test_numbers_have_as_many_decimals_with_a_sign_as_without(qtbot: QtBot) -> None:
    picture = picture_of(qtbot)
    picture.show_values(np.array([[0.21884, -0.25441], [-0.01412, 0.13834]]), signed=True, title="t")
    assert list(picture._texts(5).values()) == [".219", "−.254", "−.014", ".138"]
