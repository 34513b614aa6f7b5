"""The rules of the backward pass: where each derivative comes from."""

from __future__ import annotations

import numpy as np

from core.derivation.explanation import Explanation, Gate, Pooling, TermGroup, Travel
from core.derivation.question import Question, constant, first, group, hold_contest
from core.derivation.wiring import conv_input, conv_windows, pool_windows
from core.layers.activation import sigmoid

__all__ = [
    "convolution_bias_gradient",
    "convolution_input_gradient",
    "convolution_weight_gradient",
    "dense_bias_gradient",
    "dense_input_gradient",
    "dense_weight_gradient",
    "flatten_gradient",
    "logits_gradient",
    "loss_gradient",
    "maxpool_gradient",
    "relu_gradient",
]


def loss_gradient(question: Question) -> Explanation:
    """∂L/∂A of the output."""
    n, output = question.index
    y, cells = int(question.trace.y[n]), question.same(question.output)
    if question.trace.activation == "softmax":
        formula, sign, symbol = f"d{question.output} = −onehot(y)/(m·{question.output})", -float(y == output), "−onehot"
        inverse, written = 1 / question.values(cells), "1/…"
    else:
        formula = f"d{question.output} = [−y/{question.output} + (1 − y)/(1 − {question.output})]/m"
        sign, symbol, written = (-1.0, "−y", "1/…") if y == 1 else (1.0, "1 − y", "1/(1 − …)")
        # 1 − A is σ(−z), which keeps its digits where A has rounded to 1
        logit = question.trace.arrays[question.logits][question.index]
        inverse = 1 / sigmoid(np.asarray([-sign * logit], logit.dtype)).astype(np.float64)
    limit = float(np.finfo(question.trace.arrays[question.name].dtype).max)
    saturated = sign != 0 and float(inverse[0]) > limit
    columns = (question.share(), constant(sign, symbol), question.column(cells, written, inverse))
    terms = TermGroup(columns, np.array([sign * limit])) if saturated else group(*columns, switch=sign != 0)
    return question.answer(
        "loss gradient",
        formula,
        (terms,),
        note=question.output_note(n, saturated=saturated),
        zero_because="" if sign else "not the true class",
    )


def logits_gradient(question: Question) -> Explanation:
    """∂L/∂z of the output, which the engine computes from A in one step."""
    n, place = question.index
    y = int(question.trace.y[n])
    if question.trace.activation == "softmax":
        target, symbol = float(y == place), "onehot"
    else:
        target, symbol = float(y), "y"
    groups = (
        group(question.share(), question.column(question.same(question.output))),
        group(question.share(), constant(-target, f"−{symbol}")),
    )
    output, logits = question.output, question.logits
    formula = f"{question.name} = d{output} · ∂{output}/∂{logits} = ({output} − {symbol})/m"
    return question.answer(f"{question.trace.activation} gradient", formula, groups, note=question.output_note(n))


def dense_weight_gradient(question: Question) -> Explanation:
    """∂L/∂w of the dense layer."""
    output, k = question.index
    outputs, features = question.shape(f"w{question.number}")
    n, grad = np.arange(question.samples), f"dz{question.number}"
    terms = group(
        question.column(question.cells(grad, n * outputs + output)),
        question.column(question.cells("F", n * features + k)),
    )
    return question.answer("dense weight gradient", f"{question.name} = Σ {grad} · F", (terms,))


def dense_bias_gradient(question: Question) -> Explanation:
    """∂L/∂b of the dense layer."""
    grad, (output,) = f"dz{question.number}", question.index
    cells = question.cells(grad, np.arange(question.samples) * question.shape(grad)[1] + output)
    return question.answer("dense bias gradient", f"{question.name} = Σ {grad}", (group(question.column(cells)),))


def dense_input_gradient(question: Question) -> Explanation:
    """∂L/∂F."""
    n, k = question.index
    last = question.trace.blocks + 1
    outputs, features = question.shape(f"w{last}")
    o = np.arange(outputs)
    terms = group(
        question.column(question.cells(f"w{last}", o * features + k)),
        question.column(question.cells(f"dz{last}", n * outputs + o)),
    )
    return question.answer("dense input gradient", f"dF = Σ w{last} · dz{last}", (terms,))


def flatten_gradient(question: Question) -> Explanation:
    """∂L/∂P of the last block: the row of ∂L/∂F as maps."""
    cells = question.cells("dF", int(np.ravel_multi_index(question.index, question.shape(question.name))))
    source = first(cells)
    note = Travel(("dF", source), (question.name, question.index), source[1])
    return question.answer(
        "flatten gradient", f"{question.name} = dF as feature maps", (group(question.column(cells)),), note=note
    )


