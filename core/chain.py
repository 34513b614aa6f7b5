"""The chain rule for one parameter, factor by factor, from the loss back to the parameter."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.arrays import Array
from core.derivation.wiring import Windows, conv_input, conv_windows, pool_windows
from core.layers.activation import sigmoid
from core.trace import Trace

__all__ = ["ChainFactor", "apply", "chain"]


@dataclass(frozen=True, eq=False)
class ChainFactor:
    """One factor ∂numerator/∂denominator of a chain.

    kind: loss, sigmoid, softmax, dense input, flatten, maxpool, relu, convolution input, or, last in the chain, dense
    weight, dense bias, convolution weight, convolution bias. values: the read-only array to picture, of `shape`, as
    `chain` lists it. sentence: what the factor does. running: the derivative in the trace that the product up to and
    with this factor is ("dz2"). touches: the arrays of the trace that the factor joins.
    """

    numerator: str
    denominator: str
    kind: str
    values: NDArray[Any]
    sentence: str
    running: str
    touches: tuple[str, ...]
    multiply: Callable[[Array], Array] = field(repr=False)

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of `values`."""
        return self.values.shape


def apply(factor: ChainFactor, gradient: Array) -> Array:
    """The next gradient: ∂L/∂numerator times the factor, summed as the chain rule says, is ∂L/∂denominator.

    gradient: `trace.arrays` of the factor before it in the chain; for the first factor a 1.
    """
    return factor.multiply(gradient)


def chain(trace: Trace, parameter_name: str) -> tuple[ChainFactor, ...]:
    """The factors from ∂L/∂A of the output to ∂z/∂parameter; their product is the parameter's derivative.

    parameter_name: one of `trace.parameter_names`; raises KeyError otherwise. Shapes of the pictures, m samples:
    loss (m, outputs); sigmoid (m, 1); softmax its Jacobian (m, classes, classes); dense input the weights; flatten the
    place in F of each cell of P, (c, h, w); maxpool how many windows each cell of A wins, (m, c, h, w); relu 0 or 1 in
    the shape of z; convolution input the kernels; dense weight F; convolution weight the patches of the input as rows
    (m, positions, c·kh·kw), 0 in the padding; biases 1 for each cell of z.

    Where ∂L/∂A of the output has saturated, the product misses the engine's ∂L/∂z, which comes from the logits.
    """
    if parameter_name not in trace.parameter_names:
        raise KeyError(f"{parameter_name!r} is no parameter of this trace; it has {', '.join(trace.parameter_names)}.")
    return tuple(_factors(trace, parameter_name))


def _factors(trace: Trace, parameter: str) -> Iterator[ChainFactor]:
    number, last = int(parameter[1:]), trace.blocks + 1
    yield _loss(trace)
    yield _output_activation(trace)
    if number < last:
        yield _dense_input(trace)
        yield _flatten(trace)
        for block in range(trace.blocks, number, -1):
            yield _maxpool(trace, block)
            yield _relu(trace, block)
            yield _convolution_input(trace, block)
        yield _maxpool(trace, number)
        yield _relu(trace, number)
    if parameter.startswith("b"):
        yield _bias(trace, number)
    else:
        yield _dense_weight(trace) if number == last else _convolution_weight(trace, number)


def _loss(trace: Trace) -> ChainFactor:
    output = f"A{trace.blocks + 1}"
    values = trace.arrays[f"d{output}"]
    sentence = f"How the loss changes with each probability {output}: the less the true class gets, the larger."
    return _factor("L", output, "loss", values, sentence=sentence, multiply=lambda gradient: gradient * values)


def _output_activation(trace: Trace) -> ChainFactor:
    output, logits = f"A{trace.blocks + 1}", f"z{trace.blocks + 1}"
    if trace.activation == "sigmoid":
        z = trace.arrays[logits]
        # A (1 - A), where σ(-z) keeps the digits that 1 - A loses
        slope = sigmoid(z) * sigmoid(-z)
        sentence = f"The slope of the sigmoid, {output}(1 − {output}): at most 1/4, near 0 where it is sure of itself."
        return _factor(output, logits, "sigmoid", slope, sentence=sentence, multiply=lambda gradient: gradient * slope)
    a = trace.arrays[output]
    jacobian = a[:, :, None] * (np.eye(a.shape[1], dtype=a.dtype) - a[:, None, :])
    sentence = "Every logit moves every probability: its own up, the others down, since they sum to 1."
    return _factor(
        output,
        logits,
        "softmax",
        jacobian,
        sentence=sentence,
        multiply=lambda gradient: (gradient[:, None, :] @ jacobian)[:, 0],
    )


def _dense_input(trace: Trace) -> ChainFactor:
    logits, weight = f"z{trace.blocks + 1}", f"w{trace.blocks + 1}"
    values = trace.arrays[weight]
    sentence = f"Each feature moves {logits} by its weight, so the gradient spreads over F in proportion to {weight}."
    return _factor(
        logits, "F", "dense input", values, sentence=sentence, reads=weight, multiply=lambda gradient: gradient @ values
    )


def _flatten(trace: Trace) -> ChainFactor:
    pooled = f"P{trace.blocks}"
    sample = trace.arrays[pooled].shape[1:]
    places = np.arange(trace.F.shape[1]).reshape(sample)
    sentence = f"Nothing is multiplied: each number of the row goes back to its place in the maps of {pooled}."
    return _factor("F", pooled, "flatten", places, sentence=sentence, multiply=lambda gradient: gradient[:, places])


