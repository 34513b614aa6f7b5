"""What is said of the samples' gradients and of the steps."""

from __future__ import annotations

import numpy as np

from playground.batch_step import BatchStep
from playground.counting import grouped
from playground.history import History
from playground.loss_change import MEASURED_SERIES, StepVerdict, verdict_on
from playground.snapshot import RunState
from ui.number_format import display_name, format_number

__all__ = ["no_samples_sentence", "step_verdict", "sum_sentence"]


_ROUNDING = 1e-4  # share of the largest value, generous for sums in float32


def sum_sentence(step: BatchStep, name: str) -> str:
    """How near the samples' gradients, each with its 1/m, come to the batch's; name: "w1" …"""
    own, whole = step.sample_gradients[name].astype(np.float64), step.gradients[name].astype(np.float64)
    derivative = display_name(f"d{name}")
    if step.m == 1:
        return f"Next, step {grouped(step.step)}, is on one image alone: its {derivative} is the whole gradient."
    if len(own) < step.m:
        return (
            f"The first {len(own)} of {step.m} samples, each with its 1/m; the sum of all is the batch's {derivative}."
        )
    apart = float(np.abs(own.mean(axis=0) - whole).max())
    head, number = (
        f"Next, step {grouped(step.step)}: the sum of all {step.m}, each with its 1/m,",
        format_number(apart, 4),
    )
    if not apart <= _ROUNDING * float(np.abs(own).max()):
        return f"{head} is not the batch's {derivative}: {number} apart, far more than rounding."
    return f"{head} is the batch's {derivative}, but for {number}: the rounding of {step.gradients[name].dtype.name}."


def no_samples_sentence(state: RunState) -> str:
    """Why no step is taken apart."""
    if state is RunState.TRAINING:
        return "Training at full speed: pause (Space) to see each sample's gradient. The curve goes on."
    if state is RunState.DIVERGED:
        return "This run has diverged; go back to the last good weights to see a batch."
    return "Working the step out…"


def step_verdict(history: History | None, loss: float | None, decimals: int) -> tuple[StepVerdict, str]:
    """What the newest measured step says of the learning rate, and its numbers in words."""
    if history is None:
        return verdict_on(np.empty(0), np.empty(0), 0.0), ""
    curves = [history.series[name].read() for name in MEASURED_SERIES]
    steps, predicted, real = curves[0].x, curves[0].y, curves[1].y
    count = min(len(predicted), len(real))  # the worker may be between the two
    verdict = verdict_on(predicted[:count], real[:count], loss or 0.0)
    if not count:
        return verdict, ""
    predicted_now, real_now = (format_number(float(values[count - 1]), decimals) for values in (predicted, real))
    return verdict, f"Step {int(steps[count - 1])}: predicted {predicted_now}, real {real_now}."
