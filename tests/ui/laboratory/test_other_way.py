"""Both ways through a convolution, side by side, by keys, buttons and pointing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.ui.explain.hands import later
from tests.ui.flow.snapshots import snapshot_of, with_array
from tests.ui.hands import mouse_at
from ui.laboratory.array_picture import ArrayPicture, Outline
from ui.laboratory.other_way.page import OtherWayPage
from ui.theme import DARK, LIGHT

LEFT = Qt.MouseButton.LeftButton
DEEP = "two blocks, ten classes"


def page_of(qtbot: QtBot, name: str = DEEP, size: tuple[int, int] = (780, 620)) -> OtherWayPage:
    page = OtherWayPage()
    qtbot.addWidget(page)
    page.set_theme(DARK)
    page.resize(*size)
    page.show()
    page.show_snapshot(snapshot_of(name))
    return page


@pytest.fixture
def page(qtbot: QtBot) -> OtherWayPage:
    return page_of(qtbot)


def point(picture: ArrayPicture, row: int, column: int) -> None:
    mouse_at(picture, QPointF(picture.grid.rect(row, column).center()))


def test_of_two_blocks_the_gradient_that_reaches_the_first_is_shown_complete_by_both_ways(page: OtherWayPage) -> None:
    expected = snapshot_of(DEEP).trace.dP1[0, 0]
    assert page.bar.choice.currentText() == "∂L/∂P₁"
    np.testing.assert_allclose(page.view.scattered.values, expected, atol=1e-6)
    np.testing.assert_allclose(page.view.collected.values, expected, atol=1e-6)
    assert "the rounding of float32" in page.difference.full_text()


def test_the_kernel_on_the_right_is_that_on_the_left_turned_and_the_gradient_has_a_frame(page: OtherWayPage) -> None:
    np.testing.assert_array_equal(page.view.turned.values, page.view.kernel.values[::-1, ::-1])
    np.testing.assert_array_equal(page.view.ground.values[2:-2, 2:-2], page.view.gradient.values)
    assert not page.view.ground.values[:2].any()


def test_of_one_block_the_gradient_of_the_image_is_shown_as_an_extra(qtbot: QtBot) -> None:
    page = page_of(qtbot, "four filters")
    assert page.bar.choice.currentText() == "∂L/∂X (extra)"
    assert page.view.scattered.values.shape == (28, 28)
    assert not page.bar.channel.isVisible()
    assert "the engine's layer hands back" in page.difference.full_text()


@pytest.mark.parametrize("channels", [16, 3])
def test_how_far_the_walk_is_can_be_read_in_the_least_width(qtbot: QtBot, channels: int) -> None:
    page = page_of(qtbot, size=(545, 400))
    page.bar.limit(channels, 16)
    page.bar.progress.show_text("output 121 of 121 · input 169 of 169", "169/169")
    qtbot.waitUntil(lambda: page.bar.progress.text() == "169/169")


def test_ways_that_do_not_differ_are_called_equal(qtbot: QtBot) -> None:
    page = page_of(qtbot, "blackboard 3x3")
    assert "are equal, bit for bit" in page.difference.full_text()


def test_next_and_back_walk_on_both_sides_together(page: OtherWayPage) -> None:
    QTest.mouseClick(page.bar.start, LEFT)
    assert (page.walk.count, page.bar.progress.full_text()) == (0, "output 0 of 121 · input 0 of 169")
    assert not page.view.scattered.values.any()
    for _ in range(13):
        QTest.mouseClick(page.bar.on, LEFT)
    assert page.walk.output == (1, 1)
    assert page.walk.cell == (0, 12)
    assert Outline(1, 1, role="accent") in page.view.gradient.outlines
    assert Outline(1, 1, 3, 3, role="accent") in page.view.scattered.outlines
    assert Outline(0, 12, 3, 3, role="accent") in page.view.ground.outlines
    assert Outline(0, 12, role="accent") in page.view.collected.outlines
    np.testing.assert_array_equal(page.view.collected.values.reshape(-1)[:13], page.ways.collected().reshape(-1)[:13])
    assert not page.view.collected.values.reshape(-1)[13:].any()
    QTest.mouseClick(page.bar.back, LEFT)
    assert page.walk.count == 12


def test_arrows_home_and_end_walk_wherever_the_focus_is(page: OtherWayPage) -> None:
    page.setFocus()
    QTest.keyClick(page, Qt.Key.Key_Home)
    QTest.keyClick(page, Qt.Key.Key_Right)
    QTest.keyClick(page, Qt.Key.Key_Right)
    QTest.keyClick(page, Qt.Key.Key_Left)
    assert page.walk.count == 1
    QTest.keyClick(page, Qt.Key.Key_End)
    assert page.walk.is_complete
    assert not page.bar.on.isEnabled()


def test_play_walks_to_the_end_and_stops_there_or_when_nobody_looks(qtbot: QtBot) -> None:
    page = page_of(qtbot, "blackboard 3x3")
    page.bar.timer.setInterval(1)
    QTest.mouseClick(page.bar.play, LEFT)
    assert page.walk.count == 0
    qtbot.waitUntil(lambda: page.walk.is_complete and not page.bar.play.isChecked())
    page.bar.timer.setInterval(60_000)
    QTest.mouseClick(page.bar.play, LEFT)
    page.hide()
    assert not page.bar.timer.isActive()


def test_pointing_at_a_cell_outlines_its_outputs_left_and_its_window_right_and_spells_its_sum(
    page: OtherWayPage,
) -> None:
    point(page.view.scattered, 4, 6)
    assert page.view.gradient.outlines == (Outline(2, 4, 3, 3, role="source"),)
    assert page.view.ground.outlines == (Outline(4, 6, 3, 3, role="source"),)
    assert page.view.collected.outlines == (Outline(4, 6, role="source"),)
    value = float(page.ways.engine[4, 6])
    assert page.sum_words.full_text().startswith("∂L/∂P₁[0][4,6] = Σ over the 16 filters and the taps u,v that read it")
    assert page.sum_words.full_text().endswith(f"= {value:.4f}".replace("-", "−"))
    assert page.terms_words.full_text().startswith("filter 0: ")
    point(page.view.collected, 0, 0)
    assert page.view.gradient.outlines == (Outline(0, 0, 1, 1, role="source"),)


def test_pointing_at_an_output_on_either_side_outlines_its_patch_in_both_results(page: OtherWayPage) -> None:
    for picture, offset in ((page.view.gradient, 0), (page.view.ground, 2)):
        point(picture, 3 + offset, 5 + offset)
        assert page.view.gradient.outlines == (Outline(3, 5, role="reader"),)
        assert page.view.scattered.outlines == page.view.collected.outlines == (Outline(3, 5, 3, 3, role="reader"),)
        assert "∂L/∂z₂[3,5]" in page.patch_words.full_text()
    point(page.view.ground, 0, 0)
    assert page.view.gradient.outlines == ()


def test_the_products_in_the_sentence_sum_to_the_cell(qtbot: QtBot) -> None:
    page = page_of(qtbot, "blackboard 3x3")
    page.set_decimals(6)
    for cell in np.ndindex(3, 3):
        point(page.view.collected, *cell)
        text = page.terms_words.full_text().removeprefix("= ").replace("−", "-").replace("·", "*")
        assert eval(text) == pytest.approx(float(page.ways.engine[cell]), abs=1e-5)


def test_another_channel_and_another_filter_can_be_chosen(page: OtherWayPage) -> None:
    page.bar.channel.setValue(3)
    page.bar.filter.setValue(7)
    record = snapshot_of(DEEP).trace
    np.testing.assert_array_equal(page.view.gradient.values, record.dz2[0, 7])
    np.testing.assert_array_equal(page.view.kernel.values, record.w2[7, 3])
    np.testing.assert_allclose(page.view.collected.values, record.dP1[0, 3], atol=1e-6)


def test_newer_numbers_keep_the_place_and_another_network_begins_at_its_end(page: OtherWayPage) -> None:
    page.go_to(20)
    newer = later(snapshot_of(DEEP))
    page.show_snapshot(newer)
    page._pacer.now()
    assert page.walk.count == 20
    np.testing.assert_array_equal(page.view.gradient.values, newer.trace.dz2[0, 0])
    page.show_snapshot(replace(snapshot_of("four filters"), run_id=2))
    assert page.walk.is_complete
    assert page.view.scattered.values.shape == (28, 28)


def test_a_gradient_that_is_not_the_engines_is_said_to_be_more_than_rounding(page: OtherWayPage) -> None:
    snapshot = snapshot_of(DEEP)
    wrong = with_array(snapshot, "dP1", snapshot.trace.dP1[..., ::-1, ::-1])
    page.show_snapshot(replace(wrong, run_id=2))
    assert "far more than rounding" in page.difference.full_text()


def test_numbers_that_are_not_finite_do_not_stop_the_page(page: OtherWayPage) -> None:
    snapshot = snapshot_of(DEEP)
    bad = with_array(snapshot, "dz2", np.full(snapshot.trace.dz2.shape, np.nan))
    page.show_snapshot(replace(bad, run_id=2))
    page.set_theme(LIGHT)
    point(page.view.scattered, 2, 2)
    assert not page.grab().isNull()


@pytest.mark.parametrize("size", [(520, 125), (780, 160), (780, 620), (1250, 700)])
def test_the_pictures_have_room_in_low_and_in_high_pages(qtbot: QtBot, size: tuple[int, int]) -> None:
    page = page_of(qtbot, size=size)
    for picture in page.view.pictures:
        assert picture.grid.picture.bottom() < picture.height()
        assert picture.grid.sides[1] >= 2
    assert page.difference.isVisible() is (size[1] > 185)
