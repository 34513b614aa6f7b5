"""Arrays of many states in a few: one after the other in a pool for each type, those with the same content once."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from playground.sessions.parts import DamagedError, Packing, Unpacking, whole

__all__ = ["POOL_TYPES", "Pool", "PooledPacking", "PooledUnpacking", "layout_from"]

POOL_TYPES: Mapping[str, str] = {"F32": "<f4", "I64": "<i8", "U8": "|u1"}
_NAMES = {np.dtype(descr): name for name, descr in POOL_TYPES.items()}

T = TypeVar("T")
Layout = Sequence[Sequence[str]]
"""Name and type of each array of a state."""


class Pool:
    """Where arrays go. `nbytes` is what they take."""

    def __init__(self) -> None:
        self.nbytes = 0
        self._parts: dict[str, list[NDArray[Any]]] = {name: [] for name in POOL_TYPES}
        self._ends = dict.fromkeys(POOL_TYPES, 0)
        self._places: dict[tuple[str, int, bytes], int] = {}
        self._known: dict[int, tuple[NDArray[Any], str, int]] = {}
        self.packed: dict[int, tuple[object, Any, list[tuple[str, str]], list[int]]] = {}
        """What `PooledPacking.once` put, by the identity of the value, which is kept so that it stays its own."""

    def put(self, values: NDArray[Any]) -> tuple[str, int]:
        """Type and place of an array, which is there once if there was one like it."""
        if id(values) in self._known:
            return self._known[id(values)][1:]
        kind, place = self._put(values)
        if not values.flags.writeable:
            # it may be part of other states, too; one that was just made is not
            self._known[id(values)] = values, kind, place
        return kind, place

    def _put(self, values: NDArray[Any]) -> tuple[str, int]:
        flat = np.ascontiguousarray(values).reshape(-1)
        kind = _NAMES[flat.dtype]
        key = (kind, flat.size, hashlib.blake2b(flat.view(np.uint8).data, digest_size=16).digest())
        if key not in self._places:
            self._places[key] = self._ends[kind]
            self._parts[kind].append(flat)
            self._ends[kind] += flat.size
            self.nbytes += flat.nbytes
        return kind, self._places[key]

    def arrays(self) -> dict[str, NDArray[Any]]:
        """One array for each type."""
        return {
            kind: np.concatenate(parts) if parts else np.zeros(0, POOL_TYPES[kind])
            for kind, parts in self._parts.items()
        }


class PooledPacking(Packing):
    """The arrays of one state, which go to a pool. places: where, in the order of `layout`."""

    def __init__(self, pool: Pool) -> None:
        super().__init__()
        self._pool = pool
        self.layout: list[tuple[str, str]] = []
        self.places: list[int] = []

    def put(self, name: str, values: NDArray[Any]) -> None:
        """Put an array into the pool."""
        kind, place = self._pool.put(values)
        self.layout.append((name, kind))
        self.places.append(place)

    def once(self, value: object, make: Callable[[], T]) -> T:
        """What `make` puts of a value and returns; for other states with the same value it is there already."""
        if id(value) not in self._pool.packed:
            begin = len(self.layout)
            plain = make()
            self._pool.packed[id(value)] = value, plain, self.layout[begin:], self.places[begin:]
            return plain
        _, plain, layout, places = self._pool.packed[id(value)]
        self.layout += layout
        self.places += places
        known: T = plain
        return known


class PooledUnpacking(Unpacking):
    """The arrays of one state from a pool. known: what was taken for other states from the same pool."""

    def __init__(
        self, pool: Mapping[str, NDArray[Any]], layout: Layout, places: Sequence[int], known: dict[Any, Any]
    ) -> None:
        self._pool = pool
        self._known = known
        self._places = {name: (kind, place) for (name, kind), place in zip(layout, places, strict=True)}

    def shared(self, names: Iterable[str], make: Callable[[], T]) -> T:
        """What is made of the arrays of these names, made once for all states that have the same."""
        key = tuple((name, self._places.get(name)) for name in names)
        if any(place is None for _, place in key):
            return make()
        if key not in self._known:
            self._known[key] = make()
        found: T = self._known[key]
        return found

    def _find(self, name: str, shape: tuple[int | None, ...], dtype: str, most: int) -> NDArray[Any] | None:  # noqa: ARG002
        kind, place = self._places.get(name, ("", 0))
        sides = [side for side in shape if side is not None]
        if kind != dtype or len(sides) < len(shape):
            return None
        count = math.prod(sides)
        key = (kind, whole(place, 0, self._pool[kind].size - count, f"the place of {name}"), tuple(sides))
        if key not in self._known:
            self._known[key] = self._pool[kind][place : place + count].reshape(sides)
        found: NDArray[Any] = self._known[key]
        return found


def layout_from(plain: object) -> list[tuple[str, str]]:
    """A layout that was read."""
    if not isinstance(plain, list):
        raise DamagedError("a layout is no list")
    return [(str(name), str(kind)) for name, kind in plain]
