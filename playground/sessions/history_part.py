"""The curves and markers of a session in its file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from playground.curve import Curve
from playground.history import Event, History
from playground.history_arrays import PARTS, history_arrays, history_from
from playground.sessions.parts import MAX_STEP, DamagedError, Packing, Unpacking, text, whole

__all__ = ["MAX_EVENTS", "pack_history", "unpack_history"]

MAX_EVENTS = 5_000
"""Of more markers a file keeps the newest."""

_FOLDER = "history/"
_MAX_TEXT = 200
_MAX_KIND = 40


def pack_history(
    curves: Mapping[str, Curve], events: tuple[Event, ...], packing: Packing, folder: str = ""
) -> list[list[Any]]:
    """The newest MAX_EVENTS markers as plain values; the curves go to `packing`."""
    for name, array in history_arrays(curves).items():
        packing.put(f"{folder}{_FOLDER}{name}", array)
    return [[event.step, event.kind[:_MAX_KIND], event.text[:_MAX_TEXT]] for event in events[-MAX_EVENTS:]]


def unpack_history(
    plain: list[Any], gradient_names: tuple[str, ...], unpacking: Unpacking, folder: str = ""
) -> History:
    """A history that goes on where the file's ends; PlaygroundError or a ValueError if it cannot be."""
    arrays = {}
    for curve in History(gradient_names).series:
        for part, (shape, dtype, most) in PARTS.items():
            name = f"{curve}/{part}"
            arrays[name] = unpacking.take(f"{folder}{_FOLDER}{name}", shape, dtype, most=most, finite=False)
    if len(plain) > MAX_EVENTS:
        raise DamagedError("there are too many markers")
    events = [
        Event(
            whole(step, 0, MAX_STEP, "the step of a marker"),
            text(kind, _MAX_KIND, "the kind of a marker"),
            text(words, _MAX_TEXT, "a marker"),
        )
        for step, kind, words in plain
    ]
    return history_from(arrays, gradient_names, events)
