"""One training run: data, network, optimiser, order of the samples and history. Single-threaded; the worker owns it."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.arrays import Array, ShapeError
from core.network import Network
from core.optimizers import SGD, Adam, Optimizer
from core.trace import Trace, trace
from core.training import train_step
from playground.blackboard import WORKED_EXAMPLES
from playground.datasets import Dataset, load_dataset
from playground.edits import Edits
from playground.errors import DivergedError, PlaygroundError
from playground.evaluation import EvaluationPlan, RunningEvaluation
from playground.history import EVALUATION_SERIES, Event, History
from playground.prediction import class_probabilities, make_loss, make_network
from playground.run_images import RunImages
from playground.settings import Settings
from playground.snapshot import Edit, Evaluation, SampleRef

__all__ = ["Checkpoint", "Session", "make_optimizer"]

_EVALUATED_SHARE = 0.3
"""Images evaluated for each image trained on: with the shipped data about one evaluation an epoch, at some 10 % of the
time, since a forward pass is about a third of a step."""
_EVALUATION_SLICE = 64


@dataclass(frozen=True)
class Checkpoint:
    """Weights and optimiser state after `step`: enough to go on from there."""

    step: int
    weights: Mapping[str, Array]
    optimizer_state: Mapping[str, Any]


def make_optimizer(settings: Settings) -> Optimizer:
    """The optimiser that the settings name, with PyTorch's defaults; "momentum" is SGD with momentum 0.9."""
    if settings.optimizer == "adam":
        return Adam(settings.learning_rate)
    return SGD(settings.learning_rate, momentum=0.9 if settings.optimizer == "momentum" else 0.0)


