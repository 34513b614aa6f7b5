from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from playground.own_data.run_settings import settings_for
from playground.session import Session
from playground.settings import Settings
from tests.playground.own_data.files import some_set
from ui.slow_motion.stages import Grain, batch_pictures, lit_names, parameter_part, stages_of
from ui.slow_motion.updates import loss_sentence, update_blocks

SMALL = Settings(dataset="shapes", classes=(0, 1), kernel_size=5, filters=(4,), batch_size=8, seed=5)
DEEP = SMALL.changed(classes=(0, 1, 2, 3), kernel_size=3, filters=(3, 4))
COLORS = some_set(30, 12, channels=3)
COLORED = settings_for(COLORS.description, filters=(2, 4), kernel_size=3)
STEPS = {
    "one block": Session(SMALL).prepare_batch_step(),
    "two blocks": Session(DEEP).prepare_batch_step(),
    "colours": Session(COLORED, own=COLORS).prepare_batch_step(),
}
EACH = pytest.mark.parametrize("step", STEPS.values(), ids=STEPS)


def test_the_stages_of_one_block_are_the_beats_of_the_lecture() -> None:
    stages = stages_of(STEPS["one block"])
    assert [stage.names for stage in stages] == [
        *[(name,) for name in ("x", "z1", "A1", "P1", "F", "z2", "A2", "L", "dA2", "dz2")],
        ("dw2", "db2"),
        *[(name,) for name in ("dF", "dP1", "dA1", "dz1", "dw1", "db1")],
        ("w1", "b1", "w2", "b2"),
    ]


@EACH
@pytest.mark.parametrize("grain", ["phase", "layer", "cell"])
def test_stages_hold_every_array_of_the_trace_once(step, grain: Grain) -> None:
    names = [name for stage in stages_of(step, grain) for name in stage.names]
    assert sorted(names) == sorted(step.trace.arrays)


def test_phases_are_four() -> None:
    assert [stage.label for stage in stages_of(STEPS["two blocks"], "phase")] == [
        "Forward",
        "Loss",
        "Backward",
        "Update",
    ]


@EACH
def test_what_is_lit_grows_until_everything_is(step) -> None:
    stages = stages_of(step)
    lit = [lit_names(stages, place) for place in range(len(stages))]
    assert all(before <= after for before, after in pairwise(lit))
    assert lit[-1] == set(step.trace.arrays)
    assert lit[1] == {"x", "z1", "w1", "b1"}


@EACH
def test_every_stage_has_a_picture_of_every_sample(step) -> None:
    for stage in stages_of(step)[:-1]:
        pictures = batch_pictures(step, stage, (1, 2), 0)
        assert pictures.samples.ndim == 3
        assert len(pictures.samples) == step.m


def test_a_map_is_that_of_the_chosen_filter_of_its_block() -> None:
    step = STEPS["two blocks"]
    stages = {stage.shown: stage for stage in stages_of(step)}
    for name, chosen in (("z1", 2), ("dA1", 2), ("P2", 3), ("dz2", 3)):
        pictures = batch_pictures(step, stages[name], (2, 3), 0)
        np.testing.assert_array_equal(pictures.samples, step.trace.arrays[name][:, chosen])
    flat = batch_pictures(step, stages["F"], (2, 3), 0)
    np.testing.assert_array_equal(flat.samples, step.trace.P2[:, 3])


def test_of_a_coloured_image_all_three_channels_are_shown_beside_each_other() -> None:
    step = STEPS["colours"]
    stages = {stage.shown: stage for stage in stages_of(step)}
    shown = batch_pictures(step, stages["x"], (1, 2), 0)
    kernels = batch_pictures(step, stages["dw1"], (1, 2), 0)
    for channel in range(3):
        np.testing.assert_array_equal(shown.samples[:, :, 12 * channel :][:, :, :12], step.trace.x[:, channel])
        np.testing.assert_array_equal(kernels.whole[:, 3 * channel :][:, :3], step.gradients["w1"][1, channel])
    assert "red, green, blue" in shown.note
    assert "filter 1 · red, green, blue" in kernels.note


@EACH
def test_pictures_of_the_samples_add_up_to_the_one_of_the_batch(step) -> None:
    for stage in stages_of(step):
        if stage.shown[:2] in ("dw", "db"):
            pictures = batch_pictures(step, stage, (1, 2), 0)
            np.testing.assert_allclose(pictures.samples.sum(axis=0), pictures.whole, rtol=1e-4, atol=1e-6)
            assert "samples with their 1/m add up to the batch's ∂L/∂" in pictures.note


def test_the_dense_weights_of_a_filter_are_cut_as_flatten_lays_them_out() -> None:
    step = STEPS["two blocks"]
    cut, _ = parameter_part(step, "w3", (0, 1), 2)
    _, maps, height, width = step.trace.P2.shape
    start = height * width
    np.testing.assert_array_equal(cut(step.weights["w3"]).ravel(), step.weights["w3"][2, start : 2 * start])
    assert maps == 4


def test_more_samples_than_are_worked_out_one_by_one_are_said() -> None:
    step = Session(SMALL.changed(batch_size=80, filters=(1,))).prepare_batch_step()
    stage = next(stage for stage in stages_of(step) if stage.shown == "dw1")
    pictures = batch_pictures(step, stage, (0,), 0)
    assert len(pictures.samples) == 64
    assert pictures.note == "first 64 of 80 samples, each with its 1/m"


@EACH
def test_an_update_block_holds_before_gradient_update_and_after(step) -> None:
    for block in update_blocks(step, (0, 0), 0):
        before, gradient, update, after = block.arrays
        np.testing.assert_array_equal(after, before + update)
        np.testing.assert_allclose(update, -0.1 * gradient, rtol=1e-3, atol=1e-7)
        assert block.captions[2].startswith("−η ∂L/∂")


def test_an_update_that_is_not_the_gradient_is_called_by_its_rule() -> None:
    step = Session(SMALL.changed(optimizer="adam", learning_rate=0.001)).prepare_batch_step()
    assert update_blocks(step, (0,), 0)[0].captions[2] == "Δ (Adam)"
    assert "Σ ∂L/∂w·Δw" in loss_sentence(step)


def test_the_loss_sentence_puts_the_prediction_beside_the_real_change() -> None:
    text = loss_sentence(STEPS["one block"])
    assert text.startswith("L 0.")
    assert "predicted −η‖∂L/∂w‖² = −" in text
