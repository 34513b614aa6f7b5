"""Files and folders that appear complete under their name, or not at all."""

from __future__ import annotations

import errno
import os
import re
import secrets
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from playground.errors import PlaygroundError, reason_of
from playground.paths import is_there

if sys.platform != "win32":
    import fcntl

__all__ = ["check_replaceable", "clear_leftovers", "folder_appears", "put_aside", "replacing", "told"]


@contextmanager
def replacing(path: Path) -> Iterator[IO[bytes]]:
    """A stream whose content takes the place of a file when the block ends; if it fails, the file stays as it was.

    A link is replaced by the file; resolve the path first to write to what it leads to. What a program that was killed
    while it wrote the same file left of it is removed. Raises OSError, also where a device or a pipe is: a file in its
    place would end it.
    """
    check_replaceable(path)
    clear_leftovers(path)
    temporary, file = _begun(path)
    try:
        with file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def check_replaceable(path: Path) -> None:
    """Raise OSError if a device or a pipe is at a path."""
    if is_there(path) and not (path.is_file() or path.is_dir()):
        raise OSError(errno.EINVAL, "it is a device or a pipe, no file")


def clear_leftovers(path: Path) -> None:
    """Remove what a program that was killed while it wrote a file left beside it, not what another one writes now."""
    try:
        target = path.resolve()
        ours = re.compile(rf"\.{re.escape(target.name[:80])}\.[0-9a-f]{{8}}\.tmp")
        with os.scandir(target.parent) as entries:
            found = [Path(entry.path) for entry in entries if ours.fullmatch(entry.name) and entry.is_file()]
    except (OSError, ValueError, RuntimeError):
        # whoever reads or writes there says what is wrong with the place
        return
    for leftover in found:
        try:
            with leftover.open("r+b") as file:
                is_left = _is_locked(file)
            if is_left:
                leftover.unlink()
        except OSError:
            # in use (Windows removes no open file), gone by now, or in a folder that only others may change
            continue


def _begun(path: Path) -> tuple[Path, IO[bytes]]:
    """A new file beside another one, marked as in use."""
    while True:
        temporary = _temporary(path)
        file = temporary.open("xb")
        try:
            is_ours = _is_locked(file)
        except OSError:
            # not every file system has marks
            is_ours = True
        if is_ours and temporary.exists():
            return temporary, file
        # before it was marked, another thread took it for a leftover
        file.close()
        temporary.unlink(missing_ok=True)


def _temporary(path: Path) -> Path:
    # in the same folder, since only there a rename is one step
    return path.with_name(f".{path.name[:80]}.{secrets.token_hex(4)}.tmp")


def _is_locked(file: IO[bytes]) -> bool:
    """Mark an open file as in use, until it is closed or the process ends; False if another one has it."""
    if sys.platform == "win32":
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def folder_appears(path: Path) -> Iterator[Path]:
    """A folder to fill, which gets its name when the block ends; if it fails, nothing is left.

    `path` may be there if it is an empty folder. Raises OSError, FileExistsError if something is there.
    """
    if path.exists() and any(path.iterdir()):
        raise FileExistsError(path)
    temporary = _temporary(path)
    temporary.mkdir()
    try:
        yield temporary
        if path.exists():
            path.rmdir()
        temporary.rename(path)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def put_aside(path: Path) -> Path | None:
    """Give a damaged file another name, so that nothing writes over it, and return that; None if it cannot have one."""
    for number in range(1, 1000):
        aside = path.with_name(f"{path.name}.damaged-{number}")
        if not aside.exists():
            try:
                path.rename(aside)
            except OSError:
                # a folder that cannot be written to: then nothing can write over the file either
                return None
            return aside
    return None


@contextmanager
def told(path: Path, kind: type[PlaygroundError]) -> Iterator[None]:
    """Turn what can go wrong while `path` is written in this block into one sentence, as an error of `kind`."""
    try:
        yield
    except FileExistsError as error:
        raise kind(f"{path} is not empty; choose a new or an empty folder, so that nothing is mixed.") from error
    except (OSError, ValueError) as error:
        raise kind(
            f"{path} cannot be written ({reason_of(error)}); nothing was changed. Choose another place."
        ) from error
