"""npz files of images and labels: under the usual names in one file (Keras, MedMNIST), or a file each (Kuzushiji)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.counting import grouped
from playground.errors import DataError
from playground.own_data.file_names import family_of, holds_images, holds_labels, is_test_file, key_of
from playground.own_data.known_sets import class_names_of
from playground.own_data.npz import Member, npz_members, read_member
from playground.own_data.npz_values import channels_of, images_in, labels_in, valid_words
from playground.own_data.records import Records, RecordSource
from playground.own_data.source import MAX_IMAGES, Check, found_by_value, go_on, saying_what_failed

__all__ = ["is_npz_pair_folder", "open_npz"]

_IMAGE_WORDS = ("x", "images", "image", "imgs", "data", "features", "pixels")
_LABEL_WORDS = ("y", "labels", "label", "targets", "target", "classes")
_SPLIT_WORDS: Mapping[str, tuple[str, ...]] = {
    "train": ("train", "training"),
    "val": ("val", "valid", "validation"),
    "test": ("test", "testing"),
}
_CLASS_NAMES = ("class_names", "classes", "label_names", "names")
_EXPECTED = "x_train and y_train, train_images and train_labels, or images and labels"


@dataclass(frozen=True, eq=False)
class _Part:
    split: str
    images: Records
    labels: NDArray[Any]


def open_npz(path: Path, check: Check = go_on) -> RecordSource:
    """The data set in an npz file, or in those that lie beside it if each holds images or labels only, or in a folder
    of such.

    Raises DataError if there are no images with labels, or what cannot be used as such; Cancelled if `check` does.
    """
    if path.is_dir():
        families = sorted({family_of(file.name) for file in _lone_arrays(path)})
        if len(families) != 1:
            raise DataError(f"{path} holds {len(families)} data sets ({', '.join(families[:6])}); name a file of one.")
        return _open_files(path, families[0], check)
    members, skipped = npz_members(path)
    pairs = _pairs(members)
    if not pairs and len(members) == 1 and (holds_images(path.name) or holds_labels(path.name)):
        return _open_files(path.parent, family_of(path.name), check)
    if not pairs and not skipped:
        arrays = ", ".join(sorted(members)[:8])
        raise DataError(f"{path} has the arrays {arrays}; name them {_EXPECTED}.")
    return _source(path, path.stem, pairs, list(skipped), members=members, check=check)


def is_npz_pair_folder(path: Path) -> bool:
    """True if a folder holds images and labels in npz files of their own, as Kuzushiji-MNIST's."""
    names = [file.name for file in _lone_arrays(path)]
    return any(map(holds_images, names)) and any(map(holds_labels, names))


def _lone_arrays(folder: Path) -> list[Path]:
    """The npz files of a folder whose names say that they hold images or labels."""
    with saying_what_failed(folder):
        files = sorted(file for file in folder.iterdir() if file.suffix.lower() == ".npz" and file.is_file())
    return [file for file in files if holds_images(file.name) != holds_labels(file.name)]


def _open_files(folder: Path, family: str, check: Check) -> RecordSource:
    """The data set whose images and labels are files of their own, one array in each, paired by their names."""
    notes: list[str] = []
    arrays: dict[str, Member] = {}
    for file in _lone_arrays(folder):
        if family_of(file.name) == family:
            try:
                members, skipped = npz_members(file)
            except DataError as error:
                notes.append(str(error))
                continue
            notes += skipped
            if len(members) == 1:
                arrays[file.name] = next(iter(members.values()))
            else:
                notes.append(f"{file} holds {len(members)} arrays, so it is not clear which are meant.")
    pairs: list[tuple[str, Member, Member]] = []
    for name, images in arrays.items():
        if holds_images(name):
            labels = [array for other, array in arrays.items() if holds_labels(other) and key_of(other) == key_of(name)]
            if labels:
                pairs.append(("test" if is_test_file(name) else "train", images, labels[0]))
            else:
                notes.append(
                    f"{folder / name} has no labels: a file of that name with “labels” for “images” is missing."
                )
    if not pairs and not notes:
        raise DataError(f"{folder} has labels of {family} but no images; both files are needed.")
    # training images first
    pairs.sort(key=lambda pair: (pair[0] == "test", pair[1].path.name))
    return _source(folder, family or folder.name, pairs, notes, members={}, check=check)


