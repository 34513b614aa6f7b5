"""Questions of concept: one answer of each is right, and the numbers that say why are those of the run."""

from __future__ import annotations

import re
from functools import cache

import numpy as np
import pytest

from playground.laboratory.quiz.concept import Concept
from playground.laboratory.quiz.concepts import CONCEPTS
from playground.laboratory.quiz.material import Material
from playground.notation.numbers import significant_number
from playground.session import Session
from playground.settings import Settings

SMALL = Settings(dataset="shapes", classes=(0, 1), kernel_size=5, filters=(4,), batch_size=8, seed=5)
RUNS = {
    "sigmoid": SMALL,
    "softmax": SMALL.changed(classes=(0, 1, 2)),
    "two blocks": SMALL.changed(kernel_size=3, filters=(3, 4)),
}


@cache
def material(run: str) -> Material:
    session = Session(RUNS[run])
    for _ in range(3):
        session.step()
    trace, batch = session.trace_sample(session.first_sample), session.prepare_batch_step().trace
    return Material(session.step_count, trace, batch, session.settings, session.steps_per_epoch)


def concepts(run: str) -> list[Concept]:
    makers = {maker for level in CONCEPTS.values() for maker in level}
    found = [maker(material(run), np.random.default_rng(seed)) for maker in makers for seed in range(3)]
    return [concept for concept in found if concept is not None]


def concept(run: str, words: str) -> Concept:
    return next(one for one in concepts(run) if words in one.asked)


@pytest.mark.parametrize("run", RUNS)
def test_each_has_answers_that_differ_and_one_is_right(run: str) -> None:
    found = concepts(run)
    assert len({one.asked for one in found}) >= 6
    for one in found:
        assert len(set(one.options)) == one.choices
        assert one.is_right(one.answer)
        assert sum(one.is_right(float(place)) for place in range(one.choices)) == 1


@pytest.mark.parametrize("run", RUNS)
def test_the_error_of_the_output_is_that_of_the_trace(run: str) -> None:
    trace = material(run).trace
    last = trace.blocks + 1
    true = int(trace.y[0]) if trace.activation == "softmax" else 0
    because = concept(run, "− y").because
    assert significant_number(float(trace.arrays[f"dz{last}"][0, true])) in because
    assert significant_number(float(trace.arrays[f"dA{last}"][0, true])) in because


@pytest.mark.parametrize("run", RUNS)
def test_the_turned_kernel_gives_the_gradient_that_the_engine_has(run: str) -> None:
    trace = material(run).trace
    because = concept(run, "turned by 180°").because
    place = re.search(r"channel (\d+), row (\d+), column (\d+)", because)
    assert place is not None
    channel, row, column = map(int, place.groups())
    number = trace.blocks
    kernels, coming = trace.arrays[f"w{number}"], trace.arrays[f"dz{number}"][0]
    side = kernels.shape[-1]
    total = sum(
        float(np.sum(kernels[:, channel, i, j] * coming[:, row - i, column - j]))
        for i in range(side)
        for j in range(side)
        if 0 <= row - i < coming.shape[1] and 0 <= column - j < coming.shape[2]
    )
    shown = float(because.rsplit("= ", 1)[1].rstrip(".").replace("−", "-"))
    assert shown == pytest.approx(total, rel=1e-3)
    if number > 1:
        assert shown == pytest.approx(float(trace.arrays[f"dP{number - 1}"][0, channel, row, column]), rel=1e-3)


@pytest.mark.parametrize("run", RUNS)
def test_a_gradient_at_a_shut_gate_ends_and_the_count_is_that_of_the_trace(run: str) -> None:
    one, trace = concept(run, "What becomes of it?"), material(run).trace
    assert one.options[int(one.answer)].startswith("It ends there")
    name = one.excerpts[0].name
    shut = np.count_nonzero((trace.arrays[name] < 0) & (trace.arrays[f"dA{name[1:]}"] != 0))
    assert f"{shut} have z < 0" in one.because


def test_the_step_that_is_asked_for_is_the_one_that_the_run_takes() -> None:
    session = Session(SMALL)
    batch = session.prepare_batch_step().trace
    found = Material(0, session.trace_sample(session.first_sample), batch, session.settings, session.steps_per_epoch)
    update = next(maker for maker in CONCEPTS["hard"] if maker.__name__ == "_update")
    one = update(found, np.random.default_rng(1))
    assert one is not None
    layer = {"w₁": "conv1.weight", "w₂": "fc.weight"}[one.asked[:2]]
    session.step()
    after = {significant_number(float(value)) for value in session.network.parameters()[layer].ravel()}
    assert one.options[int(one.answer)] in after


@pytest.mark.parametrize("run", ["sigmoid", "softmax"])
def test_the_curve_is_the_loss_of_steps_with_the_right_rate(run: str) -> None:
    one, batch = concept(run, "Which η"), material(run).batch
    assert batch is not None
    curve = one.excerpts[0].values[0]
    assert curve[0] == pytest.approx(float(batch.L), rel=1e-5)
    rate = float(one.options[int(one.answer)].removeprefix("η = "))
    squares = sum(float(np.square(batch.arrays[f"d{name}"], dtype=np.float64).sum()) for name in batch.parameter_names)
    assert significant_number(-rate * squares) in one.because
    assert significant_number(float(curve[1] - curve[0])) in one.because
