"""What surrounds the window: garbage, uncaught errors, and starts that fail."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import threading
import weakref
from pathlib import Path

import pytest
from PySide6.QtCore import QObject
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from playground.worker import Failure
from ui.application import ErrorReporter, GarbageTimer

ROOT = Path(__file__).resolve().parents[2]
_PATIENCE = 110
"""Seconds for a process that takes some five on a quiet machine."""


def start(folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Start the program in `folder` with these variables and no other word of a display, and wait for its end."""
    unwanted = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    environment = {name: value for name, value in os.environ.items() if name not in unwanted}
    environment.update(variables, XDG_CONFIG_HOME=str(folder))
    command = [sys.executable, str(ROOT / "main.py")]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=_PATIENCE, check=False
    )


@pytest.fixture
def reporter(qapp: QObject, monkeypatch: pytest.MonkeyPatch) -> ErrorReporter:
    """A reporter whose hooks are taken out after the test."""
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    reporter = ErrorReporter()
    reporter.install()
    return reporter


def test_cycles_die_in_the_thread_of_the_window(qtbot: QtBot) -> None:
    class Node:
        def __init__(self) -> None:
            self.me = self

    died_in: list[threading.Thread] = []
    weakref.finalize(Node(), lambda: died_in.append(threading.current_thread()))
    timer = GarbageTimer(QObject())
    assert not gc.isenabled()
    kept = [[] for _ in range(gc.get_threshold()[0] + 1)]  # so many new objects that a collection is due
    timer.collect_due()
    assert died_in == [threading.main_thread()]
    assert kept


def test_an_error_in_another_thread_is_told_in_the_thread_of_the_window(
    qtbot: QtBot, reporter: ErrorReporter, capsys: pytest.CaptureFixture[str]
) -> None:
    told_in: list[threading.Thread] = []

    class Listener(QObject):
        def hear(self, failure: Failure) -> None:
            told_in.append(threading.current_thread())

    listener = Listener()
    reporter.failed.connect(listener.hear)

    def fail() -> None:
        raise ValueError("seven is not eight")

    with qtbot.waitSignal(reporter.failed) as signal:
        thread = threading.Thread(target=fail)
        thread.start()
        thread.join()
    assert "ValueError: seven is not eight" in signal.args[0].sentence
    assert told_in == [threading.main_thread()]
    assert "Traceback" in capsys.readouterr().err


def test_an_error_that_comes_back_with_each_frame_is_told_once(
    qtbot: QtBot, reporter: ErrorReporter, capsys: pytest.CaptureFixture[str]
) -> None:
    told: list[Failure] = []
    reporter.failed.connect(told.append)
    for _ in range(3):
        reporter.report(ZeroDivisionError, ZeroDivisionError("frame"), None)
    assert len(told) == 1
    assert capsys.readouterr().err.count("ZeroDivisionError") == 1


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux can lack a display")
def test_without_a_display_the_program_trains_and_leaves_a_picture(tmp_path: Path) -> None:
    done = start(tmp_path)
    assert done.returncode == 0, done.stderr
    assert "No display was found" in done.stdout
    assert "epoch 3/3" in done.stdout
    assert "accuracy" in done.stdout
    picture = QImage(str(tmp_path / "window.png"))
    assert (picture.width(), picture.height()) == (1440, 900)
    # not blank: panels, curves and digits have many colours
    colors = {picture.pixel(x, y) for x in range(0, 1440, 3) for y in range(0, 900, 3)}
    assert len(colors) > 200


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="X is what Linux has")
def test_a_display_that_is_not_there_is_one_message_and_exit_code_1(tmp_path: Path) -> None:
    done = start(tmp_path, DISPLAY=":9973", QT_QPA_PLATFORM="xcb")
    assert done.returncode == 1
    assert done.stderr.count("error: the window cannot open") == 1
    assert "Traceback" not in done.stderr


FIRST_START = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
import ui.application as application

def look():
    window = next((one for one in QApplication.topLevelWidgets() if hasattr(one, "first_steps")), None)
    tour = window and window.first_steps.tour
    if tour and tour.card.isVisible():
        print(tour.card.title.text())
        window.sessions.close_window()
    else:
        QTimer.singleShot(50, look)

made = application.make_application
def make_and_look(*arguments):
    app = made(*arguments)
    QTimer.singleShot(0, look)
    return app

application.make_application = make_and_look
sys.exit(application.open_window(["playground"]))
"""


def test_the_first_start_offers_the_first_steps(tmp_path: Path) -> None:
    environment = {**os.environ, "XDG_CONFIG_HOME": str(tmp_path), "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-c", FIRST_START]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=_PATIENCE, check=False
    )
    assert (done.returncode, done.stdout.strip()) == (0, "Train"), done.stderr


def test_what_both_threads_load_is_loaded_before_there_are_two() -> None:
    code = "import sys, ui.application as a; a.share_the_processor(); print('colorama' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, check=True, text=True)
    assert done.stdout.strip() == "True"


def test_a_process_that_ends_beneath_its_thread_has_said_all_that_it_had_to_say() -> None:
    script = "from ui.application import end_beneath_the_thread as end; print('saved', end=''); end(3)"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (3, "saved")
