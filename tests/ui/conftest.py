"""Work beside the window that lasts as long as a test wants it to."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest

from ui.background import Task


@pytest.fixture
def stop_half_way(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], threading.Event]]:
    """Called, it lets what begins from now on stop once it has told how far it is, until the event is set."""
    go_on = threading.Event()
    tell = Task.progress

    def tell_and_stop(task: Task, done: int, total: int) -> None:
        tell(task, done, total)
        go_on.wait()

    def stop() -> threading.Event:
        monkeypatch.setattr(Task, "progress", tell_and_stop)
        return go_on

    yield stop
    go_on.set()
