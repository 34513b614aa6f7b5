"""The row of the splits keeps the names of the classes whole and offers the drawing while there is one."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from ui.data.split_row import SplitRow
from ui.theme import DARK


@pytest.fixture
def row(qtbot: QtBot) -> SplitRow:
    made = SplitRow()
    qtbot.addWidget(made)
    made.set_theme(DARK)
    made.show_classes(["circle", "square"])
    made.show_splits("test", {"train": 600, "test": 120})
    made.resize(270, 20)
    with qtbot.waitExposed(made):
        made.show()
    return made


def texts(row: SplitRow) -> list[str]:
    return [button.text() for button in row.splits.values()]


def test_counts_give_way_to_the_names_of_the_classes_while_a_drawing_is_offered(qtbot: QtBot, row: SplitRow) -> None:
    assert texts(row) == ["train 600", "test 120"]
    row.offer_drawing(True)
    assert texts(row) == ["train", "test"]
    qtbot.waitUntil(lambda: "circle→" in row.mapping.text() and "square→" in row.mapping.text())
    assert row.splits["train"].toolTip() == "Show the 600 train images"
    row.offer_drawing(False)
    assert texts(row) == ["train 600", "test 120"]
    assert not row.drawing.isVisible()


def test_where_there_is_room_the_counts_stay(row: SplitRow) -> None:
    row.resize(400, 20)
    row.offer_drawing(True)
    assert texts(row) == ["train 600", "test 120"]


def test_a_click_tells_the_split_or_the_drawing(qtbot: QtBot, row: SplitRow) -> None:
    row.offer_drawing(True)
    with qtbot.waitSignal(row.split_chosen) as told:
        QTest.mouseClick(row.splits["train"], Qt.MouseButton.LeftButton)
    assert told.args == ["train"]
    with qtbot.waitSignal(row.drawing_clicked):
        QTest.mouseClick(row.drawing, Qt.MouseButton.LeftButton)
