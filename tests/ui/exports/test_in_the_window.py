"""File ▸ Export and "Save picture…" in the real window: what is written is what was trained, and a failure is said."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QContextMenuEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QComboBox, QInputDialog, QWidget
from pytestqt.qtbot import QtBot

from playground.model_file import load_model
from tests.ui.in_the_window import answer_where_to_save, shown, trained_on_shapes
from ui.main_window import MainWindow


@pytest.fixture
def window(qtbot: QtBot, make_window: Callable[[], MainWindow]) -> MainWindow:
    return trained_on_shapes(qtbot, make_window(), filters=4, steps=5)


def export(qtbot: QtBot, window: MainWindow, action: str, path: Path) -> Path:
    """Trigger an action of File ▸ Export and wait until its file is there."""
    with qtbot.waitSignal(window.exports.saved) as saved:
        window.actions_by_id[action].trigger()
    assert saved.args == [path]
    assert str(path) in window.statusBar().currentMessage()
    return path


def test_onnx_holds_the_weights_that_are_shown(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    onnx = pytest.importorskip("onnx")
    answer_where_to_save(monkeypatch, tmp_path / "mine")
    written = onnx.load(export(qtbot, window, "export_onnx", tmp_path / "mine.onnx"))
    weights = {tensor.name: onnx.numpy_helper.to_array(tensor) for tensor in written.graph.initializer}
    for name, values in window._shown.weights.items():
        np.testing.assert_array_equal(weights[name], values)


def test_the_folder_for_pytorch_holds_weights_images_and_script(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    answer_where_to_save(monkeypatch, tmp_path / "run")
    folder = export(qtbot, window, "export_pytorch", tmp_path / "run")
    assert load_model(folder / "weights.safetensors").step == 5
    assert "nn.Conv2d(1, 4, kernel_size=5)" in (folder / "train.py").read_text(encoding="utf-8")


def test_the_curves_have_a_row_for_each_step(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    answer_where_to_save(monkeypatch, tmp_path / "h.csv")
    lines = export(qtbot, window, "export_history", tmp_path / "h.csv").read_text(encoding="utf-8").splitlines()
    rows = [*csv.DictReader(line for line in lines if not line.startswith("#"))]
    assert [row["step"] for row in rows if row["batch_loss"]] == ["1", "2", "3", "4", "5"]


def test_the_animation_has_a_frame_for_each_step(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    answer_where_to_save(monkeypatch, tmp_path / "f.gif")
    with Image.open(export(qtbot, window, "export_film", tmp_path / "f.gif")) as gif:
        assert gif.n_frames == 6


def test_of_several_conv_blocks_one_is_chosen_whose_filters_are_shown(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    window.worker.change_settings(window.run.settings.changed(filters=(2, 3)))
    qtbot.waitUntil(lambda: window._shown.settings.blocks == 2)
    QTest.keyClick(window, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: window._shown.step == 1)
    answer_where_to_save(monkeypatch, tmp_path / "f.gif")
    sizes = []
    for keys in ((), (Qt.Key.Key_Down,)):

        def choose(keys: tuple[Qt.Key, ...] = keys) -> None:
            dialog = window.findChild(QInputDialog)
            combo = dialog.findChild(QComboBox)
            assert [combo.itemText(row) for row in range(combo.count())] == ["Block 1: w₁", "Block 2: w₂"]
            for key in (*keys, Qt.Key.Key_Return):
                QTest.keyClick(combo, key)

        QTimer.singleShot(0, choose)
        with Image.open(export(qtbot, window, "export_film", tmp_path / "f.gif")) as gif:
            sizes.append(gif.size)
    # two filters in one row, then three of two channels each
    assert sizes[1][1] > sizes[0][1] + 60


def test_a_failure_is_one_sentence_in_the_banner_and_the_window_goes_on(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    answer_where_to_save(monkeypatch, tmp_path / "nothing" / "h.csv")
    window.preferences.folder = str(tmp_path)
    with qtbot.waitSignal(window.exports.refused):
        window.actions_by_id["export_history"].trigger()
    assert "h.csv cannot be written" in window.banner.text
    answer_where_to_save(monkeypatch, tmp_path / "h.csv")
    export(qtbot, window, "export_history", tmp_path / "h.csv")


def test_the_context_menu_of_a_chart_saves_its_picture(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    surface = window.loss_chart.plot.viewport()
    middle = surface.rect().center()
    for kind, suffix in (("PNG, as on the screen (*.png)", ".png"), ("SVG, text and lines (*.svg)", ".svg")):
        answer_where_to_save(monkeypatch, tmp_path / "loss", kind)
        event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, middle, surface.mapToGlobal(middle))
        QApplication.sendEvent(surface, event)
        menu = QApplication.activePopupWidget()
        assert [action.text() for action in menu.actions()] == ["Save &picture…"]
        with qtbot.waitSignal(window.exports.saved) as saved:
            QTest.keyClick(menu, Qt.Key.Key_P)
        assert saved.args == [tmp_path / f"loss{suffix}"]
    assert QImage(str(tmp_path / "loss.png")).size() == window.loss_chart.size()
    assert (tmp_path / "loss.svg").read_bytes().startswith(b"<?xml")


def test_every_view_on_screen_is_offered_and_saved_from_the_menu(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    offered: list[str] = []

    def choose(_parent: QWidget, _title: str, _label: str, names: list[str], *_: object) -> tuple[str, bool]:
        offered.extend(names)
        return "Accuracy", True

    monkeypatch.setattr(QInputDialog, "getItem", choose)
    answer_where_to_save(monkeypatch, tmp_path / "a.svg")
    export(qtbot, window, "export_picture", tmp_path / "a.svg")
    assert offered == [
        "Forward and backward pass",
        "Loss",
        "Accuracy",
        "Gradient norms",
        "Overview",
        "Data",
        "Classify",
        "Classify: What the network sees",
        "Classify: Class probabilities",
    ]


def pictured(window: QWidget) -> dict[str, QWidget]:
    """The plots and heatmaps on screen, by name."""
    parts = (part for part in window.findChildren(QWidget) if getattr(part, "is_picture", False))
    return {part.accessibleName(): part for part in parts if part.isVisible()}


def save_by_menu(qtbot: QtBot, window: MainWindow, part: QWidget) -> Path:
    """Save the picture of a part of a view by the menu at its middle."""
    surface = part.viewport() if isinstance(part, QAbstractScrollArea) else part
    middle = surface.rect().center()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, middle, surface.mapToGlobal(middle))
    QApplication.sendEvent(surface, event)
    menu = QApplication.activePopupWidget()
    assert menu.actions()[0].text() == f"Save &picture of “{part.accessibleName()}”…"
    with qtbot.waitSignal(window.exports.saved) as saved:
        QTest.keyClick(menu, Qt.Key.Key_P)
    return saved.args[0]


def test_a_plot_or_heatmap_in_a_tab_is_saved_alone(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    # what the figures of the last step bring may change the size of a picture that shows them
    shown(qtbot, window, lambda s: s.evaluation is not None and s.evaluation.step == s.step)
    for tab, names in ((6, ("Confusion matrix", "All images")), (7, ("Derivatives of all parameters",))):
        window.tabs.show_number(tab)
        qtbot.waitUntil(lambda names=names: set(names) <= pictured(window).keys())
        for name in names:
            part = pictured(window)[name]
            for suffix in (".png", ".svg"):
                answer_where_to_save(monkeypatch, tmp_path / f"{name}{suffix}")
                save_by_menu(qtbot, window, part)
            assert QImage(str(tmp_path / f"{name}.png")).size() == part.size()
            assert (tmp_path / f"{name}.svg").read_bytes().startswith(b"<?xml")


def test_the_plots_of_experiments_are_saved_alone(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    window.experiments.open()
    experiments = window.experiments.window
    with qtbot.waitExposed(experiments):
        pass
    seen = set()
    for page in (experiments.compare, experiments.sweep, experiments.pretrained):
        experiments.pages.setCurrentWidget(page)
        for name, part in pictured(experiments).items():
            for suffix, begin in ((".svg", b"<?xml"), (".png", b"\x89PNG")):
                answer_where_to_save(monkeypatch, tmp_path / f"{len(seen)}{suffix}")
                assert save_by_menu(qtbot, window, part).read_bytes().startswith(begin)
            seen.add(name)
    # with the names of the lines, which stand above them
    assert {"Curves", "Results", "Test accuracy", "Kernels of the first block"} <= seen


def test_every_tab_can_be_saved_as_svg(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for tab, name in ((1, "Overview"), (2, "Chain rule"), (3, "Batch"), (4, "Cell"), (6, "Images")):
        window.tabs.show_number(tab)
        answer_where_to_save(monkeypatch, tmp_path / f"{tab}.svg")
        with qtbot.waitSignal(window.exports.saved):
            window.exports.save_picture(name)
        assert (tmp_path / f"{tab}.svg").read_bytes().startswith(b"<?xml"), name


def test_the_menu_opens_with_the_keyboard_too(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    answer_where_to_save(monkeypatch, tmp_path / "flow.png")
    view = window.flow_panel.view
    event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(5, 5), view.mapToGlobal(QPoint(5, 5)))
    QApplication.sendEvent(view, event)
    menu = QApplication.activePopupWidget()
    with qtbot.waitSignal(window.exports.saved):
        QTest.keyClick(menu, Qt.Key.Key_P)
    assert (tmp_path / "flow.png").exists()
