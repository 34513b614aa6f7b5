"""What a run is made of, as one validated, immutable value, and the one table of allowed ranges."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from core.initialization import INITIALIZATIONS
from playground.augmentation import NO_AUGMENTATION, Augmentation
from playground.errors import SettingsError
from playground.own_data.description import OwnData
from playground.ranges import Range

__all__ = [
    "ARCHITECTURE_FIELDS",
    "CHOICES",
    "CHOICE_NAMES",
    "OWN",
    "RANGES",
    "Settings",
    "feature_map_sizes",
    "largest_kernel",
    "most_blocks",
    "parameter_counts",
]


RANGES: Mapping[str, Range] = {
    "learning_rate": Range(1e-5, 10.0, integer=False, log=True),
    "batch_size": Range(1, 512, log=True),
    "kernel_size": Range(1, 11),
    "filters": Range(1, 32),  # of one block
    "blocks": Range(1, 3),
    "seed": Range(0, 2**31 - 1),
}
"""Allowed values of every number. Controls, terminal options and model files all read this table."""

CHOICES: Mapping[str, tuple[str, ...]] = {
    "dataset": ("digits", "shapes", "blackboard-3x3", "blackboard-5x5"),
    "optimizer": ("sgd", "momentum", "adam"),
    "initialization": INITIALIZATIONS,
}
"""Allowed words of every choice; of the data sets those that come with the program."""

CHOICE_NAMES: Mapping[str, Mapping[str, str]] = {
    "optimizer": {"sgd": "SGD", "momentum": "SGD + momentum 0.9", "adam": "Adam"},
    "initialization": {"he": "He start", "glorot": "Glorot", "normal": "0.01", "zeros": "zeros"},
}
"""What people call the words of a choice."""

OWN = "own"
"""The word for a data set of the user's own, which `Settings.own` describes."""

_CLASS_COUNTS: Mapping[str, int] = {"digits": 10, "shapes": 4, "blackboard-3x3": 2, "blackboard-5x5": 2}
_IMAGE_SIZES: Mapping[str, int] = {"digits": 28, "shapes": 28, "blackboard-3x3": 3, "blackboard-5x5": 5}

ARCHITECTURE_FIELDS = frozenset({"dataset", "classes", "kernel_size", "filters", "seed", "initialization"})
"""Changing one of these starts a new network; the others take effect on the next step and keep the weights."""


def feature_map_sizes(image_size: int, kernel_size: int, blocks: int) -> list[tuple[int, int]]:
    """Sides of z and P after each block, [(z, P), …], for a square image; ends early where a block does not fit."""
    sizes = []
    side = image_size
    for _ in range(blocks):
        convolved = side - kernel_size + 1
        if convolved < 2:
            break
        side = convolved // 2
        sizes.append((convolved, side))
    return sizes


def largest_kernel(image_size: int, blocks: int) -> int:
    """The largest kernel size with which so many blocks fit a square image."""
    allowed = RANGES["kernel_size"]
    sizes = range(int(allowed.minimum), int(allowed.maximum) + 1)
    return max(size for size in sizes if len(feature_map_sizes(image_size, size, blocks)) == blocks)


def most_blocks(image_size: int) -> int:
    """How many blocks fit a square image with the smallest kernel."""
    return len(feature_map_sizes(image_size, int(RANGES["kernel_size"].minimum), int(RANGES["blocks"].maximum)))


