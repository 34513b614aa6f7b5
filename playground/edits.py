"""Numbers changed by hand: weights of a run, pixels and labels of single images. The last change can be undone first.

An edited image stands in for the original in this run alone, wherever the run uses it: in its trace, in training if it
is a training image, in the figures. A new run (Reset) begins with the originals, which are never written to.
"""

from __future__ import annotations

import dataclasses
import math
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from core.arrays import Array
from core.network import Network
from playground.errors import EditError
from playground.notation.numbers import chosen_number
from playground.run_images import RunImages
from playground.sample_ref import DrawnSample, SampleRef

__all__ = ["DRAWN_PIXELS", "LARGEST", "Edit", "Edits", "EditsState", "parse_number"]

LARGEST = 1000.0
"""The largest magnitude of a number typed into a cell: far beyond useful weights, far from overflow in float32."""

DRAWN_PIXELS = "These pixels come from your drawing; draw to change them."
"""Why the pixels of a drawing are no numbers to be typed."""

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
_NOT_FINITE = re.compile(r"[+-]?(nan|inf|infinity|∞)", re.IGNORECASE)
_SHOWN = 12  # characters of a bad input that its refusal repeats


def parse_number(text: str) -> float:
    """The number that somebody typed, with a point or a comma; raises EditError with a short sentence if it is none."""
    plain = text.strip().replace("−", "-")
    if "." not in plain:
        plain = plain.replace(",", ".", 1)
    shown = text.strip() if len(text.strip()) <= _SHOWN else text.strip()[: _SHOWN - 1] + "…"
    if not plain:
        raise EditError("Type a number, e.g. 0.5.")
    if _NOT_FINITE.fullmatch(plain):
        raise EditError(f"{shown} cannot be computed with; type a number.")
    if not _NUMBER.fullmatch(plain):
        raise EditError(f"“{shown}” is not a number; type e.g. 0.5.")
    value = float(plain)
    if abs(value) > LARGEST:
        raise EditError(f"{shown} is too large; type {chosen_number(-LARGEST)} to {chosen_number(LARGEST)}.")
    if np.float32(value) == 0 and re.search("[1-9]", re.split("e", plain, flags=re.IGNORECASE)[0]):
        raise EditError(f"{shown} is too small for float32; type 0.")
    return value


@dataclass(frozen=True)
class Edit:
    """One number changed by hand at `step`: a cell of "w1", "b1" …, or a pixel ("x") or the label ("y") of `sample`.

    at: when, by `time.monotonic`; 0 if it comes from a file.
    """

    step: int
    name: str
    index: tuple[int, ...]
    before: float
    after: float
    sample: SampleRef | None = None
    at: float = field(default=0.0, compare=False)

    def is_of_weights_since(self, step: int) -> bool:
        """True of a weight or bias changed at `step`, so after it was taken; going back to before it loses that."""
        return self.sample is None and self.step == step


@dataclass(frozen=True, eq=False, slots=True)
class EditsState:
    """Images that differ from the data set's, pixels (c, h, w) and label, and the changes that can be undone."""

    images: Mapping[SampleRef, tuple[Array, int]]
    done: tuple[Edit, ...]


class Edits:
    """The changes made by hand to one run, to the weights of its network and to its images."""

    def __init__(self, images: RunImages, network: Network) -> None:
        self._images = images
        self._network = network
        self._done: tuple[Edit, ...] = ()

    @property
    def done(self) -> tuple[Edit, ...]:
        """What can be undone, oldest first."""
        return self._done

    def set_parameter(self, name: str, index: tuple[int, ...], value: float, step: int) -> Edit | None:
        """Give one weight or bias ("w1", "b2" …) a value; None if it has it already. Raises EditError."""
        parameter = self._parameter(name)
        _check_cell(parameter, name, index)
        _check_value(value)
        before = float(parameter[index])
        parameter[index] = value
        return self._remember(Edit(step, name, index, before, float(parameter[index])))

    def set_pixel(self, sample: SampleRef, index: tuple[int, ...], value: float, step: int) -> Edit | None:
        """Give the pixel at `index` (c, row, col) of an image a value; None if it has it already. Raises EditError."""
        if isinstance(sample, DrawnSample):
            raise EditError(DRAWN_PIXELS)
        image, label = self._images.one(sample)
        _check_cell(image, "x", index)
        _check_value(value)
        changed = image.copy()
        changed[index] = value
        self._images.replace(sample, changed, label)
        before, after = float(image[index]), float(changed[index])
        return self._remember(Edit(step, "x", index, before, after, self._images.resolve(sample)))

    def set_label(self, sample: SampleRef, label: int, step: int) -> Edit | None:
        """Give an image another class; None if it has it already. Raises EditError for a class there is not."""
        classes = len(self._images.dataset.class_names)
        if not 0 <= label < classes:
            raise EditError(f"There is no class y = {label}; choose 0 to {classes - 1}.")
        image, before = self._images.one(sample)
        self._images.replace(sample, image, label)
        return self._remember(Edit(step, "y", (), before, label, self._images.resolve(sample)))

    def undo(self, edit: Edit | None = None) -> Edit:
        """Put back the number that the newest change, or this one, replaced; returns it. Raises EditError if none."""
        if not self._done:
            raise EditError("There is no edit to undo.")
        edit = self._done[-1] if edit is None else edit
        self._done = tuple(other for other in self._done if other is not edit)
        if edit.sample is None:
            self._parameter(edit.name)[edit.index] = edit.before
            return edit
        image, label = self._images.one(edit.sample)
        if edit.name == "y":
            label = int(edit.before)
        else:
            image = image.copy()
            image[edit.index] = edit.before
        self._images.replace(edit.sample, image, label)
        return edit

    def forget_images(self) -> None:
        """Drop the changes of images, for when other images have taken their place."""
        self._done = tuple(edit for edit in self._done if edit.sample is None)

    def forget_parameters(self, after_step: int = -1) -> None:
        """Drop the changes of weights made after `after_step`, for when other weights have taken their place."""
        self._done = tuple(edit for edit in self._done if edit.sample is not None or edit.step <= after_step)

    def state(self) -> EditsState:
        """What is changed now."""
        return EditsState(self._images.edited, self._done)

    def go_to(self, state: EditsState) -> None:
        """Be what was changed then; the weights are not touched, they are whoever's who goes there."""
        self._images.use(self._images.dataset, state.images)
        self._done = state.done

    def _parameter(self, name: str) -> Array:
        ending = {"w": ".weight", "b": ".bias"}.get(name[:1], "?")
        arrays = [array for key, array in self._network.parameters().items() if key.endswith(ending)]
        if not name[1:].isdecimal() or not 1 <= int(name[1:]) <= len(arrays):
            raise EditError(f"{name!r} cannot be edited; pixels, weights and biases can.")
        return arrays[int(name[1:]) - 1]

    def _remember(self, edit: Edit) -> Edit | None:
        if edit.after == edit.before:
            return None
        edit = dataclasses.replace(edit, at=time.monotonic())
        self._done = (*self._done, edit)
        return edit


def _check_cell(array: Array, name: str, index: tuple[int, ...]) -> None:
    fits = len(index) == array.ndim and all(0 <= place < side for place, side in zip(index, array.shape, strict=True))
    if not fits:
        raise EditError(f"{name} has shape {array.shape} and no cell {index}.")


def _check_value(value: float) -> None:
    if not math.isfinite(value) or abs(value) > LARGEST:
        raise EditError(
            f"{chosen_number(value)} cannot be computed with; "
            f"type {chosen_number(-LARGEST)} to {chosen_number(LARGEST)}."
        )
