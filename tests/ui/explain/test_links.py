"""What is outlined and what is pinned."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.ui.explain.hands import click, keep, later, leave, mouse, panel_of
from tests.ui.flow.snapshots import snapshot_of
from ui.cell_ref import CellRef, cell_value
from ui.explain.linker import MOST_PINS, RECENT
from ui.flow.marks import Mark, outline_marks
from ui.number_format import term_number
from ui.theme import DARK


def outlines(panel, color):
    marks, found = panel.view._overlay.marks, panel.view.marked()
    return {mark.name: outline for mark, outline in zip(marks, found, strict=True) if mark.color == color}


def test_the_window_of_a_cell_is_one_rectangle_in_the_image(qtbot: QtBot) -> None:
    panel = panel_of(qtbot)
    mouse(panel.view, "z1", (0, 7, 9))
    layout = panel.view.flow_layout
    expected = layout.cell_rect("x", (0, 7, 9)).united(layout.cell_rect("x", (0, 11, 13)))
    window = outlines(panel, DARK.source)["x"]
    assert window.frames == (expected,)
    assert window.dashed
    assert set(outlines(panel, DARK.reader)) == {"A1", "dz1"}


def test_a_derivative_of_a_kernel_frames_the_shifted_image_and_the_whole_map(qtbot: QtBot) -> None:
    panel = panel_of(qtbot)
    mouse(panel.view, "dw1", (0, 0, 1, 2))
    layout = panel.view.flow_layout
    shifted = layout.cell_rect("x", (0, 1, 2)).united(layout.cell_rect("x", (0, 24, 25)))
    found = outlines(panel, DARK.source)
    assert found["x"].frames == (shifted,)
    assert found["dz1"].frames == (layout.tiles["dz1"].maps[0].rect,)


def test_cells_that_fill_no_rectangle_get_their_border(qtbot: QtBot) -> None:
    panel = panel_of(qtbot)
    corner = np.array([[0, 3, 3], [0, 3, 4], [0, 4, 3]])
    (found,) = outline_marks(panel.view.flow_layout, [Mark("z1", corner, "#ff0000")])
    assert found.frames == ()
    assert len(found.borders) == 8
    assert found.shown == 3


def test_the_outline_is_painted_in_its_colour(qtbot: QtBot) -> None:
    panel = panel_of(qtbot)
    mouse(panel.view, "z1", (0, 7, 9))
    x, y, width, _ = outlines(panel, DARK.source)["x"].frames[0]
    picture = panel.view.grab().toImage()
    assert DARK.source in {picture.pixelColor(x + step, y).name() for step in range(width)}


def test_a_click_pins_and_a_second_click_lets_go(qtbot: QtBot) -> None:
    panel = panel_of(qtbot)
    click(panel.view, "dw1", (0, 0, 1, 2))
    leave(panel.view)
    assert panel.strip.lines()[0].startswith("● ∂L/∂w₁[0][1,2] = ")
    click(panel.view, "dw1", (0, 0, 1, 2))
    assert panel.linker.pins == ()


@pytest.mark.parametrize("key", [Qt.Key.Key_P, Qt.Key.Key_Return])
def test_keys_pin_the_cell_that_arrows_reached_and_esc_lets_go(qtbot: QtBot, key: Qt.Key) -> None:
    panel = panel_of(qtbot)
    for code in (Qt.Key.Key_Home, Qt.Key.Key_PageDown, Qt.Key.Key_Right, Qt.Key.Key_Down, key):
        qtbot.keyClick(panel.view, code)
    assert [pin.ref for pin in panel.linker.pins] == [CellRef("z1", (0, 1, 1))]
    qtbot.keyClick(panel.view, Qt.Key.Key_Escape)
    assert panel.linker.pins == ()


def test_a_click_on_a_kernel_chooses_its_filter_too(qtbot: QtBot) -> None:
    panel = panel_of(qtbot)
    click(panel.view, "w1", (2, 0, 1, 1))
    assert panel.view.chosen_filters == (2,)
    assert panel.linker.active.ref == CellRef("w1", (2, 0, 1, 1))


def test_a_pin_follows_training_and_a_reset_whose_frames_are_others(qtbot: QtBot) -> None:
    panel = panel_of(qtbot)
    click(panel.view, "dw1", (1, 0, 1, 2))
    leave(panel.view)
    trained = later(snapshot_of("four filters"))
    reset = later(trained, seed=23, run_id=2)
    for snapshot in (trained, reset):
        panel.show_snapshot(snapshot)
        qtbot.waitUntil(lambda s=snapshot: panel.linker.spotlight().trace is s.trace)
        ref = CellRef("dw1", (1, 0, 1, 2))
        assert panel.linker.active.value == cell_value(snapshot.trace, ref)
    assert list(panel.linker.active.recent) == [cell_value(reset.trace, CellRef("dw1", (1, 0, 1, 2)))]


def test_pins_go_with_their_network_and_return_with_it(qtbot: QtBot) -> None:
    panel = panel_of(qtbot, "ten classes")
    click(panel.view, "dw1", (1, 0, 1, 2))
    panel.show_snapshot(later(snapshot_of("ten classes")))
    leave(panel.view)
    panel.show_snapshot(snapshot_of("blackboard 5x5"))  # it has such a cell, too, but that is another one
    assert panel.linker.pins == ()
    assert panel.linker.spotlight() is None
    panel.grab()
    click(panel.view, "x", (0, 1, 1))
    back = snapshot_of("ten classes")
    panel.show_snapshot(back)
    ref = CellRef("dw1", (1, 0, 1, 2))
    assert [(pin.ref, list(pin.recent)) for pin in panel.linker.pins] == [(ref, [cell_value(back.trace, ref)])]
    assert panel.linker.active.ref == ref
    leave(panel.view)
    panel.show_snapshot(snapshot_of("blackboard 5x5"))
    assert [pin.ref for pin in panel.linker.pins] == [CellRef("x", (0, 1, 1))]


def test_a_click_replaces_the_cell_that_was_clicked_before_and_one_with_shift_does_not(qtbot: QtBot) -> None:
    panel = panel_of(qtbot)

    def pinned() -> list[int]:
        return [pin.ref.index[2] for pin in panel.linker.pins]

    click(panel.view, "x", (0, 3, 0))
    click(panel.view, "x", (0, 3, 1))
    assert pinned() == [1]
    keep(panel.view, "x", (0, 3, 2))
    click(panel.view, "x", (0, 3, 3))
    click(panel.view, "x", (0, 3, 4))
    assert pinned() == [1, 2, 4]
    click(panel.view, "x", (0, 3, 2))
    assert pinned() == [1, 4], "a click on a pinned cell takes its pin away"
    keep(panel.view, "x", (0, 3, 4))
    click(panel.view, "x", (0, 3, 5))
    assert pinned() == [1, 4, 5], "what was only clicked stays once it is pinned"


def test_a_seventh_pin_replaces_the_oldest(qtbot: QtBot) -> None:
    panel = panel_of(qtbot)
    for column in range(MOST_PINS + 1):
        keep(panel.view, "x", (0, 3, column))
    assert [pin.ref.index[2] for pin in panel.linker.pins] == list(range(1, MOST_PINS + 1))


def test_a_pin_remembers_a_bounded_number_of_frames(qtbot: QtBot) -> None:
    panel = panel_of(qtbot)
    click(panel.view, "L", ())
    snapshot = snapshot_of("four filters")
    other = later(snapshot)
    for step in range(RECENT + 20):
        panel.linker.show_snapshot(later(snapshot, step) if step < 2 else (other, snapshot)[step % 2])
    assert len(panel.linker.active.recent) == RECENT


def test_nothing_is_explained_while_no_cell_is_meant(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    panel = panel_of(qtbot)
    asked = []
    monkeypatch.setattr("ui.explain.linker.explain", lambda *question: asked.append(question))
    for seed in range(3):
        panel.show_snapshot(later(snapshot_of("four filters"), seed))
    assert asked == []


def test_the_explanation_is_of_the_frame_that_shows_it(qtbot: QtBot) -> None:
    panel = panel_of(qtbot)
    mouse(panel.view, "L", ())
    for seed in range(4):
        frame = later(snapshot_of("four filters"), seed)
        panel.show_snapshot(frame)
        assert panel.strip.lines()[1].count(f"= {term_number(float(frame.trace.L))}") == 1
