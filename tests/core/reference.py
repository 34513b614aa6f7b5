"""The layers once more as plain nested loops, slow and plainly right, to compare with."""

from __future__ import annotations

import itertools
import math

import numpy as np

from core.arrays import Array, Labels


def convolve(
    x: Array, weight: Array, bias: Array, stride: tuple[int, int] = (1, 1), padding: tuple[int, int] = (0, 0)
) -> Array:
    """Cross-correlation, one product after the other."""
    (m, channels, height, width), (filters, _, kh, kw) = x.shape, weight.shape
    rows = (height + 2 * padding[0] - kh) // stride[0] + 1
    columns = (width + 2 * padding[1] - kw) // stride[1] + 1
    y = np.zeros((m, filters, rows, columns))
    for n, f, i, j in itertools.product(range(m), range(filters), range(rows), range(columns)):
        total = float(bias[f])
        for c, u, v in itertools.product(range(channels), range(kh), range(kw)):
            row, column = i * stride[0] + u - padding[0], j * stride[1] + v - padding[1]
            if 0 <= row < height and 0 <= column < width:
                total += float(weight[f, c, u, v]) * float(x[n, c, row, column])
        y[n, f, i, j] = total
    return y


def convolve_backward(
    grad_y: Array, x: Array, weight: Array, stride: tuple[int, int] = (1, 1), padding: tuple[int, int] = (0, 0)
) -> tuple[Array, Array, Array]:
    """∂L/∂x, ∂L/∂weight, ∂L/∂bias: every product of the forward pass hands its share back."""
    (_, channels, height, width), (_, _, kh, kw) = x.shape, weight.shape
    grad_x, grad_weight, grad_bias = np.zeros(x.shape), np.zeros(weight.shape), np.zeros(len(weight))
    for n, f, i, j in np.ndindex(*grad_y.shape):
        g = float(grad_y[n, f, i, j])
        grad_bias[f] += g
        for c, u, v in itertools.product(range(channels), range(kh), range(kw)):
            row, column = i * stride[0] + u - padding[0], j * stride[1] + v - padding[1]
            if 0 <= row < height and 0 <= column < width:
                grad_weight[f, c, u, v] += g * x[n, c, row, column]
                grad_x[n, c, row, column] += g * weight[f, c, u, v]
    return grad_x, grad_weight, grad_bias


def max_pool(x: Array, kernel: tuple[int, int], stride: tuple[int, int]) -> tuple[Array, dict[tuple[int, ...], tuple]]:
    """Maxima, and for each output cell the cell of x that it came from: the first of equal ones."""
    m, channels, height, width = x.shape
    y = np.zeros((m, channels, (height - kernel[0]) // stride[0] + 1, (width - kernel[1]) // stride[1] + 1))
    sources = {}
    for n, c, i, j in np.ndindex(*y.shape):
        best, source = -math.inf, (n, c, i * stride[0], j * stride[1])
        for u, v in itertools.product(range(kernel[0]), range(kernel[1])):
            cell = (n, c, i * stride[0] + u, j * stride[1] + v)
            if x[cell] > best:
                best, source = float(x[cell]), cell
        y[n, c, i, j], sources[n, c, i, j] = best, source
    return y, sources


def max_pool_backward(grad_y: Array, x: Array, sources: dict[tuple[int, ...], tuple]) -> Array:
    """Each output cell hands its gradient to the cell that it came from."""
    grad_x = np.zeros(x.shape)
    for index, source in sources.items():
        grad_x[source] += grad_y[index]
    return grad_x


def binary_cross_entropy(logits: Array, y: Labels) -> float:
    """-y log A - (1 - y) log(1 - A), straight from the lecture."""
    total = 0.0
    for z, label in zip(logits.reshape(-1), y, strict=True):
        a = 1 / (1 + math.exp(-float(z)))
        total += -label * math.log(a) - (1 - label) * math.log(1 - a)
    return total / len(y)


def softmax_cross_entropy(logits: Array, y: Labels) -> float:
    """-log of the softmax of the true class."""
    total = 0.0
    for row, label in zip(logits, y, strict=True):
        powers = [math.exp(float(z)) for z in row]
        total -= math.log(powers[label] / sum(powers))
    return total / len(y)
