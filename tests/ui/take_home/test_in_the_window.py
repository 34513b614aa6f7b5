"""Taking a derivation home from the real window: by keys, by the menus of cells, into files and onto the clipboard."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu, QWidget
from pytestqt.qtbot import QtBot

from playground.notation.latex import latex_of
from playground.settings import CHOICES
from playground.snapshot import RunState
from tests.ui.in_the_window import answer_where_to_save, move_to, trained_on_shapes
from ui.cell_ref import CellRef
from ui.main_window import MainWindow
from ui.number_format import term_number

CTRL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
CELL = CellRef("dw1", (1, 0, 2, 1))


@pytest.fixture
def window(qtbot: QtBot, make_window: Callable[[], MainWindow]) -> MainWindow:
    return trained_on_shapes(qtbot, make_window(), filters=3, steps=4)


def press(window: MainWindow, key: Qt.Key) -> None:
    QTest.keyClick(window, key, CTRL_SHIFT)


def point_at(window: MainWindow, cell: CellRef) -> QPoint:
    view = window.flow_panel.view
    window.flow_panel.show_cell(cell)
    place = view.place_of(cell).center()
    move_to(view, place)
    return place


def open_menu(qtbot: QtBot, widget: QWidget, place: QPoint) -> QMenu:
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, widget.mapToGlobal(place))
    QApplication.sendEvent(widget, event)
    found: list[QMenu] = []
    qtbot.waitUntil(lambda: bool(found.extend(m for m in [QApplication.activePopupWidget()] if m) or found))
    return found[0]


def choose(menu: QMenu, text: str) -> None:
    (action,) = [action for action in menu.actions() if action.text().replace("&", "") == text]
    QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(action).center())


def value(window: MainWindow, cell: CellRef = CELL) -> str:
    trace = window.flow_panel.view.snapshot.trace
    return term_number(float(trace.arrays[cell.name][cell.array_index]), 4)


def test_the_derivation_goes_into_a_file_of_the_chosen_kind(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = window.flow_panel.view.snapshot.trace
    numbers = [term_number(value, 4) for value in (float(shown.L), *shown.dw1[0, 0].reshape(-1).tolist())]
    for suffix in (".md", ".html", ".pdf"):
        answer_where_to_save(monkeypatch, tmp_path / f"derivation{suffix}")
        with qtbot.waitSignal(window.take_home.saved):
            press(window, Qt.Key.Key_T)
    markdown = (tmp_path / "derivation.md").read_text(encoding="utf-8")
    html = (tmp_path / "derivation.html").read_text(encoding="utf-8")
    assert [number for number in numbers if latex_of(number) not in markdown or number not in html] == []
    pdf = (tmp_path / "derivation.pdf").read_bytes()
    assert pdf.startswith(b"%PDF-")
    assert pdf.rstrip().endswith(b"%%EOF")


def test_the_name_of_a_file_without_an_ending_gets_the_chosen_kind_s(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer_where_to_save(monkeypatch, tmp_path / "mine", "HTML (*.html)")
    with qtbot.waitSignal(window.take_home.saved):
        window.actions_by_id["export_derivation"].trigger()
    assert (tmp_path / "mine.html").exists()


def test_the_pinned_cells_are_in_the_derivation(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = window.flow_panel.view
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=point_at(window, CELL))
    answer_where_to_save(monkeypatch, tmp_path / "pinned.md")
    with qtbot.waitSignal(window.take_home.saved):
        press(window, Qt.Key.Key_T)
    text = (tmp_path / "pinned.md").read_text(encoding="utf-8")
    assert r"\frac{\partial L}{\partial w_{1}[1][2,1]} &= \sum" in text


def run_script(path: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-I", str(path)],
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("optimizer", CHOICES["optimizer"])
def test_the_script_of_the_shown_step_runs_with_each_optimiser(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, optimizer: str
) -> None:
    box = window.training_panel.optimizer
    for _ in range(box.findData(optimizer)):
        QTest.keyClick(box, Qt.Key.Key_Down)
    window.worker.train(2)
    qtbot.waitUntil(lambda: (window._shown.step, window._shown.state) == (6, RunState.PAUSED))
    assert window._shown.settings.optimizer == optimizer
    answer_where_to_save(monkeypatch, tmp_path / "step-6.py")
    with qtbot.waitSignal(window.take_home.saved):
        press(window, Qt.Key.Key_N)
    said = run_script(tmp_path / "step-6.py")
    assert "batch dw1 is what the playground shows" in said
    assert "new w1 is what the playground shows" in said
    assert "every number of step 6 is as the playground has it" in said


def test_a_script_is_written_of_a_run_that_goes_on(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer_where_to_save(monkeypatch, tmp_path / "step.py")
    window.worker.train()
    qtbot.waitUntil(lambda: window._shown.step > 6)
    with qtbot.waitSignal(window.take_home.saved):
        press(window, Qt.Key.Key_N)
    assert window._shown.state is RunState.TRAINING
    window.worker.pause()
    assert "every number of step" in run_script(tmp_path / "step.py")


def test_a_place_that_cannot_be_written_gets_one_sentence_and_keeps_what_was_there(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "derivation.md"
    path.write_text("mine", encoding="utf-8")
    answer_where_to_save(monkeypatch, path)

    for failure in (errno.ENOSPC, errno.EROFS):

        def fails(*_: object, failure: int = failure) -> None:
            raise OSError(failure, os.strerror(failure))

        monkeypatch.setattr(os, "fsync", fails)
        press(window, Qt.Key.Key_T)
        word = os.strerror(failure)
        qtbot.waitUntil(lambda word=word: word in window.banner.text)
    assert path.read_text(encoding="utf-8") == "mine"
    assert [found.name for found in tmp_path.iterdir() if "derivation" in found.name] == ["derivation.md"]


def test_the_cell_pointed_at_is_copied_as_text_and_as_latex(window: MainWindow) -> None:
    QGuiApplication.clipboard().setText("before")
    press(window, Qt.Key.Key_C)
    assert QGuiApplication.clipboard().text() == "before"
    assert "Point at a cell" in window.statusBar().currentMessage()
    point_at(window, CELL)
    press(window, Qt.Key.Key_C)
    text = QGuiApplication.clipboard().text()
    assert text.startswith("∂L/∂w₁[1][2,1] = Σ ∂L/∂z₁[1][i,j]·X[i+2,j+1]\n= ")
    assert text.endswith(f"= {value(window)}")
    press(window, Qt.Key.Key_L)
    latex = QGuiApplication.clipboard().text()
    assert latex.startswith("\\[\n\\begin{aligned}\n\\frac{\\partial L}{\\partial w_{1}[1][2,1]} &= \\sum")
    assert "LaTeX" in window.statusBar().currentMessage()


def test_the_menu_of_a_cell_in_the_flow_pins_and_copies_it(qtbot: QtBot, window: MainWindow) -> None:
    view = window.flow_panel.view
    place = point_at(window, CELL)
    choose(open_menu(qtbot, view, place), "Copy working")
    assert QGuiApplication.clipboard().text().endswith(f"= {value(window)}")
    choose(open_menu(qtbot, view, place), "Pin")
    assert [pin.ref for pin in window.flow_panel.linker.pins] == [CELL]
    menu = open_menu(qtbot, view, place)
    assert CELL.name in view._overlay._highlights
    assert "Let go" in [action.text().replace("&", "") for action in menu.actions()]
    menu.close()
    qtbot.waitUntil(lambda: not view._overlay._highlights)


def test_the_menus_of_the_pins_and_of_the_terms_copy_their_cell(qtbot: QtBot, window: MainWindow) -> None:
    linker, other = window.flow_panel.linker, CellRef("z1", (0, 3, 4))
    linker.toggle_pin(CELL)
    linker.toggle_pin(other)
    QTest.keyClick(window, Qt.Key.Key_4)
    pins, table = window.terms_panel.pins, window.terms_panel.table
    qtbot.waitUntil(table.isVisible)
    choose(open_menu(qtbot, pins, pins.row_rect(0).center()), "Copy working as LaTeX")
    assert r"\partial w_{1}[1][2,1]" in QGuiApplication.clipboard().text()
    choose(open_menu(qtbot, table.viewport(), QPoint(30, 12)), "Copy working")
    assert QGuiApplication.clipboard().text().startswith("z₁[0][3,4] = Σ")


def test_the_menu_key_opens_the_menu_of_the_keyboard_s_cell(qtbot: QtBot, window: MainWindow) -> None:
    view = window.flow_panel.view
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_Down)
    assert view.cell is not None
    event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(0, 0), QPoint(0, 0))
    QApplication.sendEvent(view, event)
    qtbot.waitUntil(lambda: isinstance(QApplication.activePopupWidget(), QMenu))
    choose(QApplication.activePopupWidget(), "Copy working")
    assert QGuiApplication.clipboard().text().startswith("X[")


def test_a_laboratory_mistake_is_marked_in_what_is_copied_and_stops_the_script(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    from playground.laboratory.bugs import BUGS  # noqa: PLC0415

    window.worker.train_with(BUGS[0])
    qtbot.waitUntil(lambda: window.flow_panel.view.snapshot.flaw is not None)
    point_at(window, CELL)
    press(window, Qt.Key.Key_C)
    assert "Note: The laboratory's mistake" in QGuiApplication.clipboard().text()
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: pytest.fail("no name is asked for in vain"))
    press(window, Qt.Key.Key_N)
    qtbot.waitUntil(lambda: "switch it off first" in window.banner.text)
