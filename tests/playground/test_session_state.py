"""A session restored from its state at any moment goes on bit for bit: weights, curves, figures and averages."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from playground.augmentation import SUGGESTED_AUGMENTATION
from playground.own_data.run_settings import settings_for
from playground.sample_ref import SampleRef
from playground.session import Session
from playground.settings import Settings
from tests.playground.own_data.files import some_set

OWN = replace(some_set(count=40, size=12), colors=("#12ab34", 7, 0))
"""Some 30 training images: an epoch ends within a few steps."""

Action = Callable[[Session], object]


def own_session(**changes: object) -> Session:
    return Session(settings_for(OWN.description, filters=(2,), kernel_size=3, **changes), own=OWN)


def figures_of(session: Session) -> list[object]:
    """All that a session shows, as plain values that compare exactly."""
    found: list[object] = [session.step_count, session.epoch, session.batch_loss, session.settings, session.edits.done]
    found += [(name, values.tolist()) for name, values in session.network.parameters().items()]
    found += [(name, values.tolist()) for name, values in session.network.gradients().items()]
    found += [session.evaluation, session.evaluation_is_current, session.evaluations.credit]
    if session.evaluation is not None and session.evaluation.test is not None:
        found += [session.evaluation.test.losses.tolist(), session.evaluation.test.labels.tolist()]
    return found


def curves_after(session: Session, step: int) -> dict[str, list[tuple[float, float]]]:
    return {
        name: [(x, y) for x, y in zip(curve.x, curve.y, strict=True) if x > step]
        for name, curve in ((name, series.read()) for name, series in session.history.series.items())
    }


def assert_goes_on_alike(session: Session, restored: Session, actions: list[Action]) -> None:
    start = session.step_count
    for action in actions:
        action(session)
        action(restored)
        assert figures_of(session) == figures_of(restored)
    assert curves_after(session, start) == curves_after(restored, start)


ACTIONS: dict[str, Action] = {
    "step": Session.step,
    "evaluate a slice": Session.evaluate_slice,
    "evaluate": Session.evaluate,
    "a pixel": lambda session: session.edit_pixel(SampleRef("train", 1), (0, 2, 2), 0.5 + session.step_count / 100),
    "a label": lambda session: session.edit_label(SampleRef("train", 2), session.step_count % 2),
    "a test pixel": lambda session: session.edit_pixel(SampleRef("test", 0), (0, 1, 1), session.step_count / 100),
    "a weight": lambda session: session.edit_parameter("w1", (0, 0, 1, 1), 0.1 + session.step_count / 100),
    "undo an edit": lambda session: session.undo_edit() if session.edits.done else None,
    "the learning rate": lambda session: session.change(session.settings.changed(learning_rate=0.02)),
    "the batch size": lambda session: session.change(session.settings.changed(batch_size=7)),
    "the optimiser": lambda session: session.change(session.settings.changed(optimizer="adam", learning_rate=0.003)),
    "a frozen block": lambda session: session.change(session.settings.changed(frozen=1 - session.settings.frozen)),
    "augmentation": lambda session: session.change(session.settings.changed(augmentation=SUGGESTED_AUGMENTATION)),
    "fewer images": lambda session: session.use_images(session.settings, some_set(count=34, size=12)),
}

several = st.lists(st.sampled_from([*["step"] * 8, *ACTIONS]).map(ACTIONS.__getitem__), max_size=12)


@hypothesis_settings(max_examples=60)
@given(
    optimizer=st.sampled_from(["sgd", "momentum", "adam"]),
    batch_size=st.sampled_from([1, 9, 16, 64]),
    augmented=st.booleans(),
    before=several,
    between=several,
    after=several,
)
def test_a_session_restored_at_any_moment_goes_on_bit_for_bit(
    *,
    optimizer: str,
    batch_size: int,
    augmented: bool,
    before: list[Action],
    between: list[Action],
    after: list[Action],
) -> None:
    augmentation = {"augmentation": SUGGESTED_AUGMENTATION} if augmented else {}
    session = own_session(optimizer=optimizer, batch_size=batch_size, learning_rate=0.02, **augmentation)
    for action in before:
        action(session)
    state, figures = session.state(), figures_of(session)
    restored = Session.from_state(state)
    assert figures_of(restored) == figures
    assert_goes_on_alike(session, restored, between)
    # the state has not moved with the session, and leads back in place as well
    session.go_to(state)
    assert figures_of(session) == figures
    assert_goes_on_alike(session, Session.from_state(state), after)


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam"])
def test_a_run_on_digits_goes_on_bit_for_bit_over_the_end_of_an_epoch(optimizer: str) -> None:
    settings = Settings(optimizer=optimizer, learning_rate=0.005, batch_size=500, filters=(2,))
    session = Session(settings.changed(augmentation=SUGGESTED_AUGMENTATION))
    for _ in range(4):
        session.step()
    restored = Session.from_state(session.state())
    assert_goes_on_alike(session, restored, [Session.step] * 4)
    assert restored.epoch == 1


def test_the_curves_of_a_restored_session_go_on_where_the_state_was() -> None:
    session = own_session()
    for _ in range(3):
        session.step()
    state = session.state()
    for _ in range(3):
        session.step()
    restored = Session.from_state(state, session.history)
    assert restored.history is session.history
    assert list(restored.history.series["batch_loss"].read().x) == [1, 2, 3]


def test_every_array_of_a_state_is_read_only_and_none_is_the_sessions() -> None:
    session = own_session(optimizer="adam", learning_rate=0.01)
    session.edit_pixel(SampleRef("train", 1), (0, 2, 2), 0.5)
    session.step()
    state = session.state()
    averages = [values for kind in ("mean", "square") for values in state.optimizer_state[kind].values()]
    images = [image for image, _ in state.edits.images.values()]
    for array in (*state.weights.values(), *state.gradients.values(), *averages, *images, state.order.order):
        assert not array.flags.writeable
    for array in (*state.weights.values(), *state.gradients.values()):
        assert not any(np.shares_memory(array, live) for live in session.network.parameters().values())


def test_a_state_of_another_architecture_changes_nothing() -> None:
    session, other = own_session(), own_session(seed=8)
    before = figures_of(session)
    with pytest.raises(ValueError, match="from_state"):
        session.go_to(other.state())
    assert figures_of(session) == before


def test_an_evaluation_in_progress_is_part_of_the_state() -> None:
    session = Session(Settings(dataset="shapes", classes=(0, 1), kernel_size=5, filters=(1,), batch_size=1))
    session.step()
    session.evaluate_slice()  # 64 of the 240 images
    state = session.state()
    assert state.evaluations.running is not None
    session.step()
    restored = Session.from_state(state)
    restored.step()
    while not session.evaluate_slice():
        assert not restored.evaluate_slice()
    assert restored.evaluate_slice()
    assert figures_of(session) == figures_of(restored)
    assert restored.evaluation is not None
    assert restored.evaluation.step == 1


def test_a_state_of_a_digits_network_is_cheap_to_take() -> None:
    session = Session(Settings(optimizer="adam", learning_rate=0.001))
    session.step()
    times = []
    for _ in range(200):
        before = time.perf_counter()
        session.state()
        times.append(time.perf_counter() - before)
    # some 40 µs where nothing else runs
    assert min(times) < 200e-6
