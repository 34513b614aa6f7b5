from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from playground.settings import Settings, parameter_counts
from tests.ui.in_the_window import opened
from ui.main_window import MainWindow
from ui.network_panel import NetworkPanel
from ui.theme import DARK, LIGHT
from ui.training_panel import TrainingPanel

TEN = tuple(range(10))
LECTURE = Settings(kernel_size=5, filters=(4,))


@pytest.fixture
def network(qtbot) -> NetworkPanel:
    panel = NetworkPanel(LECTURE)
    qtbot.addWidget(panel)
    panel.setFixedWidth(268)
    panel.show()
    return panel


@pytest.fixture
def training(qtbot) -> TrainingPanel:
    panel = TrainingPanel(Settings(), DARK)
    qtbot.addWidget(panel)
    panel.setFixedWidth(268)
    panel.show()
    return panel


def type_into(qtbot, control, text: str) -> None:
    control.field.selectAll()
    qtbot.keyClicks(control.field, text)
    qtbot.keyClick(control.field, Qt.Key.Key_Return)


def test_parameters_of_four_filters_of_5_by_5_are_104_and_577() -> None:
    assert parameter_counts(LECTURE) == (104, 577)


def test_parameters_count_every_channel_of_a_second_block() -> None:
    settings = Settings(classes=TEN, kernel_size=3, filters=(16, 32))
    assert parameter_counts(settings) == (16 * 10 + 32 * (16 * 9 + 1), 10 * (32 * 25 + 1))


def test_facts_say_output_sizes_and_parameters(network: NetworkPanel) -> None:
    texts = {name: label.text() for name, label in network._facts.items()}
    assert texts["output"] == "Output sigmoid · 1"
    assert texts["parameters"] == "104 + 577 parameters"
    assert texts["sizes"].replace("\u2009", "") == "28→24→12"
    assert texts["layers"] == "Pool 2 × 2 max"


def test_ten_classes_have_a_softmax_of_ten(network: NetworkPanel) -> None:
    network.set_settings(Settings(classes=TEN))
    assert network._facts["output"].text() == "Output softmax · 10"


def test_a_typed_kernel_size_is_told_with_the_filters(qtbot, network: NetworkPanel) -> None:
    with qtbot.waitSignal(network.architecture_changed) as signal:
        type_into(qtbot, network.kernel_size, "3")
    assert signal.args == [3, (4,)]
    assert network._facts["sizes"].text().replace("\u2009", "") == "28→26→13"


def test_set_settings_tells_nothing(qtbot, network: NetworkPanel) -> None:
    with qtbot.assertNotEmitted(network.architecture_changed):
        network.set_settings(Settings(kernel_size=3, filters=(8, 16)))
    assert network.kernel_size.value == 3


def test_a_block_more_shows_another_row_and_starts_with_twice_the_filters(qtbot, network: NetworkPanel) -> None:
    with qtbot.waitSignal(network.architecture_changed) as signal:
        type_into(qtbot, network.blocks, "2")
    assert signal.args == [5, (4, 8)]
    assert [control.isVisible() for control in network.filters] == [True, True, False]


def test_blocks_that_need_a_smaller_kernel_get_the_largest_that_fits(qtbot, network: NetworkPanel) -> None:
    with qtbot.waitSignal(network.architecture_changed) as signal:
        type_into(qtbot, network.blocks, "3")
    kernel_size, filters = signal.args
    assert (kernel_size, filters) == (3, (4, 8, 16))
    assert Settings(kernel_size=kernel_size, filters=filters).blocks == 3


def test_a_kernel_that_had_to_give_way_is_told_beside_the_controls_and_can_be_undone(
    qtbot, network: NetworkPanel
) -> None:
    network.show()
    type_into(qtbot, network.blocks, "3")
    assert network._quiet.text() == "k 5 → 3, 1 → 3 blocks"
    assert "A kernel of 5 does not fit 3 blocks on 28×28" in network.undo.toolTip()
    with qtbot.waitSignal(network.architecture_changed) as signal:
        qtbot.mouseClick(network.undo, Qt.MouseButton.LeftButton)
    assert signal.args == [5, LECTURE.filters]
    assert not network.undo.isVisible()
    assert network._quiet.text() == "changes start anew"


def test_a_kernel_that_had_to_give_way_comes_back_with_fewer_blocks(qtbot, network: NetworkPanel) -> None:
    type_into(qtbot, network.blocks, "3")
    type_into(qtbot, network.blocks, "2")
    assert network.kernel_size.value == 5
    type_into(qtbot, network.blocks, "3")
    type_into(qtbot, network.kernel_size, "2")
    type_into(qtbot, network.blocks, "1")
    assert network.kernel_size.value == 2


