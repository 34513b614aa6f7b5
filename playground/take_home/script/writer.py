"""Writes the script: what is given, one image, the step on the batch, and what is expected of them."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

import numpy as np

from core.arrays import Array
from core.optimizers import SGD, Adam
from core.trace import Trace
from playground.batch_step import BatchStep
from playground.counting import counted, grouped
from playground.errors import ExportError
from playground.notation.rules import is_parameter
from playground.take_home.moment import OPTIMIZERS, Moment
from playground.take_home.script.literals import expected, literal, pixels
from playground.take_home.script.operations import HEAD
from playground.take_home.script.settled import Settled, settled

__all__ = ["script_text"]

_SATURATED = 1e30


def script_text(moment: Moment, step: BatchStep) -> str:
    """The script: the image of the moment by itself, then the step that follows on its batch, by the run's optimiser.

    Raises ExportError if the run's numbers are wrong on purpose, or the network is none of the window's.
    """
    _check(moment, step)
    return _Script(moment, step).text()


def _check(moment: Moment, step: BatchStep) -> None:
    if moment.flaw and moment.flaw.is_on:
        raise ExportError(
            f"The laboratory's mistake “{moment.flaw.name}” is on, so a correct script would not get these numbers; "
            "switch it off first."
        )
    for geometry in moment.trace.geometry:
        plain = geometry.stride == (1, 1) and geometry.padding == (0, 0)
        if not plain or geometry.pool_size != (2, 2) or geometry.pool_stride != (2, 2):
            raise ExportError("A script is written for stride 1, no padding and 2×2 pooling; this network has others.")
    numbers = (*moment.trace.arrays.values(), *step.gradients.values(), *step.weights_after.values())
    if not all(np.isfinite(array).all() for array in numbers):
        raise ExportError("Some numbers of this network are not finite; go back to the last good weights first.")


class _Script:
    def __init__(self, moment: Moment, step: BatchStep) -> None:
        self.moment, self.step, self.trace = moment, step, moment.trace
        self.last = moment.trace.blocks + 1
        self.sigmoid = moment.trace.activation == "sigmoid"
        self.settled: dict[object, Settled] = {
            key: found
            for key, found in (
                ("image", settled(moment.trace)),
                *((number, settled(step.trace, number)) for number in range(step.m)),
            )
            if found
        }
        self.frozen = [
            f"{letter}{self.last if name == 'fc' else name.removeprefix('conv')}"
            for name in step.frozen
            for letter in "wb"
        ]

    def text(self) -> str:
        title = f"Step {grouped(self.moment.step)} of a network of the CNN playground, computed again by hand."
        facts = "\n".join(
            line
            for name, value in (*self.moment.facts, ("Batch", self._batch_words()))
            for line in textwrap.wrap(f"{name}: {value}", 116, subsequent_indent="    ")
        )
        for warning in self.moment.warnings:
            facts += "\n\n" + "\n".join(textwrap.wrap(f"NOTE: {warning}", 116))
        head = HEAD.format(title=title, facts=facts.replace("\\", "/").replace('"""', "'''"))
        one = _function("one_image(x, y, settled)" if self.settled else "one_image(x, y)", self._one_image())
        main = _function("main()", self._main())
        return "\n".join(
            [head, *self._given(), "", "", *one, "", "", *main, "", "", *self._expected(), "", "main()", ""]
        )

    def _batch_words(self) -> str:
        count, step = counted(self.step.m, "train image"), grouped(self.step.step)
        return f"the {count} of step {step}, by {OPTIMIZERS[self.step.optimizer]}"

    # --- what is given ---------------------------------------------------------------------------------------------

    def _given(self) -> Iterator[str]:
        arrays, step = self.trace.arrays, self.step
        yield "# --- what is given " + "-" * 100
        yield ""
        yield f"x = {pixels(arrays['x'][0])}  # the image on screen, (channels, rows, columns)"
        yield f"y = {self.moment.label}  # its class, {self.moment.class_names[self.moment.label]!r}"
        yield f"batch_x = {pixels(step.images.x)}  # the images of the step"
        yield f"batch_y = np.array({step.images.y.tolist()})"
        for name in self.trace.parameter_names:
            yield f"{name} = {literal(arrays[name])}"
        yield f"learning_rate = {step.learning_rate!r}"
        yield from self._given_of_rule()
        if self.settled:
            yield ""
            yield "# cells so near to a tie or to 0 that rounding decides them, as it did in the playground"
            yield "SETTLED = {"
            yield from (f"    {key!r}: {found!r}," for key, found in self.settled.items())
            yield "}"

    def _given_of_rule(self) -> Iterator[str]:
        rule, memory = self.step.rule, self.step.memory
        if isinstance(rule, Adam):
            yield f"beta1, beta2 = {rule.betas!r}"
            yield f"epsilon = {rule.eps!r}"
            yield f"t = {rule.steps + 1}  # Adam's count of steps with this one"
        elif isinstance(rule, SGD) and rule.momentum:
            yield f"momentum = {rule.momentum!r}"
        for kind, kept in memory.items():
            yield f"{kind} = {{"
            yield from (f'    "{name}": {literal(array, indent=8)},' for name, array in kept.items())
            yield "}" + ("" if kept else "  # nothing yet: this is the first step")

    # --- one image -------------------------------------------------------------------------------------------------

    def _one_image(self) -> Iterator[str]:
        yield '"""Every value and every derivative of one image by itself, by name."""'
        yield from self._forward()
        yield ""
        yield "# backward, from the loss to the weights of the first layer"
        yield from self._backward()
        names = [name for name in (*self.trace.forward_names, *self.trace.backward_names) if name != "x"]
        listed = textwrap.wrap(", ".join(f"{name}={name}" for name in names), 104)
        yield "return dict("
        yield from (f"    {line}" for line in listed)
        yield ")"

    def _forward(self) -> Iterator[str]:
        last, flowing = self.last, "x"
        yield "# forward"
        for n in range(1, last):
            yield f"z{n} = convolve({flowing}, w{n}, b{n})"
            yield f"open{n} = z{n} > 0"
            yield f"A{n} = z{n} * open{n}"
            yield f"P{n}, winner{n} = pool(A{n})"
            flowing = f"P{n}"
        for name in sorted({name for found in self.settled.values() for name in found}):
            yield f'settle({name}, settled.get("{name}"))'
        yield f"F = {flowing}.reshape(-1)"
        yield f"z{last} = w{last} @ F + b{last}"
        if self.sigmoid:
            yield f"A{last} = 1 / (1 + np.exp(-z{last}))"
            yield f"L = np.logaddexp(0, -z{last}[0] if y == 1 else z{last}[0])  # -log A, -log(1 - A) without overflow"
        else:
            yield f"e = np.exp(z{last} - z{last}.max())"
            yield f"A{last} = e / e.sum()"
            yield f"L = np.log(e.sum()) + z{last}.max() - z{last}[y]  # -log A[y], without overflow"

    def _backward(self) -> Iterator[str]:
        last = self.last
        if self.sigmoid:
            yield f"dA{last} = -1 / A{last} if y == 1 else 1 + np.exp(z{last})  # 1 / (1 - A) is 1 + e^z"
            yield f"dz{last} = A{last} - y"
        else:
            yield f"dA{last} = np.zeros_like(A{last})"
            yield f"dA{last}[y] = -1 / A{last}[y]"
            yield f"dz{last} = A{last} - np.eye(len(A{last}))[y]"
        yield f"dw{last} = np.outer(dz{last}, F)"
        yield f"db{last} = dz{last}"
        yield f"dF = dz{last} @ w{last}"
        yield f"dP{last - 1} = dF.reshape(P{last - 1}.shape)"
        for n in range(last - 1, 0, -1):
            source = "x" if n == 1 else f"P{n - 1}"
            yield f"dA{n} = unpool(dP{n}, winner{n}, A{n}.shape)"
            yield f"dz{n} = dA{n} * open{n}"
            yield f"dw{n} = convolve_weight_gradient({source}, dz{n})"
            yield f"db{n} = dz{n}.sum(axis=(1, 2))"
            if n > 1:
                yield f"dP{n - 1} = convolve_input_gradient(w{n}, dz{n})"

    # --- the whole -------------------------------------------------------------------------------------------------

    def _main(self) -> Iterator[str]:
        settle = self.settled
        if any(self._saturates(trace) for trace in (self.trace, self.step.trace)):
            yield 'np.seterr(over="ignore", divide="ignore")  # an output has saturated: its dA is beyond all numbers'
        yield f"found = one_image(x, y{', SETTLED.get(' + repr('image') + ', {})' if settle else ''})"
        yield "for name in OF_THE_IMAGE:"
        yield "    check(name, found[name])"
        yield ""
        yield "# the step on the batch: the loss is the mean over its images, so each gradient is the mean of theirs"
        yield "m, loss = len(batch_x), 0.0"
        yield "weights = {" + ", ".join(f'"{name}": {name}' for name in self.trace.parameter_names) + "}"
        yield "gradients = {name: np.zeros_like(w) for name, w in weights.items()}"
        yield "for n in range(m):"
        yield f"    found = one_image(batch_x[n], batch_y[n]{', SETTLED.get(n, {})' if settle else ''})"
        yield '    loss += found["L"] / m'
        yield "    for name in weights:"
        yield '        gradients[name] += found["d" + name] / m'
        yield 'check("batch L", loss)'
        yield "for name in weights:"
        yield '    check("batch d" + name, gradients[name])'
        yield ""
        yield from self._update()
        yield ""
        yield f'print("every number of step {self.moment.step} is as the playground has it")'

    def _update(self) -> Iterator[str]:
        rule = self.step.rule
        yield f"# the update of step {self.step.step}: {OPTIMIZERS[self.step.optimizer]}"
        if self.frozen:
            listed = ", ".join(f'"{name}"' for name in self.frozen)
            yield f"frozen = {{{listed}}}  # their gradients are there, but they stay"
        yield "for name, w in weights.items():"
        if self.frozen:
            yield "    if name in frozen:"
            yield '        check("new " + name, w)'
            yield "        continue"
        if isinstance(rule, Adam):
            # a gradient of 1e-12, or of 0, makes a step of the same size as any other
            yield "    # Adam divides by the size of g, which makes much of its rounding: go on with what is on screen"
            yield '    g = EXPECTED["batch d" + name]'
            yield "    mean[name] = beta1 * mean.get(name, 0) + (1 - beta1) * g"
            yield "    square[name] = beta2 * square.get(name, 0) + (1 - beta2) * g**2"
            yield "    mean_hat, square_hat = mean[name] / (1 - beta1**t), square[name] / (1 - beta2**t)"
            yield '    check("new " + name, w - learning_rate * mean_hat / (np.sqrt(square_hat) + epsilon))'
        elif isinstance(rule, SGD) and rule.momentum:
            yield "    g = gradients[name]"
            yield "    velocity[name] = momentum * velocity[name] + g if name in velocity else g"
            yield '    check("new " + name, w - learning_rate * velocity[name])'
        else:
            yield '    check("new " + name, w - learning_rate * gradients[name])'

    def _expected(self) -> Iterator[str]:
        yield "# --- what the playground had on screen " + "-" * 80
        yield ""
        names = self._shown()
        yield "OF_THE_IMAGE = ("
        yield from (f"    {line}" for line in textwrap.wrap(", ".join(f'"{name}"' for name in names) + ",", 112))
        yield ")"
        yield "EXPECTED = {"
        for name in names:
            yield f'    "{name}": {expected(self._of_the_image(name))},'
        yield f'    "batch L": {self.step.loss!r},'
        whole = isinstance(self.step.rule, Adam)
        for name, gradient in self.step.gradients.items():
            yield f'    "batch d{name}": {literal(gradient, indent=8) if whole else expected(gradient)},'
        for name, after in self.step.weights_after.items():
            yield f'    "new {name}": {expected(after)},'
        yield "}"

    def _of_the_image(self, name: str) -> Array:
        array = self.trace.arrays[name]
        return array if is_parameter(name) or name == "L" else array[0]

    def _shown(self) -> list[str]:
        """The arrays that are compared: all but the image, and a ∂L/∂A of the output that has saturated."""
        left_out = ("x", f"dA{self.last}") if self._saturates(self.trace) else ("x",)
        return [name for name in (*self.trace.forward_names, *self.trace.backward_names) if name not in left_out]

    def _saturates(self, trace: Trace) -> bool:
        return bool(np.abs(trace.arrays[f"dA{self.last}"]).max() > _SATURATED)


def _function(head: str, lines: Iterator[str]) -> list[str]:
    return [f"def {head}:", *(f"    {line}" if line else "" for line in lines)]