def _maxpool(trace: Trace, block: int) -> ChainFactor:
    pooled, activations = f"P{block}", f"A{block}"
    a, table = trace.arrays[activations], pool_windows(trace, block).table
    m, channels, height, width = a.shape
    candidates = a.reshape(m, channels, height * width)[:, :, table]
    winners = np.take_along_axis(np.broadcast_to(table, candidates.shape), candidates.argmax(-1)[..., None], -1)[..., 0]
    planes = np.arange(m * channels).reshape(m, channels, 1) * height * width + winners

    def spread(gradient: Array) -> Array:
        found = np.zeros(a.size, gradient.dtype)
        np.add.at(found, planes.reshape(-1), gradient.reshape(-1))
        return found.reshape(a.shape)

    values = spread(np.ones(trace.arrays[pooled].shape, a.dtype))
    sentence = (
        f"Each window of {pooled} hands its gradient to its winner, on a tie the first, row-major; the others get 0."
    )
    return _factor(pooled, activations, "maxpool", values, sentence=sentence, multiply=spread)


def _relu(trace: Trace, block: int) -> ChainFactor:
    activations, source = f"A{block}", f"z{block}"
    z = trace.arrays[source]
    gate = (z > 0).astype(z.dtype)
    sentence = f"The gate is 1 where {source} > 0 and the gradient passes; elsewhere it is 0 and the gradient ends."
    return _factor(activations, source, "relu", gate, sentence=sentence, multiply=lambda gradient: gradient * gate)


def _convolution_input(trace: Trace, block: int) -> ChainFactor:
    source, weight = conv_input(block), f"w{block}"
    kernels, windows = trace.arrays[weight], conv_windows(trace, block)
    filters, channels, kh, kw = kernels.shape
    taps = kernels.reshape(filters, channels, kh * kw)

    def spread(gradient: Array) -> Array:
        m, _, rows, columns = gradient.shape
        grad = gradient.reshape(m, filters, rows * columns)
        found = np.zeros((m, channels, windows.plane[0] * windows.plane[1]), gradient.dtype)
        for tap in range(kh * kw):
            positions, cells = windows.of_tap(tap)
            found[:, :, cells] += taps[:, :, tap].T @ grad[:, :, positions]
        return found.reshape(m, channels, *windows.plane)

    sentence = (
        f"Each cell of {source} was read by several windows, each by another tap: the sum turns {weight} by 180°."
    )
    return _factor(f"z{block}", source, "convolution input", kernels, sentence=sentence, reads=weight, multiply=spread)


def _dense_weight(trace: Trace) -> ChainFactor:
    number, features = trace.blocks + 1, trace.F
    sentence = f"Each weight was multiplied by its feature of F, so a feature of 0 teaches w{number} nothing."
    return _factor(
        f"z{number}",
        f"w{number}",
        "dense weight",
        features,
        sentence=sentence,
        reads="F",
        multiply=lambda gradient: gradient.T @ features,
    )


def _convolution_weight(trace: Trace, block: int) -> ChainFactor:
    source, kernels = conv_input(block), trace.arrays[f"w{block}"]
    rows = _patches(trace.arrays[source], conv_windows(trace, block))

    def collect(gradient: Array) -> Array:
        grad = gradient.reshape(*gradient.shape[:2], -1)
        found: Array = (grad @ rows).sum(axis=0).reshape(kernels.shape)
        return found

    sentence = f"One row a position: what w{block} was multiplied with there, without being turned (cross-correlation)."
    return _factor(
        f"z{block}", f"w{block}", "convolution weight", rows, sentence=sentence, reads=source, multiply=collect
    )


def _bias(trace: Trace, number: int) -> ChainFactor:
    name = f"z{number}"
    z = trace.arrays[name]
    kind = "dense bias" if z.ndim == 2 else "convolution bias"
    axes = tuple(axis for axis in range(z.ndim) if axis != 1)
    ones = np.ones_like(z)
    over = "the samples" if z.ndim == 2 else "all positions"
    sentence = f"The bias is added to every cell of {name} alike: a factor of 1, so the gradient is summed over {over}."
    return _factor(
        name, f"b{number}", kind, ones, sentence=sentence, multiply=lambda gradient: (gradient * ones).sum(axis=axes)
    )


def _patches(images: Array, windows: Windows) -> Array:
    """What each window reads, as a row: (m, c, h, w) → (m, positions, c·taps), 0 in the padding."""
    m, channels, height, width = images.shape
    padded = np.concatenate(
        [images.reshape(m, channels, height * width), np.zeros((m, channels, 1), images.dtype)], axis=2
    )
    # -1 in the table, the padding, is the 0 at the end
    patches: Array = padded[:, :, windows.table].transpose(0, 2, 1, 3).reshape(m, len(windows.table), -1)
    return patches


def _factor(
    numerator: str,
    denominator: str,
    kind: str,
    values: NDArray[Any],
    *,
    sentence: str,
    multiply: Callable[[Array], Array],
    reads: str = "",
) -> ChainFactor:
    shown = values.view()
    shown.setflags(write=False)
    touches = (numerator, denominator, reads) if reads else (numerator, denominator)
    return ChainFactor(numerator, denominator, kind, shown, sentence, f"d{denominator}", touches, multiply)
