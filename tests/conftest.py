"""Qt without a display, preferences in a temporary folder, garbage collected where it is safe."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings as hypothesis_settings

from ui.qt_requirements import FONT_PACKAGES, apt_line, missing_packages

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from ui.main_window import MainWindow

# tests/e2e/run.sh sets it, with an X server of its own
REAL_DISPLAY = "CNN_PLAYGROUND_E2E" in os.environ
if not REAL_DISPLAY:
    os.environ["QT_QPA_PLATFORM"] = "offscreen"

# as in the program; NumPy is not imported yet
os.environ["OPENBLAS_NUM_THREADS"] = "1"

# the same examples in every run, and no time for one of them: neither luck nor a busy machine fails a test;
# --hypothesis-profile search looks for other examples
hypothesis_settings.register_profile("repeatable", deadline=None, derandomize=True, max_examples=60)
hypothesis_settings.register_profile("search", deadline=None)
hypothesis_settings.load_profile("repeatable")


def pytest_configure() -> None:
    """Say which libraries Qt misses, before a plug-in fails over them with a traceback."""
    if missing := missing_packages(window=REAL_DISPLAY):
        pytest.exit(f"Qt misses libraries. On Debian and Ubuntu, as root:\n  {apt_line(missing)}", returncode=1)


def pytest_collection_finish() -> None:
    """What is imported by now is not looked at in each collection."""
    gc.collect()
    gc.freeze()
    # the collector would run in any thread, and destroy Qt's objects there
    gc.disable()


@pytest.fixture(autouse=True)
def _qt_leaves_nothing(request: pytest.FixtureRequest) -> Iterator[None]:
    """Tests with Qt remember nothing on this machine, and destroy their widgets before the next test begins."""
    if not {"qapp", "qtbot"} & set(request.fixturenames):
        yield
        return
    from PySide6.QtCore import QCoreApplication, QEvent, QSettings, QStandardPaths  # noqa: PLC0415 - core tests go without Qt
    from PySide6.QtGui import QFontDatabase  # noqa: PLC0415

    request.getfixturevalue("qapp")
    if not QFontDatabase.families():
        pytest.exit(f"There are no fonts, so text has no size: {apt_line(list(FONT_PACKAGES))}", returncode=1)
    QStandardPaths.setTestModeEnabled(True)
    folder = request.getfixturevalue("tmp_path") / "preferences"
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(folder))
    yield
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()


@pytest.fixture
def qtbot(qtbot: QtBot) -> QtBot:
    """Waits for 20 s where a test names no time: beside other work a machine may be several times slower."""
    for name in ("waitActive", "waitExposed", "waitSignal", "waitSignals", "waitUntil"):
        setattr(qtbot, name, partial(getattr(qtbot, name), timeout=20_000))
    return qtbot


@pytest.fixture
def make_window(qapp: object, tmp_path: Path) -> Iterator[Callable[[], MainWindow]]:
    """Makes main windows that share one file of preferences; each is closed and destroyed after the test."""
    from PySide6.QtCore import QSettings  # noqa: PLC0415

    from ui.application import delete_window  # noqa: PLC0415
    from ui.main_window import MainWindow  # noqa: PLC0415
    from ui.preferences import Preferences  # noqa: PLC0415

    windows: list[MainWindow] = []

    def make() -> MainWindow:
        store = QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)
        windows.append(MainWindow(Preferences(store)))
        return windows[-1]

    yield make
    for window in windows:
        delete_window(window)
