"""Frozen conv blocks: no update, true gradients, and files from before still open."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.losses import SoftmaxCrossEntropy
from core.network import build_network
from core.optimizers import SGD, Adam
from core.training import train_step
from playground.errors import SettingsError
from playground.model_file import load_model, save_model
from playground.sample_ref import SampleRef
from playground.session import Session
from playground.settings import Settings

SETTINGS = Settings("shapes", (0, 1, 2), 5, (3, 4), batch_size=8)


@pytest.mark.parametrize("optimizer", [SGD(0.1), SGD(0.1, momentum=0.9), Adam(0.01)], ids=["sgd", "momentum", "adam"])
def test_a_frozen_layer_stays_bit_for_bit_and_the_others_move(optimizer: SGD | Adam) -> None:
    network = build_network((1, 14, 14), 3, (2, 3), 4, seed=0)
    before = network.state_dict()
    x = np.random.default_rng(0).random((6, 1, 14, 14), np.float32)
    for _ in range(3):
        train_step(network, SoftmaxCrossEntropy(), optimizer, x, np.arange(6) % 4, frozen=("conv1",))
    after = network.state_dict()
    for name in before:
        assert np.array_equal(before[name], after[name]) == name.startswith("conv1"), name


def test_the_gradients_of_a_frozen_layer_are_worked_out_all_the_same() -> None:
    free, frozen = (build_network((1, 14, 14), 3, (2, 3), 4, seed=0) for _ in range(2))
    x = np.random.default_rng(0).random((6, 1, 14, 14), np.float32)
    y = np.arange(6) % 4
    train_step(free, SoftmaxCrossEntropy(), SGD(0.1), x, y)
    train_step(frozen, SoftmaxCrossEntropy(), SGD(0.1), x, y, frozen=("conv1", "conv2"))
    for name, gradient in free.gradients().items():
        np.testing.assert_array_equal(gradient, frozen.gradients()[name])


def test_a_session_freezes_and_thaws_from_the_next_step_on() -> None:
    session = Session(SETTINGS)
    start = session.state_dict()
    session.change(SETTINGS.changed(frozen=1))
    session.step()
    frozen = session.state_dict()
    assert [name for name in start if np.array_equal(start[name], frozen[name])] == ["conv1.weight", "conv1.bias"]
    assert session.history.series["|dw1|"].last[1] > 0  # type: ignore[index]
    assert np.any(session.trace_sample(SampleRef("train", 0)).arrays["dw1"])
    session.change(SETTINGS)
    session.step()
    assert not np.array_equal(session.state_dict()["conv1.weight"], frozen["conv1.weight"])
    assert [event.text for event in session.history.events] == ["conv 1 frozen", "no conv block frozen"]


def test_a_step_taken_apart_shows_no_update_of_a_frozen_block_and_is_the_step_that_is_taken() -> None:
    session = Session(SETTINGS.changed(frozen=2))
    prepared = session.prepare_batch_step()
    assert not np.any(prepared.updates["w1"])
    assert np.any(prepared.gradients["w1"])
    assert np.any(prepared.updates["w3"])
    assert prepared.loss_change == pytest.approx(prepared.predicted_change, rel=0.5)
    session.apply_batch_step(prepared)
    np.testing.assert_array_equal(session.state_dict()["fc.weight"], prepared.weights_after["w3"])
    np.testing.assert_array_equal(session.state_dict()["conv1.weight"], prepared.weights_after["w1"])


def test_a_step_that_was_taken_apart_before_blocks_were_frozen_is_stale() -> None:
    session = Session(SETTINGS)
    prepared = session.prepare_batch_step()
    session.change(SETTINGS.changed(frozen=1))
    assert not session.is_next(prepared)


@pytest.mark.parametrize("frozen", [-1, 3, True, 0.5])
def test_only_the_blocks_that_there_are_can_be_frozen(frozen: object) -> None:
    with pytest.raises(SettingsError, match="the number of frozen conv blocks"):
        SETTINGS.changed(frozen=frozen)


def test_with_fewer_blocks_no_more_stay_frozen_than_there_are() -> None:
    assert SETTINGS.changed(frozen=2).changed(filters=(3,)).frozen == 1


def test_a_blackboard_example_updates_everything() -> None:
    with pytest.raises(SettingsError, match="freeze no conv block there"):
        Settings("blackboard-3x3", (0, 1), 2, (1,), frozen=1)


def test_settings_from_before_open_and_nothing_frozen_leaves_no_trace_in_a_file(tmp_path: Path) -> None:
    assert "frozen" not in SETTINGS.to_dict()
    assert Settings.from_dict(SETTINGS.to_dict()).frozen == 0
    frozen = SETTINGS.changed(frozen=2)
    assert Settings.from_dict(frozen.to_dict()) == frozen
    save_model(tmp_path / "m", frozen, Session(frozen).state_dict())
    assert load_model(tmp_path / "m").settings.frozen == 2
