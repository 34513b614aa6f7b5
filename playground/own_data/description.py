"""What a run, and a model file, know of a data set of the user's own without its images."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from playground.errors import SettingsError
from playground.ranges import Range

__all__ = ["IMAGE_SIZES", "MAX_CLASSES", "MAX_NAME", "PREPARATIONS", "OwnData"]

IMAGE_SIZES = Range(8, 64)
"""Allowed sides of the images in pixels."""

MAX_CLASSES = 100
MAX_NAME = 64
"""The longest name of a class or a data set."""

PREPARATIONS = ("picture", "ink", "centred")


@dataclass(frozen=True)
class OwnData:
    """A data set of the user's own, described. Raises SettingsError if the description cannot be.

    class_names: of all its classes; `Settings.classes` are positions in them. image_size: side of the square images;
    channels: 1 (grey) or 3 (RGB). preparation: how any other picture becomes one of these: "picture" (fitted whole, as
    it is), "ink" (what is drawn, bright on black) or "centred" (so, and fitted and centred as MNIST's digits were).
    inverted: "picture" takes the negative too.
    """

    name: str
    class_names: tuple[str, ...]
    image_size: int
    channels: int = 1
    preparation: str = "picture"
    inverted: bool = False

    def __post_init__(self) -> None:
        IMAGE_SIZES.check("image size", self.image_size)
        if self.channels not in (1, 3) or isinstance(self.channels, bool):
            raise SettingsError(f"channels is {self.channels!r}; choose 1 (grey) or 3 (RGB).")
        if self.preparation not in PREPARATIONS:
            raise SettingsError(f"preparation is {self.preparation!r}; choose one of {', '.join(PREPARATIONS)}.")
        if not isinstance(self.inverted, bool):
            raise SettingsError(f"inverted is {self.inverted!r}; it must be true or false.")
        if not isinstance(self.class_names, tuple) or not 2 <= len(self.class_names) <= MAX_CLASSES:
            raise SettingsError(f"A data set needs 2 to {MAX_CLASSES} classes.")
        for name in (self.name, *self.class_names):
            if not isinstance(name, str) or not 0 < len(name) <= MAX_NAME:
                raise SettingsError(f"A data set and its classes need names of 1 to {MAX_NAME} letters.")
        if len(set(self.class_names)) < len(self.class_names):
            raise SettingsError("Two classes of a data set have the same name; give each its own.")

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a file; `from_dict` reads them back."""
        return {**asdict(self), "class_names": list(self.class_names)}

    @classmethod
    def from_dict(cls, values: object) -> OwnData:
        """A description from plain values; raises SettingsError naming what is unknown, missing or invalid."""
        known = {field.name for field in fields(cls)}
        if (
            not isinstance(values, Mapping)
            or not set(values) <= known
            or not {"name", "class_names", "image_size"} <= set(values)
        ):
            raise SettingsError(f"own data is described by {', '.join(sorted(known))}.")
        names = values["class_names"]
        return cls(**{**values, "class_names": tuple(names) if isinstance(names, list) else names})