def test_a_kernel_larger_than_the_image_allows_cannot_be_chosen(qtbot, network: NetworkPanel) -> None:
    network.set_settings(Settings(dataset="blackboard-3x3", classes=(0, 1), kernel_size=2, filters=(1,)))
    with qtbot.assertNotEmitted(network.architecture_changed):
        type_into(qtbot, network.kernel_size, "3")
        type_into(qtbot, network.blocks, "2")


def test_network_panel_is_small_enough_for_the_column(network: NetworkPanel) -> None:
    assert network.sizeHint().height() <= 150
    network.set_settings(Settings(classes=TEN, kernel_size=3, filters=(32, 32, 32)))
    assert network.minimumSizeHint().width() <= 268


def test_training_panel_is_small_enough_for_the_column(training: TrainingPanel) -> None:
    assert training.sizeHint().height() <= 165
    assert training.minimumSizeHint().width() <= 268


def test_each_training_control_tells_its_own_signal(qtbot, training: TrainingPanel) -> None:
    with qtbot.waitSignal(training.learning_rate_changed) as rate:
        type_into(qtbot, training.learning_rate, "0.02")
    with qtbot.waitSignal(training.batch_size_changed) as batch:
        type_into(qtbot, training.batch_size, "64")
    with qtbot.waitSignal(training.seed_changed) as seed:
        type_into(qtbot, training.seed, "42")
    assert (rate.args, batch.args, seed.args) == ([0.02], [64], [42])


def test_the_optimiser_is_told_by_its_word_in_the_settings(qtbot, training: TrainingPanel) -> None:
    with qtbot.waitSignal(training.optimizer_changed) as signal:
        training.optimizer.setFocus()
        qtbot.keyClick(training.optimizer, Qt.Key.Key_Down)
    assert signal.args == ["momentum"]


def test_another_way_to_draw_the_first_weights_is_told_once(qtbot, training: TrainingPanel) -> None:
    with qtbot.waitSignal(training.initialization_changed) as signal:
        training.initialization.setFocus()
        qtbot.keyClick(training.initialization, Qt.Key.Key_Down)
    assert signal.args == ["glorot"]


def test_the_dice_draws_another_seed_and_tells_it(qtbot, training: TrainingPanel) -> None:
    with qtbot.waitSignal(training.seed_changed) as signal:
        qtbot.mouseClick(training.new_seed_button, Qt.MouseButton.LeftButton)
    assert signal.args == [training.seed.value]
    assert signal.args != [3]


def test_training_set_settings_tells_nothing(qtbot, training: TrainingPanel) -> None:
    signals = [training.learning_rate_changed, training.batch_size_changed, training.optimizer_changed]
    with qtbot.assertNotEmitted(signals[0]), qtbot.assertNotEmitted(signals[1]), qtbot.assertNotEmitted(signals[2]):
        training.set_settings(Settings(learning_rate=0.5, batch_size=7, optimizer="adam", seed=9))
    assert (training.learning_rate.value, training.batch_size.value, training.seed.value) == (0.5, 7, 9)
    assert training.optimizer.currentText() == "Adam"


def test_panels_follow_the_theme(network: NetworkPanel, training: TrainingPanel) -> None:
    before = training.new_seed_button.icon().cacheKey()
    for panel in (network, training):
        panel.set_theme(LIGHT)
    assert training.new_seed_button.icon().cacheKey() != before


@pytest.mark.parametrize("size", [(1100, 700), (1040, 640)])
def test_no_panel_is_squeezed_in_a_low_window_with_three_blocks(
    qtbot: QtBot, make_window: Callable[[], MainWindow], size: tuple[int, int]
) -> None:
    three = Settings(classes=(0, 1, 2), kernel_size=3, filters=(4, 6, 8))
    window = make_window()
    window.setMinimumSize(*size)  # as on a small screen
    opened(qtbot, window, size, three)
    bar, panel = window.left.verticalScrollBar(), window.network_panel
    rows = [panel.kernel_size, panel.blocks, *panel.filters]
    # the column is laid out when the event loop comes to it
    qtbot.waitUntil(lambda: (bar.maximum() > 0) is (size[1] < 700))
    qtbot.waitUntil(lambda: panel.height() >= panel.minimumSizeHint().height())
    assert all(above.geometry().bottom() < below.geometry().top() for above, below in pairwise(rows))
    seed = window.training_panel.seed.field
    seed.setFocus(Qt.FocusReason.TabFocusReason)
    for _ in range(3):
        QTest.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
    reached = window.focusWidget()
    assert window.left.viewport().rect().contains(reached.mapTo(window.left.viewport(), reached.rect().center()))
