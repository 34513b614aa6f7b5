"""Loss and accuracy on train and test images, computed in slices so that training never waits for them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from core.arrays import Array
from core.losses import Loss
from core.network import Network
from core.training import logits_of
from playground.datasets import Dataset
from playground.prediction import judged
from playground.run_images import RunImages

__all__ = ["Evaluation", "EvaluationPlan", "ImageResults", "RunningEvaluation", "Tally"]


@dataclass(frozen=True, eq=False)
class ImageResults:
    """What the network makes of each evaluated image of a split, all with the same weights. Arrays are read-only.

    rows: (k,) places in the split, ascending, as in `SampleRef.index`; labels: (k,) the true classes; predicted: (k,);
    confidence: (k,) probability of the predicted class; losses: (k,) each image's own loss.
    """

    rows: NDArray[np.intp]
    labels: NDArray[np.int64]
    predicted: NDArray[np.int64]
    confidence: Array
    losses: Array

    def confusion(self, classes: int) -> NDArray[np.int64]:
        """(classes, classes) how many images of each true class (row) were taken for each class (column)."""
        pairs = np.bincount(self.labels * classes + self.predicted, minlength=classes * classes)
        return pairs.reshape(classes, classes).astype(np.int64)


@dataclass(frozen=True)
class Evaluation:
    """Mean loss and accuracy (0 to 1) on train and test images with the weights of `step`.

    `train_images` of `train_total` images give the train figures (of a large set a fixed part, drawn by the seed).
    `train` and `test` tell of every image that the figures are made of, by its place in `dataset`.
    """

    step: int
    train_loss: float
    train_accuracy: float
    test_loss: float
    test_accuracy: float
    train_images: int
    train_total: int
    test_images: int
    train: ImageResults | None = field(default=None, compare=False, repr=False)
    test: ImageResults | None = field(default=None, compare=False, repr=False)
    dataset: Dataset | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True)
class EvaluationPlan:
    """Which images are evaluated: all test images, and as many training images, a fixed part drawn by the seed."""

    images: RunImages
    train: NDArray[np.intp]
    test: NDArray[np.intp]
    train_total: int

    @classmethod
    def for_images(cls, images: RunImages, seed: int) -> EvaluationPlan:
        """The plan for the images of a run; the part of the training images is the same for the same seed."""
        total, count = len(images.dataset.x_train), len(images.dataset.x_test)
        train = np.arange(total)
        if total > count:
            train = np.sort(np.random.default_rng([seed, 2]).choice(total, count, replace=False))
        return cls(images, train, np.arange(count), total)


@dataclass(frozen=True, eq=False)
class Tally:
    """Sums over the images of one split that are evaluated so far, the first `done` of the plan's; immutable.

    parts: for each slice labels, predicted classes, confidences and losses of its images, as in `ImageResults`.
    """

    done: int = 0
    loss_sum: float = 0.0
    hits: int = 0
    parts: tuple[tuple[NDArray[np.int64], NDArray[np.int64], Array, Array], ...] = ()

    def plus(self, network: Network, loss: Loss, x: Array, y: NDArray[np.int64]) -> Tally:
        """With the next images (m, c, h, w) and their labels (m,)."""
        logits = logits_of(network, x)
        loss_sum = self.loss_sum + loss.forward(logits, y) * len(x)
        predicted, confidence, losses = judged(logits, y)
        hits = self.hits + int((predicted == y).sum())
        part = (y, predicted, np.asarray(confidence, np.float32), np.asarray(losses, np.float32))
        return Tally(self.done + len(x), loss_sum, hits, (*self.parts, part))

    def results(self, rows: NDArray[np.intp]) -> ImageResults:
        """What was found of each image; rows: (done,) their places in the split."""
        labels, predicted, confidence, losses = map(np.concatenate, zip(*self.parts, strict=True))
        found = ImageResults(rows, labels, predicted, confidence, losses)
        for column in (found.rows, found.labels, found.predicted, found.confidence, found.losses):
            column.flags.writeable = False
        return found


class RunningEvaluation:
    """An evaluation in progress with a network whose weights stay as they are until it is complete.

    train, test: how far it has come.
    """

    def __init__(
        self, plan: EvaluationPlan, network: Network, loss: Loss, train: Tally | None = None, test: Tally | None = None
    ) -> None:
        self._plan = plan
        self._network = network
        self._loss = loss
        self.train = train if train is not None else Tally()
        self.test = test if test is not None else Tally()

    def advance(self, images: int) -> bool:
        """Evaluate up to `images` more; True when all are done."""
        plan = self._plan
        if self.train.done < len(plan.train):
            self.train = self._plus(self.train, "train", plan.train, images)
        else:
            self.test = self._plus(self.test, "test", plan.test, images)
        return self.train.done == len(plan.train) and self.test.done == len(plan.test)

    def _plus(self, tally: Tally, split: str, rows: NDArray[np.intp], count: int) -> Tally:
        # images are converted a slice at a time: a large set is never there as floats
        x, y = self._plan.images.rows(split, rows[tally.done : tally.done + count])
        return tally.plus(self._network, self._loss, x, y)

    def result(self, step: int) -> Evaluation:
        """The figures of the finished evaluation, for the weights of `step`."""
        train, test = self.train, self.test
        return Evaluation(
            step=step,
            train_loss=train.loss_sum / train.done,
            train_accuracy=train.hits / train.done,
            test_loss=test.loss_sum / test.done,
            test_accuracy=test.hits / test.done,
            train_images=train.done,
            train_total=self._plan.train_total,
            test_images=test.done,
            train=train.results(self._plan.train),
            test=test.results(self._plan.test),
            dataset=self._plan.images.dataset,
        )
