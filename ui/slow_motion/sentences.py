"""What the line under the stages says of a step, and what stands in place of one."""

from __future__ import annotations

import numpy as np

from core.arrays import Array
from playground.batch_step import BatchStep
from playground.sample_ref import SampleRef
from playground.snapshot import RunState
from ui.flow.formulas import formulas, operation
from ui.flow.heatmap import is_signed
from ui.number_format import display_name, format_number, format_scale, grouped, percent
from ui.slow_motion.stages import Stage
from ui.slow_motion.updates import loss_sentence

__all__ = ["cell_sentence", "no_step_sentence", "stage_sentence", "update_sentence"]

_WAITING = "Working the step out…"
_TRAINING = "Training at full speed: pause, or switch slow motion on, to go through one batch."
_DIVERGED = "This run has diverged; go back to the last good weights to see a batch."


def no_step_sentence(state: RunState, slow: bool) -> str:
    """Why there is no step to look at."""
    if state is RunState.TRAINING and not slow:
        return _TRAINING
    return _DIVERGED if state is RunState.DIVERGED else _WAITING


def stage_sentence(
    step: BatchStep,
    stage: Stage,
    note: str,
    limits: tuple[float, float | None],
    decimals: int,
    *,
    in_the_flow: SampleRef,
) -> str:
    """What the stage computes, the shape and size of the whole batch's array, what the pictures show.

    note: what the pictures are; limits: the numbers at the end of their colour scale and of that of their sum, None if
    there is none. An image in the flow that is none
    of the batch is said to be none; beneath the pictures are class and loss.
    """
    name, head = stage.shown, _head(step, stage)
    if name == "L":
        return f"{head} = {format_number(step.loss, decimals)} · {_which(step, in_the_flow)} · {note}"
    values = step.trace.arrays[name]
    shape, scale = "×".join(map(str, values.shape)), format_scale(limits[0], is_signed(name))
    if limits[1] is not None:
        scale = f"each {scale}, sum {format_scale(limits[1], is_signed(name))}"
    parts = (head, note, _which(step, in_the_flow), "beneath: class, loss L", shape, scale, _size(values, decimals))
    return " · ".join(filter(None, parts))


def cell_sentence(step: BatchStep, stage: Stage, cell: int, count: int, decimals: int) -> str:
    """Which cell of how many it is, what the array is, and the step; cell: from 0."""
    counted = f"cell {grouped(cell + 1)} of {grouped(count)}"
    if stage.phase == "update":
        return f"{counted} · {update_sentence(step, decimals)}"
    return f"{counted} · {_head(step, stage)} · {_which(step)}"


def _head(step: BatchStep, stage: Stage) -> str:
    name, blocks = stage.shown, step.trace.blocks
    formula = formulas(name, blocks, step.trace.activation == "softmax", of_batch=step.m > 1)
    return (
        f"{display_name(name)} = {formula[0]}" if formula else ", ".join((display_name(name), *operation(name, blocks)))
    )


def update_sentence(step: BatchStep, decimals: int) -> str:
    """What the update does to the loss of its batch."""
    return f"{loss_sentence(step, decimals)} · {_which(step)}"


def _which(step: BatchStep, in_the_flow: SampleRef | None = None) -> str:
    source = step.images.source
    if source is None:
        head = f"next: step {grouped(step.step)}, batch of {step.m}"
        if in_the_flow is None or in_the_flow in step.images.refs:
            return head
        return f"{head} ({in_the_flow.words} in the flow is not in it)"
    warning = ", though it is a test image" if source.split == "test" else ""
    return f"next: step {grouped(step.step)}, {source.words} alone{warning}"


def _size(values: Array, decimals: int) -> str:
    magnitudes = np.abs(values)
    zeros = 1 - np.count_nonzero(values) / max(1, values.size)
    return f"mean |·| {format_number(float(magnitudes.mean()), decimals)}, {percent(zeros, 0)} zeros"
