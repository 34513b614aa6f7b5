"""The way to the window: with a display it opens, without one the main job is done in the terminal.

Nothing here imports Qt when it is loaded: where Qt cannot be loaded, that is said in words and not by a traceback.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence

from ui.qt_requirements import cannot_start_message, has_display

__all__ = ["run_app"]


def run_app(argv: Sequence[str]) -> int:
    """Open the window and return the exit code when it is closed: 0, or 1 if Qt cannot start.

    `argv` is for Qt, the program's name first. With no display this trains in the terminal and leaves a picture.
    """
    if not has_display(os.environ):
        from ui.headless import run_headless  # noqa: PLC0415 - not needed for a window

        return run_headless(list(argv))
    # what loading makes stays: a collection on the way looks at all of it, in vain, and the window waits
    gc.disable()
    # what needs no Qt comes before it: with Qt loaded, each module that is loaded has its source read for Qt's switches
    import playground.training_loop  # noqa: F401, PLC0415

    try:
        from ui.application import open_window  # noqa: PLC0415 - loads Qt, which may fail
    except ImportError as error:
        if not _is_from_qt(error):
            raise
        sys.stderr.write(cannot_start_message(str(error), window=True))
        return 1
    return open_window(list(argv))


def _is_from_qt(error: ImportError) -> bool:
    """True for a missing Qt or a library that it needs; an error in our own modules keeps its traceback."""
    return (error.name or "").startswith(("PySide6", "shiboken6")) or ".so" in str(error)
