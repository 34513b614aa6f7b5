from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QAbstractButton, QWidget

from core.losses import BinaryCrossEntropy
from core.network import build_network
from core.trace import trace
from playground.evaluation import Evaluation
from playground.sample_ref import SampleRef
from playground.session import Session
from playground.settings import Settings
from playground.snapshot import RunState, Snapshot
from playground.timeline.travel import TimeTravel
from tests.ui.noting_window import NotingWindow, in_front
from ui.figures import _APART, _caption_font
from ui.number_format import grouped
from ui.theme import DARK, LIGHT
from ui.toolbar import SPEEDS, Toolbar


class Window(NotingWindow):
    def __init__(self) -> None:
        super().__init__()
        self.toolbar = Toolbar(self.actions_by_id, DARK)
        self.setCentralWidget(self.toolbar)
        self.resize(1040, 60)


@pytest.fixture
def window(qtbot) -> Window:
    return in_front(qtbot, Window())


@pytest.fixture
def toolbar(window: Window) -> Toolbar:
    return window.toolbar


@pytest.fixture(scope="module")
def snapshot() -> Snapshot:
    network = build_network((1, 5, 5), 2, (1,), 1, 0)
    x = np.ones((1, 1, 5, 5), dtype=np.float32)
    return Snapshot(
        run_id=1,
        sequence=1,
        settings=Settings(),
        class_names=("3", "8"),
        state=RunState.TRAINING,
        step=1240,
        epoch=3,
        steps_per_epoch=343,
        batch_loss=0.0831,
        steps_per_second=2310.4,
        elapsed_seconds=0.5,
        weights=network.state_dict(),
        gradients={},
        sample=SampleRef(),
        trace=trace(network, BinaryCrossEntropy(), x, np.array([1])),
        evaluation=Evaluation(1200, 0.08, 0.98, 0.09, 0.979, 2000, 10964, 1984),
        drawing_probabilities=None,
        diagnosis=None,
    )


def figures(toolbar: Toolbar) -> dict[str, str]:
    return {name: figure.accessibleName() for name, figure in toolbar._figures.items()}


def test_figures_of_a_snapshot_are_shown_with_thin_spaces(toolbar: Toolbar, snapshot: Snapshot) -> None:
    toolbar.show_snapshot(snapshot)
    assert figures(toolbar) == {
        "epoch": "epoch 3",
        "step": "step 1\u202f240",
        "loss": "batch loss 0.083",
        "accuracy": "test acc 97.9 %",
        "pace": "steps/s 2\u202f310",
    }


@pytest.mark.parametrize(
    ("loss", "text"), [(None, "–"), (float("nan"), "NaN"), (float("inf"), "∞"), (1.2e-5, "1.2e−5"), (12.34, "12.3")]
)
def test_the_loss_is_never_shown_as_zero_or_cut(toolbar: Toolbar, snapshot: Snapshot, loss, text: str) -> None:
    toolbar.show_snapshot(dataclasses.replace(snapshot, batch_loss=loss))
    assert figures(toolbar)["loss"] == f"batch loss {text}"


@pytest.mark.parametrize(("epoch", "text"), [(0, "0"), (1491, "1\u202f491"), (14_908, "14\u202f908")])
def test_an_epoch_is_never_cut(toolbar: Toolbar, snapshot: Snapshot, epoch: int, text: str) -> None:
    toolbar.show_snapshot(dataclasses.replace(snapshot, epoch=epoch))
    assert figures(toolbar)["epoch"] == f"epoch {text}"


