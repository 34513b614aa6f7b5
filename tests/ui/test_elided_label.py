"""A line of text in too little room."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from ui.elided_label import ElidedLabel

LONG, SHORT = "Filter 1 of block 1 is dead. The others can go on without it.", "Filter 1 of block 1 is dead."


def label_of(qtbot: QtBot, width: int) -> ElidedLabel:
    label = ElidedLabel()
    qtbot.addWidget(label)
    label.setIndent(4)
    label.show_text(LONG, SHORT)
    label.show()  # hidden ones are told of their size later
    label.resize(width, 20)
    return label


def test_fewer_words_are_shown_where_all_have_no_room_and_the_tooltip_has_them(qtbot: QtBot) -> None:
    needed = label_of(qtbot, 900).fontMetrics().horizontalAdvance
    assert label_of(qtbot, needed(LONG) + 4).text() == LONG
    shorter = label_of(qtbot, needed(LONG) + 3)
    assert (shorter.text(), shorter.toolTip()) == (SHORT, LONG)
    assert label_of(qtbot, needed(SHORT) + 3).text().endswith("…")
