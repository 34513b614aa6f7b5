"""What is written of an update is what the optimiser does: each line can be worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from playground.batch_step import BatchStep
from playground.notation.updates import update_rule, update_working
from playground.rate_hint import rate_hint
from playground.session import Session
from playground.settings import Settings

SMALL = Settings(dataset="blackboard-5x5", classes=(0, 1), kernel_size=2, filters=(2,), batch_size=4)
RULES = {"sgd": "w ← w − η ∂L/∂w", "momentum": "w ← w − η v", "adam": "w ← w − η m̂/(√v̂ + ε)"}


def step_after(steps: int, **changes: object) -> BatchStep:
    session = Session(SMALL.changed(**changes))
    for _ in range(steps):
        session.step()
    return session.prepare_batch_step()


def exact(value: float) -> str:
    return f"{value:.17g}"


def worked_out(sum_: str) -> float:
    for sign, operator in (("·", "*"), ("−", "-"), ("^", "**"), ("²", "**2"), ("√", "sqrt")):
        sum_ = sum_.replace(sign, operator)
    start = sum_.find("sqrt")
    if start >= 0:
        end = sum_.index(" ", start)
        sum_ = f"{sum_[:start]}sqrt({sum_[start + 4 : end]}){sum_[end:]}"
    return float(eval(sum_, {"sqrt": math.sqrt}))


@pytest.mark.parametrize("optimizer", RULES)
@pytest.mark.parametrize("steps", [0, 1, 7])
def test_the_numbers_of_the_last_line_come_to_the_weight_after_the_step(optimizer: str, steps: int) -> None:
    step = step_after(steps, optimizer=optimizer, learning_rate=0.01)
    assert update_rule(step.rule) == RULES[optimizer]
    for name, after in step.weights_after.items():
        for index in np.ndindex(after.shape):
            *lines, last = update_working(step, name, index, exact)
            sum_, written = last.removeprefix("← ").split(" = ")
            assert float(written) == float(after[index])
            assert worked_out(sum_) == pytest.approx(float(after[index]), rel=2e-5, abs=1e-6)
            assert len(lines) == {"sgd": 0, "momentum": 1, "adam": 3}[optimizer]


def test_what_momentum_remembers_is_added_with_its_number() -> None:
    step = step_after(3, optimizer="momentum")
    line, last = update_working(step, "b2", (0,), exact)
    kept, gradient = float(step.memory["velocity"]["b2"][0]), float(step.gradients["b2"][0])
    head, sum_, total = line.split(" = ")
    assert head == "v ← 0.9·v + ∂L/∂b₂"
    assert worked_out(sum_) == pytest.approx(0.9 * kept + gradient)
    assert total.strip("()") in last


def test_adam_s_means_and_their_correction_are_written_with_the_step_they_are_of() -> None:
    step = step_after(4, optimizer="adam", learning_rate=0.01)
    mean, square, corrected, _ = update_working(step, "b2", (0,), exact)
    g, m = float(step.gradients["b2"][0]), float(step.memory["mean"]["b2"][0])
    assert worked_out(mean.split(" = ")[1]) == pytest.approx(0.9 * m + 0.1 * g)
    assert worked_out(square.split(" = ")[1]) == pytest.approx(
        0.999 * float(step.memory["square"]["b2"][0]) + 0.001 * g**2
    )
    assert "m̂ = m/(1 − 0.9^5) = " in corrected
    assert "v̂ = v/(1 − 0.999^5) = " in corrected


def test_a_frozen_weight_is_said_to_stay() -> None:
    settings = Settings(filters=(2,), batch_size=4, frozen=1)
    step = Session(settings).prepare_batch_step()
    (line,) = update_working(step, "w1", (0, 0, 0, 0), exact)
    assert line.startswith(f"← {exact(float(step.weights['w1'][0, 0, 0, 0]))}, frozen: no update; ∂L/∂w₁ = ")
    assert "frozen" not in update_working(step, "w2", (0, 0), exact)[0]


def test_a_rate_that_is_large_for_adam_is_said_to_be() -> None:
    assert rate_hint(SMALL.changed(optimizer="adam", learning_rate=0.1)) == (
        "Adam moves each weight by about η a step: 0.1 is large for it, 0.001 to 0.01 is usual."
    )
    for optimizer, rate in (("adam", 0.01), ("sgd", 0.1), ("momentum", 0.1)):
        assert not rate_hint(SMALL.changed(optimizer=optimizer, learning_rate=rate))
