"""The Qt application around the window: garbage collection, uncaught errors, signals, start and end."""

from __future__ import annotations

import gc
import importlib
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from types import FrameType, TracebackType

from PySide6.QtCore import (
    QCoreApplication,
    QEvent,
    QMessageLogContext,
    QObject,
    QTimer,
    QtMsgType,
    Signal,
    Slot,
    qInstallMessageHandler,
)
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QApplication
from threadpoolctl import threadpool_limits

from playground.worker import Failure
from ui.main_window import MainWindow
from ui.preferences import Preferences
from ui.qt_requirements import FONT_PACKAGES, apt_line, cannot_start_message
from ui.qt_scale import begin_scaled
from ui.zoom import fit_scale

__all__ = [
    "ErrorReporter",
    "GarbageTimer",
    "delete_window",
    "freeze_garbage",
    "make_application",
    "open_window",
    "share_the_processor",
]

# How long the training thread may keep the interpreter while the window waits for it. Python's 5 ms would be a third of
# a frame; shorter than this costs training more than it gives the window.
_SWITCH_INTERVAL_SECONDS = 0.001
_COLLECT_EVERY_MS = 1000


class GarbageTimer(QObject):
    """Collects garbage in the GUI thread only.

    Python's own collector runs in whatever thread allocates; in the training thread it would destroy Qt's objects
    there, which crashes.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.collect_due)
        self._timer.start(_COLLECT_EVERY_MS)

    @Slot()
    def collect_due(self) -> None:
        """Collect the oldest generation whose threshold is passed; each includes the younger ones."""
        counts, thresholds = gc.get_count(), gc.get_threshold()
        due = [
            generation
            for generation in range(3)
            if thresholds[generation] and counts[generation] > thresholds[generation]
        ]
        if due:
            gc.collect(due[-1])


class ErrorReporter(QObject):
    """Takes errors that nothing caught, in any thread; tells each once, by a traceback on stderr and by `failed`."""

    failed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._told: set[str] = set()

    def install(self) -> None:
        """Become the hook of the interpreter and of its threads."""
        sys.excepthook = self.report
        threading.excepthook = lambda args: self.report(args.exc_type, args.exc_value, args.exc_traceback)

    def report(self, kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
        """Tell an error. From another thread, `failed` arrives queued in the GUI thread."""
        details = "".join(traceback.format_exception(kind, error, trace))
        # an error in painting comes back with each frame
        if details in self._told:
            return
        self._told.add(details)
        sys.stderr.write(details)
        what = f"{kind.__name__}: {error}" if str(error) else kind.__name__
        self.failed.emit(
            Failure(
                f"Something in the program went wrong: {what}.",
                "Your network is kept; save it if it matters. The terminal shows the details for a report.",
                details,
            )
        )


def share_the_processor() -> None:
    """Let window and training thread run side by side, for the whole process."""
    sys.setswitchinterval(_SWITCH_INTERVAL_SECONDS)
    # OpenBLAS's own threads slow small products down, and wait for each other where other programs have the cores
    threadpool_limits(1, "blas")
    # Numba in the training thread and pyqtgraph in this one load it: both at once, and Python may not find it for one
    importlib.import_module("colorama")


def make_application(argv: list[str], zoom: int = 100) -> QApplication:
    """The one QApplication, named and styled, with a zoom in percent; ends the process if Qt cannot start."""
    qInstallMessageHandler(_on_qt_message)
    share_the_processor()
    QCoreApplication.setApplicationName("CNN Playground")
    QCoreApplication.setOrganizationName("CNN Playground")
    QGuiApplication.setDesktopFileName("cnn-playground")
    app = begin_scaled(argv, zoom)
    app.setStyle("Fusion")
    if not QFontDatabase.families():
        sys.stderr.write(f"No fonts were found, so text cannot be read: {apt_line(list(FONT_PACKAGES))}\n")
    return app


def open_window(argv: list[str]) -> int:
    """Open the window, wait until it is closed, and return the exit code."""
    preferences = Preferences()
    app = make_application(argv, preferences.zoom)
    fit_scale(app)
    GarbageTimer(app)  # the application owns it
    reporter = ErrorReporter(app)
    reporter.install()
    window = MainWindow(preferences)
    reporter.failed.connect(window.worker.failed)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _closer(window))
    window.speed.begin_slowly()
    window.show()
    window.first_steps.offer()
    freeze_garbage()
    exit_code = app.exec()
    worker = window.worker
    delete_window(window)
    if worker.is_running:
        end_beneath_the_thread(exit_code)
    return exit_code


def end_beneath_the_thread(exit_code: int) -> None:
    """End the process though its thread goes on, as while steps are compiled the first time: all is saved by now.

    Python would take the interpreter away from the thread, and the compiler aborts the process then.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(exit_code)


def freeze_garbage() -> None:
    """Let no collection look at what exists by now: with the window open, it stays until the end."""
    gc.freeze()


def delete_window(window: MainWindow) -> None:
    """Close the window without a question, which ends its thread, and destroy it now instead of at some later time."""
    window.sessions.close_window()
    window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def _closer(window: MainWindow) -> Callable[[int, FrameType | None], None]:
    def close(_number: int, _frame: FrameType | None) -> None:
        # Python runs this between two bytecodes of whatever slot is active; close from the event loop instead
        QTimer.singleShot(0, window.sessions.close_window)

    return close


def _on_qt_message(kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
    """Qt's messages on stderr; a fatal one, after which Qt aborts the process, as words and exit code 1."""
    if kind is QtMsgType.QtFatalMsg:
        # what Qt says after its first sentence, to install the program again, does not help
        sys.stderr.write(cannot_start_message(text.partition(". ")[0].strip() + ".", window=True))
        sys.stderr.flush()
        os._exit(1)
    sys.stderr.write(f"{text}\n")
