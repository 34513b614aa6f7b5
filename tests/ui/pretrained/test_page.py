"""The page of pretrained networks by real mouse and keys: what is compared and shown, and the run that it begins."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from playground.own_data.image_set import ImageSet
from playground.pretrained.shelf import load_pretrained, shipped
from playground.settings import Settings
from tests.ui.in_the_window import opened, shown
from ui.main_window import MainWindow
from ui.pretrained import asking
from ui.pretrained.page import PretrainedPage
from ui.pretrained.tasks import Task


@pytest.fixture(autouse=True)
def small_tasks(monkeypatch: pytest.MonkeyPatch) -> None:
    """A task of few test images, so that a comparison takes a moment."""

    def few(own: ImageSet | None) -> tuple[Task, ...]:
        generator = np.random.default_rng(0)
        images = generator.integers(0, 256, (90, 1, 28, 28), dtype=np.uint8)
        made = ImageSet("noise", ("a", "b", "c"), images, np.arange(90) % 3, np.arange(90) >= 60)
        small = ImageSet("tiny", ("a", "b"), images[:, :, :12, :12], np.arange(90) % 2, np.arange(90) >= 60)
        tasks = (Task("Noise", lambda: made), Task("Tiny", lambda: small))
        return tasks if own is None else (*tasks, Task(f"{own.name} (yours)", lambda: own))

    monkeypatch.setattr(asking, "tasks", few)


@pytest.fixture
def page(qtbot: QtBot) -> PretrainedPage:
    made = PretrainedPage()
    qtbot.addWidget(made)
    made.resize(1000, 620)
    with qtbot.waitExposed(made):
        made.show()
    enter(made.asking.seeds.field, "2")
    enter(made.asking.steps.field, "20")
    return made


def enter(field: QWidget, text: str) -> None:
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)


def click(button: QWidget) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_both_curves_with_every_seed_and_both_filter_sets_are_shown(qtbot: QtBot, page: PretrainedPage) -> None:
    click(page.start_button)
    qtbot.waitUntil(lambda: not page.is_running, timeout=30_000)
    outcome = page.outcome
    assert outcome.done == 2
    assert page.status.text() == outcome.sentence
    named = [line for line in page.plot._lines if line.name]
    assert [line.name for line in named] == ["pretrained", "from scratch"]
    assert len(page.plot._lines) == 2 * (2 + 1)
    for line, arm in zip(named, outcome.arms, strict=True):
        np.testing.assert_allclose(line.y, 100 * arm.accuracy.mean(axis=0))
    rows = page.kernels._rows
    assert [row.name for row in rows] == [
        "pretrained, at the start",
        "pretrained, after training: frozen, no update",
        "from scratch, at the start",
        "from scratch, after training",
    ]
    np.testing.assert_array_equal(rows[0].kernels, rows[1].kernels)
    assert not np.array_equal(rows[2].kernels, rows[3].kernels)


def test_the_card_of_the_chosen_network_is_shown(page: PretrainedPage) -> None:
    for number, card in enumerate(shipped()):
        page.asking.network.setCurrentIndex(number)
        assert page.card.text() == card.sentence


def test_a_comparison_can_be_stopped_and_begun_again(qtbot: QtBot, page: PretrainedPage) -> None:
    enter(page.asking.steps.field, "2000")
    click(page.start_button)
    qtbot.waitUntil(lambda: page.outcome is not None, timeout=30_000)
    click(page.start_button)
    assert not page.is_running
    assert page.status.text().startswith("Stopped")
    assert page.start_button.text() == "Compare"
    enter(page.asking.steps.field, "10")
    click(page.start_button)
    qtbot.waitUntil(lambda: not page.is_running, timeout=30_000)
    assert "10 steps" in page.status.text()


def test_what_does_not_fit_is_said_and_cannot_be_started(page: PretrainedPage) -> None:
    page.asking.task.setCurrentIndex(1)
    assert "takes 28×28 images with 1 channel; those of tiny are 12×12" in page.status.text()
    assert not page.start_button.isEnabled()
    page.asking.task.setCurrentIndex(0)
    enter(page.asking.per_class.field, "30")
    assert "has 20 training images of a; 30 are asked for" in page.status.text()


def test_the_users_own_data_is_a_task_while_the_window_learns_it(page: PretrainedPage) -> None:
    own = ImageSet("cats", ("tom", "puss"), np.zeros((80, 1, 28, 28), np.uint8), np.arange(80) % 2, np.arange(80) >= 40)
    page.set_base(Settings(), own)
    page.asking.task.setCurrentIndex(2)
    assert page.asking.task.currentText() == "cats (yours)"
    assert "each of 2 classes" in page.status.text()
    page.set_base(Settings(), None)
    assert page.asking.task.count() == 2


def test_the_window_trains_the_pretrained_network_with_its_blocks_locked_and_goes_on_meanwhile(
    qtbot: QtBot, make_window: Callable[[], MainWindow]
) -> None:
    window = opened(qtbot, make_window())
    window.actions_by_id["pretrained"].trigger()
    experiments = window.experiments.window
    qtbot.waitUntil(experiments.isVisible)
    assert experiments.pages.currentWidget() is experiments.pretrained
    assert {"Side by side", "Sweep", "Pretrained"} <= window.exports._views.keys()
    run = window._run_id
    page = experiments.pretrained
    enter(page.asking.seeds.field, "1")
    enter(page.asking.steps.field, "10")
    click(page.start_button)
    qtbot.waitUntil(lambda: not page.is_running, timeout=30_000)
    assert window._run_id == run  # the present run is as it was
    with qtbot.waitSignal(window.worker.run_started):
        click(page.window_button)
    qtbot.waitUntil(lambda: window._shown.settings.frozen == 2)
    trained = load_pretrained(next(card for card in shipped() if card.name == "digits-0-4")).network.state_dict()
    assert window.network_panel.freeze.isChecked()
    assert "frozen: no update" in [text for text, *_ in window.flow_panel.view.painted.texts]
    window.worker.train(3)
    qtbot.waitUntil(lambda: window._shown.step == 3)
    for name, values in window._shown.weights.items():
        assert name.startswith("fc") or np.array_equal(values, trained[name])
    assert np.any(window._shown.trace.arrays["dw1"])
    click(window.network_panel.freeze)
    qtbot.waitUntil(lambda: window._shown.settings.frozen == 0)
    assert "frozen: no update" not in [text for text, *_ in window.flow_panel.view.painted.texts]
    window.worker.reset()
    qtbot.waitUntil(lambda: window._shown.step == 0)
    np.testing.assert_array_equal(window._shown.weights["conv2.weight"], trained["conv2.weight"])
    assert "noise, 5 each" in window.own_data._sets.names()  # between starts, too


def test_the_window_comes_to_the_front_with_the_keys_and_says_what_it_was_set_to(
    qtbot: QtBot, make_window: Callable[[], MainWindow]
) -> None:
    window = opened(qtbot, make_window())
    field = window.training_panel.learning_rate.field
    field.setFocus()
    window.actions_by_id["pretrained"].trigger()
    experiments = window.experiments.window
    qtbot.waitUntil(experiments.isActiveWindow)
    for _again in range(2):  # the set that is learnt already is not added once more
        with qtbot.waitSignal(window.worker.run_started):
            click(experiments.pretrained.window_button)
        qtbot.waitUntil(window.isActiveWindow)
        assert not experiments.isVisible()
        assert not field.hasFocus()
        said = window.statusBar().currentMessage()
        settings = shown(qtbot, window, lambda s: s.settings.dataset == "own").settings
        for value in (settings.own.name, f"η {settings.learning_rate:g}", f"seed {settings.seed}"):
            assert value in said
        window.actions_by_id["pretrained"].trigger()
    assert sum(name.startswith("noise, 5 each") for name in window.own_data._sets.names()) == 1
    experiments.close()
    qtbot.waitUntil(window.isActiveWindow)
    QTest.keyClick(window.focusWidget() or window, Qt.Key.Key_Right)
    shown(qtbot, window, lambda s: s.step == 1)
