"""An array that a bug computes wrongly says what the running code does, and no array says what it does not."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPointF
from pytestqt.qtbot import QtBot

from playground.flaw import Flaw
from playground.laboratory.bugs import BUGS, Bug
from tests.ui.flow.snapshots import snapshot_of
from tests.ui.flow.views import view_of
from ui.flow.bug_formulas import bug_formulas
from ui.flow.view import FlowView

TWO_BLOCKS = "two blocks, ten classes"


def with_bug(qtbot: QtBot, name: str, bug: str, *, is_on: bool = True, size: tuple[int, int] = (780, 520)) -> FlowView:
    view = view_of(qtbot, name, size)
    view.show_snapshot(replace(snapshot_of(name), flaw=Flaw(bug, 0, is_on)))
    view.compose()
    return view


def written(view: FlowView) -> list[str]:
    return [text for text, _font, _room in view.painted._ground.texts]


def tooltip(view: FlowView, name: str) -> str:
    rect = view.flow_layout.tiles[name].rect
    return view.tooltip_at(QPointF(rect.x + 5, rect.y + 5)).split("\n")[0]


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.id)
def test_exactly_the_arrays_that_a_bug_spoils_are_written_as_wrong(bug: Bug) -> None:
    names = snapshot_of(TWO_BLOCKS).trace.backward_names
    wrong = tuple(name for name in names if bug_formulas(name, names, bug.name))
    assert wrong == (() if bug.id == "no-mean" else bug.guilty(names))  # with one sample 1/m makes no difference
    assert all("bug" in text for name in wrong for text in bug_formulas(name, names, bug.name))
    assert not any(bug_formulas(name, names, "") for name in names)


def test_without_the_mask_the_passes_do_not_write_one(qtbot: QtBot) -> None:
    view = with_bug(qtbot, "four filters", "no ReLU mask", size=(1100, 520))
    assert not any("[z₁>0]" in text for text in written(view))
    assert "= ∂L/∂A₁ (bug: no mask)" in written(view)
    assert tooltip(view, "dz1") == "∂L/∂z₁ = ∂L/∂A₁ (bug: no mask)"
    assert tooltip(view, "dA1") == "∂L/∂A₁ = ∂L/∂P₁ to the maxima"


def test_a_bug_that_is_off_again_leaves_the_captions_as_they_are(qtbot: QtBot) -> None:
    view = with_bug(qtbot, "four filters", "no ReLU mask", is_on=False)
    assert not any("bug" in text for text in written(view))
    assert "⊙ [z₁>0]" in tooltip(view, "dz1")


@pytest.mark.parametrize("bug", [bug for bug in BUGS if bug.id not in ("no-mean", "mean-bias")], ids=lambda bug: bug.id)
@pytest.mark.parametrize("size", [(520, 420), (780, 520), (1400, 700)])
def test_however_little_room_there_is_the_caption_does_not_claim_the_right_formula(
    qtbot: QtBot, bug: Bug, size: tuple[int, int]
) -> None:
    view = with_bug(qtbot, TWO_BLOCKS, bug.name, size=size)
    guilty = bug.guilty(view.snapshot.trace.backward_names)
    for name in guilty:
        captions = view.painted._ground._captions
        texts = captions.under(name) if view.flow_layout.tiles[name].kind == "stage" else captions.formulas(name)
        assert all("bug" in text for text in texts)
    assert any("bug" in text for text in written(view))
