"""What the user chose of a data set that was found, before it is accepted."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from playground.own_data.image_set import clean_names
from playground.own_data.importing import ImportOptions

__all__ = ["Choice"]


@dataclass(frozen=True)
class Choice:
    """All classes that were found, by their names and whether they are used, and the other options.

    `suggested` is what suited the source; `preparation` follows it, unless the pictures are turned into negatives.
    """

    names: tuple[str, ...]
    used: tuple[bool, ...]
    suggested: ImportOptions
    image_size: int
    channels: int
    invert: bool
    use_given_split: bool
    test_share: float
    seed: int

    @classmethod
    def of(cls, options: ImportOptions) -> Choice:
        """The choice that suits a source: all classes."""
        names = options.class_names
        same = ("image_size", "channels", "invert", "use_given_split", "test_share", "seed")
        return cls(names, (True,) * len(names), options, **{name: getattr(options, name) for name in same})

    def changed(self, **changes: object) -> Choice:
        """The same choice with some of it replaced."""
        return dataclasses.replace(self, **changes)  # type: ignore[arg-type]

    def with_used(self, label: int, used: bool) -> Choice:
        """With one class used or left out."""
        return self.changed(used=(*self.used[:label], used, *self.used[label + 1 :]))

    def with_name(self, label: int, name: str) -> Choice:
        """With one class called otherwise; a name that another has gets a number, an empty one changes nothing."""
        if not name.strip():
            return self
        others = [other for place, other in enumerate(self.names) if place != label]
        cleaned = clean_names([*others, name])[-1]
        return self.changed(names=(*self.names[:label], cleaned, *self.names[label + 1 :]))

    @property
    def labels(self) -> tuple[int, ...]:
        """The classes that are used, by their place among those found; the first becomes y = 0."""
        return tuple(label for label, used in enumerate(self.used) if used)

    @property
    def options(self) -> ImportOptions:
        """As options of the import. Raises DataError in a sentence if fewer than two classes are used."""
        is_as_suggested = self.invert == self.suggested.invert
        return ImportOptions(
            classes=self.labels,
            class_names=tuple(self.names[label] for label in self.labels),
            image_size=self.image_size,
            channels=self.channels,
            invert=self.invert,
            use_given_split=self.use_given_split,
            test_share=self.test_share,
            seed=self.seed,
            # how a drawing is made like MNIST's digits is not known of their negatives
            preparation=self.suggested.preparation if is_as_suggested else "picture",
        )
