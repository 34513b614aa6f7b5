"""What learns in a run: its network with the loss and the optimiser, one batch at a time."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping

import numpy as np

from core.arrays import Array, Labels
from core.optimizers import SGD, Adam, Optimizer
from core.trace import Trace, trace
from core.training import StepsTaken, logits_of, steps_ahead, train_step, works_ahead
from playground.batch_step import BatchOfImages, BatchStep, take_apart
from playground.flaw import Substitute
from playground.loss_change import predicted_change
from playground.prediction import class_probabilities, make_loss, make_network
from playground.session_state import SessionState
from playground.settings import Settings

__all__ = ["Learner", "Trained", "make_optimizer"]

Trained = tuple[float, dict[str, float]]
"""What a step found: the mean loss of its batch before it, and |∂L/∂w| by "|dw1|" …"""


def make_optimizer(settings: Settings) -> Optimizer:
    """The optimiser that the settings name, with PyTorch's defaults; "momentum" is SGD with momentum 0.9."""
    if settings.optimizer == "adam":
        return Adam(settings.learning_rate)
    return SGD(settings.learning_rate, momentum=0.9 if settings.optimizer == "momentum" else 0.0)


class Learner:
    """Knows the weights and how they learn, and nothing of the data, the order or the number of the steps.

    network, loss: what computes now, the engine or the `substitute` in its place; both work on the same parameter
    arrays, which stay the same all the time.
    """

    def __init__(self, settings: Settings) -> None:
        self.network, self.loss = self._engine = make_network(settings), make_loss(settings)
        self.optimizer = make_optimizer(settings)
        self.substitute: Substitute | None = None
        # weights before the step that is running, so that a step that goes wrong can be looked into and undone
        self._before = self.network.state_dict()

    # --- a step -------------------------------------------------------------------------------------------------

    def train(self, x: Array, y: Labels, frozen: Collection[str]) -> Trained:
        """Take a step on x (m, c, h, w) and y (m,).

        frozen: names of the layers that get no update. An overflow is no error here: it shows in these numbers.
        """
        for name, parameter in self.network.parameters().items():
            np.copyto(self._before[name], parameter)
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            loss = train_step(self.network, self.loss, self.optimizer, x, y, frozen=frozen)
            return loss, self._gradient_norms()

    def _gradient_norms(self) -> dict[str, float]:
        norms = {}
        layer = 0
        for name, gradient in self.network.gradients().items():
            if name.endswith(".weight"):
                layer += 1
                flat = gradient.ravel()
                norms[f"|dw{layer}|"] = math.sqrt(float(flat @ flat))
        return norms

    # --- many steps in one call ---------------------------------------------------------------------------------

    def works_ahead(self, x_shape: tuple[int, ...]) -> bool:
        """True if steps on batches (m, c, h, w) can be worked out many in one call."""
        return works_ahead(self.network, self.loss, self.optimizer, x_shape)

    def work_ahead(self, xs: Array, ys: Labels, frozen: Collection[str]) -> StepsTaken | None:
        """Work out the steps on xs (k, m, c, h, w) and ys (k, m), without the lock of the interpreter."""
        return steps_ahead(self.network, self.loss, self.optimizer, xs, ys, frozen=frozen)

    def take(self, taken: StepsTaken) -> Iterator[Trained]:
        """Take one step after the other, as `train` would have."""
        for number, loss in enumerate(taken.losses):
            taken.go_to(number)
            yield loss, self._gradient_norms()

    # --- a step that went wrong, or is not to be taken yet ------------------------------------------------------

    def undo(self) -> None:
        """Put back the weights that the last step began with."""
        self.network.load_state_dict(self._before)

    def first_not_finite(self, x: Array, y: Labels) -> str | None:
        """Which array of a pass is the first that is not finite, None if all are."""
        found = self.trace(x, y)
        order = (*found.forward_names, *found.backward_names)
        return next((name for name in order if not np.isfinite(found.arrays[name]).all()), None)

    def change_of_loss(self, loss: float, x: Array, y: Labels) -> tuple[float, float]:
        """What the last step, on x and y, was to do to their loss (`loss` before it), and what it did."""
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            predicted = predicted_change(self.network.gradients(), self._before, self.network.parameters())
            after = type(self.loss)().forward(logits_of(self.network, x), y)
        return predicted, after - loss

    def take_apart(self, images: BatchOfImages, settings: Settings, step: int) -> BatchStep:
        """Work out a step on some images without taking it, as number `step`."""
        return take_apart(
            self.network,
            self.loss,
            self.optimizer,
            images,
            step=step,
            optimizer_name=settings.optimizer,
            frozen=settings.frozen_layers,
        )

    def is_before(self, prepared: BatchStep) -> bool:
        """True while weights and optimiser are those for which a step was worked out."""
        return (
            prepared.rule.steps == self.optimizer.steps
            and prepared.learning_rate == self.optimizer.learning_rate
            and all(map(np.array_equal, prepared.weights.values(), self.network.parameters().values()))
        )

    # --- what it learns with ------------------------------------------------------------------------------------

    def use_optimizer(self, settings: Settings) -> None:
        """Go on with the optimiser that the settings name, and with fresh averages."""
        self.optimizer = make_optimizer(settings)

    def compute_with(self, substitute: Substitute | None) -> None:
        """Let a substitute compute from now on, or (None) the engine again; weights and gradients stay."""
        gradients = self.network.gradients()
        network, loss = self._engine
        self.substitute = substitute
        self.network = network if substitute is None else substitute.network(network)
        self.loss = loss if substitute is None else substitute.loss(loss)
        self._put_back_gradients(gradients)

    def go_to(self, state: SessionState) -> None:
        """Have the weights, the gradients and the optimiser of a state of this architecture."""
        self.compute_with(state.substitute)
        self.network.load_state_dict(state.weights)
        self._put_back_gradients(state.gradients)
        self.use_optimizer(state.settings)
        self.optimizer.load_state_dict(state.optimizer_state)

    def _put_back_gradients(self, gradients: Mapping[str, Array]) -> None:
        for layer in self.network.layers:
            layer.grads = {}
        for name, gradient in gradients.items():
            layer_name, key = name.split(".")
            self.network.layer(layer_name).grads[key] = gradient.copy()

    # --- looking in ---------------------------------------------------------------------------------------------

    def trace(self, x: Array, y: Labels) -> Trace:
        """Every value and derivative of a pass under the present weights, also where they are not finite."""
        with np.errstate(all="ignore"):
            return trace(self.network, self.loss, x, y)

    def predict(self, x: Array) -> Array:
        """Class probabilities (m, classes) of images (m, c, h, w)."""
        with np.errstate(over="ignore", invalid="ignore"):
            return class_probabilities(self.network, self.loss, x)
