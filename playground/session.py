"""One training run: data, network, optimiser, order of the samples and history. Single-threaded; the worker owns it."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from typing import Self

import numpy as np
from numpy.typing import NDArray

from core.arrays import Array, ShapeError
from core.network import Network
from core.trace import Trace
from playground.augmentation import augment
from playground.batch_step import BatchOfImages, BatchStep
from playground.blackboard import WORKED_EXAMPLES
from playground.clean_point import CleanPoint
from playground.counting import grouped
from playground.data_order import order_of_run
from playground.datasets import Dataset, load_dataset
from playground.edits import Edit, Edits
from playground.errors import DivergedError, PlaygroundError
from playground.evaluation import Evaluation
from playground.evaluation_schedule import EvaluationSchedule
from playground.flaw import Flaw, Substitute
from playground.history import Event, History
from playground.learner import Learner
from playground.loss_change import MEASURED_SERIES
from playground.notation.names import display_index, display_name
from playground.notation.numbers import chosen_number
from playground.own_data.image_set import ImageSet
from playground.run_images import RunImages
from playground.sample_ref import SampleRef
from playground.session_state import SessionState, frozen, frozen_copies
from playground.setting_changes import setting_changes
from playground.settings import Settings
from playground.undo import UndoStack

__all__ = ["Session", "back_in_words", "smaller_rate"]

_SMALLEST_RESTORED_RATE = 1e-5
_RATE_EVENTS = frozenset({"learning_rate", "restored"})


def smaller_rate(learning_rate: float) -> float:
    """The η to try after one that was too large."""
    return max(learning_rate / 10, _SMALLEST_RESTORED_RATE)


def back_in_words(step: int, learning_rate: float) -> str:
    """What a button says that goes back to a step and on with another η."""
    return f"Back to step {grouped(step)} with η {learning_rate:g}"


class Session:
    """A run from its first weights on. The same settings give the same bits, step after step.

    Raises PlaygroundError from the constructor if the data cannot be loaded. `weights` (a state dict) replaces the
    seeded start, as for a model from a file whose training stood at `step`. own: the images that settings for the
    user's own data describe.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        weights: Mapping[str, Array] | None = None,
        step: int = 0,
        own: ImageSet | None = None,
    ) -> None:
        self._assemble(settings, load_dataset(settings, own), None)
        self._load_first_weights(weights)
        self.step_count = step
        self._order.epoch = step // self.steps_per_epoch
        self.evaluations.begin(step)

    @classmethod
    def from_state(cls, state: SessionState, history: History | None = None) -> Self:
        """A session that goes on from `state` bit for bit; it may come from another session or from a file.

        history: the curves that it goes on with, cut off after the state's step; None for new ones.
        """
        session = cls.__new__(cls)
        session._assemble(state.settings, state.dataset, history)
        session.go_to(state)
        return session

    def _assemble(self, settings: Settings, dataset: Dataset, history: History | None) -> None:
        self.settings = settings
        self.dataset = dataset
        self.images = RunImages(dataset)
        self.learner = Learner(settings)
        self.edits = Edits(self.images, self.network)
        self._clean = CleanPoint()
        names = tuple(f"dw{layer}" for layer in range(1, settings.blocks + 2))
        self.history = history if history is not None else History(gradient_names=names)
        self.step_count = 0
        self.batch_loss: float | None = None
        self._order = order_of_run(settings, len(dataset.x_train))
        self._undo = UndoStack()
        self._measures_change = False
        self.evaluations = EvaluationSchedule(self.network, self.images, settings, self.history)

    def _load_first_weights(self, weights: Mapping[str, Array] | None) -> None:
        first = weights if weights is not None else self.dataset.initial_state
        if first is None:
            return
        try:
            self.network.load_state_dict(first)
        except ShapeError as error:
            # the worked example of a blackboard has weights for its own network alone
            if weights is not None:
                raise PlaygroundError(
                    "These weights belong to a network of another shape; open them with its own settings."
                ) from error

    @property
    def network(self) -> Network:
        """What computes: the engine's network, or on the same parameters one with a bug on purpose."""
        return self.learner.network

    @property
    def substitute(self) -> Substitute | None:
        """What computes in the engine's place, if anything does."""
        return self.learner.substitute

    @property
    def flaw(self) -> Flaw | None:
        """The bug on purpose that the run was or is trained with."""
        return self._clean.flaw

    @property
    def first_sample(self) -> SampleRef:
        """The image to look at first: the worked example of a blackboard, else the first test image."""
        return SampleRef("train", 0) if self.settings.dataset in WORKED_EXAMPLES else SampleRef()

    @property
    def epoch(self) -> int:
        """How many times every training image has been seen."""
        return self._order.epoch

    @property
    def is_rate_untried(self) -> bool:
        """True if η was changed after the last step, so that none has been taken with it."""
        events = self.history.events
        return any(event.step == self.step_count and event.kind in _RATE_EVENTS for event in events)

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
        if not self.settings.augmentation.is_on:
            return x, y
        generator = np.random.default_rng([self.settings.seed, 5, self.step_count])
        return augment(x, self.settings.augmentation, generator), y

    def _train_on(self, x: Array, y: NDArray[np.int64]) -> float:
        loss, norms = self.learner.train(x, y, self.settings.frozen_layers)
        if not (math.isfinite(loss) and all(math.isfinite(norm) for norm in norms.values())):
            self._raise_diverged(x, y)
        self.step_count += 1
        self.batch_loss = loss
        self.history.series["batch_loss"].append(self.step_count, loss)
        for name, norm in norms.items():
            self.history.series[name].append(self.step_count, norm)
        if self._measures_change:
            for name, value in zip(MEASURED_SERIES, self.learner.change_of_loss(loss, x, y), strict=True):
                self.history.series[name].append(self.step_count, value)
        self.evaluations.trained_on(len(x), step=self.step_count, epoch=self.epoch)
        return loss

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

    # --- one step taken apart, and back -------------------------------------------------------------------------

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

    # --- the whole of it, as a value ----------------------------------------------------------------------------

    def state(self, *, with_gradients: bool = True) -> SessionState:
        """Everything from which this run would go on, as it is now; taking it costs copies of the weights.

        The gradients of the last step are only looked at: the next step does not need them.
        """
        flaw, clean = self._clean.at(self.step_count)
        return SessionState(
            settings=self.settings,
            dataset=self.dataset,
            step=self.step_count,
            weights=frozen_copies(self.network.parameters()),
            gradients=frozen_copies(self.network.gradients()) if with_gradients else {},
            optimizer_state=frozen(self.learner.optimizer.state_dict()),
            order=self._order.state(),
            batch_loss=self.batch_loss,
            edits=self.edits.state(),
            evaluations=self.evaluations.state(),
            substitute=self.substitute,
            flaw=flaw,
            clean=clean,
        )

    def go_to(self, state: SessionState) -> None:
        """Be what `state` tells, in everything: from there the steps give the same bits. The curves end there.

        Raises ValueError, changing nothing, if the state is of another architecture.
        """
        if not state.settings.same_architecture(self.settings):
            raise ValueError("a session keeps its architecture; make another one with Session.from_state")
        self.learner.go_to(state)
        self.settings = state.settings
        self.step_count, self.batch_loss = state.step, state.batch_loss
        if state.dataset is not self.dataset:
            self.dataset = state.dataset
            self.images.use(state.dataset)
            self.evaluations.images_changed()
            self._undo.clear()
        self._order.go_to(state.order)
        self.edits.go_to(state.edits)
        self.evaluations.go_to(state.evaluations)
        self.history.truncate(state.step)
        self._clean.go_to(state)

    def remember(self) -> None:
        """Keep the present state for `undo_step`; the newest 50 are kept."""
        self._undo.push(self.state())

    @property
    def undo_target(self) -> int | None:
        """The step that `undo_step` would go back to, None if nothing was remembered."""
        return self._undo.target(self.step_count)

    def remembered_at(self, step: int) -> float:
        """When the state of `step` was remembered, by `time.monotonic`. Raises KeyError if it was not."""
        return self._undo.time_of(step)

    @property
    def undo_steps(self) -> frozenset[int]:
        """All steps that going back again and again leads to."""
        return self._undo.steps

    def undo_step(self) -> None:
        """Go back to the newest remembered state before the present step, bit for bit; the curves end there.

        The learning rate, m, the optimiser, a bug and edited images stay as they are now: they are choices, not steps;
        another optimiser than then begins with fresh averages. Raises PlaygroundError if nothing was remembered.
        """
        state = self._undo.pop(self.step_count)
        if state is None:
            raise PlaygroundError("There is no step to go back to; steps taken one by one can be undone, the last 50.")
        settings = self.settings
        self.edits.forget_parameters(state.step)
        edits = self.edits.state()
        was_trained = state.flaw and dataclasses.replace(state.flaw, is_on=False)
        self.go_to(dataclasses.replace(state, edits=edits, substitute=self.substitute, flaw=was_trained))
        if edits.images is not state.edits.images:
            self.evaluations.edited()
        self.change(settings)

    # --- a mistake in the backward pass, on purpose -------------------------------------------------------------

    def train_with(self, substitute: Substitute | None) -> None:
        """Let a substitute compute from now on, on the same weights, or (None) the engine again.

        `flaw` says so from then on, also when it is switched off: what it has trained stays in the weights until
        `restore_clean`, or until they are undone to before it.
        """
        before = self.flaw
        if substitute is not None:
            self._clean.bug_on(substitute.name, self.state())
        self.learner.compute_with(substitute)
        if substitute is not None:
            self._mark("bug", f"bug on: {substitute.name}")
        elif before is not None:
            self._clean.bug_off(self.step_count)
            self._mark("bug", f"bug off: {before.name}")

    def restore_clean(self) -> None:
        """Switch the mistake off and go back to the step before it, bit for bit; the curves end there.

        Raises PlaygroundError if the run is clean.
        """
        state = self._clean.state
        if state is None:
            raise PlaygroundError("This run is clean: no bug has trained it.")
        self.train_with(None)
        self.go_to(state)
        self.history.unmark("bug", state.step)
        self._undo.drop_from(state.step + 1)

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
            self.learner.use_optimizer(settings)
        self.learner.optimizer.learning_rate = settings.learning_rate
        self._mark_changes(old)

    def _mark_changes(self, old: Settings) -> None:
        for kind, text in setting_changes(old, self.settings):
            self._mark(kind, text)

    def _mark(self, kind: str, text: str) -> None:
        self.history.mark(Event(self.step_count, kind, text))

    def use_images(self, settings: Settings, own: ImageSet) -> None:
        """Go on with other images of the same shape and classes: some were added, fixed or taken away.

        The weights and the curves stay; a new epoch begins, edits of single images and steps to go back to are dropped.
        Raises DataError, changing nothing, if there is nothing to train on or to test with, and ValueError if the
        architecture differs.
        """
        if not settings.same_architecture(self.settings):
            raise ValueError("a session keeps its architecture; start a new one")
        dataset = load_dataset(settings, own)
        before, epoch = len(self.dataset.x_train), self.epoch
        self.change(settings)
        self.dataset = dataset
        self.images.use(dataset)
        self.edits.forget_images()
        self._undo.clear()
        self._order = order_of_run(settings, len(dataset.x_train))
        self._order.epoch = epoch
        self.evaluations.images_changed()
        self.evaluations.edited()
        self._clean.use_images(settings, dataset, self._order.state(), self.edits.state())
        self._mark("data", f"{before} → {len(dataset.x_train)} training images")

    @property
    def rate_to_restore_with(self) -> float:
        """The η that goes with the last good weights: one that was chosen since the last step, else a tenth."""
        rate = self.settings.learning_rate
        return rate if self.is_rate_untried else smaller_rate(rate)

    @property
    def way_back(self) -> str:
        """What `restore_last_good` does, in words."""
        return back_in_words(self.evaluations.last_good.step, self.rate_to_restore_with)

    def restore_last_good(self) -> None:
        """Put back the newest weights whose evaluated loss was no worse than at the start, with a smaller η.

        The count of steps goes on, so that the curves keep what happened.
        """
        good, learning_rate = self.evaluations.last_good, self.rate_to_restore_with
        self.network.load_state_dict(good.weights)
        self.settings = self.settings.changed(learning_rate=learning_rate)
        self.learner.use_optimizer(self.settings)
        self.edits.forget_parameters()
        self.evaluations.weights_replaced()
        self._mark("restored", f"weights of step {grouped(good.step)}, η {chosen_number(learning_rate)}")

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

    def undo_edit(self, edit: Edit | None = None) -> Edit:
        """Put back the number that the newest change by hand, or this one, replaced; returns it. Raises EditError."""
        edit = self.edits.undo(edit)
        self._edited(dataclasses.replace(edit, before=edit.after, after=edit.before))
        return edit

    def _edited(self, edit: Edit | None) -> None:
        if edit is None:
            return
        before, after = chosen_number(edit.before), chosen_number(edit.after)
        self._mark("edited", f"{display_name(edit.name)}{display_index(edit.index)} {before} → {after}")
        if edit.sample is not None:
            self.evaluations.images_changed()
        self.evaluations.edited()

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
