"""Until there are numbers the passes say what they wait for."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from playground import arithmetic
from tests.ui.flow.snapshots import snapshot_of
from ui.flow.view import FlowView


@pytest.fixture
def view(qtbot: QtBot) -> FlowView:
    view = FlowView()
    qtbot.addWidget(view)
    view.resize(500, 300)
    return view


def test_a_first_start_that_compiles_says_so_by_itself(
    qtbot: QtBot, view: FlowView, monkeypatch: pytest.MonkeyPatch
) -> None:
    view.show()
    before = view.grab().toImage()
    monkeypatch.setattr(arithmetic, "seconds_loading", lambda: 3.0)
    qtbot.waitUntil(lambda: view.grab().toImage() != before)
    assert "being compiled" in view._waiting.words()


@pytest.mark.parametrize("seconds", [0.0, 1.0])
def test_what_loads_from_files_is_not_said_to_compile(
    view: FlowView, monkeypatch: pytest.MonkeyPatch, seconds: float
) -> None:
    monkeypatch.setattr(arithmetic, "seconds_loading", lambda: seconds)
    assert view._waiting.words() == "Waiting for the first numbers…"


def test_with_the_first_numbers_nothing_waits_any_more(view: FlowView) -> None:
    assert view._waiting.isActive()
    view.show_snapshot(snapshot_of("four filters"))
    assert not view._waiting.isActive()
