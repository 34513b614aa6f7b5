"""The options that say how a data set of the user's own is read, and the reading itself, with a progress bar."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from tqdm import tqdm

from playground.errors import SettingsError
from playground.notation.numbers import chosen_number
from playground.own_data.description import IMAGE_SIZES
from playground.own_data.image_set import ImageSet
from playground.own_data.importing import TEST_SHARES, ImportOptions, load, suggested_options
from playground.own_data.opening import open_source
from playground.own_data.source import ReadPicture, Source

__all__ = ["add_own_options", "given_own_options", "load_with_progress", "read_own_data"]

_CHANNELS = {"grey": 1, "rgb": 3}


def add_own_options(parser: argparse.ArgumentParser) -> None:
    """Add the options for data that is read from a path; what is not given suits the data."""
    group = parser.add_argument_group("your own data (--dataset PATH)")
    group.add_argument(
        "--image-size",
        type=int,
        metavar="N",
        help=f"side of the square images, {chosen_number(IMAGE_SIZES.minimum)} to {chosen_number(IMAGE_SIZES.maximum)} "
        "(default: as they are, else 28, or 32 in colour)",
    )
    group.add_argument("--color", choices=_CHANNELS, help="(default: as the pictures are)")
    group.add_argument(
        "--invert",
        action=argparse.BooleanOptionalAction,
        help="take the negative (default: for grey pictures on light paper)",
    )
    group.add_argument(
        "--test-share",
        type=float,
        metavar="X",
        help=f"part of each class that tests, {TEST_SHARES.minimum} to {TEST_SHARES.maximum}, drawn by --seed "
        "(default: the split that comes with the data, else 0.2)",
    )


def given_own_options(options: argparse.Namespace) -> dict[str, Any]:
    """The options for own data that were given, as fields of `ImportOptions`."""
    given = {"image_size": options.image_size, "invert": options.invert, "test_share": options.test_share}
    given["channels"] = None if options.color is None else _CHANNELS[options.color]
    if options.test_share is not None:
        given["use_given_split"] = False
    return {name: value for name, value in given.items() if value is not None}


def read_own_data(path: Path, options: argparse.Namespace, read_picture: ReadPicture) -> ImageSet:
    """The data set at a path; what was left out of it is said on stderr. Raises DataError or SettingsError."""
    source = open_source(path, read_picture)
    chosen = suggested_options(source)
    changes = given_own_options(options)
    if options.classes is not None:
        changes["classes"] = tuple(_class_number(source, word) for word in options.classes)
        changes["class_names"] = tuple(options.classes)
    if options.seed is not None:
        changes["seed"] = options.seed
    return load_with_progress(source, chosen.changed(**changes), quiet=getattr(options, "quiet", True))


def load_with_progress(source: Source, options: ImportOptions, *, quiet: bool) -> ImageSet:
    """`importing.load` with a progress bar on stderr unless `quiet`; notes go there too."""
    with tqdm(total=None, unit="image", file=sys.stderr, disable=quiet, dynamic_ncols=True, leave=False) as bar:

        def show(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        loaded = load(source, options, show)
    for note in loaded.notes:
        sys.stderr.write(f"note: {note}\n")
    return loaded.image_set


def _class_number(source: Source, word: str) -> int:
    names = source.found.class_names
    if word not in names:
        raise SettingsError(f"{source.found.name} has no class {word!r}; its classes are {', '.join(names)}.")
    return names.index(word)
