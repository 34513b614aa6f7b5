"""`python main.py` as its user starts it: a process with a window, from start to exit code."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from playground.sessions.session_file import read_session, read_summary

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).resolve().parents[2]
TITLE = "CNN Playground"
START_SECONDS = 20.0
END_SECONDS = 2.0


def ticks_used(process: subprocess.Popen[str]) -> float:
    """Processor seconds that a process has used."""
    fields = Path(f"/proc/{process.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def xdotool(*words: str) -> str:
    """Run xdotool and return what it prints; fails the test if it fails."""
    done = subprocess.run(["xdotool", *words], capture_output=True, text=True, timeout=START_SECONDS, check=True)
    return done.stdout


@contextmanager
def started(home: Path) -> Iterator[subprocess.Popen[str]]:
    """The running program with its window in front, and preferences of its own; in the end it is killed."""
    environment = {**os.environ, "HOME": str(home), "XDG_CONFIG_HOME": str(home / "config")}
    chosen = home / "config" / "CNN Playground" / "window.ini"
    if not chosen.exists():  # a first start trains slowly
        chosen.parent.mkdir(parents=True)
        chosen.write_text("[run]\nspeed=full\n", encoding="utf-8")
    command = [sys.executable, "main.py"]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True) as process:
        try:
            bring_to_front(process)
            yield process
        finally:
            process.kill()  # or leaving `with` would wait for it


@pytest.fixture
def playground(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """The running program with its window in front, and preferences of its own."""
    with started(tmp_path) as process:
        yield process


def wait_until(process: subprocess.Popen[str], holds: Callable[[], bool]) -> None:
    """Wait for something that the program is to do."""
    deadline = time.monotonic() + START_SECONDS
    while not holds():
        assert process.poll() is None, "the program ended by itself"
        assert time.monotonic() < deadline, "the program does not do it"
        time.sleep(0.05)


def bring_to_front(process: subprocess.Popen[str]) -> None:
    """Wait for the window of the program and make it the active one.

    xdotool ends with an error when a window goes away while it searches, so it is asked again; without --all it would
    take a window that fulfils any one of the conditions.
    """
    search = ["search", "--all", "--onlyvisible", "--pid", str(process.pid), "--name", TITLE]
    deadline = time.monotonic() + START_SECONDS
    while subprocess.run(["xdotool", *search, "windowactivate", "--sync"], capture_output=True, check=False).returncode:
        assert process.poll() is None, "the program ended by itself"
        assert time.monotonic() < deadline, "the window did not appear"
        time.sleep(0.05)


def train(process: subprocess.Popen[str]) -> None:
    """Press Space, and see by the processor time that training goes on."""
    before = ticks_used(process)
    xdotool("key", "space")
    deadline = time.monotonic() + START_SECONDS
    while ticks_used(process) - before < 1.0:
        assert process.poll() is None, "the program ended by itself"
        assert time.monotonic() < deadline, "the program does not train"
        time.sleep(0.02)


def assert_ends_well(process: subprocess.Popen[str]) -> None:
    """The process ends in time, with exit code 0, and has nothing to complain about."""
    _, complaints = process.communicate(timeout=END_SECONDS)
    assert complaints == ""
    assert process.returncode == 0


def test_closing_the_window_while_training_ends_the_process_in_two_seconds(playground: subprocess.Popen[str]) -> None:
    train(playground)
    xdotool("key", "alt+F4")
    assert_ends_well(playground)


def test_quitting_by_keyboard_while_training_ends_the_process_in_two_seconds(playground: subprocess.Popen[str]) -> None:
    train(playground)
    xdotool("key", "ctrl+q")
    assert_ends_well(playground)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_while_training_closes_the_window_and_ends_well(
    playground: subprocess.Popen[str], number: signal.Signals
) -> None:
    train(playground)
    playground.send_signal(number)
    assert_ends_well(playground)


def test_a_killed_program_has_its_session_recovered_at_the_next_start(tmp_path: Path) -> None:
    folder = tmp_path / "config" / "CNN Playground" / "sessions"

    def kept(pattern: str) -> list[Path]:
        return list(folder.glob(pattern))

    with started(tmp_path) as process:
        xdotool("key", "--delay", "60", "Right", "Right", "Right")
        wait_until(process, lambda: any(read_summary(path).step == 3 for path in kept("running-*.cnnsession")))
    assert process.returncode == -signal.SIGKILL
    with started(tmp_path) as process:
        # what was left behind is put aside for as long as nobody wants it
        wait_until(process, lambda: bool(kept("recovered-*.cnnsession")))
        assert not kept("last.cnnsession")
        xdotool("key", "alt+f")
        xdotool("key", "v")
        wait_until(process, lambda: any(read_summary(path).step == 3 for path in kept("running-*.cnnsession")))
        wait_until(process, lambda: not kept("recovered-*.cnnsession"))
        xdotool("key", "alt+F4")
        assert_ends_well(process)
    assert read_session(folder / "last.cnnsession").state.step == 3
