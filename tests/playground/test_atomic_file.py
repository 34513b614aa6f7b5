"""Files appear whole or not at all, and what a killed program left of one goes when it is written or opened again."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import IO

import pytest

from playground import atomic_file
from playground.atomic_file import clear_leftovers, replacing

_WRITES_AND_WAITS = """
import sys
from pathlib import Path
from typing import IO
from playground.atomic_file import replacing
with replacing(Path(sys.argv[1])) as file:
    file.write(b"half")
    file.flush()
    print("writing", flush=True)
    sys.stdin.read()
"""


def hidden(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir() if entry.name.startswith("."))


@pytest.fixture
def writer(tmp_path: Path):
    """Another process in the middle of writing `mine`."""
    with subprocess.Popen(
        [sys.executable, "-c", _WRITES_AND_WAITS, str(tmp_path / "mine")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"writing\n"
        yield process
        process.kill()


def test_what_fails_halfway_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "mine"
    path.write_bytes(b"old")
    with pytest.raises(TypeError), replacing(path) as file:
        file.write("no bytes")  # type: ignore[arg-type]
    assert path.read_bytes() == b"old"
    assert hidden(tmp_path) == []


@pytest.mark.skipif(os.name != "posix", reason="no pipes with a name")
def test_a_pipe_or_a_device_is_not_replaced_by_a_file(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(OSError, match="device or a pipe"), replacing(pipe) as file:
        file.write(b"new")
    assert pipe.is_fifo()
    assert hidden(tmp_path) == []


def test_what_a_killed_program_left_goes_when_the_file_is_written_again(tmp_path: Path, writer) -> None:
    writer.send_signal(signal.SIGKILL if os.name == "posix" else signal.SIGTERM)
    writer.wait()
    assert len(hidden(tmp_path)) == 1
    with replacing(tmp_path / "mine") as file:
        file.write(b"whole")
    assert (tmp_path / "mine").read_bytes() == b"whole"
    assert hidden(tmp_path) == []


def test_what_another_program_is_writing_stays(tmp_path: Path, writer) -> None:
    with replacing(tmp_path / "mine") as file:
        file.write(b"first")
    assert len(hidden(tmp_path)) == 1
    writer.stdin.close()
    writer.wait()
    assert (tmp_path / "mine").read_bytes() == b"half"
    assert hidden(tmp_path) == []


def test_what_another_thread_took_for_a_leftover_before_it_was_marked_is_begun_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark, came = atomic_file._is_locked, []

    def another_thread_was_faster(file: IO[bytes]) -> bool:
        came.append(file)
        if len(came) == 1:
            clear_leftovers(tmp_path / "mine")
            assert hidden(tmp_path) == []
        return mark(file)

    monkeypatch.setattr(atomic_file, "_is_locked", another_thread_was_faster)
    with replacing(tmp_path / "mine") as file:
        file.write(b"whole")
    assert (tmp_path / "mine").read_bytes() == b"whole"
    assert hidden(tmp_path) == []


def test_a_file_system_without_marks_takes_files_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    fcntl = pytest.importorskip("fcntl")
    monkeypatch.setattr(fcntl, "flock", unknown)
    with replacing(tmp_path / "mine") as file:
        file.write(b"whole")
    assert (tmp_path / "mine").read_bytes() == b"whole"


def test_hidden_files_of_others_stay(tmp_path: Path) -> None:
    names = [".mine.tmp", ".mine.0123456.tmp", ".mine.0123456z.tmp", ".minor.01234567.tmp", ".mine.01234567.tmp~"]
    for name in names:
        (tmp_path / name).write_bytes(b"theirs")
    (tmp_path / ".mine.89abcdef.tmp").mkdir()
    clear_leftovers(tmp_path / "mine")
    assert hidden(tmp_path) == sorted([*names, ".mine.89abcdef.tmp"])


@pytest.mark.parametrize("name", ["", "no such folder/mine", "nul\0l"])
def test_a_place_that_cannot_be_looked_at_is_left_to_who_writes_there(tmp_path: Path, name: str) -> None:
    clear_leftovers(tmp_path / name)
