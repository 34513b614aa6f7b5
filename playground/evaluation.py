"""Loss and accuracy on train and test images, computed in slices so that training never waits for them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.losses import Loss
from core.network import Network
from core.training import logits_of
from playground.prediction import judged
from playground.run_images import RunImages
from playground.snapshot import Evaluation, ImageResults

__all__ = ["EvaluationPlan", "RunningEvaluation"]


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


class _Tally:
    """Sums over the images of one split."""

    def __init__(self, images: RunImages, split: str, rows: NDArray[np.intp]) -> None:
        self._images = images
        self._split = split
        self._rows = rows
        self.done = 0
        self.loss_sum = 0.0
        self.hits = 0
        self._labels, self._predicted = np.zeros((2, len(rows)), np.int64)
        self._confidence, self._losses = np.zeros((2, len(rows)), np.float32)

    @property
    def complete(self) -> bool:
        return self.done == len(self._rows)

    def add(self, network: Network, loss: Loss, count: int) -> None:
        # images are converted a slice at a time: a large set is never there as floats
        x, y = self._images.rows(self._split, self._rows[self.done : self.done + count])
        logits = logits_of(network, x)
        self.loss_sum += loss.forward(logits, y) * len(x)
        predicted, confidence, losses = judged(logits, y)
        self.hits += int((predicted == y).sum())
        here = slice(self.done, self.done + len(x))
        self._labels[here], self._predicted[here] = y, predicted
        self._confidence[here], self._losses[here] = confidence, losses
        self.done += len(x)

    def results(self) -> ImageResults:
        found = ImageResults(self._rows, self._labels, self._predicted, self._confidence, self._losses)
        for column in (found.rows, found.labels, found.predicted, found.confidence, found.losses):
            column.flags.writeable = False
        return found


class RunningEvaluation:
    """An evaluation in progress with a network whose weights stay as they are until it is complete."""

    def __init__(self, plan: EvaluationPlan, network: Network, loss: Loss) -> None:
        self._network = network
        self._loss = loss
        self._train = _Tally(plan.images, "train", plan.train)
        self._test = _Tally(plan.images, "test", plan.test)
        self._train_total = plan.train_total
        self._dataset = plan.images.dataset

    def advance(self, images: int) -> bool:
        """Evaluate up to `images` more; True when all are done."""
        tally = self._train if not self._train.complete else self._test
        tally.add(self._network, self._loss, images)
        return self._train.complete and self._test.complete

    def result(self, step: int) -> Evaluation:
        """The figures of the finished evaluation, for the weights of `step`."""
        train, test = self._train, self._test
        return Evaluation(
            step=step,
            train_loss=train.loss_sum / train.done,
            train_accuracy=train.hits / train.done,
            test_loss=test.loss_sum / test.done,
            test_accuracy=test.hits / test.done,
            train_images=train.done,
            train_total=self._train_total,
            test_images=test.done,
            train=train.results(),
            test=test.results(),
            dataset=self._dataset,
        )