def _source(
    path: Path,
    name: str,
    pairs: Sequence[tuple[str, Member, Member]],
    notes: list[str],
    *,
    members: Mapping[str, Member],
    check: Check,
) -> RecordSource:
    """What (split, images, labels) make together; `members` may tell the names of the classes."""
    parts: list[_Part] = []
    for split, images, labels in pairs:
        try:
            parts.append(_Part(split, images_in(images, check), labels_in(labels, images.shape[0])))
        except DataError as error:
            notes.append(str(error))
    if not parts:
        raise DataError(notes[0])
    splits = [part.split for part in parts]
    if "val" in splits:
        where = "with the training images" if "test" in splits else "as test images"
        notes.append(f"The validation images of {name} are used {where}.")
    if len({part.labels.dtype.kind in "biu" for part in parts}) > 1:
        raise DataError(f"{path} has numbers as labels of one part and words of another; use one of them.")
    values = np.concatenate([part.labels for part in parts])
    if len(values) > MAX_IMAGES:
        raise DataError(f"{path} holds {grouped(len(values))} images; at most {grouped(MAX_IMAGES)} can be read.")
    test = "test" if "test" in splits else "val"
    in_test = np.concatenate([np.full(part.images.count, part.split == test) for part in parts])
    found = found_by_value(
        name,
        "npz file" if path.is_file() else "npz files",
        values,
        in_test if in_test.any() and not in_test.all() else None,
        names=_names(path, name, members, values, notes),
        notes=notes,
        channels=3 if any(channels_of(part.images.shape) > 1 for part in parts) else 1,
    )
    return RecordSource(found, [part.images for part in parts])


def _pairs(members: Mapping[str, Member]) -> list[tuple[str, Member, Member]]:
    """(split, images, labels) of each split, or of the one pair that belongs to none ("train")."""
    pairs = []
    for split, words in _SPLIT_WORDS.items():
        images = _first(members, [name for w in words for x in _IMAGE_WORDS for name in (f"{x}_{w}", f"{w}_{x}")])
        labels = _first(members, [name for w in words for y in _LABEL_WORDS for name in (f"{y}_{w}", f"{w}_{y}")])
        if images is not None and labels is not None:
            pairs.append((split, images, labels))
    if not pairs:
        images, labels = _first(members, _IMAGE_WORDS), _first(members, _LABEL_WORDS)
        if images is not None and labels is not None:
            pairs.append(("train", images, labels))
    return pairs


def _first(members: Mapping[str, Member], names: Sequence[str]) -> Member | None:
    return next((members[name] for name in names if name in members), None)


def _names(
    path: Path, hint: str, members: Mapping[str, Member], labels: NDArray[Any], notes: list[str]
) -> Sequence[str] | None:
    """Those that the file gives its classes, or that are known of this data set; None if there are none."""
    if labels.dtype.kind not in "biu":
        return None
    for name in _CLASS_NAMES:
        member = members.get(name)
        if member is not None and member.dtype.kind == "U" and len(member.shape) == 1:
            try:
                words = [str(word) for word in valid_words(str(path), read_member(member))]
            except DataError:
                continue
            if not 0 <= labels.min() <= labels.max() < len(words):
                notes.append(
                    f"{path} names {len(words)} classes, but its labels go from {labels.min()} to {labels.max()}; so "
                    "the classes are called by their numbers."
                )
            return words
    return class_names_of(hint.lower(), np.unique(labels))
