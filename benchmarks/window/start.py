"""From the start of a process to its first painted window: ours, or an empty one with the same libraries.

`python -m benchmarks.window.start ours|empty` prints "painted" and ends.
"""

from __future__ import annotations

import gc
import sys


def _say_and_leave() -> None:
    sys.stdout.write("painted\n")
    sys.stdout.flush()
    from PySide6.QtWidgets import QApplication  # noqa: PLC0415 - loading it belongs to what is measured

    QApplication.closeAllWindows()
    QApplication.quit()


def empty() -> None:
    """An empty main window, with NumPy and pyqtgraph loaded."""
    import numpy  # noqa: F401, PLC0415 - loading it belongs to what is measured
    import pyqtgraph  # noqa: F401, PLC0415
    from PySide6.QtCore import QTimer  # noqa: PLC0415
    from PySide6.QtGui import QPaintEvent  # noqa: PLC0415
    from PySide6.QtWidgets import QApplication, QMainWindow  # noqa: PLC0415

    class Empty(QMainWindow):
        def paintEvent(self, event: QPaintEvent) -> None:
            super().paintEvent(event)
            QTimer.singleShot(0, _say_and_leave)

    app = QApplication(sys.argv[:1])
    window = Empty()
    window.resize(1440, 900)
    window.show()
    app.exec()


def ours() -> None:
    """The program as it is started, up to its first frame."""
    from main import main  # noqa: PLC0415 - loading it belongs to what is measured

    freeze = gc.freeze

    def freeze_and_watch() -> None:
        freeze()
        _say_when_painted()

    gc.freeze = freeze_and_watch  # the last that the program does before its event loop; till then it is left alone
    main([])


def _say_when_painted() -> None:
    from PySide6.QtCore import QTimer  # noqa: PLC0415
    from PySide6.QtGui import QPaintEvent  # noqa: PLC0415

    from ui.flow.view import FlowView  # noqa: PLC0415

    paint = FlowView.paintEvent

    def paint_and_say(view: FlowView, event: QPaintEvent) -> None:
        paint(view, event)
        FlowView.paintEvent = paint  # type: ignore[method-assign]
        QTimer.singleShot(0, _say_and_leave)

    FlowView.paintEvent = paint_and_say  # type: ignore[assignment, method-assign]


if __name__ == "__main__":
    {"ours": ours, "empty": empty}[sys.argv[1]]()