@dataclass(frozen=True)
class Settings:
    """One run, complete and valid. Raises SettingsError on construction if any part is out of range or does not fit.

    dataset: a word of CHOICES; classes: which of its classes, the first is y = 0; two classes are the lecture's binary
    task (one sigmoid output), more use softmax. filters: one number a conv block. own: the description of the user's
    own data if `dataset` is OWN, else None. augmentation: what is changed in each training image before a step.
    initialization: how the first weights are drawn. frozen: so many conv blocks, from the first on, get no update.
    """

    dataset: str = "digits"
    classes: tuple[int, ...] = (3, 8)
    kernel_size: int = 5
    filters: tuple[int, ...] = (8,)
    batch_size: int = 16
    learning_rate: float = 0.1
    optimizer: str = "sgd"
    seed: int = 3
    own: OwnData | None = None
    augmentation: Augmentation = NO_AUGMENTATION
    initialization: str = "he"
    frozen: int = 0

    def __post_init__(self) -> None:
        for name, words in CHOICES.items():
            value = getattr(self, name)
            if value not in words and not (name == "dataset" and value == OWN):
                raise SettingsError(f"{name} is {value!r}; choose one of {', '.join(words)}.")
        if (self.dataset == OWN) != isinstance(self.own, OwnData):
            raise SettingsError(f"dataset is {self.dataset!r}; your own data is {OWN!r}, and only that is described.")
        if not isinstance(self.augmentation, Augmentation):
            raise SettingsError(f"augmentation is {self.augmentation!r}; it must be an Augmentation.")
        for name in ("learning_rate", "batch_size", "kernel_size", "seed"):
            RANGES[name].check(name, getattr(self, name))
        object.__setattr__(self, "learning_rate", float(self.learning_rate))
        self._check_tuple("filters", self.filters)
        RANGES["blocks"].check("the number of conv blocks", len(self.filters))
        for count in self.filters:
            RANGES["filters"].check("filters", count)
        Range(0, self.blocks).check("the number of frozen conv blocks", self.frozen)
        if self.frozen and self.dataset.startswith("blackboard"):
            raise SettingsError("A blackboard example updates all its weights; freeze no conv block there.")
        self._check_tuple("classes", self.classes)
        self._check_classes()
        if len(feature_map_sizes(self.image_size, self.kernel_size, self.blocks)) < self.blocks:
            plural = self.blocks > 1
            blocks, fit = f"{self.blocks} conv block{'s' * plural}", "do not fit" if plural else "does not fit"
            raise SettingsError(
                f"{blocks} with kernel size {self.kernel_size} {fit} images of "
                f"{self.image_size}×{self.image_size}; choose a smaller kernel or fewer blocks."
            )

    @staticmethod
    def _check_tuple(name: str, value: object) -> None:
        if not isinstance(value, tuple):
            raise SettingsError(f"{name} is {value!r}; it must be a tuple of whole numbers.")

    def _check_classes(self) -> None:
        count = len(self.own.class_names) if self.own is not None else _CLASS_COUNTS[self.dataset]
        classes = Range(0, count - 1)
        for label in self.classes:
            classes.check(f"class of {self.dataset}", label)
        if len(self.classes) < 2 or len(set(self.classes)) < len(self.classes):
            named = " ".join(map(str, self.classes)) or "none"
            raise SettingsError(f"classes {named}; name at least two different ones of 0 to {count - 1}.")

    @property
    def blocks(self) -> int:
        """How many conv blocks the network has."""
        return len(self.filters)

    @property
    def frozen_layers(self) -> tuple[str, ...]:
        """The layers that get no update, by their names in the network."""
        return tuple(f"conv{block}" for block in range(1, self.frozen + 1))

    @property
    def outputs(self) -> int:
        """Logits of the network: 1 (sigmoid) for two classes, else one a class (softmax)."""
        return 1 if len(self.classes) == 2 else len(self.classes)

    @property
    def image_size(self) -> int:
        """Side of the square images of the data set, in pixels."""
        return self.own.image_size if self.own is not None else _IMAGE_SIZES[self.dataset]

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """(c, h, w) of one image: c is 1 for grey and 3 for RGB."""
        return self.own.channels if self.own is not None else 1, self.image_size, self.image_size

    def changed(self, **changes: Any) -> Settings:
        """The same settings with some fields replaced; validated again. No more blocks stay frozen than there are."""
        if "filters" in changes:
            changes.setdefault("frozen", min(self.frozen, len(changes["filters"])))
        return dataclasses.replace(self, **changes)

    def same_architecture(self, other: Settings) -> bool:
        """True if a run with `other` can go on with this run's weights."""
        same_data = self.image_shape == other.image_shape and _name_of(self.own) == _name_of(other.own)
        return same_data and all(getattr(self, name) == getattr(other, name) for name in ARCHITECTURE_FIELDS)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a file; `from_dict` reads them back."""
        values = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        plain = {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}
        # a file of a run without these is as it always was
        del plain["own"], plain["augmentation"]
        if self.own is not None:
            plain["own"] = self.own.to_dict()
        if self.initialization == "he":
            del plain["initialization"]
        if not self.frozen:
            del plain["frozen"]
        if self.augmentation.is_on:
            plain["augmentation"] = self.augmentation.to_dict()
        return plain

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Settings:
        """Settings from plain values, defaults if missing; raises SettingsError naming what is unknown or invalid."""
        known = {field.name for field in dataclasses.fields(cls)}
        unknown = sorted(set(values) - known)
        if unknown:
            raise SettingsError(f"unknown setting {unknown[0]!r}; known are {', '.join(sorted(known))}.")
        plain: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in values.items()}
        if "own" in plain:
            plain["own"] = OwnData.from_dict(plain["own"])
        if "augmentation" in plain:
            plain["augmentation"] = Augmentation.from_dict(plain["augmentation"])
        return cls(**plain)


def _name_of(own: OwnData | None) -> str | None:
    return None if own is None else own.name


def parameter_counts(settings: Settings) -> tuple[int, int]:
    """How many numbers the network of these settings learns: (all conv blocks, the dense layer), biases included."""
    sizes = feature_map_sizes(settings.image_size, settings.kernel_size, settings.blocks)
    channels = (settings.image_shape[0], *settings.filters)
    taps = settings.kernel_size**2
    conv = sum(out * (into * taps + 1) for into, out in pairwise(channels))
    features = settings.filters[-1] * sizes[-1][1] ** 2
    return conv, settings.outputs * (features + 1)
