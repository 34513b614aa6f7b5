"""The options that describe a run, made from the same table of ranges as the window's controls."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from playground.datasets import CLASS_NAMES, suggested_settings
from playground.errors import SettingsError
from playground.settings import CHOICES, RANGES, Range, Settings

__all__ = ["add_settings_options", "in_range", "settings_from"]

_DEFAULTS = Settings()


def in_range(name: str, allowed: Range) -> Callable[[str], int | float]:
    """A converter for argparse: a number of `allowed`, or an error that says what is."""

    def convert(text: str) -> int | float:
        try:
            number = int(text) if allowed.integer else float(text)
            allowed.check(name, number)
        except SettingsError as error:
            raise argparse.ArgumentTypeError(str(error)) from error
        except ValueError as error:
            raise argparse.ArgumentTypeError(f"{text!r} is not {_span(allowed)}") from error
        return number

    return convert


def _span(allowed: Range) -> str:
    kind = "a whole number" if allowed.integer else "a number"
    return f"{kind} from {allowed.minimum:g} to {allowed.maximum:.10g}"


def add_settings_options(parser: argparse.ArgumentParser) -> None:
    """Add one long option for each field of `Settings`; ranges and choices are in the help."""
    group = parser.add_argument_group("the run")
    group.add_argument(
        "--dataset", choices=CHOICES["dataset"], default=_DEFAULTS.dataset, help="built-in data (default: %(default)s)"
    )
    group.add_argument(
        "--classes",
        nargs="+",
        metavar="CLASS",
        help="two or more classes of the data set by name, the first is y = 0; two make the lecture's binary task "
        "(default for digits: 3 8)",
    )
    group.add_argument(
        "--filters",
        nargs="+",
        type=in_range("filters", RANGES["filters"]),
        metavar="N",
        help=f"filters of each conv block, {_span(RANGES['filters'])}; up to {RANGES['blocks'].maximum:g} blocks",
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


def _default(name: str) -> str:
    depends = len({suggested_settings(dataset).get(name) for dataset in CHOICES["dataset"]}) > 1
    return "fits the data set" if depends else f"{getattr(_DEFAULTS, name):g}"


def settings_from(options: argparse.Namespace) -> Settings:
    """The settings that the options describe, the data set's own suggestions for what is not given.

    Raises SettingsError if they do not fit each other.
    """
    values: dict[str, Any] = suggested_settings(options.dataset)
    for name in ("kernel_size", "batch_size", "learning_rate", "seed", "optimizer"):
        given = getattr(options, name)
        if given is not None:
            values[name] = given
    if options.filters is not None:
        values["filters"] = tuple(options.filters)
    if options.classes is not None:
        values["classes"] = tuple(_class_number(options.dataset, word) for word in options.classes)
    return Settings(**values)


def _class_number(dataset: str, word: str) -> int:
    names = CLASS_NAMES[dataset]
    if word not in names:
        raise SettingsError(f"{dataset} has no class {word!r}; its classes are {', '.join(names)}.")
    return names.index(word)
