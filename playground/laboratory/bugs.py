"""The bugs that people really write into a backward pass, as substitutes for the layers and losses of the engine.

Forward they are the engine's own; only what `backward` returns, or leaves in `grads`, is wrong. Nothing else in the
program imports these layers: a run is given one by `Session.train_with`, and a check by `Specimen.substitute`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from core.arrays import Array, Labels
from core.layers import Conv2D, Layer, MaxPool2D, ReLU
from core.losses import BinaryCrossEntropy, Loss, SoftmaxCrossEntropy
from core.network import Network

__all__ = ["BUGS", "Bug", "bug_of"]


class _UnmaskedReLU(ReLU):
    def backward(self, grad_y: Array) -> Array:
        super().backward(grad_y)  # the same checks
        return grad_y


class _EveryTie(MaxPool2D):
    """∂L/∂x: every cell that is as large as the maximum of its window gets the whole gradient."""

    def forward(self, x: Array) -> Array:
        best = super().forward(x)
        self._largest = [cell == best for cell in self.window_cells(x)]
        return best

    def backward(self, grad_y: Array) -> Array:
        super().backward(grad_y)  # the same checks
        return self.hand_back(grad_y, self._largest)


class _SwappedWinner(MaxPool2D):
    """∂L/∂x: row and column of the maximum within its window are taken for each other."""

    def backward(self, grad_y: Array) -> Array:
        (kh, kw), right = self.kernel_size, self.winners()
        swapped = right % kw * kh + right // kw
        return self.hand_back(grad_y, (swapped == place for place in range(kh * kw)))


class _LastTermOnly(Conv2D):
    """∂L/∂weight: each position of each sample overwrites what those before it have left."""

    def forward(self, x: Array) -> Array:
        y = super().forward(x)
        (kh, kw), (sh, sw), (ph, pw) = self.kernel_size, self.stride, self.padding
        top, left = (y.shape[2] - 1) * sh, (y.shape[3] - 1) * sw
        padded = np.pad(x[-1], ((0, 0), (ph, ph), (pw, pw)))
        self._last_window = padded[:, top : top + kh, left : left + kw].astype(y.dtype)
        return y

    def backward_params(self, grad_y: Array) -> None:
        super().backward_params(grad_y)
        last = grad_y[-1, :, -1, -1].astype(self._last_window.dtype)
        self.grads["weight"] = last[:, None, None, None] * self._last_window


class _UnturnedKernel(Conv2D):
    """∂L/∂x: the full convolution with the kernel as it is; the right one has it turned by 180°, or scatters it."""

    def input_gradient(self, grad_y: Array, weight: Array) -> Array:
        return super().input_gradient(grad_y, weight[:, :, ::-1, ::-1])


class _MeanBias(Conv2D):
    """∂L/∂bias: the mean over positions and samples instead of the sum."""

    def backward_params(self, grad_y: Array) -> None:
        super().backward_params(grad_y)
        self.grads["bias"] = self.grads["bias"] / self.grads["bias"].dtype.type(grad_y[:, 0].size)


class _SummedBinary(BinaryCrossEntropy):
    def value_and_gradient(self, logits: Array, y: Labels) -> tuple[float, Array]:
        value, grad = super().value_and_gradient(logits, y)
        return value, grad * len(y)


class _SummedSoftmax(SoftmaxCrossEntropy):
    def value_and_gradient(self, logits: Array, y: Labels) -> tuple[float, Array]:
        value, grad = super().value_and_gradient(logits, y)
        return value, grad * len(y)


@dataclass(frozen=True)
class Bug:
    """One mistake, a `Substitute`.

    id: a fixed word; name: a few words; mistake: one sentence on what people get wrong; right, wrong: the line of code;
    shows: one sentence on what comes of it; spoils: the letters of the derivatives that it computes wrongly, "dz" for
    those of the blocks, "logits" for that of the output; shows_when: what it needs to make a difference; loss_shows: a
    sentence on a loss that falls with it too.
    """

    id: str
    name: str
    mistake: str
    right: str
    wrong: str
    shows: str
    spoils: str
    shows_when: str = ""
    loss_shows: str = ""
    layers: Mapping[type[Layer], type[Layer]] = field(default_factory=dict)
    losses: Mapping[type[Loss], type[Loss]] = field(default_factory=dict)

    def network(self, network: Network) -> Network:
        """The same network with the substitutes in it, on the same parameter arrays."""
        return Network([self._layer(layer) for layer in network.layers])

    def loss(self, loss: Loss) -> Loss:
        """The substitute for a loss, or the loss itself."""
        kind = self.losses.get(type(loss))
        return kind() if kind else loss

    def idle_because(self, *, blocks: int, batch_size: int) -> str:
        """Why no step of such a run would differ by it, as a sentence; "" if steps do differ."""
        if self.spoils == "dP" and blocks == 1:
            return "With one conv block nothing goes back to an input of a convolution, so this bug has no effect."
        if self.id == "no-mean" and batch_size == 1:
            return "With m = 1 the mean is the sum, so this bug has no effect: choose a larger batch."
        return ""

    def _layer(self, layer: Layer) -> Layer:
        # the substitute is the layer in everything but its backward pass
        return layer.twin(self.layers.get(type(layer)))

    def guilty(self, backward_names: tuple[str, ...]) -> tuple[str, ...]:
        """Which derivatives of a trace it computes wrongly from right ones, in the order of the travel."""
        blocks = sum(name.startswith("dP") for name in backward_names)
        found = []
        for name in backward_names:
            kind, number = name.removeprefix("d")[0], int(name[2:] or 0)
            if self.spoils == "logits":
                wanted = kind == "z" and number == blocks + 1
            elif self.spoils == "dP":
                wanted = kind == "P" and number < blocks
            else:
                wanted = f"d{kind}" == self.spoils and 1 <= number <= blocks
            if wanted:
                found.append(name)
        return tuple(found)


BUGS: tuple[Bug, ...] = (
    Bug(
        id="no-mask",
        name="no ReLU mask",
        mistake="The gradient passes ReLU as if nothing had been cut off, also where z ≤ 0.",
        right="dz1 = dA1 * (z1 > 0)",
        wrong="dz1 = dA1",
        shows="Cells that were off get a share of the blame.",
        loss_shows="The loss mostly falls all the same.",
        spoils="dz",
        layers={ReLU: _UnmaskedReLU},
    ),
    Bug(
        id="every-tie",
        name="gradient to every tied maximum",
        mistake="Where several cells of a pooling window share its maximum, each gets the whole gradient.",
        right="dA1[window].flat[A1[window].argmax()] += dP1[i, j]",
        wrong="dA1[window] += dP1[i, j] * (A1[window] == P1[i, j])",
        shows="Even areas of an image, which are full of ties, count up to four times where ReLU lets them through.",
        spoils="dA",
        shows_when="It makes a difference only where windows are tied.",
        layers={MaxPool2D: _EveryTie},
    ),
    Bug(
        id="wrong-cell",
        name="gradient to the wrong cell",
        mistake="Row and column of the maximum within its window are mixed up.",
        right="u, v = divmod(A1[window].argmax(), 2)",
        wrong="v, u = divmod(A1[window].argmax(), 2)",
        shows="The top right and the bottom left cell are mixed up: what belongs to one goes to the other, and is lost "
        "if that one is off.",
        spoils="dA",
        shows_when="It makes a difference only where a maximum stands in one of these two cells.",
        layers={MaxPool2D: _SwappedWinner},
    ),
    Bug(
        id="overwritten",
        name="= for +=",
        mistake="The loop over samples and positions overwrites the kernel's gradient instead of adding to it.",
        right="dw1[f] += dz1[n, f, i, j] * X[n, :, i:i+k, j:j+k]",
        wrong="dw1[f] = dz1[n, f, i, j] * X[n, :, i:i+k, j:j+k]",
        shows="Only the last position of the last sample is left. In digits that is a black corner, so the kernels of "
        "the first block hardly move; on the Board they do, but wrongly.",
        loss_shows="The dense layer learns, so the loss falls all the same.",
        spoils="dw",
        layers={Conv2D: _LastTermOnly},
    ),
    Bug(
        id="not-turned",
        name="kernel not turned for ∂L/∂X",
        mistake="The way back to the block before is a full convolution with the kernel as it is, not turned by 180°.",
        right="dP1 = full_convolution(dz2, w2[:, :, ::-1, ::-1])",
        wrong="dP1 = full_convolution(dz2, w2)",
        shows="Each gradient arrives at the mirrored tap; the last block and the dense layer learn rightly.",
        spoils="dP",
        shows_when="It needs two blocks: in the first one nothing goes back to X.",
        layers={Conv2D: _UnturnedKernel},
    ),
    Bug(
        id="no-mean",
        name="1/m forgotten",
        mistake="The loss is a mean over the batch, but its gradient is summed.",
        right="dz2 = (A2 - y) / m",
        wrong="dz2 = A2 - y",
        shows="Every gradient is m times too large, as if η were: a small batch may learn faster, a large one "
        "overshoots.",
        spoils="logits",
        shows_when="With one sample, as in the flow above, 1/m is 1 and nothing shows.",
        losses={BinaryCrossEntropy: _SummedBinary, SoftmaxCrossEntropy: _SummedSoftmax},
    ),
    Bug(
        id="mean-bias",
        name="mean for sum in ∂L/∂b₁",
        mistake="The bias of a filter is added at every position, but its gradient is averaged over them.",
        right="db1 = dz1.sum(axis=(0, 2, 3))",
        wrong="db1 = dz1.mean(axis=(0, 2, 3))",
        shows="The biases hardly move: their gradient is too small by the number of positions in the batch, thousands "
        "in digits.",
        loss_shows="With many weights the loss hardly shows it.",
        spoils="db",
        layers={Conv2D: _MeanBias},
    ),
)


def bug_of(name: str) -> Bug:
    """The bug of an id or a name; raises KeyError if there is none."""
    for bug in BUGS:
        if name in (bug.id, bug.name):
            return bug
    raise KeyError(name)
