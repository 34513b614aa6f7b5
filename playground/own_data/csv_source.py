"""CSV rows of a label and pixels, as Kaggle's MNIST: with or without a line of names, the label first or last."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from playground.counting import grouped
from playground.errors import DataError
from playground.own_data.known_sets import class_names_of
from playground.own_data.source import (
    CHUNK_BYTES,
    MAX_IMAGES,
    MAX_SIDE,
    Check,
    Chunk,
    Found,
    check_regular,
    checking,
    found_by_value,
    go_on,
    saying_what_failed,
)

__all__ = ["looks_like_csv", "open_csv"]

_MAX_LINE = 2**20
_LOOKED_AT = 200
"""Lines that tell where the label is."""
_SEPARATORS = b",;\t"
_LABEL_NAMES = ("label", "class", "target", "y", "digit", "category")
_NUMBER = re.compile(rb'\s*"?\s*(\d{1,3})(?:\.0*)?\s*"?', re.ASCII)
_LABEL = re.compile(r"-?\d{1,9}(\.0*)?", re.ASCII)


@dataclass(frozen=True)
class _Table:
    """How the lines of a file are built: a label at `label_at` (0 or −1) and pixels of a square image."""

    path: Path
    separator: bytes
    has_names: bool
    label_at: int
    columns: int

    @property
    def shape(self) -> tuple[int, ...]:
        return _image_shape(self.columns - 1) or ()

    def label_of(self, line: bytes) -> str | None:
        """The label of a line, None if the line is not built like this."""
        if line.count(self.separator) != self.columns - 1:
            return None
        field = (line.split(self.separator, 1)[0] if self.label_at == 0 else line.rsplit(self.separator, 1)[1]).strip()
        text = field.strip(b'"').decode("utf-8", "replace").strip()
        return text or None

    def pixels_of(self, line: bytes) -> bytes:
        """What is left of a line without its label."""
        return line.split(self.separator, 1)[1] if self.label_at == 0 else line.rsplit(self.separator, 1)[0]


@dataclass(frozen=True, eq=False)
class _CsvSource:
    found: Found
    table: _Table
    lines: NDArray[np.int64]  # the line of the file that holds each row

    def read(self, rows: NDArray[np.intp]) -> Iterator[Chunk]:
        """See `Source`. Rows with a value that is no brightness are left out, and a note counts them."""
        wanted = self.lines[rows]
        shape, skipped, first_skipped = self.table.shape, 0, 0
        here: list[int] = []
        texts: list[bytes] = []
        held, position = 0, 0

        def chunk() -> Chunk:
            nonlocal skipped, first_skipped
            pixels, good = _parsed(texts, self.table.separator, math.prod(shape))
            if not good.all():
                first_skipped = first_skipped or int(self.lines[here[int(good.argmin())]]) + 1
                skipped += int((~good).sum())
            return Chunk(np.array(here, np.intp)[good], pixels[good].reshape(-1, *shape))

        for number, line in enumerate(_lines(self.table.path)):
            if position == len(wanted):
                break
            if number != wanted[position]:
                continue
            if self.table.label_of(line) is None:
                raise DataError(f"{self.table.path} was changed while it was read; open it again.")
            here.append(int(rows[position]))
            texts.append(self.table.pixels_of(line))
            position += 1
            held += len(line)
            if held >= CHUNK_BYTES:
                yield chunk()
                here, texts, held = [], [], 0
        if here:
            yield chunk()
        if skipped:
            yield Chunk(np.zeros(0, np.intp), [], (_skipped_lines(skipped, first_skipped, "a pixel is not 0 to 255"),))


def looks_like_csv(path: Path) -> bool:
    """True if a file can be read as a table of labels and pixels."""
    try:
        _table(path)
    except DataError:
        return False
    return True


def open_csv(path: Path, check: Check = go_on) -> _CsvSource:
    """The data set in a CSV file. Raises DataError if its lines are no label with the pixels of a square image.

    `check` may raise Cancelled.
    """
    table = _table(path)
    labels: list[str] = []
    numbers: list[int] = []
    skipped, first_skipped = 0, 0
    for number, line in enumerate(checking(_lines(path), check)):
        if number == 0 and table.has_names:
            continue
        label = table.label_of(line)
        if label is None:
            if line.strip():
                first_skipped = first_skipped or number + 1
                skipped += 1
            continue
        labels.append(label[:200])
        numbers.append(number)
        if len(labels) > MAX_IMAGES:
            raise DataError(f"{path} has more than {grouped(MAX_IMAGES)} rows; take a part of them.")
    notes = [f"The {'first' if table.label_at == 0 else 'last'} column of {path.name} is taken as the label."]
    if skipped:
        notes.append(_skipped_lines(skipped, first_skipped, f"not {table.columns} values"))
    if not labels:
        raise DataError(f"{path} holds no rows with a label and pixels.")
    values = _whole_numbers(labels)
    names = class_names_of(path.name.lower(), np.unique(values)) if values.dtype.kind == "i" else None
    found = found_by_value(path.stem, "CSV table", values, None, names=names, notes=notes, channels=_channels(table))
    return _CsvSource(found, table, np.array(numbers, np.int64))


def _channels(table: _Table) -> int:
    return 3 if len(table.shape) == 3 else 1


def _whole_numbers(labels: Sequence[str]) -> NDArray[np.generic]:
    if all(_LABEL.fullmatch(label) for label in labels):
        return np.array([int(label.partition(".")[0]) for label in labels], np.int64)
    return np.array(labels)


def _lines(path: Path) -> Iterator[bytes]:
    """The lines of a file without their ends; DataError if one is longer than any row of pixels."""
    check_regular(path)
    with saying_what_failed(path), path.open("rb") as stream:
        while line := stream.readline(_MAX_LINE + 1):
            if len(line) > _MAX_LINE:
                raise DataError(
                    f"{path} has a line of more than {grouped(_MAX_LINE)} bytes, which no table of small images has."
                )
            yield line.rstrip(b"\r\n").removeprefix(b"\xef\xbb\xbf")


def _table(path: Path) -> _Table:
    begin = [line for line, _ in zip(_lines(path), range(_LOOKED_AT), strict=False)]
    if not begin or not begin[0].strip():
        raise DataError(f"{path} is empty, or begins with an empty line; a table of labels and pixels is needed.")
    if any(b"\0" in line for line in begin):
        raise DataError(f"{path} is not text in UTF-8; save it again as CSV in UTF-8.")
    counts = {begin[-1].count(bytes([separator])): bytes([separator]) for separator in reversed(_SEPARATORS)}
    columns, separator = max(counts) + 1, counts[max(counts)]
    if _image_shape(columns - 1) is None:
        raise DataError(
            f"{path} has {columns} columns; a label and the pixels of a square image are needed, 785 for 28×28."
        )
    fields = [line.split(separator) for line in begin if line.count(separator) == columns - 1]
    first = [field.strip().strip(b'"').lower().decode("utf-8", "replace") for field in fields[0]] if fields else []
    has_names = bool(first) and sum(_NUMBER.fullmatch(field) is not None for field in fields[0]) < len(first) / 2
    rows = fields[1:] if has_names else fields
    if not rows:
        raise DataError(f"{path} holds no rows with a label and pixels.")
    return _Table(path, separator, has_names, _label_position(first if has_names else [], rows), columns)


def _label_position(names: Sequence[str], rows: Sequence[Sequence[bytes]]) -> int:
    """0 or −1: by its name, else by what only a label is; corner pixels are seldom anything but ground."""
    if names and names[-1] in _LABEL_NAMES and names[0] not in _LABEL_NAMES:
        return -1
    if names and names[0] in _LABEL_NAMES:
        return 0
    distinct = [len({row[place] for row in rows}) for place in (0, -1)]
    words = [any(_NUMBER.fullmatch(row[place]) is None for row in rows) for place in (0, -1)]
    if words[0] != words[1]:
        return 0 if words[0] else -1
    return -1 if distinct[0] == 1 and distinct[1] > 1 else 0


def _image_shape(pixels: int) -> tuple[int, ...] | None:
    side = math.isqrt(max(pixels, 0))
    if 1 < side <= MAX_SIDE and side * side == pixels:
        return side, side
    side = math.isqrt(max(pixels, 0) // 3)
    return (side, side, 3) if side > 1 and side * side * 3 == pixels else None


def _parsed(texts: Sequence[bytes], separator: bytes, pixels: int) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """(lines, pixels) values, and which lines are good: all of their fields whole numbers from 0 to 255."""
    values = _plain_numbers(separator.join(texts), separator)
    if values is not None and len(values) == len(texts) * pixels:
        return values.reshape(len(texts), pixels), np.ones(len(texts), bool)
    found, good = np.zeros((len(texts), pixels), np.uint8), np.zeros(len(texts), bool)
    for row, text in enumerate(texts):
        matches = [_NUMBER.fullmatch(field) for field in text.split(separator)]
        numbers = [int(match[1]) for match in matches if match is not None]
        good[row] = len(numbers) == len(matches) == pixels and max(numbers) <= 255
        if good[row]:
            found[row] = numbers
    return found, good


def _plain_numbers(text: bytes, separator: bytes) -> NDArray[np.uint8] | None:
    """Numbers of one to three digits between separators, a hundred times as fast as one by one; None for all else."""
    signs = np.frombuffer(text + separator, np.uint8)
    ends = np.flatnonzero(signs == separator[0])
    lengths = np.diff(ends, prepend=-1) - 1
    if not len(ends) or lengths.min() < 1 or lengths.max() > 3:
        return None
    digits = signs - np.uint8(ord("0"))  # what is no digit wraps to more than 9
    digits[ends] = 0
    if digits.max() > 9:
        return None
    values = digits[ends - 1].astype(np.uint16)
    for place, worth in ((2, 10), (3, 100)):
        longer = lengths >= place
        values[longer] += digits[ends[longer] - place].astype(np.uint16) * np.uint16(worth)
    return values.astype(np.uint8) if values.max() <= 255 else None


def _skipped_lines(count: int, first: int, reason: str) -> str:
    if count == 1:
        return f"Line {first} is left out: {reason}."
    return f"{grouped(count)} lines are left out, the first is line {grouped(first)}: {reason}."
