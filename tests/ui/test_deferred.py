from __future__ import annotations

import json
import subprocess
import sys
from typing import ClassVar

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QLabel

from ui.deferred import Deferred
from ui.panel import Panel


@pytest.fixture
def label(qtbot) -> Deferred[QLabel]:
    deferred: Deferred[QLabel] = Deferred("PySide6.QtWidgets", "QLabel", "first")
    qtbot.addWidget(deferred)
    return deferred


def test_a_view_is_made_with_its_arguments_when_it_is_shown(qtbot, label) -> None:
    assert not label.is_made
    with qtbot.waitExposed(label):
        label.show()
    assert label.is_made
    assert label.view.isVisible()
    assert label.view.text() == "first"


def test_a_view_is_made_when_it_is_asked_for(label) -> None:
    assert label.view is label.view
    assert label.view.parent() is label


def test_what_a_view_is_told_before_it_is_made_is_told_then_of_each_kind_the_newest(label) -> None:
    label.tell("setText", "second")
    label.tell("setIndent", 7)
    label.tell("setText", "third")
    assert not label.is_made
    assert (label.view.text(), label.view.indent()) == ("third", 7)
    label.tell("setText", "fourth")
    assert label.view.text() == "fourth"


def test_a_view_is_connected_before_it_is_told_anything(label) -> None:
    seen: list[str] = []
    label.tell("setText", "told")
    label.when_made(lambda view: seen.append(view.text()))
    assert label.view.text() == "told"
    label.when_made(lambda view: seen.append(view.text()))
    assert seen == ["first", "told"]


def test_a_view_with_a_stand_in_comes_after_the_first_frame(qtbot) -> None:
    deferred: Deferred[QLabel] = Deferred("PySide6.QtWidgets", "QLabel", "late", stand_in=Panel("Loss"))
    qtbot.addWidget(deferred)
    with qtbot.waitExposed(deferred):
        deferred.show()
    qtbot.waitUntil(lambda: deferred.is_made)
    qtbot.waitUntil(deferred.view.isVisible)
    assert not any(panel.isVisible() for panel in deferred.findChildren(Panel))


def test_the_window_starts_without_what_nobody_sees_at_first() -> None:
    code = "import sys, json, ui.application; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, check=True, text=True)
    loaded = json.loads(done.stdout)
    late = ("pyqtgraph", "ui.chain.panel", "ui.charts.curves", "ui.slow_motion.panel", "ui.explain.terms_panel")
    late += (
        "ui.blackboard.panel",
        "ui.see_data.panel",
        "ui.open_data.dialog",
        "ui.workshop.window",
        "ui.first_steps.tour",
    )
    late += ("ui.laboratory.check.page", "ui.laboratory.practice.page", "ui.experiments.window")
    late += ("latex2mathml", "PySide6.QtSvg", "playground.take_home.html", "playground.exports.onnx_file")
    late += ("playground.exports.film", "playground.experiments.recording", "PIL", "importlib.metadata")
    assert [name for name in late if name in loaded] == []


def test_the_window_starts_without_what_only_the_terminal_commands_need() -> None:
    code = (
        "import sys, json, main, ui.app, ui.application\n"
        "ui.application.open_window = lambda argv: 0\n"
        "ui.app.has_display = lambda environment: True\n"
        "main.main([])\n"
        "print(json.dumps(sorted(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, check=True, text=True)
    loaded = json.loads(done.stdout)
    commands = ("playground.commands", "playground.exports", "tqdm", "email", "multiprocessing")
    assert [name for name in commands if name in loaded] == []
    assert "playground.training_loop" in loaded


def test_what_needs_no_qt_is_loaded_before_qt() -> None:
    code = (
        "import sys\n"
        "class Watch:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'PySide6':\n"
        "            assert 'playground.training_loop' in sys.modules, 'Qt came first'\n"
        "            sys.exit(7)\n"
        "sys.meta_path.insert(0, Watch())\n"
        "import ui.app, main\n"
        "ui.app.has_display = lambda environment: True\n"
        "main.main([])\n"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 7


def test_a_panel_shows_no_window_while_it_is_made(qtbot) -> None:
    class Watcher(QObject):
        shown: ClassVar[list[str]] = []

        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() is QEvent.Type.Show:
                self.shown.append(type(watched).__name__)
            return False

    watcher = Watcher()
    QApplication.instance().installEventFilter(watcher)
    qtbot.addWidget(Panel("Loss"))
    QApplication.instance().removeEventFilter(watcher)
    assert watcher.shown == []
