"""One training run: network, optimiser, the images of each step, curves and evaluations. Single-threaded."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from core.arrays import Array, ShapeError
from core.network import Network
from core.trace import Trace
from playground.augmentation import augment
from playground.batch_step import BatchOfImages, BatchStep
from playground.blackboard import WORKED_EXAMPLES
from playground.counting import grouped
from playground.data_order import order_of_run
from playground.datasets import Dataset
from playground.edits import Edits
from playground.errors import DivergedError, PlaygroundError
from playground.evaluation import Evaluation
from playground.evaluation_schedule import EvaluationSchedule
from playground.flaw import Substitute
from playground.history import Event, History
from playground.learner import Learner
from playground.loss_change import MEASURED_SERIES
from playground.notation.names import display_name
from playground.notation.numbers import chosen_number
from playground.run_images import RunImages
from playground.sample_ref import SampleRef
from playground.settings import Settings
from playground.steps_ahead import StepsAhead

__all__ = ["Run"]


class Run:
    """A run from its first weights on. The same settings give the same bits, step after step.

    history: the curves that it goes on with; None for new ones.
    """

    def __init__(self, settings: Settings, dataset: Dataset, history: History | None = None) -> None:
        self.settings = settings
        self.dataset = dataset
        self.images = RunImages(dataset)
        self.learner = Learner(settings)
        self.edits = Edits(self.images, self.network)
        names = tuple(f"dw{layer}" for layer in range(1, settings.blocks + 2))
        self.history = history if history is not None else History(gradient_names=names)
        self.step_count = 0
        self.batch_loss: float | None = None
        self._order = order_of_run(settings, len(dataset.x_train))
        self._measures_change = False
        self.evaluations = EvaluationSchedule(self.network, self.images, settings, self.history)

    @property
    def network(self) -> Network:
        """What computes: the engine's network, or on the same parameters one with a bug on purpose."""
        return self.learner.network

    @property
    def substitute(self) -> Substitute | None:
        """What computes in the engine's place, if anything does."""
        return self.learner.substitute

    @property
    def first_sample(self) -> SampleRef:
        """The image to look at first: the worked example of a blackboard, else the first test image."""
        return SampleRef("train", 0) if self.settings.dataset in WORKED_EXAMPLES else SampleRef()

    @property
    def epoch(self) -> int:
        """How many times every training image has been seen."""
        return self._order.finished

    @property
    def steps_per_epoch(self) -> int:
        """Steps that visit every training image once with the present batch size; the last batch may be smaller."""
        return math.ceil(len(self.dataset.x_train) / self.settings.batch_size)

    def step(self) -> float:
        """Train on the next batch and return its mean loss (before the update).

        Raises DivergedError when the loss or a gradient is no longer finite; the weights stay those before the step.
        """
        return self._train_on(*self._batch(self._order.take(self.settings.batch_size)))

    def _batch(self, rows: NDArray[np.intp]) -> tuple[Array, NDArray[np.int64]]:
        """Training images as the next step has them: the same for the same step, whether it is taken or looked at."""
        x, y = self.images.rows("train", rows)
        return self._augmented(x, self.step_count), y

    def _augmented(self, x: Array, step: int) -> Array:
        """Images as they are trained on after so many steps."""
        if not self.settings.augmentation.is_on:
            return x
        return augment(x, self.settings.augmentation, np.random.default_rng([self.settings.seed, 5, step]))

    def steps_ahead(self, most: int) -> StepsAhead | None:
        """The next steps, at most so many, to be worked out in one call; None where they go one by one."""
        m = self.settings.batch_size
        if self._measures_change or not self.learner.works_ahead((m, *self.dataset.x_train.shape[1:])):
            return None
        steps = min(most, self._order.whole_batches(m))
        if steps < 1:
            return None
        x, y = self.images.rows("train", self._order.peek(steps * m))
        x = x.reshape(steps, m, *x.shape[1:])
        if self.settings.augmentation.is_on:
            x = np.stack([self._augmented(batch, self.step_count + later) for later, batch in enumerate(x)])
        return StepsAhead(self.learner, x, y.reshape(steps, m), self.settings.frozen_layers)

    def take_steps(self, ahead: StepsAhead) -> Iterator[float]:
        """Take the steps that were worked out, as `step` would, one with each turn; their losses."""
        for loss, norms in ahead:
            self._count_step(loss, norms, len(self._order.take(self.settings.batch_size)))
            yield loss

    def _train_on(self, x: Array, y: NDArray[np.int64]) -> float:
        loss, norms = self.learner.train(x, y, self.settings.frozen_layers)
        if not (math.isfinite(loss) and all(math.isfinite(norm) for norm in norms.values())):
            self._raise_diverged(x, y)
        if self._measures_change:
            for name, value in zip(MEASURED_SERIES, self.learner.change_of_loss(loss, x, y), strict=True):
                self.history.series[name].append(self.step_count + 1, value)
        self._count_step(loss, norms, len(x))
        return loss

    def _count_step(self, loss: float, norms: Mapping[str, float], images: int) -> None:
        """Note what a step on so many images found, and evaluate what it is worth."""
        self.step_count += 1
        self.batch_loss = loss
        self.history.series["batch_loss"].append(self.step_count, loss)
        for name, norm in norms.items():
            self.history.series[name].append(self.step_count, norm)
        self.evaluations.trained_on(images, step=self.step_count, epoch=self._order.epoch)

    def measure_change(self, on: bool) -> None:
        """Compare, from the next step on, the predicted change of each batch's loss with the real one, or no longer.

        It costs a second forward pass of the batch. Curves with a gap of steps that were not measured begin anew.
        """
        last = self.history.series["loss_change"].last
        if on and not self._measures_change and last is not None and last[0] != self.step_count:
            for name in MEASURED_SERIES:
                self.history.series[name].truncate(-1)
        self._measures_change = on

    def _raise_diverged(self, x: Array, y: NDArray[np.int64]) -> None:
        self.learner.undo()
        first = self.learner.first_not_finite(x, y)
        what = display_name(first) if first is not None else "the update of the weights"
        self.history.mark(Event(self.step_count + 1, "diverged", f"diverged: {what} is no longer finite"))
        raise DivergedError(
            f"Training diverged at step {grouped(self.step_count + 1)}: {what} is no longer finite. "
            f"The learning rate {chosen_number(self.settings.learning_rate)} is too large for these weights; "
            "try a tenth of it."
        )

    def _mark(self, kind: str, text: str) -> None:
        self.history.mark(Event(self.step_count, kind, text))

    # --- one step taken apart ------------------------------------------------------------------------------------

    def prepare_batch_step(self, source: SampleRef | None = None) -> BatchStep:
        """Work out the next step without taking it: on the next batch, or on one image alone. Nothing changes."""
        return self.learner.take_apart(self.images_of(source), self.settings, self.step_count + 1)

    def images_of(self, source: SampleRef | None) -> BatchOfImages:
        """The images of the next step, or (a source) one image alone."""
        if source is None:
            rows = self._order.peek(self.settings.batch_size)
            return BatchOfImages(None, "train", rows, *self._batch(rows))
        x, y = self.sample(source)
        return BatchOfImages(source, source.split, np.array([source.index]), x, y)

    def is_next(self, prepared: BatchStep) -> bool:
        """True if the step that was worked out is still the one that would be taken."""
        images = self.images_of(prepared.images.source)
        return (
            prepared.step == self.step_count + 1
            and prepared.optimizer == self.settings.optimizer
            and prepared.frozen == self.settings.frozen_layers
            and np.array_equal(prepared.images.rows, images.rows)
            and np.array_equal(prepared.images.x, images.x)
            and np.array_equal(prepared.images.y, images.y)
            and self.learner.is_before(prepared)
        )

    def apply_batch_step(self, prepared: BatchStep) -> float:
        """Take the step that was worked out; on the next batch it is `step()`, bit for bit. Returns its loss.

        A step on one image leaves the order of the batches as it is. Raises PlaygroundError, changing nothing, if the
        weights, the settings or the images are no longer those of `prepared`, and DivergedError as `step` does.
        """
        if not self.is_next(prepared):
            raise PlaygroundError(
                f"Step {grouped(prepared.step)} was worked out for other weights, settings or images; "
                "look at the step anew."
            )
        source = prepared.images.source
        if source is None:
            return self.step()
        loss = self._train_on(*self.sample(source))
        self._mark("sample_step", f"a step on {source.words} alone")
        return loss

    # --- evaluation ---------------------------------------------------------------------------------------------

    @property
    def evaluation(self) -> Evaluation | None:
        """The newest figures; None if there are none of this run's weights."""
        return self.evaluations.newest

    @property
    def evaluation_is_current(self) -> bool:
        """True if the newest evaluation belongs to the present weights."""
        return self.evaluations.is_current(self.step_count)

    def evaluate_slice(self) -> bool:
        """Evaluate a few more images with the weights at which this evaluation began; True when it is complete."""
        return self.evaluations.advance(self.step_count)

    def evaluate(self) -> Evaluation:
        """Evaluate the present weights completely and return the figures."""
        return self.evaluations.complete(self.step_count)

    def begin_evaluation(self) -> None:
        """Let the next slice belong to the present weights, unless it does already."""
        self.evaluations.drop_older(self.step_count)

    # --- looking in ---------------------------------------------------------------------------------------------

    def sample(self, ref: SampleRef) -> tuple[Array, NDArray[np.int64]]:
        """One image (1, c, h, w) and its label (1,), as edited or drawn; beyond the end the last image."""
        image, label = self.images.one(ref)
        return image[np.newaxis], np.array([label])

    def trace_sample(self, ref: SampleRef) -> Trace:
        """Every value and derivative of one image alone (m = 1) under the present weights."""
        return self.learner.trace(*self.sample(ref))

    def predict(self, x: Array) -> Array:
        """Class probabilities (m, classes) of images (m, c, h, w). Raises ShapeError if they do not fit the network."""
        if x.shape[1:] != self.dataset.x_train.shape[1:]:
            raise ShapeError(f"images of shape {x.shape[1:]} do not fit a network for {self.dataset.x_train.shape[1:]}")
        return self.learner.predict(x)

    def state_dict(self) -> dict[str, Array]:
        """Copies of the present weights in PyTorch's names."""
        return self.network.state_dict()
