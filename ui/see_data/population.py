"""All images of a run as numbers: what they are, what the network makes of them, and which of them are asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from playground.datasets import Dataset
from playground.evaluation import Evaluation
from playground.sample_ref import DrawnSample, SampleRef
from ui.number_format import grouped, percent, significant_number

__all__ = ["ORDERS", "SPLITS", "Choice", "Population", "evaluated_sentence"]

SPLITS = ("test", "train", "all")
ORDERS = ("set", "highest loss", "lowest loss", "least sure", "surest")


@dataclass(frozen=True)
class Choice:
    """Which images, and in which order.

    split: one of SPLITS; true: the class they are of, None for every class; answer: what the network says, a class or
    "right" or "wrong", "any" for all images, evaluated or not; order: one of ORDERS.
    """

    split: str = "test"
    true: int | None = None
    answer: int | Literal["any", "right", "wrong"] = "any"
    order: str = "set"


class Population:
    """The images of a data set, the training images first: a *place* counts on from those to the test images.

    labels (n,); predicted (n,), -1 where an image is not evaluated; confidence and losses (n,), NaN there. `step` is
    that of the weights, None as long as nothing is evaluated.
    """

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset
        self.names = dataset.class_names
        self._train = len(dataset.x_train)
        self.take(None)

    def __len__(self) -> int:
        return len(self.labels)

    def take(self, evaluation: Evaluation | None) -> None:
        """What the network makes of the evaluated images; of an edited one also the label it has now."""
        data = self.dataset
        self.labels = np.concatenate([data.y_train, data.y_test])
        self.predicted: NDArray[np.int64] = np.full(len(self.labels), -1)
        self.confidence, self.losses = np.full((2, len(self.labels)), np.nan, np.float32)
        self.step = None if evaluation is None else evaluation.step
        if evaluation is None:
            return
        for results, first in ((evaluation.train, 0), (evaluation.test, self._train)):
            if results is not None:
                places = results.rows + first
                self.labels[places] = results.labels
                self.predicted[places] = results.predicted
                self.confidence[places] = results.confidence
                self.losses[places] = results.losses

    def sample_at(self, place: int) -> SampleRef:
        """The image at a place as the rest of the program calls it."""
        return SampleRef("train", place) if place < self._train else SampleRef("test", place - self._train)

    def place_of(self, sample: SampleRef) -> int | None:
        """The place of an image; a drawing has none."""
        if isinstance(sample, DrawnSample):
            return None
        return sample.index + (0 if sample.split == "train" else self._train)

    def part(self, split: str) -> slice:
        """The places of a split."""
        return {"train": slice(0, self._train), "test": slice(self._train, None), "all": slice(0, None)}[split]

    def counts(self, split: str) -> tuple[int, int]:
        """How many images a split has, and how many of them are evaluated."""
        predicted = self.predicted[self.part(split)]
        return len(predicted), int((predicted >= 0).sum())

    def places(self, choice: Choice) -> NDArray[np.intp]:
        """The places of the images asked for, in order; those without a loss are last when sorted by it."""
        wanted = np.zeros(len(self), bool)
        wanted[self.part(choice.split)] = True
        if choice.true is not None:
            wanted &= self.labels == choice.true
        if choice.answer == "right":
            wanted &= self.predicted == self.labels
        elif choice.answer == "wrong":
            wanted &= (self.predicted != self.labels) & (self.predicted >= 0)
        elif choice.answer != "any":
            wanted &= self.predicted == choice.answer
        found = np.flatnonzero(wanted)
        if choice.order == "set":
            return found
        keys = self.losses if choice.order.endswith("loss") else self.confidence
        sign = -1 if choice.order in ("highest loss", "surest") else 1
        # NaN sorts last, whatever the sign
        return found[np.argsort(sign * keys[found], kind="stable")]

    def confusion(self, split: str) -> NDArray[np.int64]:
        """(classes, classes) how many evaluated images of each class (row) were taken for each class (column)."""
        classes = len(self.names)
        labels, predicted = self.labels[self.part(split)], self.predicted[self.part(split)]
        evaluated = predicted >= 0
        pairs = labels[evaluated] * classes + predicted[evaluated]
        return np.bincount(pairs, minlength=classes * classes).reshape(classes, classes)

    def class_counts(self, split: str) -> NDArray[np.int64]:
        """(classes,) how many images of each class a split has."""
        return np.bincount(self.labels[self.part(split)], minlength=len(self.names))

    def pixels(self, places: NDArray[np.intp]) -> NDArray[np.uint8]:
        """(m, c, h, w) the images at some places, 0 to 255."""
        data = self.dataset
        found = np.empty((len(places), *data.x_train.shape[1:]), np.uint8)
        train = places < self._train
        found[train] = data.x_train.as_bytes(places[train])
        found[~train] = data.x_test.as_bytes(places[~train] - self._train)
        return found

    def mistakes(self, places: NDArray[np.intp]) -> NDArray[np.bool_]:
        """(m,) which of some images the network takes for another class."""
        evaluated: NDArray[np.bool_] = self.predicted[places] >= 0
        wrong: NDArray[np.bool_] = self.predicted[places] != self.labels[places]
        return evaluated & wrong

    def describe(self, place: int) -> str:
        """One image in words: "test 12: 3, taken for 8 with 71.2 %, loss 1.24"."""
        sample = self.sample_at(place)
        name = self.names[self.labels[place]]
        words = f"{sample.words}: {name}"
        if self.predicted[place] < 0:
            return f"{words}, not evaluated"
        taken = self.names[self.predicted[place]]
        share, loss = float(self.confidence[place]), float(self.losses[place])
        return f"{words}, taken for {taken} with {percent(share)}, loss {significant_number(loss, 3)}"


def evaluated_sentence(population: Population, split: str) -> str:
    """Which images the answers are of, and of which step: nothing is sampled in silence."""
    if population.step is None:
        return "Not evaluated yet."
    parts = []
    for name in ("train", "test") if split == "all" else (split,):
        total, evaluated = population.counts(name)
        share = f"All {grouped(total)}" if evaluated == total else f"{grouped(evaluated)} of {grouped(total)}"
        parts.append(f"{share} {name}")
    return f"{' and '.join(parts).replace('and All', 'and all')} images, evaluated at step {grouped(population.step)}"
