"""How the parts of a session are put into a file and taken out again: plain values in JSON, arrays by name.

What is taken out is believed only as far as it is checked: an array has exactly the type and shape that its part
expects, before anything is read of it; a number is in its range. Anything else raises DamagedError.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from core.arrays import Array
from playground.tensor_file import TensorFile

__all__ = ["MAX_STEP", "DamagedError", "FileUnpacking", "Packing", "Unpacking", "number", "text", "whole"]

T = TypeVar("T")

MAX_STEP = 2**52
"""Steps are whole numbers that float64 can tell apart, since curves have them as such."""


class DamagedError(ValueError):
    """A part of a session file cannot be; the message names what."""


class Packing:
    """The arrays of a session by name, while they are put together; nothing is copied."""

    def __init__(self) -> None:
        self.arrays: dict[str, NDArray[Any]] = {}

    def put(self, name: str, values: NDArray[Any]) -> None:
        """An array of float32, float64, int64 or uint8."""
        self.arrays[name] = values

    def put_all(self, folder: str, values: Mapping[str, Array]) -> None:
        """Arrays by name, as of weights."""
        for name, array in values.items():
            self.put(f"{folder}{name}", array)

    def once(self, value: object, make: Callable[[], T]) -> T:  # noqa: ARG002 - for those that share
        """What `make` puts of a value and returns, put once where several states share that value."""
        return make()


class Unpacking:
    """Where the arrays of a session are taken from, each with the type and shape that it must have."""

    def take(
        self, name: str, shape: tuple[int | None, ...], dtype: str = "F32", *, most: int = 0, finite: bool = True
    ) -> NDArray[Any]:
        """The array of this name, read-only.

        shape: a side of None may have any length up to `most`; dtype: in the words of safetensors; finite: floats must
        be.
        """
        values = self._find(name, shape, dtype, most)
        if values is None:
            raise DamagedError(f"{name} is not there as {dtype} of shape {shape}")
        if finite and values.dtype.kind == "f" and not np.isfinite(values).all():
            raise DamagedError(f"{name} has values that are not finite")
        values.flags.writeable = False
        return values

    def take_all(self, folder: str, like: Mapping[str, Array]) -> dict[str, Array]:
        """Arrays with the names and shapes of others."""
        return {name: self.take(f"{folder}{name}", values.shape) for name, values in like.items()}

    def shared(self, names: Iterable[str], make: Callable[[], T]) -> T:  # noqa: ARG002 - for those that share
        """What is made of the arrays of these names; where states share them it is made once."""
        return make()

    def _find(self, name: str, shape: tuple[int | None, ...], dtype: str, most: int) -> NDArray[Any] | None:
        """The array if it is there as that, else None."""
        raise NotImplementedError


class FileUnpacking(Unpacking):
    """The arrays of an open session file. left: names of what nobody has asked for yet."""

    def __init__(self, file: TensorFile) -> None:
        self._file = file
        self.left = set(file.tensors)

    def _find(self, name: str, shape: tuple[int | None, ...], dtype: str, most: int) -> NDArray[Any] | None:
        declared = self._file.tensors.get(name)
        if declared is None or declared.dtype != dtype or len(declared.shape) != len(shape):
            return None
        sides = zip(declared.shape, shape, strict=True)
        if not all(side <= most if wanted is None else side == wanted for side, wanted in sides):
            return None
        self.left.discard(name)
        return self._file.read(name)


def whole(value: object, low: int, high: int, what: str) -> int:
    """A whole number from `low` to `high`."""
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise DamagedError(f"{what} is {str(value)[:30]!r}, not {low} to {high}")
    return value


def number(value: object, what: str, *, finite: bool = True) -> float:
    """A number; with `finite` a finite one."""
    if not isinstance(value, (int, float)) or isinstance(value, bool) or (finite and not math.isfinite(value)):
        raise DamagedError(f"{what} is {str(value)[:30]!r}, not a number")
    return float(value)


def text(value: object, most: int, what: str) -> str:
    """A text of at most so many letters."""
    if not isinstance(value, str) or len(value) > most:
        raise DamagedError(f"{what} is not a text of at most {most} letters")
    return value
