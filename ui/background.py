"""Work that takes longer than a frame, on a thread of its own: with progress, and given up when it is asked to be."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal, Slot

from playground.errors import Cancelled, PlaygroundError

__all__ = ["Background", "Task"]

_TELL_EVERY_SECONDS = 0.03


class Task:
    """One piece of work as its thread sees it. Given up, it tells nothing more, whatever still runs."""

    def __init__(self, tell: Callable[[object], None]) -> None:
        self._lock = threading.Lock()
        self._tell: Callable[[object], None] | None = tell
        self._told_at = 0.0

    def check(self) -> None:
        """Raise Cancelled if the work is no longer wanted."""
        if self._tell is None:
            raise Cancelled("Given up.")

    def progress(self, done: int, total: int) -> None:
        """Tell how far it is, so often that a bar moves smoothly; raises Cancelled as `check` does."""
        self.check()
        now = time.monotonic()
        if done >= total or now - self._told_at > _TELL_EVERY_SECONDS:
            self._told_at = now
            self.say("progress", (done, total))

    def say(self, kind: str, content: object) -> None:
        """Tell the window something, unless the work was given up."""
        with self._lock:
            if self._tell is not None:
                self._tell((self, kind, content))

    def give_up(self) -> None:
        """From now on nothing is told; whoever was to be told may be destroyed."""
        with self._lock:
            self._tell = None


class Background(QObject):
    """Does one thing at a time; a newer one takes its place.

    Signals, in the GUI thread: done(what the work returned), refused(a sentence), progress((done, total)). The work is
    called with its `Task` and must not hold on to widgets: it may outlive them.
    """

    done = Signal(object)
    refused = Signal(str)
    progress = Signal(object)
    _reported = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._task: Task | None = None
        self._thread: threading.Thread | None = None
        self._reported.connect(self._on_report)

    @property
    def is_busy(self) -> bool:
        """True until the work is done, refused or given up."""
        return self._task is not None

    def start(self, work: Callable[[Task], object]) -> None:
        """Begin, giving up what is still going on."""
        self.give_up()
        self._task = Task(self._reported.emit)
        # a daemon: a file on a network drive that does not answer must not keep the program from closing
        self._thread = threading.Thread(target=_run, args=(self._task, work), name="data", daemon=True)
        self._thread.start()

    def give_up(self) -> None:
        """End what is going on; nothing more is heard of it."""
        if self._task is not None:
            self._task.give_up()
            self._task = None

    def wait(self, seconds: float) -> None:
        """Let what is going on come to its end, for so long."""
        if self._thread is not None:
            self._thread.join(seconds)

    @Slot(object)
    def _on_report(self, report: tuple[Task, str, object]) -> None:
        task, kind, content = report
        if task is not self._task:
            return
        if kind == "progress":
            self.progress.emit(content)
            return
        self._task = None
        if kind == "done":
            self.done.emit(content)
        else:
            self.refused.emit(content)


def _run(task: Task, work: Callable[[Task], object]) -> None:
    try:
        result = work(task)
    except Cancelled:
        return
    except PlaygroundError as error:
        task.say("refused", str(error))
    except BaseException:
        task.say("refused", "Something in the program went wrong with this data; the terminal shows the details.")
        raise
    else:
        task.say("done", result)
    finally:
        task.give_up()
