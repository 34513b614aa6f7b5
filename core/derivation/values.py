"""The rules of the forward pass: where each value comes from."""

from __future__ import annotations

import numpy as np

from core.derivation.explanation import Explanation, FactorColumn, Gate, Output, Pooling, TermGroup, Travel
from core.derivation.question import Question, constant, first, group, hold_contest
from core.derivation.wiring import conv_input, conv_windows
from core.layers.activation import sigmoid

__all__ = ["convolution", "dense", "flatten", "given", "loss", "maxpool", "output_activation", "relu"]


def given(question: Question) -> Explanation:
    """The input and the parameters, which nothing explains."""
    return question.answer("input" if question.name == "x" else "parameter")


def convolution(question: Question) -> Explanation:
    """z: the window of the input times the kernel, plus the bias."""
    n, f, i, j = question.index
    number, source = question.number, conv_input(question.number)
    windows = conv_windows(question.trace, number)
    taps, cells = windows.of_position(i * windows.positions[1] + j)
    _, channels, height, width = question.shape(source)
    c = np.arange(channels)[:, None]
    weights = question.cells(f"w{number}", (f * channels + c) * windows.table.shape[1] + taps)
    inputs = question.cells(source, (n * channels + c) * height * width + cells)
    groups = (
        group(question.column(weights), question.column(inputs)),
        group(question.column(question.cells(f"b{number}", f))),
    )
    return question.answer("convolution", f"{question.name} = Σ w{number} · {source} + b{number}", groups)


def relu(question: Question) -> Explanation:
    """A of a block: z where its gate is open."""
    source = f"z{question.number}"
    z = float(question.trace.arrays[source][question.index])
    gate = question.gate(source)
    terms = group(gate, question.column(question.same(source)), switch=np.array([not z <= 0]))
    return question.answer(
        "relu",
        f"{question.name} = max({source}, 0)",
        (terms,),
        note=Gate(z, z > 0),
        zero_because=f"{source} ≤ 0" if z <= 0 else "",
    )


def maxpool(question: Question) -> Explanation:
    """P: the candidate that wins its window."""
    source = f"A{question.number}"
    _, _, i, j = question.index
    contest = hold_contest(question, np.array([i * question.shape()[3] + j]))
    won = contest.won[0]
    candidates = question.column(question.cells(source, contest.candidates))
    terms = group(FactorColumn(won.astype(float), None, "[maximum]"), candidates, switch=won)
    note = Pooling(contest.described())
    return question.answer("maxpool", f"{question.name} = max {source} of the window", (terms,), note=note)


def flatten(question: Question) -> Explanation:
    """F: the pooled maps in one row."""
    n, row = question.index
    source = f"P{question.trace.blocks}"
    cells = question.cells(source, n * question.shape("F")[1] + row)
    note = Travel((source, first(cells)), (question.name, question.index), row)
    return question.answer("flatten", f"F = {source} as one row", (group(question.column(cells)),), note=note)


def dense(question: Question) -> Explanation:
    """z of the output: every feature times its weight, plus the bias."""
    n, output = question.index
    features, weight, bias = question.shape("F")[1], f"w{question.number}", f"b{question.number}"
    k = np.arange(features)
    groups = (
        group(
            question.column(question.cells(weight, output * features + k)),
            question.column(question.cells("F", n * features + k)),
        ),
        group(question.column(question.cells(bias, output))),
    )
    return question.answer("dense", f"{question.name} = Σ {weight} · F + {bias}", groups)


def output_activation(question: Question) -> Explanation:
    """A of the output: sigmoid or softmax."""
    n, _ = question.index
    cells = question.same(question.logits)
    if question.trace.activation == "sigmoid":
        terms = group(question.column(cells, "σ(…)", sigmoid(question.values(cells))))
        return question.answer(
            "sigmoid", f"{question.name} = σ({question.logits}) = 1/(1 + e^−{question.logits})", (terms,)
        )
    row = question.trace.arrays[question.logits][n].astype(np.float64)
    # the largest logit is subtracted above and below the line, so that no power overflows
    exponentials = np.exp(row - row.max())
    power = question.column(cells, "e^(… − max)", exponentials[question.index[1] : question.index[1] + 1])
    terms = group(power, constant(1 / exponentials.sum(), f"1/Σ e^({question.logits} − max)"))
    return question.answer(
        "softmax",
        f"{question.name} = e^{question.logits} / Σ e^{question.logits}",
        (terms,),
        note=question.output_note(n, exponentials=tuple(exponentials.tolist())),
        also_reads=(question.cells(question.logits, n * len(row) + np.arange(len(row))),),
    )


def loss(question: Question) -> Explanation:
    """L: the mean over the samples of −log of the probability of the true class."""
    mean = constant(1 / question.samples, f"1/{question.samples}", question.samples)
    z = question.trace.arrays[question.logits].astype(np.float64)
    y = question.trace.y
    if question.trace.activation == "softmax":
        rows, classes = np.arange(question.samples), z.shape[1]
        cells = question.cells(question.output, rows * classes + y)
        surprise = np.logaddexp.reduce(z, axis=1) - z[rows, y]
        groups: tuple[TermGroup, ...] = (group(mean, question.column(cells, "−log …", surprise)),)
        formula = f"L = 1/m Σ −log {question.output}[y]"
    else:
        # from the logits: −log A is log(1 + e^−z), which stays finite where A has rounded to 0
        cells = question.cells(question.output, np.arange(question.samples))
        is_one = y.astype(np.float64)
        groups = tuple(
            group(
                mean,
                FactorColumn(target, None, symbol),
                question.column(cells, function, np.logaddexp(0, sign * z[:, 0])),
                switch=target > 0,
            )
            for target, symbol, function, sign in (
                (is_one, "y", "−log …", -1),
                (1 - is_one, "(1 − y)", "−log(1 − …)", 1),
            )
        )
        formula = f"L = 1/m Σ [−y·log {question.output} − (1 − y)·log(1 − {question.output})]"
    return question.answer("loss", formula, groups, note=Output(question.samples))
