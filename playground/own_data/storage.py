"""The user's own data sets between starts of the program: one file each, written complete or not at all.

A file is an npz file that `opening.open_source` takes too: images, labels, in_test, excluded, class_names, and `about`
(JSON: everything else). What was removed is not in it: undo does not reach beyond a start.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from playground.atomic_file import put_aside, replacing
from playground.errors import DataError, SettingsError, reason_of
from playground.own_data.changes import ClassLabel
from playground.own_data.collection import Collection
from playground.own_data.description import IMAGE_SIZES, MAX_CLASSES, PREPARATIONS
from playground.own_data.image_set import MAX_BYTES, ImageSet, clean_names
from playground.own_data.npz import Member, npz_members, open_archive, read_member
from playground.own_data.source import MAX_IMAGES, Progress
from playground.paths import is_file

__all__ = ["KeptSummary", "kept_summary", "read_collection", "write_collection"]

_FORMAT_VERSION = 1
_MAX_ABOUT_BYTES = 256 * 2**10
_TYPES: Mapping[str, str] = {"images": "|u1", "labels": "<i8", "in_test": "|b1", "excluded": "|b1", "about": "|u1"}


@dataclass(frozen=True)
class KeptSummary:
    """What a file tells without its images being read."""

    name: str
    images: int
    classes: int
    image_size: int


def write_collection(path: Path, images: ImageSet) -> None:
    """Write what is there of a data set, or leave what was there untouched. Raises DataError if that fails."""
    images = images.compact()
    about = {
        "format_version": _FORMAT_VERSION,
        "name": images.name,
        "classes": [[known.name, known.color] for known in images.classes],
        "preparation": images.preparation,
        "inverted": images.inverted,
    }
    arrays: dict[str, NDArray[Any]] = {
        "images": images.images,
        "labels": images.labels.astype("<i8"),
        "in_test": images.in_test,
        "excluded": images.excluded,
        "class_names": np.array(images.class_names, "U"),
        "about": np.frombuffer(json.dumps(about).encode(), np.uint8),
    }
    try:
        with replacing(path) as file:
            np.savez_compressed(file, **arrays)  # type: ignore[arg-type]
    except (OSError, ValueError) as error:
        raise DataError(f"{images.name} could not be kept in {path} ({reason_of(error)}).") from error


def read_collection(path: Path, progress: Progress | None = None) -> Collection:
    """The collection in a file. Raises DataError if it is missing, Cancelled if `progress` does.

    A damaged file is put aside under another name, which the DataError tells, so that nothing writes over it.
    """
    try:
        return _read(path, progress)
    except DataError as error:
        if not is_file(path):
            raise
        aside = put_aside(path)
        kept = f"; it is kept as {aside.name}" if aside else ""
        raise DataError(f"A data set of yours cannot be read{kept}. {error}") from error


def kept_summary(path: Path) -> KeptSummary:
    """What a file holds, without its images. Raises DataError if the file is missing or damaged."""
    with open_archive(path) as archive:
        members, _ = npz_members(path, archive)
        about = _about(path, _array(path, members, "about", _TYPES["about"]))
    name, classes = about.get("name"), about.get("classes")
    shape = members["images"].shape if "images" in members else ()
    if not isinstance(name, str) or not name or not isinstance(classes, list) or len(shape) != 4:
        raise DataError(f"{path} is damaged: what it says about itself is not complete.")
    return KeptSummary(clean_names([name])[0], shape[0], len(classes), shape[2])


def _read(path: Path, progress: Progress | None) -> Collection:
    with open_archive(path) as archive:
        members, _ = npz_members(path, archive)
        arrays = {
            name: _array(path, members, name, descr, progress if name == "images" else None)
            for name, descr in _TYPES.items()
        }
    about = _about(path, arrays["about"])
    try:
        classes = tuple(ClassLabel(name, color) for name, color in about["classes"])
        names = tuple(known.name for known in classes)
        if clean_names(names) != names or not isinstance(about["name"], str):
            raise ValueError("names")
        if about["preparation"] not in PREPARATIONS or not isinstance(about["inverted"], bool):
            raise ValueError("preparation")
        if len(classes) > MAX_CLASSES or arrays["images"].ndim != 4:
            raise ValueError("classes")
        IMAGE_SIZES.check("image size", arrays["images"].shape[2])
        if arrays["images"].shape[2] != arrays["images"].shape[3]:
            raise ValueError("image shape")
        images = ImageSet(
            clean_names([about["name"]])[0],
            names,
            cast("NDArray[np.uint8]", arrays["images"]),
            arrays["labels"].astype(np.int64),
            arrays["in_test"].astype(bool),
            arrays["excluded"].astype(bool),
            about["preparation"],
            about["inverted"],
            tuple(known.color for known in classes),
        )
    except (KeyError, ValueError, TypeError, AttributeError, SettingsError) as error:
        raise DataError(f"{path} is damaged: {reason_of(error)} cannot be.") from error
    return Collection.of(images)


def _array(
    path: Path, members: Mapping[str, Member], name: str, descr: str, progress: Progress | None = None
) -> NDArray[Any]:
    member = members.get(name)
    if member is None or member.dtype != np.dtype(descr):
        raise DataError(f"{path} has no {name} as this program writes them.")
    is_small = name == "about"
    if len(member.shape) < 1 or (member.shape[0] > MAX_IMAGES and not is_small):
        raise DataError(f"{path} has {name} of shape {member.shape}.")
    return read_member(member, _MAX_ABOUT_BYTES if is_small else MAX_BYTES, progress)


def _about(path: Path, content: NDArray[Any]) -> Mapping[str, Any]:
    try:
        about = json.loads(content.tobytes())
    except (ValueError, RecursionError) as error:
        raise DataError(f"{path} is damaged: what it says about itself cannot be read.") from error
    if not isinstance(about, dict) or about.get("format_version") != _FORMAT_VERSION:
        raise DataError(f"{path} was written by another version of this program, which must read it.")
    return about
