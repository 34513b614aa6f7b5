"""The titles of the panels."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from ui.panel import Panel


@pytest.mark.parametrize(("title", "shown"), [("Filters w₁, seed 1", "FILTERS w₁, SEED 1"), ("Loss", "LOSS")])
def test_a_title_is_in_capitals_but_for_names_of_the_notation(qtbot: QtBot, title: str, shown: str) -> None:
    panel = Panel("")
    qtbot.addWidget(panel)
    panel.set_title(title)
    assert panel.findChild(QLabel, "panelTitle").text() == shown