def maxpool_gradient(question: Question) -> Explanation:
    """∂L/∂A of a block: what its windows hand to their maxima."""
    n, c, row, column = question.index
    grad, windows = f"dP{question.number}", pool_windows(question.trace, question.number)
    positions, taps = windows.of_cell(row * windows.plane[1] + column)
    contest = hold_contest(question, positions)
    own = contest.won[np.arange(len(taps)), taps]
    channels, (height, width) = question.shape(grad)[1], windows.positions
    here = question.cells(
        f"A{question.number}", np.full(len(taps), np.ravel_multi_index(question.index, question.shape()))
    )
    terms = group(
        question.column(here, "[… is the maximum]", own.astype(float)),
        question.column(question.cells(grad, (n * channels + c) * height * width + positions)),
        switch=own,
    )
    note = Pooling(contest.described(), tuple(taps.tolist()))
    reason = "" if own.any() else _why_nothing_is_handed(note)
    return question.answer(
        "maxpool gradient", f"{question.name} = Σ [maximum] · {grad}", (terms,), note=note, zero_because=reason
    )


def _why_nothing_is_handed(note: Pooling) -> str:
    count = len(note.windows)
    tied = any(window.is_tied(place) for window, place in zip(note.windows, note.place, strict=True))
    if not count:
        return "outside every window"
    if tied:
        where = "its window" if count == 1 else f"any of its {count} windows"
        return f"a tie: not the first maximum, in row-major order, of {where}"
    return "not the maximum of its window" if count == 1 else f"not the maximum of any of its {count} windows"


def relu_gradient(question: Question) -> Explanation:
    """∂L/∂z of a block: ∂L/∂A where the gate was open."""
    source, grad = f"z{question.number}", f"dA{question.number}"
    z = float(question.trace.arrays[source][question.index])
    terms = group(question.gate(source), question.column(question.same(grad)), switch=np.array([z > 0]))
    return question.answer(
        "relu gradient",
        f"{question.name} = [{source} > 0] · {grad}",
        (terms,),
        note=Gate(z, z > 0),
        zero_because=f"{source} ≤ 0" if z <= 0 else "",
    )


def convolution_weight_gradient(question: Question) -> Explanation:
    """∂L/∂w of a kernel: every position where the tap met the input."""
    f, c, u, v = question.index
    source, grad = conv_input(question.number), f"dz{question.number}"
    windows = conv_windows(question.trace, question.number)
    positions, cells = windows.of_tap(u * windows.kernel_size[1] + v)
    (_, filters, rows, columns), (_, channels, height, width) = question.shape(grad), question.shape(source)
    n = np.arange(question.samples)[:, None]
    terms = group(
        question.column(question.cells(grad, (n * filters + f) * rows * columns + positions)),
        question.column(question.cells(source, (n * channels + c) * height * width + cells)),
    )
    return question.answer("convolution weight gradient", f"{question.name} = Σ {grad} · {source}", (terms,))


def convolution_bias_gradient(question: Question) -> Explanation:
    """∂L/∂b of a kernel: the sum over the positions."""
    grad, (f,) = f"dz{question.number}", question.index
    _, filters, rows, columns = question.shape(grad)
    n = np.arange(question.samples)[:, None]
    cells = question.cells(grad, (n * filters + f) * rows * columns + np.arange(rows * columns))
    return question.answer("convolution bias gradient", f"{question.name} = Σ {grad}", (group(question.column(cells)),))


def convolution_input_gradient(question: Question) -> Explanation:
    """∂L/∂P of an earlier block: every window of the next kernel that read the cell."""
    n, c, row, column = question.index
    following = question.number + 1
    weight, grad = f"w{following}", f"dz{following}"
    windows = conv_windows(question.trace, following)
    positions, taps = windows.of_cell(row * windows.plane[1] + column)
    filters, channels, kh, kw = question.shape(weight)
    f, (rows, columns) = np.arange(filters)[:, None], windows.positions
    terms = group(
        question.column(question.cells(weight, (f * channels + c) * kh * kw + taps)),
        question.column(question.cells(grad, (n * filters + f) * rows * columns + positions)),
    )
    reason = "" if len(positions) else "outside every window"
    return question.answer(
        "convolution input gradient", f"{question.name} = Σ {weight} · {grad}", (terms,), zero_because=reason
    )