@pytest.mark.parametrize("measured", [4, 300, 12_340, 9_000_000])
def test_an_accuracy_that_is_old_names_its_step(toolbar: Toolbar, snapshot: Snapshot, measured: int) -> None:
    evaluation = dataclasses.replace(snapshot.evaluation, step=measured)
    accuracy, place = toolbar._figures["accuracy"], toolbar._figures["accuracy"].geometry()

    def show(step: int, pace: float) -> str:
        toolbar.show_snapshot(dataclasses.replace(snapshot, step=step, steps_per_second=pace, evaluation=evaluation))
        return accuracy.accessibleName()

    assert show(measured + 20, 8.0) == "test acc 97.9 %"
    assert show(measured + 72, 8.0) == f"test acc, step {grouped(measured)} 97.9 %"
    assert grouped(measured) in accuracy.caption
    assert f"measured at step {grouped(measured)}. The next figure comes with more steps" in accuracy.toolTip()
    assert QFontMetrics(_caption_font()).horizontalAdvance(accuracy.caption) < place.width() + _APART
    assert accuracy.geometry() == place
    assert show(measured + 300, 2000.0) == "test acc 97.9 %"  # at full speed the next is there at once
    assert accuracy.toolTip().endswith(f"measured at step {grouped(measured)}")


def test_no_geometry_changes_while_the_figures_do(toolbar: Toolbar, snapshot: Snapshot) -> None:
    def places() -> list[object]:
        parts = [*toolbar._figures.values(), *toolbar._buttons.values(), toolbar.speed]
        return [part.geometry() for part in parts]

    toolbar.show_snapshot(dataclasses.replace(snapshot, step=0, epoch=0, evaluation=None, state=RunState.PAUSED))
    before = places()
    toolbar.show_snapshot(dataclasses.replace(snapshot, step=9_999_999, epoch=9_999_999, steps_per_second=99_999))
    assert places() == before


def test_everything_fits_the_smallest_window_without_cut_text(qtbot, window: Window, snapshot: Snapshot) -> None:
    toolbar = window.toolbar
    toolbar.show_snapshot(snapshot)
    toolbar.setFixedWidth(1082)
    qtbot.waitUntil(lambda: toolbar.width() == 1082)
    assert toolbar.minimumSizeHint().width() <= 1082
    assert toolbar._dataset.text() == "Digits 3 vs 8 · 28×28"
    for button in toolbar._buttons.values():
        needed = button.fontMetrics().horizontalAdvance("Pause" if button.text() == "Train" else button.text())
        assert needed + button.iconSize().width() + 8 <= button.width()


def test_the_train_button_says_pause_while_training(toolbar: Toolbar, snapshot: Snapshot) -> None:
    button = toolbar._buttons["train"]
    width = button.width()
    toolbar.show_snapshot(snapshot)
    assert (button.text(), button.accessibleName()) == ("Pause", "Pause")
    toolbar.set_state(RunState.PAUSED)
    assert button.text() == "Train"
    assert button.width() == width


@pytest.mark.parametrize("name", ["train", "step", "back", "reset"])
def test_a_click_on_a_button_runs_its_action(qtbot, window: Window, name: str) -> None:
    qtbot.mouseClick(window.toolbar._buttons[name], Qt.MouseButton.LeftButton)
    assert window.done == ["step_back" if name == "back" else name]


def test_help_and_theme_have_buttons(qtbot, window: Window) -> None:
    for button in window.toolbar._corner.values():
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert window.done == ["help", "toggle_theme"]


def test_the_step_key_works_while_a_button_has_the_focus(qtbot, window: Window) -> None:
    button = window.toolbar._buttons["train"]
    button.setFocus()
    qtbot.keyClick(button, Qt.Key.Key_Right)
    qtbot.keyClick(button, Qt.Key.Key_Left)
    assert window.done == ["step", "step_back"]


def test_the_speed_slider_tells_steps_a_second_and_full_as_none(qtbot, toolbar: Toolbar) -> None:
    told: list[object] = []
    toolbar.speed_changed.connect(told.append)
    qtbot.keyClick(toolbar.speed, Qt.Key.Key_Home)
    qtbot.keyClick(toolbar.speed, Qt.Key.Key_Right)
    qtbot.keyClick(toolbar.speed, Qt.Key.Key_End)
    assert told == [1, None]
    assert toolbar._speed_text.text() == "full"


def test_slow_motion_is_the_low_end_of_the_speed_slider(qtbot, toolbar: Toolbar) -> None:
    told: list[bool] = []
    toolbar.slow_motion_changed.connect(told.append)
    qtbot.keyClick(toolbar.speed, Qt.Key.Key_Home)
    assert toolbar._speed_text.text() == "slow motion"
    qtbot.keyClick(toolbar.speed, Qt.Key.Key_End)
    assert told == [True, False]


