"""The arrays of npz files as images and labels: bytes or other numbers, grey or coloured, axes in any order."""

from __future__ import annotations

import math
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from playground.counting import grouped
from playground.errors import DataError
from playground.notation.numbers import chosen_number
from playground.own_data.npz import Member, open_member, read_member
from playground.own_data.records import Records, check_size
from playground.own_data.source import Check, checking, go_on

__all__ = ["channels_of", "images_in", "labels_in", "valid_words"]


def _layout(shape: tuple[int, ...]) -> tuple[tuple[int, ...], int]:
    """The shape of one stored image, made plain: (h, w) or (h, w, c) with the channels last, and how many those are.

    Raises DataError if it is no image.
    """
    if len(shape) == 1 and math.isqrt(shape[0]) ** 2 == shape[0]:
        side = math.isqrt(shape[0])
        return (side, side), 1
    if len(shape) == 1 and shape[0] % 3 == 0 and math.isqrt(shape[0] // 3) ** 2 * 3 == shape[0]:
        side = math.isqrt(shape[0] // 3)
        return (side, side, 3), 3
    if len(shape) == 2:
        return shape, 1
    if len(shape) == 3 and shape[2] in (1, 3, 4):
        return shape, shape[2]
    if len(shape) == 3 and shape[0] in (1, 3, 4):
        return (*shape[1:], shape[0]), shape[0]
    sides = "×".join(map(str, shape)) or "one value"
    raise DataError(f"An image of {sides} values is neither grey (h×w) nor RGB (h×w×3); volumes cannot be used.")


def channels_of(shape: tuple[int, ...]) -> int:
    """1 for a grey image of this stored shape, 3 or 4 for a coloured one. Raises DataError if it is no image."""
    return _layout(shape)[1]


def images_in(images: Member, check: Check = go_on) -> Records:
    """The images of an array, whatever numbers it holds; `check` may raise Cancelled. DataError if it holds none."""
    where = f"{images.path}: {images.name}"
    if images.dtype.kind not in "biuf":
        raise DataError(f"{where} is of type {images.dtype}; images must be numbers.")
    if len(images.shape) < 2:
        raise DataError(f"{where} has shape {images.shape}; images have one axis for their number and more for pixels.")
    count, *rest = images.shape
    check_size(where, count, rest, images.dtype.itemsize)
    shape = tuple(rest)
    plain, channels = _layout(shape)
    # arrays of (c, h, w) are turned, those of rows of pixels too are only reshaped
    turned = len(shape) == 3 and channels > 0 and shape != plain

    def arranged(values: NDArray[Any]) -> NDArray[Any]:
        return np.moveaxis(values, 1, 3) if turned else values.reshape(len(values), *plain)

    records = Records(images.path, where, lambda: open_member(images), count, images.dtype, shape, _as_they_are)
    scale = None if images.dtype == np.uint8 else _Scale.of(records, check)

    def to_pixels(values: NDArray[np.generic]) -> NDArray[np.uint8]:
        pixels = arranged(values)
        return _flattened(cast("NDArray[np.uint8]", pixels) if scale is None else scale.apply(pixels))

    return Records(images.path, where, records.open, count, images.dtype, shape, to_pixels)


def _as_they_are(values: NDArray[np.generic]) -> NDArray[np.uint8]:
    return cast("NDArray[np.uint8]", values)


def _flattened(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Without an axis for a single channel, and transparent parts as white paper."""
    if pixels.ndim == 3 or pixels.shape[3] == 3:
        return pixels
    if pixels.shape[3] == 1:
        return pixels[..., 0]
    opacity = pixels[..., 3:].astype(np.float32) / 255
    on_white = pixels[..., :3] * opacity + 255 * (1 - opacity)
    return np.asarray(np.rint(on_white), np.uint8)


class _Scale:
    """How numbers that are not bytes become brightness: by the range that all of them together show."""

    def __init__(self, offset: float, factor: float) -> None:
        self._offset, self._factor = offset, factor

    @classmethod
    def of(cls, records: Records, check: Check) -> _Scale:
        """Looks at every value once. Raises DataError if they are no brightness in any usual range."""
        low, high = np.inf, -np.inf
        for _, values in checking(records.chunks(records.count), check, every=1):
            # nan makes both bounds nan
            low, high = float(np.minimum(low, values.min())), float(np.maximum(high, values.max()))
        kind = records.dtype.kind
        if kind == "b" or (kind == "f" and 0 <= low <= high <= 1):
            return cls(0, 255)
        if 0 <= low <= high <= 255:
            return cls(0, 1)
        if kind == "f" and -1 <= low <= high <= 1:
            return cls(1, 127.5)
        if kind in "iu" and 0 <= low <= high <= 65535:
            return cls(0, 255 / 65535)
        raise DataError(
            f"{records.where} has values from {chosen_number(low)} to {chosen_number(high)}; brightness must be "
            "0 to 255, 0 to 65535, 0 to 1 or −1 to 1."
        )

    def apply(self, values: NDArray[Any]) -> NDArray[np.uint8]:
        scaled = (values.astype(np.float32) + np.float32(self._offset)) * np.float32(self._factor)
        return np.asarray(np.clip(np.rint(scaled), 0, 255), np.uint8)


def labels_in(member: Member, count: int) -> NDArray[Any]:
    """(count,) whole numbers or words, one label for each image. Raises DataError if they are not that."""
    where = f"{member.path}: {member.name}"
    if not member.shape or member.shape[0] != count:
        found = grouped(member.shape[0]) if member.shape else "no"
        raise DataError(f"{where} has {found} labels for {grouped(count)} images; they do not belong together.")
    if member.dtype.kind not in "biufUS":
        raise DataError(f"{where} is of type {member.dtype}; labels are whole numbers or words.")
    values: NDArray[Any] = read_member(member)
    if values.ndim == 2 and values.shape[1] > 1:
        is_one_hot = values.dtype.kind in "biuf" and np.isin(values, (0, 1)).all() and (values.sum(axis=1) == 1).all()
        if not is_one_hot:
            raise DataError(f"{where} has {values.shape[1]} labels for each image; each must belong to one class.")
        return np.asarray(values.argmax(axis=1))
    if values.size != count:
        raise DataError(f"{where} has shape {member.shape}; a label is one value for each image.")
    values = values.reshape(count)
    if values.dtype.kind == "S":
        return np.char.decode(values, "utf-8", "replace")
    if values.dtype.kind == "U":
        return valid_words(where, values)
    if values.dtype.kind == "f":
        values = values.astype(np.float64)
    if not np.isfinite(values).all() or (values != np.rint(values)).any() or (np.abs(values) > 2**31).any():
        raise DataError(f"{where} has labels that are no whole numbers; name the class of each image.")
    return values.astype(np.int64)


def valid_words(where: str, values: NDArray[Any]) -> NDArray[Any]:
    """The words of an array; DataError if it holds what is no text."""
    # four bytes a letter, which a damaged file may fill with what is no letter
    if (values.view(np.uint32 if values.dtype.isnative else np.dtype(">u4")) > 0x10FFFF).any():
        raise DataError(f"{where} has labels that are no text; copy the file again.")
    return values
