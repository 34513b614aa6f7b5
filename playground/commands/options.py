"""The options that describe a run, made from the same table of ranges as the window's controls."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playground.augmentation import SUGGESTED_AUGMENTATION
from playground.commands.own_options import add_own_options, given_own_options, read_own_data
from playground.datasets import CLASS_NAMES, suggested_settings
from playground.errors import SettingsError
from playground.notation.numbers import MINUS, chosen_number
from playground.own_data.image_set import ImageSet
from playground.own_data.opening import KINDS
from playground.own_data.run_settings import settings_for
from playground.own_data.source import ReadPicture
from playground.ranges import Range
from playground.settings import CHOICES, RANGES, Settings

__all__ = ["add_settings_options", "in_range", "run_from"]

_DEFAULTS = Settings()


def in_range(name: str, allowed: Range) -> Callable[[str], int | float]:
    """A converter for argparse: a number of `allowed`, or an error that says what is."""

    def convert(text: str) -> int | float:
        try:
            number = int(text) if allowed.integer else float(text.replace(MINUS, "-"))
            allowed.check(name, number)
        except SettingsError as error:
            raise argparse.ArgumentTypeError(str(error)) from error
        except ValueError as error:
            raise argparse.ArgumentTypeError(f"{text!r} is not {_span(allowed)}") from error
        return number

    return convert


def _span(allowed: Range) -> str:
    kind = "a whole number" if allowed.integer else "a number"
    return f"{kind} from {chosen_number(allowed.minimum)} to {chosen_number(allowed.maximum)}"


def add_settings_options(parser: argparse.ArgumentParser) -> None:
    """Add one long option for each field of `Settings`; ranges and choices are in the help."""
    group = parser.add_argument_group("the run")
    group.add_argument(
        "--dataset",
        default=_DEFAULTS.dataset,
        metavar="NAME|PATH",
        help=f"built-in data ({', '.join(CHOICES['dataset'])}; default: %(default)s), or your own: {KINDS}",
    )
    group.add_argument(
        "--classes",
        nargs="+",
        metavar="CLASS",
        help="two or more classes of the data set by name, the first is y = 0; two make the lecture's binary task "
        "(default for digits: 3 8, for your own all)",
    )
    group.add_argument(
        "--filters",
        nargs="+",
        type=in_range("filters", RANGES["filters"]),
        metavar="N",
        help=f"filters of each conv block, {_span(RANGES['filters'])}; up to {RANGES['blocks'].maximum} blocks",
    )
    for name, meaning in (
        ("kernel_size", "side of the square kernels"),
        ("batch_size", "samples of a step, m"),
        ("learning_rate", "size of a step, η"),
        ("seed", "start of everything random: the same seed gives the same run"),
    ):
        group.add_argument(
            f"--{name.replace('_', '-')}",
            type=in_range(name, RANGES[name]),
            metavar="N" if RANGES[name].integer else "X",
            help=f"{meaning}, {_span(RANGES[name])} (default: {_default(name)})",
        )
    group.add_argument(
        "--optimizer", choices=CHOICES["optimizer"], default=_DEFAULTS.optimizer, help="(default: %(default)s)"
    )
    group.add_argument(
        "--initialization",
        choices=CHOICES["initialization"],
        default=_DEFAULTS.initialization,
        help="how the first weights are drawn (default: %(default)s)",
    )
    group.add_argument(
        "--augment",
        action="store_true",
        help="shift, turn and scale each training image a little, each time in another way",
    )
    add_own_options(parser)


def _default(name: str) -> str:
    depends = len({suggested_settings(dataset).get(name) for dataset in CHOICES["dataset"]}) > 1
    return "fits the data set" if depends else chosen_number(getattr(_DEFAULTS, name))


def run_from(options: argparse.Namespace, read_picture: ReadPicture) -> tuple[Settings, ImageSet | None]:
    """The settings that the options describe, what is not given as it suits the data, and the images of own data.

    Raises SettingsError if they do not fit each other, and DataError if the data cannot be used.
    """
    given: dict[str, Any] = {
        name: getattr(options, name)
        for name in ("kernel_size", "batch_size", "learning_rate", "seed", "optimizer", "initialization")
        if getattr(options, name) is not None
    }
    if options.augment:
        given["augmentation"] = SUGGESTED_AUGMENTATION
    if options.filters is not None:
        given["filters"] = tuple(options.filters)
    if options.dataset in CHOICES["dataset"]:
        if unused := sorted(given_own_options(options)):
            raise SettingsError(f"{unused[0].replace('_', ' ')} is for your own data; {options.dataset} is built in.")
        if options.classes is not None:
            given["classes"] = tuple(_class_number(options.dataset, word) for word in options.classes)
        return Settings(**{**suggested_settings(options.dataset), **given}), None
    path = Path(options.dataset)
    if not os.path.lexists(path):
        raise SettingsError(
            f"there is no data set {options.dataset!r}; choose one of {', '.join(CHOICES['dataset'])}, or name a path."
        )
    own = read_own_data(path, options, read_picture)
    return settings_for(own.description, **given), own


def _class_number(dataset: str, word: str) -> int:
    names = CLASS_NAMES[dataset]
    if word not in names:
        raise SettingsError(f"{dataset} has no class {word!r}; its classes are {', '.join(names)}.")
    return names.index(word)