def test_slow_motion_switched_elsewhere_is_shown_and_the_speed_before_comes_back(qtbot, toolbar: Toolbar) -> None:
    toolbar.set_speed(20)
    with qtbot.assertNotEmitted(toolbar.slow_motion_changed), qtbot.assertNotEmitted(toolbar.speed_changed):
        toolbar.set_slow_motion(True)
        assert toolbar._speed_text.text() == "slow motion"
        toolbar.set_slow_motion(False)
    assert toolbar._speed_text.text() == "20 steps/s"


@pytest.mark.parametrize(
    ("shown_step", "undo_target", "training", "enabled", "tip"),
    [
        (7, 6, False, True, "Undo step 7 (←)"),
        (7, None, False, True, "Look at step 4, the kept moment before"),
        (1024, 1023, False, True, "Undo step 1\u202f024 (←)"),
        (7, None, True, False, "Undo a step"),
        (0, None, False, False, "Undo a step"),
    ],
)
def test_back_says_where_it_leads_and_rests_when_there_is_nothing_before(
    toolbar: Toolbar,
    snapshot: Snapshot,
    *,
    shown_step: int,
    undo_target: int | None,
    training: bool,
    enabled: bool,
    tip: str,
) -> None:
    state = RunState.TRAINING if training else RunState.PAUSED
    session = Session(snapshot.settings)
    timeline = dataclasses.replace(TimeTravel(session).view(session), steps=np.array([0, 4, 7]), shown_step=shown_step)
    toolbar.show_snapshot(
        dataclasses.replace(snapshot, step=shown_step, undo_target=undo_target, state=state, timeline=timeline)
    )
    assert toolbar._buttons["back"].isEnabled() is enabled
    assert tip in toolbar._buttons["back"].toolTip()


def test_set_speed_shows_the_nearest_stop_and_tells_nothing(qtbot, toolbar: Toolbar) -> None:
    with qtbot.assertNotEmitted(toolbar.speed_changed):
        toolbar.set_speed(11)
    assert SPEEDS[toolbar.speed.value()] == 12
    assert toolbar._speed_text.text() == "12 steps/s"


def test_full_speed_is_one_click_away_and_the_speed_before_another(qtbot, toolbar: Toolbar) -> None:
    toolbar.set_speed(12)
    assert not toolbar.full.isChecked()
    for told, text in ((None, "full"), (12, "12 steps/s")):
        with qtbot.waitSignal(toolbar.speed_changed) as signal:
            qtbot.mouseClick(toolbar.full, Qt.MouseButton.LeftButton)
        assert signal.args == [told]
        assert toolbar._speed_text.text() == text


def test_every_focusable_widget_has_a_name_and_a_tooltip(toolbar: Toolbar) -> None:
    parts = [w for w in toolbar.findChildren(QWidget) if w.focusPolicy() != Qt.FocusPolicy.NoFocus]
    assert len(parts) == 8
    assert all(part.accessibleName() and part.toolTip() for part in parts)


def test_icons_follow_the_theme(toolbar: Toolbar) -> None:
    def keys() -> list[int]:
        return [button.icon().cacheKey() for button in toolbar.findChildren(QAbstractButton)]

    before = keys()
    toolbar.set_theme(LIGHT)
    assert all(new != old for new, old in zip(keys(), before, strict=True))


def test_in_little_room_whole_parts_of_the_words_on_the_data_are_left_out(
    qtbot, window: Window, snapshot: Snapshot
) -> None:
    toolbar = window.toolbar
    settings = dataclasses.replace(snapshot.settings, classes=tuple(range(10)))
    toolbar.show_snapshot(dataclasses.replace(snapshot, settings=settings))
    toolbar.setFixedWidth(1075)
    qtbot.waitUntil(lambda: toolbar.width() == 1075)
    assert toolbar._dataset.text() == "Digits · 10 classes"
    assert toolbar._dataset.toolTip() == "Digits · 10 classes · 28×28"
