"""The chain rule panel: real clicks and keys, the engine's numbers, nothing cut at any size of the window."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFontMetrics, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from core.chain import chain
from playground.notation.factors import joined_by
from playground.notation.numbers import percent
from playground.snapshot import RunState, Snapshot
from tests.ui.flow.snapshots import SETTINGS, snapshot_of, with_array
from ui.chain.card import FactorCard
from ui.chain.panel import ChainPanel
from ui.chain.picture import array_picture, factor_picture
from ui.flow.view import FlowView
from ui.formula import FormulaLabel, known_formula
from ui.theme import DARK, LIGHT

SIZES = [(546, 120), (546, 148), (560, 150), (780, 180), (1134, 204), (1150, 260)]
ENLARGED = [(546, 560), (1150, 860)]
NETWORKS = ["four filters", "two blocks, ten classes", "three blocks", "blackboard 5x5"]


def opened(qtbot: QtBot, snapshot: Snapshot, width: int = 1150, height: int = 260) -> ChainPanel:
    page = QWidget()
    qtbot.addWidget(page)
    page.resize(width, height)
    panel = ChainPanel(page)
    panel.page = page  # kept, as no window does it
    panel.set_theme(DARK)
    panel.resize(width, height)
    with qtbot.waitExposed(page):
        page.show()
    panel.show_snapshot(snapshot)
    qtbot.waitUntil(lambda: len(panel.factors) > 0)
    return panel


@pytest.fixture
def panel(qtbot: QtBot) -> ChainPanel:
    return opened(qtbot, snapshot_of("four filters"))


def press(widget: QWidget, *keys: Qt.Key) -> None:
    for key in keys:
        QTest.keyClick(widget, key)


def click(widget: QWidget) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def names(panel: ChainPanel) -> list[str]:
    return [card.text() for card in panel.row.cards]


# --- what is shown ---------------------------------------------------------------------------------------------------


def test_the_chain_of_w1_is_the_one_of_the_lecture(panel: ChainPanel) -> None:
    assert names(panel) == ["∂L/∂A₂", "∂A₂/∂z₂", "∂z₂/∂F", "∂F/∂P₁", "∂P₁/∂A₁", "∂A₁/∂z₁", "∂z₁/∂w₁"]


@pytest.mark.parametrize("network", NETWORKS)
def test_each_parameter_has_the_factors_of_the_engine(qtbot: QtBot, network: str) -> None:
    snapshot = snapshot_of(network)
    panel = opened(qtbot, snapshot)
    for parameter in snapshot.trace.parameter_names:
        click(panel.bar.parameters[parameter])
        expected = chain(snapshot.trace, parameter)
        assert [f.kind for f in panel.factors] == [f.kind for f in expected]
        assert all(np.array_equal(f.values, e.values) for f, e in zip(panel.factors, expected, strict=True))


def test_a_scalar_factor_shows_the_engines_number(panel: ChainPanel) -> None:
    trace = snapshot_of("four filters").trace
    shown = [card.picture.number for card in panel.row.cards[:2]]
    assert shown == [float(trace.dA2[0, 0]), pytest.approx(float(trace.A2[0, 0] * (1 - trace.A2[0, 0])), rel=1e-5)]


def test_a_mask_shows_the_chosen_filter_cell_by_cell(qtbot: QtBot, panel: ChainPanel) -> None:
    trace = snapshot_of("four filters").trace
    panel.show_filters((2, 0, 0))
    gate = panel.row.cards[5]
    qtbot.waitUntil(lambda: gate.picture.part == "filter 2")
    assert np.array_equal(gate.picture.cells[0], trace.z1[0, 2] > 0)


def test_a_tap_of_the_kernel_shows_what_it_was_multiplied_by(panel: ChainPanel) -> None:
    picture = panel.row.cards[-1].picture
    x = snapshot_of("four filters").trace.x[0, 0]
    assert picture.grid == (5, 5)
    assert np.array_equal(picture.cells[5 * 3 + 2], x[3 : 3 + 24, 2 : 2 + 24])


@pytest.mark.parametrize("network", NETWORKS)
def test_the_product_so_far_is_the_derivative_in_the_trace(qtbot: QtBot, network: str) -> None:
    snapshot = snapshot_of(network)
    panel = opened(qtbot, snapshot)
    for position, factor in enumerate(panel.factors):
        panel.choose(position)
        picture, truth = panel.detail.picture._picture, snapshot.trace.arrays[factor.running]
        cells = [picture.number] if picture.cells is None else picture.cells
        assert np.isin(cells, truth).all()
        assert panel.detail.product.accessibleName() == "= ∂L/∂" + names(panel)[position].split("/∂")[1]


def test_the_numbers_follow_training(qtbot: QtBot, panel: ChainPanel) -> None:
    panel.show_snapshot(with_array(snapshot_of("four filters"), "dA2", np.array([[-1.25]])))
    qtbot.waitUntil(lambda: panel.row.cards[0].picture.number == -1.25)


def test_nothing_is_computed_out_of_sight(qtbot: QtBot, panel: ChainPanel) -> None:
    panel.hide()
    before = panel.factors
    panel.show_snapshot(replace(snapshot_of("four filters"), sequence=9))
    qtbot.wait(150)
    assert panel.factors is before
    panel.show()
    assert panel.factors is not before


def test_another_architecture_gets_its_own_factors(qtbot: QtBot, panel: ChainPanel) -> None:
    panel.choose(4)
    panel.show_snapshot(snapshot_of("three blocks"))
    qtbot.waitUntil(lambda: len(panel.factors) == 13)
    assert len(panel.row.cards) == 13
    assert panel.factor is None
    assert list(panel.bar.parameters) == ["w1", "b1", "w2", "b2", "w3", "b3", "w4", "b4"]


def test_a_parameter_that_is_gone_gives_way_to_w1(qtbot: QtBot) -> None:
    panel = opened(qtbot, snapshot_of("three blocks"))
    click(panel.bar.parameters["b4"])
    panel.show_snapshot(snapshot_of("four filters"))
    qtbot.waitUntil(lambda: len(panel.factors) == 7)
    assert panel.parameter == "w1"
    assert panel.bar.parameters["w1"].isChecked()


def test_diverged_numbers_are_shown_as_such(qtbot: QtBot, panel: ChainPanel) -> None:
    bad = with_array(snapshot_of("four filters"), "dA2", np.array([[np.nan]]))
    panel.show_snapshot(with_array(bad, "w2", np.full((1, 576), np.inf)))
    qtbot.waitUntil(lambda: panel.row.cards[0].picture.figure == "NaN")
    assert not panel.grab().isNull()


def test_the_last_numbers_are_shown_with_their_step_when_training_rests(qtbot: QtBot, panel: ChainPanel) -> None:
    first = snapshot_of("four filters")
    for step in range(1234, 1241):
        running = with_array(first, "dA2", np.array([[-float(step)]]))
        panel.show_snapshot(replace(running, step=step, state=RunState.TRAINING))
    panel.show_snapshot(replace(with_array(first, "dA2", np.array([[-0.5]])), step=1240, state=RunState.PAUSED))
    qtbot.waitUntil(lambda: panel.row.cards[0].picture.number == -0.5)
    assert panel.bar.step.text() == "step 1\u202f240"


def test_step_cards_and_product_are_of_one_snapshot(panel: ChainPanel) -> None:
    panel.choose(0)
    later = replace(with_array(snapshot_of("four filters"), "dA2", np.array([[-9.0]])), step=7)
    panel.show_snapshot(later)
    assert panel.bar.step.text() == "step 7"
    assert panel.detail.picture._picture.number == panel.row.cards[0].picture.number == -9.0


def test_a_card_with_the_same_words_follows_another_shape(qtbot: QtBot) -> None:
    panel = opened(qtbot, snapshot_of("blackboard 3x3"))
    panel.grab()
    mask = panel.row.cards[4]
    panel.show_snapshot(replace(snapshot_of("four filters"), run_id=2))
    qtbot.waitUntil(lambda: "4×24×24" in mask.accessibleName())
    panel.grab()
    assert any("4×24×24" in text for text, _font, _room in mask.texts)


@pytest.mark.parametrize(("width", "height"), [(780, 180), (1134, 204), (1150, 260)])
def test_the_row_of_the_blackboard_can_be_multiplied_by_hand(qtbot: QtBot, width: int, height: int) -> None:
    snapshot = snapshot_of("blackboard 3x3")
    panel = opened(qtbot, snapshot, width, height)
    panel.detail.layout().activate()
    panel.grab()
    read = [[float(text.replace("−", "-")) for text in card.numbers] for card in panel.row.cards]
    assert read[3] == [1.0]  # ∂F/∂P₁: one place only
    product = np.prod([numbers[0] for numbers in read[:4]])
    assert product == pytest.approx(float(snapshot.trace.dP1.reshape(-1)[0]), rel=0.02)
    shown_product = [float(text.replace("−", "-")) for text in panel.detail.picture.numbers]
    assert shown_product == pytest.approx(snapshot.trace.dw1.reshape(-1), abs=0.01)


def test_places_are_not_taken_for_factors(qtbot: QtBot) -> None:
    panel = opened(qtbot, snapshot_of("lecture 5x5"))
    panel.grab()
    assert panel.row.cards[3].numbers == ("F₀", "F₁", "F₂", "F₃")


def test_numbers_of_one_picture_are_written_alike(qtbot: QtBot) -> None:
    snapshot = snapshot_of("blackboard 3x3")
    for width in (92, 120, 168):
        card = FactorCard()
        qtbot.addWidget(card)
        card.resize(width, 120)
        weights = np.array([-1.64, -0.0213, 0.5, 0.00412]).reshape(1, 1, 2, 2)
        picture = array_picture(with_array(snapshot, "dw1", weights).trace, "dw1", (0, 0, 0))
        card.show_factor(chain(snapshot.trace, "w1")[-1], picture, picture.limit)
        card.grab()
        assert card.numbers
        assert not [text for text in card.numbers if "-" in text or "e" in text], card.numbers


# --- choosing --------------------------------------------------------------------------------------------------------


def test_a_click_chooses_a_factor(qtbot: QtBot, panel: ChainPanel) -> None:
    with qtbot.waitSignal(panel.factor_chosen) as told:
        click(panel.row.cards[4])
    assert told.args[0].kind == "maxpool"
    assert [card.isChecked() for card in panel.row.cards].index(True) == 4
    assert "winner" in panel.detail.sentence.text()


def test_arrows_walk_home_and_end_jump(panel: ChainPanel) -> None:
    panel.row.setFocus()
    walked = []
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_Left, Qt.Key.Key_End, Qt.Key.Key_Home):
        press(panel.row, key)
        walked.append(panel.row.current)
    assert walked == [0, 1, 0, 0, 6, 0]


def test_esc_leaves_the_factor(qtbot: QtBot, panel: ChainPanel) -> None:
    panel.choose(3)
    with qtbot.waitSignals([panel.factor_chosen, panel.touched]):
        press(panel.row, Qt.Key.Key_Escape)
    assert panel.factor is None
    assert not any(card.isChecked() for card in panel.row.cards)


def test_the_words_below_are_those_of_the_new_network(qtbot: QtBot) -> None:
    panel = opened(qtbot, snapshot_of("blackboard 3x3"))
    panel.choose(1)
    assert "sigmoid" in panel.detail.sentence.text()
    panel.show_snapshot(replace(snapshot_of("two blocks, ten classes"), run_id=2))
    qtbot.waitUntil(lambda: panel.factor is None)
    assert "sigmoid" not in panel.detail.sentence.text()
    panel.choose(1)
    assert "Every logit moves every probability" in panel.detail.sentence.text()
    assert "diag" in panel.detail.value.latex


def test_another_architecture_puts_the_light_out_even_where_this_chain_is_alike(
    qtbot: QtBot, panel: ChainPanel
) -> None:
    click(panel.bar.parameters["b2"])
    panel.choose(1)
    with qtbot.waitSignal(panel.touched) as told:
        panel.show_snapshot(replace(snapshot_of("large kernel"), run_id=2))
    assert told.args == [None]
    assert panel.factor is None


@pytest.mark.parametrize("by", ["button", "Esc on a button"])
def test_all_shows_the_whole_network_again(qtbot: QtBot, panel: ChainPanel, by: str) -> None:
    assert not panel.all.isEnabled()
    panel.choose(3)
    with qtbot.waitSignal(panel.touched) as told:
        if by == "button":
            click(panel.all)
        else:
            press(panel.next, Qt.Key.Key_Escape)
    assert told.args == [None]
    assert panel.factor is None
    assert not panel.all.isEnabled()


def test_buttons_go_back_and_on_and_rest_at_the_ends(panel: ChainPanel) -> None:
    click(panel.next)
    assert panel.row.current == 0
    assert not panel.back.isEnabled()
    click(panel.next)
    click(panel.back)
    assert panel.row.current == 0
    panel.choose(6)
    assert not panel.next.isEnabled()


def test_a_factor_that_both_chains_share_stays_chosen(panel: ChainPanel) -> None:
    panel.choose(5)
    click(panel.bar.parameters["b1"])
    assert panel.factor.kind == "relu"
    click(panel.bar.parameters["w2"])
    assert panel.factor is None


def test_the_chosen_card_is_scrolled_into_view(qtbot: QtBot) -> None:
    panel = opened(qtbot, snapshot_of("three blocks"), 560, 150)
    for position in (12, 0, 7):
        panel.choose(position)
        card = panel.row.cards[position]

        def in_view(card: FactorCard = card) -> bool:
            place = QRect(card.mapTo(panel.row.viewport(), card.rect().topLeft()), card.size())
            return panel.row.viewport().rect().contains(place.adjusted(0, 1, 0, -1))

        qtbot.waitUntil(in_view)


# --- playing ---------------------------------------------------------------------------------------------------------


def test_play_walks_to_the_end_and_stops(qtbot: QtBot, panel: ChainPanel) -> None:
    panel.set_seconds(0.02)
    seen: list[int] = []
    panel.factor_chosen.connect(lambda _factor: seen.append(panel.row.current))
    click(panel.play)
    qtbot.waitUntil(lambda: not panel.is_playing)
    assert seen == [0, 1, 2, 3, 4, 5, 6]
    assert not panel.play.isChecked()


def test_a_factor_stays_for_the_chosen_time(panel: ChainPanel) -> None:
    assert panel._timer.interval() == 1250
    panel.seconds.setValue(2.5)
    assert panel._timer.interval() == 2500


@pytest.mark.parametrize("by", ["key", "hand"])
def test_playing_stops_when_the_reader_takes_over(panel: ChainPanel, by: str) -> None:
    press(panel.row, Qt.Key.Key_P)
    assert panel.is_playing
    if by == "key":
        press(panel.row, Qt.Key.Key_P)
    else:
        click(panel.row.cards[3])
    assert not panel.is_playing


def test_play_goes_on_while_numbers_change(qtbot: QtBot, panel: ChainPanel) -> None:
    panel.set_seconds(0.05)
    click(panel.play)
    with qtbot.waitSignal(panel.factor_chosen):
        panel.show_snapshot(replace(snapshot_of("four filters"), sequence=5))
    assert panel.is_playing


# --- what lights up --------------------------------------------------------------------------------------------------


def test_the_arrays_that_a_factor_joins_light_up_in_the_flow(qtbot: QtBot, panel: ChainPanel) -> None:
    view = FlowView()
    qtbot.addWidget(view)
    view.resize(900, 560)
    view.show_snapshot(snapshot_of("four filters"))
    panel.touched.connect(view.light_up)
    plain = view.grab().toImage()
    panel.choose(4)
    assert view.lit == {"P1", "A1", "dP1", "dA1"}
    lit = view.grab().toImage()
    assert _tile(view, lit, "A1") == _tile(view, plain, "A1")
    assert _tile(view, lit, "x") != _tile(view, plain, "x")
    press(panel.row, Qt.Key.Key_Escape)
    assert view.lit is None
    assert view.grab().toImage() == plain


def test_dimmed_tiles_stay_readable_in_the_light_theme(qtbot: QtBot) -> None:
    view = FlowView()
    qtbot.addWidget(view)
    view.set_theme(LIGHT)
    view.resize(900, 560)
    view.show_snapshot(snapshot_of("four filters"))
    contrasts = []
    for lit in (None, {"L"}):
        view.light_up(lit)
        tile = _tile(view, view.grab().toImage(), "x")
        shades = [tile.pixelColor(place, place).lightnessF() for place in range(min(tile.width(), tile.height()))]
        contrasts.append(max(shades) - min(shades))
    assert contrasts[1] == pytest.approx(0.45 * contrasts[0], abs=0.03)


def _tile(view: FlowView, picture: QImage, name: str) -> QImage:
    room = view.flow_layout.tiles[name].rect
    return picture.copy(room.x, room.y, room.width, room.height)


def test_nothing_is_lit_while_the_panel_is_out_of_sight(panel: ChainPanel) -> None:
    lit: list[object] = []
    panel.touched.connect(lit.append)
    panel.choose(5)
    panel.hide()
    panel.show()
    assert [names is None for names in lit] == [False, True, False]


def test_new_numbers_do_not_light_up_anew(qtbot: QtBot, panel: ChainPanel) -> None:
    panel.choose(5)
    before = panel.factors
    with qtbot.assertNotEmitted(panel.touched):
        panel.show_snapshot(replace(snapshot_of("four filters"), sequence=5))
        qtbot.waitUntil(lambda: panel.factors is not before)


# --- looks -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("width", "height"), SIZES + ENLARGED)
@pytest.mark.parametrize("network", ["four filters", "two blocks, ten classes", "three wide blocks, ten classes"])
def test_no_text_is_cut(qtbot: QtBot, network: str, width: int, height: int) -> None:
    panel = opened(qtbot, snapshot_of(network), width, height)
    needed = panel.minimumSizeHint()
    assert (needed.width(), needed.height()) <= (width, height)
    assert needed.height() <= height
    for parameter in (panel.parameter, f"b{snapshot_of(network).trace.blocks + 1}"):
        panel.choose_parameter(parameter)
        for position in range(-1, len(panel.factors)):
            panel.choose(position)
            qtbot.waitUntil(lambda: all(known_formula(label.latex) for label in shown(panel)))
            panel.detail.layout().activate()
            # a formula that has just been typeset has its room when the layout comes to it
            qtbot.waitUntil(lambda: all(label.width() >= label.sizeHint().width() for label in shown(panel)))
            panel.grab()
            _check_detail(panel)
            for card in panel.row.cards:
                card.grab()  # also those that are scrolled out of sight
                for text, font, room in card.texts:
                    assert QFontMetrics(font).horizontalAdvance(text) <= room.width() + 1, (text, room)
                    assert card.rect().contains(room.toRect()), (text, room)


@pytest.mark.parametrize(("width", "height"), ENLARGED)
@pytest.mark.parametrize("network", ["four filters", "three wide blocks, ten classes"])
def test_enlarged_the_cards_stand_in_lines_and_need_no_scrolling(
    qtbot: QtBot, network: str, width: int, height: int
) -> None:
    panel = opened(qtbot, snapshot_of(network), width, height)
    places = [card.geometry() for card in panel.row.cards]
    assert len({place.y() for place in places}) > 1
    assert panel.row.horizontalScrollBar().maximum() == 0
    assert all(not a.intersects(b) for a, b in combinations(places, 2))
    assert [place for place in places if not panel.row.widget().rect().contains(place)] == []


def shown(panel: ChainPanel) -> list[FormulaLabel]:
    return [label for label in (panel.detail.value, panel.detail.product) if label.isVisible()]


def _check_detail(panel: ChainPanel) -> None:
    label = panel.detail.sentence
    needed = label.fontMetrics().boundingRect(
        QRect(0, 0, label.width(), 1000), int(Qt.TextFlag.TextWordWrap), label.text()
    )
    assert needed.height() <= label.height() + 1, (label.text(), label.width(), label.height())
    for formula in shown(panel):
        assert formula.width() >= formula.sizeHint().width()
        assert formula.height() >= formula.sizeHint().height() - 2
    for button in (panel.back, panel.next, panel.all, panel.play):
        assert button.fontMetrics().horizontalAdvance(button.text()) + 6 <= button.width()


def test_both_themes_differ_and_the_chosen_card_is_orange(panel: ChainPanel) -> None:
    panel.choose(2)
    card = panel.row.cards[2]
    dark = card.grab().toImage()
    panel.set_theme(LIGHT)
    light = card.grab().toImage()
    corner = (card.width() // 2, 1)
    for picture in (dark, light):
        edge = picture.pixelColor(*corner)
        assert edge.red() > edge.green() > edge.blue()
    assert dark.pixelColor(20, 20) != light.pixelColor(20, 20)


def test_every_card_says_what_it_is(panel: ChainPanel) -> None:
    for card in panel.row.cards:
        assert card.text() in card.accessibleName()
        assert card.toolTip()
    panel.choose(4)
    assert "∂P₁/∂A₁" in panel.row.accessibleDescription()


@pytest.mark.parametrize("network", list(SETTINGS))
def test_every_network_can_be_pictured(qtbot: QtBot, network: str) -> None:
    panel = opened(qtbot, snapshot_of(network))
    panel.choose(len(panel.factors) - 1)
    assert not panel.grab().isNull()


def test_the_share_beside_a_mask_is_that_of_the_filter_that_is_shown() -> None:
    record = snapshot_of("four filters").trace
    relu = next(factor for factor in chain(record, "w1") if factor.kind == "relu")
    for number in range(4):
        shown = factor_picture(relu, record, (number,))
        share = float((record.z1[0, number] > 0).mean())
        assert shown.figure == f"{percent(share, 0)} pass"
        assert float(shown.cells.mean()) == pytest.approx(share)


def test_each_factor_is_joined_by_the_sign_of_its_own_product() -> None:
    signs = {name: [joined_by(factor)[0] for factor in chain(snapshot_of(name).trace, "w1")] for name in SETTINGS}
    assert signs["four filters"] == ["", "·", "·ᵀ", "→", "⊙", "⊙", "∗"]
    assert signs["two blocks, ten classes"] == ["", "·", "·ᵀ", "→", "⊙", "⊙", "∗", "⊙", "⊙", "∗"]
    of_the_dense_layer = chain(snapshot_of("four filters").trace, "w2"), chain(snapshot_of("four filters").trace, "b1")
    assert [joined_by(factors[-1])[0] for factors in of_the_dense_layer] == ["·ᵀ", "Σ"]
