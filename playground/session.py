"""A training run and what may be changed in it while it goes. Single-threaded; the worker owns it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Self

from core.arrays import Array, ShapeError
from playground.clean_point import CleanPoint
from playground.counting import grouped
from playground.data_order import order_of_run
from playground.datasets import Dataset, load_dataset
from playground.edits import Edit
from playground.errors import PlaygroundError
from playground.flaw import Flaw, Substitute
from playground.history import History
from playground.notation.names import display_index, display_name
from playground.notation.numbers import chosen_number
from playground.own_data.image_set import ImageSet
from playground.run import Run
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
    return f"Back to step {grouped(step)} with η {chosen_number(learning_rate)}"


class Session(Run):
    """A `Run` that is begun from settings or a state, and can be changed, undone and gone on with elsewhere.

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
        self._assemble(settings, load_dataset(settings, own))
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

    def _assemble(self, settings: Settings, dataset: Dataset, history: History | None = None) -> None:
        super().__init__(settings, dataset, history)
        self._clean = CleanPoint()
        self._undo = UndoStack()

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

    @property
    def flaw(self) -> Flaw | None:
        """The bug on purpose that the run was or is trained with."""
        return self._clean.flaw

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
        self._mark("data", f"{grouped(before)} → {grouped(len(dataset.x_train))} training images")

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

    @property
    def is_rate_untried(self) -> bool:
        """True if η was changed after the last step, so that none has been taken with it."""
        events = self.history.events
        return any(event.step == self.step_count and event.kind in _RATE_EVENTS for event in events)

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
