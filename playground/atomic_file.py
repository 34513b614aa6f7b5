"""Files and folders that appear complete under their name, or not at all."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from playground.errors import PlaygroundError

__all__ = ["folder_appears", "put_aside", "replacing", "told"]


@contextmanager
def replacing(path: Path) -> Iterator[IO[bytes]]:
    """A stream whose content takes the place of a file when the block ends; if it fails, the file stays as it was.

    A link is replaced by the file; resolve the path first to write to what it leads to. Raises OSError.
    """
    # in the same folder, since only there a rename is one step
    temporary = path.with_name(f".{path.name[:80]}.{secrets.token_hex(4)}.tmp")
    try:
        with temporary.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def folder_appears(path: Path) -> Iterator[Path]:
    """A folder to fill, which gets its name when the block ends; if it fails, nothing is left.

    `path` may be there if it is an empty folder. Raises OSError, FileExistsError if something is there.
    """
    if path.exists() and any(path.iterdir()):
        raise FileExistsError(path)
    temporary = path.with_name(f".{path.name[:80]}.{secrets.token_hex(4)}.tmp")
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
        reason = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise kind(f"{path} cannot be written ({reason}); nothing was changed. Choose another place.") from error
