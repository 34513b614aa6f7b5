"""What every kind of file tells about the data set in it before its pixels are read, and how they are read then."""

from __future__ import annotations

import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from playground.errors import DataError, reason_of
from playground.own_data.description import MAX_CLASSES
from playground.own_data.image_set import clean_names

__all__ = [
    "CHUNK_BYTES",
    "MAX_IMAGES",
    "MAX_SIDE",
    "Check",
    "Chunk",
    "Found",
    "Pixels",
    "Progress",
    "ReadPicture",
    "Source",
    "check_regular",
    "checking",
    "found_by_value",
    "go_on",
    "saying_what_failed",
]

T = TypeVar("T")

MAX_IMAGES = 1_000_000
MAX_SIDE = 4096
"""Larger images in one array are refused: a data set holds small pictures."""

CHUNK_BYTES = 4 * 2**20
"""About so much is read and converted at a time."""

Pixels = NDArray[np.uint8]
"""One picture as it was found: (h, w) grey or (h, w, 3) RGB."""

ReadPicture = Callable[[Path], Pixels]
"""Decodes a picture file; raises ImageError. The caller brings it, since it needs Qt."""


Check = Callable[[], object]
"""Is called now and then while something takes long; may raise Cancelled."""

Progress = Callable[[int, int], object]
"""Is told how much is done and how much there is; may raise Cancelled."""


@dataclass(frozen=True, eq=False)
class Found:
    """A data set as its labels and names tell of it. Nothing is decided yet, and no pixels are held.

    kind: in words what it was read from; labels: (n,) int64, positions in `class_names`; in_test: (n,) the split that
    comes with the data, or None; notes: sentences about what was left out and why; is_picture_files: the pictures are
    files that somebody drew or photographed, not numbers made for learning; channels: 1 or 3, None if it is not known
    before the pictures are read.
    """

    name: str
    kind: str
    class_names: tuple[str, ...]
    labels: NDArray[np.int64]
    in_test: NDArray[np.bool_] | None
    notes: tuple[str, ...] = ()
    is_picture_files: bool = False
    channels: int | None = None


@dataclass(frozen=True, eq=False)
class Chunk:
    """Some pictures: `rows` says which (ascending). Rows that could not be read are missing, and `notes` say why.

    images: one array (k, h, w) or (k, h, w, 3), or pictures of any sizes.
    """

    rows: NDArray[np.intp]
    images: NDArray[np.uint8] | Sequence[Pixels]
    notes: tuple[str, ...] = ()


class Source(Protocol):
    """A data set that has been looked at. `read` may be asked again and again; each time the files are read anew."""

    @property
    def found(self) -> Found:
        """What there is."""

    def read(self, rows: NDArray[np.intp]) -> Iterator[Chunk]:
        """The pictures of some rows (ascending), a part at a time. Raises DataError."""


def found_by_value(
    name: str,
    kind: str,
    values: NDArray[np.generic],
    in_test: NDArray[np.bool_] | None,
    *,
    names: Sequence[str] | None = None,
    notes: Sequence[str] = (),
    channels: int | None = None,
) -> Found:
    """What was found if each image has a value (a number or a word) as its label: every different value is a class.

    names: those of the classes, if the value is a position in them. Raises DataError if there are too many classes.
    """
    distinct, labels = np.unique(values, return_inverse=True)
    if len(distinct) > MAX_CLASSES:
        raise DataError(f"{name} has {len(distinct)} different labels; at most {MAX_CLASSES} classes can be learnt.")
    numbers = distinct.dtype.kind in "biu"
    if names is not None and numbers and len(distinct) and 0 <= distinct[0] <= distinct[-1] < len(names):
        chosen = [names[int(value)] for value in distinct]
    else:
        chosen = [str(int(value)) if numbers else str(value) for value in distinct]
    return Found(
        name, kind, clean_names(chosen), labels.reshape(-1).astype(np.int64), in_test, tuple(notes), channels=channels
    )


def go_on() -> None:
    """The check of work that nobody gives up."""


def checking(things: Iterable[T], check: Check, every: int = 256) -> Iterator[T]:
    """The same things, with a check now and then."""
    for number, thing in enumerate(things):
        if number % every == 0:
            check()
        yield thing


def check_regular(path: Path) -> None:
    """Raise DataError unless `path` is a file that can be read to its end: no folder, pipe or device."""
    with saying_what_failed(path):
        mode = path.stat().st_mode
    if not stat.S_ISREG(mode):
        raise DataError(f"{path} is not a regular file; name a file or a folder of pictures.")


@contextmanager
def saying_what_failed(path: Path) -> Iterator[None]:
    """Turn whatever a damaged or vanished file can cause into a DataError that names it."""
    try:
        yield
    except FileNotFoundError as error:
        raise DataError(f"{path} does not exist, or no longer; check the name.") from error
    except PermissionError as error:
        raise DataError(f"{path} may not be read; check its permissions.") from error
    except EOFError as error:
        raise DataError(f"{path} is cut short; copy it again.") from error
    except MemoryError as error:
        raise DataError(f"There is not enough memory to read {path}; close other programs or take a part of it.") from (
            error
        )
    except (zlib.error, zipfile.BadZipFile, struct.error) as error:
        raise DataError(f"{path} is damaged ({reason_of(error)}); copy it again.") from error
    except (OSError, ValueError, OverflowError, NotImplementedError, RuntimeError) as error:
        raise DataError(f"{path} cannot be read ({reason_of(error)}); check what it is and copy it again.") from error
