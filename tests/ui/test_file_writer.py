"""What the user made is written beside the event loop: the newest state of each file, and every failure is told."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from playground.errors import DataError
from ui.file_writer import FileWriter, Written


class Disk:
    """Takes texts when it is let; `full` and `broken` are states of a file that it cannot take."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.reached = threading.Event()
        self.written: list[tuple[str, str]] = []

    def write(self, path: Path, content: str) -> None:
        self.reached.set()
        assert self.open.wait(60)
        if content == "full":
            raise DataError("The disk is full.")
        if content == "broken":
            raise ZeroDivisionError("of the program itself")
        self.written.append((path.name, content))


@pytest.fixture
def disk() -> Iterator[Disk]:
    made = Disk()
    yield made
    made.open.set()


A, B = Path("a"), Path("b")


def test_of_the_states_that_wait_for_a_file_only_the_newest_is_written(qtbot: QtBot, disk: Disk) -> None:
    writer = FileWriter(disk.write)
    told: list[Written[str]] = []
    writer.write(A, "first", told.append)
    assert disk.reached.wait(60)
    for content in ("second", "third"):
        writer.write(A, content, told.append)
    writer.write(B, "other", told.append)
    assert writer.is_busy
    assert writer.pending == {A: "third", B: "other"}
    disk.open.set()
    writer.flush()
    assert disk.written == [("a", "first"), ("a", "third"), ("b", "other")]
    assert not writer.is_busy
    assert not writer.pending
    # whoever asked is told, of an older state when a newer one is there
    qtbot.waitUntil(lambda: [found.content for found in told] == ["first", "third", "third", "other"])
    assert not any(found.problem for found in told)


@pytest.mark.parametrize(("content", "problem"), [("full", "The disk is full."), ("broken", "a was not written: Zero")])
def test_what_could_not_be_written_is_told_and_held_until_it_can(
    qtbot: QtBot, disk: Disk, content: str, problem: str
) -> None:
    disk.open.set()
    writer = FileWriter(disk.write)
    told: list[Written[str]] = []
    writer.write(A, content, told.append)
    writer.write(B, "other", told.append)
    qtbot.waitUntil(lambda: len(told) == 2)
    assert told[0].problem.startswith(problem)
    assert disk.written == [("b", "other")]
    assert writer.pending == {A: content}
    writer.write(A, "better", told.append)
    writer.flush()
    assert not writer.pending
    assert disk.written[-1] == ("a", "better")


def test_the_outcome_is_told_in_the_thread_of_the_window(qtbot: QtBot, disk: Disk) -> None:
    disk.open.set()
    writer = FileWriter(disk.write)
    threads: list[threading.Thread] = []
    writer.write(A, "first", lambda _written: threads.append(threading.current_thread()))
    writer.flush()
    assert not threads
    qtbot.waitUntil(lambda: threads == [threading.main_thread()])