class Session:
    """A run from its first weights on. The same settings give the same bits, step after step.

    Raises PlaygroundError from the constructor if the data cannot be loaded. `weights` (a state dict) replaces the
    seeded start, as for a model from a file whose training stood at `step`.
    """

    def __init__(self, settings: Settings, *, weights: Mapping[str, Array] | None = None, step: int = 0) -> None:
        self.settings = settings
        self.dataset: Dataset = load_dataset(settings)
        self.images = RunImages(self.dataset)
        self.network: Network = make_network(settings)
        self.edits = Edits(self.images, self.network)
        self._load_first_weights(weights)
        self.loss = make_loss(settings)
        self.optimizer = make_optimizer(settings)
        self.history = History(gradient_names=tuple(f"dw{layer}" for layer in range(1, settings.blocks + 2)))
        self.step_count = step
        self.epoch = 0
        self.evaluation: Evaluation | None = None
        self.batch_loss: float | None = None
        self.batch_gradients: Mapping[str, Array] = {}
        self._order_generator = np.random.default_rng([settings.seed, 1])
        self._order: NDArray[np.intp] = self._order_generator.permutation(len(self.dataset.x_train))
        self._position = 0
        # weights before the step that is running, so that a step that goes wrong can be looked into and undone
        self._before = self.network.state_dict()
        self._evaluation_credit = 0.0
        self._evaluation_network = make_network(settings)
        self._plan = EvaluationPlan.for_images(self.images, settings.seed)
        self._edited_since_evaluation = False
        self._running: RunningEvaluation | None = None
        self._running_checkpoint: Checkpoint | None = None
        self.last_good = self.checkpoint()
        self._first_loss = math.inf
        self._first_loss = self.evaluate().train_loss

    def _load_first_weights(self, weights: Mapping[str, Array] | None) -> None:
        fixed = weights if weights is not None else self.dataset.initial_state
        if fixed is None:
            return
        own = self.network.state_dict()
        fits = own.keys() == fixed.keys() and all(own[name].shape == fixed[name].shape for name in own)
        if fits:
            self.network.load_state_dict(fixed)
        elif weights is not None:
            raise PlaygroundError(
                "These weights belong to a network of another shape; open them with its own settings."
            )

    @property
    def first_sample(self) -> SampleRef:
        """The image to look at first: the worked example of a blackboard, else the first test image."""
        return SampleRef("train", 0) if self.dataset.name in WORKED_EXAMPLES else SampleRef()

    @property
    def steps_per_epoch(self) -> int:
        """Steps that visit every training image once with the present batch size; the last batch may be smaller."""
        return math.ceil(len(self.dataset.x_train) / self.settings.batch_size)

    def step(self) -> float:
        """Train on the next batch and return its mean loss (before the update).

        Raises DivergedError when the loss or a gradient is no longer finite; the weights stay those before the step.
        """
        batch = self._next_batch()
        x, y = self.images.rows("train", batch)
        for name, parameter in self.network.parameters().items():
            np.copyto(self._before[name], parameter)
        # an overflow is reported as DivergedError, with the array where it began, not as a warning on stderr
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            loss = train_step(self.network, self.loss, self.optimizer, x, y)
            norms = self._gradient_norms()
        if not (math.isfinite(loss) and all(math.isfinite(norm) for norm in norms.values())):
            self._raise_diverged(x, y)
        self.step_count += 1
        self.batch_loss = loss
        self.history.series["batch_loss"].append(self.step_count, loss)
        for name, norm in norms.items():
            self.history.series[name].append(self.step_count, norm)
        self._evaluation_credit += _EVALUATED_SHARE * len(batch)
        if self._evaluation_credit >= _EVALUATION_SLICE:
            self._evaluation_credit -= _EVALUATION_SLICE
            self.evaluate_slice()
        return loss

    def _next_batch(self) -> NDArray[np.intp]:
        if self._position >= len(self._order):
            self.epoch += 1
            self._order = self._order_generator.permutation(len(self._order))
            self._position = 0
        batch = self._order[self._position : self._position + self.settings.batch_size]
        self._position += len(batch)
        return batch

    def _gradient_norms(self) -> dict[str, float]:
        norms = {}
        layer = 0
        for name, gradient in self.network.gradients().items():
            if name.endswith(".weight"):
                layer += 1
                flat = gradient.ravel()
                norms[f"|dw{layer}|"] = math.sqrt(float(flat @ flat))
        return norms

    def _raise_diverged(self, x: Array, y: NDArray[np.int64]) -> None:
        self.network.load_state_dict(self._before)
        with np.errstate(all="ignore"):
            found = trace(self.network, self.loss, x, y)
        order = (*found.forward_names, *found.backward_names)
        first = next((name for name in order if not np.isfinite(found.arrays[name]).all()), "the update of the weights")
        self.history.mark(Event(self.step_count + 1, "diverged", f"diverged: {first} is no longer finite"))
        raise DivergedError(
            f"Training diverged at step {self.step_count + 1}: {first} is no longer finite. "
            f"The learning rate {self.settings.learning_rate:g} is too large for these weights; try a tenth of it."
        )

    # --- evaluation ---------------------------------------------------------------------------------------------

    @property
    def evaluation_is_current(self) -> bool:
        """True if the newest evaluation belongs to the present weights."""
        evaluation = self.evaluation
        return evaluation is not None and evaluation.step == self.step_count and not self._edited_since_evaluation

    def evaluate_slice(self) -> bool:
        """Evaluate a few more images with the weights at which this evaluation began; True when it is complete.

        A new evaluation begins with the present weights when the last one is done, so that training is never held up
        and every figure still belongs to one step.
        """
        if self._running is None:
            self._running_checkpoint = self.checkpoint()
            self._edited_since_evaluation = False
            self._evaluation_network.load_state_dict(self._running_checkpoint.weights)
            self._running = RunningEvaluation(self._plan, self._evaluation_network, make_loss(self.settings))
        with np.errstate(over="ignore", invalid="ignore"):
            complete = self._running.advance(_EVALUATION_SLICE)
        if complete:
            self._finish_evaluation()
        return complete

    def begin_evaluation(self) -> None:
        """Drop an unfinished evaluation of older weights; the next slice begins with the present ones."""
        if self._running_checkpoint is not None and self._running_checkpoint.step != self.step_count:
            self._running = self._running_checkpoint = None

    def evaluate(self) -> Evaluation:
        """Evaluate the present weights completely and return the figures."""
        if self.evaluation is not None and self.evaluation_is_current:
            return self.evaluation
        self.begin_evaluation()
        while not self.evaluate_slice():
            pass
        assert self.evaluation is not None
        return self.evaluation

    def _finish_evaluation(self) -> None:
        assert self._running is not None
        assert self._running_checkpoint is not None
        checkpoint, self._running_checkpoint = self._running_checkpoint, None
        self.evaluation = self._running.result(checkpoint.step)
        self._running = None
        for name in EVALUATION_SERIES:
            self.history.series[name].append(checkpoint.step, getattr(self.evaluation, name))
        if self.evaluation.train_loss <= self._first_loss:
            self.last_good = checkpoint

    # --- changes while running ----------------------------------------------------------------------------------

    def change(self, settings: Settings) -> None:
        """Take new values that keep the weights (learning rate, batch size, optimiser) from the next step on.

        Raises ValueError if the architecture differs. A new optimiser starts with fresh averages.
        """
        if not settings.same_architecture(self.settings):
            raise ValueError("a session keeps its architecture; start a new one")
        old = self.settings
        self.settings = settings
        if settings.optimizer != old.optimizer:
            self.optimizer = make_optimizer(settings)
            self._mark("optimizer", f"optimiser {old.optimizer} → {settings.optimizer}")
        if settings.learning_rate != old.learning_rate:
            self.optimizer.learning_rate = settings.learning_rate
            self._mark("learning_rate", f"η {old.learning_rate:g} → {settings.learning_rate:g}")
        if settings.batch_size != old.batch_size:
            self._mark("batch_size", f"m {old.batch_size} → {settings.batch_size}")

    def _mark(self, kind: str, text: str) -> None:
        self.history.mark(Event(self.step_count, kind, text))

    def checkpoint(self) -> Checkpoint:
        """Copies of the present weights and of the optimiser's state."""
        return Checkpoint(self.step_count, self.network.state_dict(), self.optimizer.state_dict())

    def restore_last_good(self, learning_rate: float) -> None:
        """Put back the newest weights whose evaluated loss was no worse than at the start, with a new learning rate.

        The count of steps goes on, so that the curves keep what happened.
        """
        good = self.last_good
        self.network.load_state_dict(good.weights)
        self.settings = self.settings.changed(learning_rate=learning_rate)
        self.optimizer = make_optimizer(self.settings)
        self.edits.forget_parameters()
        self._running = self._running_checkpoint = None
        self.evaluation = None
        self._mark("restored", f"weights of step {good.step}, η {learning_rate:g}")

    # --- changes by hand ----------------------------------------------------------------------------------------

    def edit_parameter(self, name: str, index: tuple[int, ...], value: float) -> None:
        """Give one weight or bias ("w1", "b2" …) a value; the optimiser goes on with its averages. Raises EditError."""
        self._edited(self.edits.set_parameter(name, index, value, self.step_count))

    def edit_pixel(self, sample: SampleRef, index: tuple[int, ...], value: float) -> None:
        """Give the pixel at `index` (c, row, col) of an image a value, for this run. Raises EditError.

        A training image is trained on as edited; a new run begins with the original.
        """
        self._edited(self.edits.set_pixel(sample, index, value, self.step_count))

    def edit_label(self, sample: SampleRef, label: int) -> None:
        """Give an image another class, for this run; as `edit_pixel`. Raises EditError."""
        self._edited(self.edits.set_label(sample, label, self.step_count))

    def undo_edit(self) -> Edit:
        """Put back the number that the newest change by hand replaced and return that change. Raises EditError."""
        edit = self.edits.undo()
        self._edited(dataclasses.replace(edit, before=edit.after, after=edit.before))
        return edit

    def _edited(self, edit: Edit | None) -> None:
        if edit is None:
            return
        place = f"[{', '.join(map(str, edit.index))}]" if edit.index else ""
        self._mark("edited", f"{edit.name}{place} {edit.before:g} → {edit.after:g}")
        if edit.sample is not None:
            self._plan = EvaluationPlan.for_images(self.images, self.settings.seed)
        self._running = self._running_checkpoint = None
        self._edited_since_evaluation = True

    # --- looking in ---------------------------------------------------------------------------------------------

    def sample(self, ref: SampleRef) -> tuple[Array, NDArray[np.int64]]:
        """One image (1, c, h, w) and its label (1,), as edited; an index beyond the end gives the last image."""
        image, label = self.images.one(ref)
        return image[np.newaxis], np.array([label])

    def trace_sample(self, ref: SampleRef) -> Trace:
        """Every value and derivative of one image alone (m = 1) under the present weights."""
        x, y = self.sample(ref)
        with np.errstate(all="ignore"):
            return trace(self.network, self.loss, x, y)

    def predict(self, x: Array) -> Array:
        """Class probabilities (m, classes) of images (m, c, h, w). Raises ShapeError if they do not fit the network."""
        if x.shape[1:] != self.dataset.x_train.shape[1:]:
            raise ShapeError(f"images of shape {x.shape[1:]} do not fit a network for {self.dataset.x_train.shape[1:]}")
        with np.errstate(over="ignore", invalid="ignore"):
            return class_probabilities(self.network, self.loss, x)

    def state_dict(self) -> dict[str, Array]:
        """Copies of the present weights in PyTorch's names."""
        return self.network.state_dict()
