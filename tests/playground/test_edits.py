"""Numbers changed by hand: what follows from them, what is refused, and how they are taken back."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from core.explain import explain
from core.trace import trace
from playground.datasets import load_dataset, suggested_settings
from playground.edits import LARGEST, parse_number
from playground.errors import EditError
from playground.prediction import make_loss, make_network
from playground.sample_ref import SampleRef
from playground.session import Session
from playground.settings import Settings

BLACKBOARDS = ("blackboard-3x3", "blackboard-5x5")
EXAMPLE = SampleRef("train", 0)


def session_of(dataset: str, **changes: object) -> Session:
    return Session(Settings(**{**suggested_settings(dataset), **changes}))


@pytest.mark.parametrize(
    ("text", "value"), [("0.5", 0.5), ("−2", -2), (" .25 ", 0.25), ("0,5", 0.5), ("1e-3", 0.001), ("+3.", 3), ("0", 0)]
)
def test_a_number_is_read_as_people_type_it(text: str, value: float) -> None:
    assert parse_number(text) == value


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Type a number"),
        ("   ", "Type a number"),
        ("abc", "“abc” is not a number"),
        ("1_0", "is not a number"),
        ("٣", "is not a number"),
        ("0x10", "is not a number"),
        ("1,000.5", "is not a number"),
        ("nan", "cannot be computed with"),
        ("-inf", "cannot be computed with"),
        ("∞", "cannot be computed with"),
        ("1e999", "1e999 is too large"),
        ("-1001", "−1\u202f000 to 1\u202f000"),
        ("1e-999", "too small"),
        ("9" * 40, "too large"),
    ],
)
def test_bad_input_is_refused_in_a_short_sentence(text: str, words: str) -> None:
    with pytest.raises(EditError, match=words) as refusal:
        parse_number(text)
    assert len(str(refusal.value)) <= 60


@pytest.mark.parametrize("dataset", BLACKBOARDS)
def test_an_edited_weight_pixel_and_label_give_the_engines_own_trace(dataset: str) -> None:
    session = session_of(dataset)
    session.edit_parameter("w1", (0, 0, 0, 1), 2.0)
    session.edit_parameter("b2", (0,), 0.25)
    session.edit_pixel(EXAMPLE, (0, 1, 1), 0.3)
    session.edit_label(EXAMPLE, 0)
    network = make_network(session.settings)
    original = load_dataset(session.settings)
    weights = {name: values.copy() for name, values in original.initial_state.items()}
    weights["conv1.weight"][0, 0, 0, 1] = 2.0
    weights["fc.bias"][0] = 0.25
    network.load_state_dict(weights)
    x = original.x_train[:1].copy()
    x[0, 0, 1, 1] = 0.3
    expected = trace(network, make_loss(session.settings), x, np.array([0]))
    found = session.trace_sample(EXAMPLE)
    assert found.arrays.keys() == expected.arrays.keys()
    for name, values in expected.arrays.items():
        np.testing.assert_array_equal(found.arrays[name], values, err_msg=name)


@pytest.mark.parametrize("edit", [None, "pixel", "weight", "label"])
@pytest.mark.parametrize("dataset", BLACKBOARDS)
def test_the_lectures_line_holds_for_each_of_the_four_weights(dataset: str, edit: str | None) -> None:
    session = session_of(dataset)
    if edit == "pixel":
        session.edit_pixel(EXAMPLE, (0, 0, 1), -1.5)
    elif edit == "weight":
        session.edit_parameter("w1", (0, 0, 1, 1), -0.75)
    elif edit == "label":
        session.edit_label(EXAMPLE, 0)
    found = session.trace_sample(EXAMPLE)
    upstream, x = found.dz1[0, 0], found.x[0, 0]
    rows, cols = upstream.shape
    for down, right in np.ndindex(2, 2):
        explanation = explain(found, "dw1", (0, 0, down, right))
        # ∂L/∂w11 = ∂L/∂z11·x11 + ∂L/∂z12·x12 + ∂L/∂z21·x21 + ∂L/∂z22·x22, and so on for the others
        assert len(explanation.terms) == rows * cols
        for term, (i, j) in zip(explanation.terms, np.ndindex(rows, cols), strict=True):
            gradient, pixel = term.factors
            assert (gradient.array, gradient.index[-2:], gradient.value) == ("dz1", (i, j), upstream[i, j])
            assert (pixel.array, pixel.index[-2:], pixel.value) == ("x", (i + down, j + right), x[i + down, j + right])
        by_hand = sum(upstream[i, j] * x[i + down, j + right] for i, j in np.ndindex(rows, cols))
        assert explanation.total == pytest.approx(by_hand, abs=1e-6)
        assert found.dw1[0, 0, down, right] == pytest.approx(by_hand, abs=1e-6)


def test_an_edited_training_image_is_trained_on() -> None:
    edited, plain = session_of("blackboard-3x3", batch_size=16), session_of("blackboard-3x3", batch_size=16)
    edited.edit_pixel(EXAMPLE, (0, 0, 0), 0.0)
    edited.step()
    plain.step()
    x, y = load_dataset(plain.settings).x_train[:], load_dataset(plain.settings).y_train
    x[0, 0, 0, 0] = 0.0
    network = make_network(plain.settings)
    network.load_state_dict(load_dataset(plain.settings).initial_state)
    batch = trace(network, make_loss(plain.settings), x, y)
    assert edited.batch_loss == pytest.approx(float(batch.L), rel=1e-5)
    assert edited.batch_loss != plain.batch_loss


def test_the_original_images_are_never_written_to_and_a_new_run_has_them() -> None:
    session = session_of("blackboard-5x5")
    before = session.dataset.x_train[:]
    session.edit_pixel(EXAMPLE, (0, 2, 2), 7.0)
    session.edit_label(EXAMPLE, 0)
    np.testing.assert_array_equal(session.dataset.x_train[:], before)
    again = Session(session.settings)
    image, label = again.sample(EXAMPLE)
    np.testing.assert_array_equal(image[0], before[0])
    assert label[0] == 1


def test_an_edit_stays_with_its_image_when_another_is_looked_at() -> None:
    session = session_of("blackboard-3x3")
    session.edit_pixel(EXAMPLE, (0, 0, 0), 0.125)
    assert not session.images.is_edited(SampleRef("train", 1))
    assert session.images.is_edited(EXAMPLE)
    assert session.trace_sample(EXAMPLE).x[0, 0, 0, 0] == 0.125


def test_an_edited_image_counts_in_the_figures() -> None:
    session = session_of("blackboard-3x3")
    before = session.evaluate()
    session.edit_label(EXAMPLE, 0)
    assert not session.evaluation_is_current
    after = session.evaluate()
    assert after.train_loss != before.train_loss or after.train_accuracy != before.train_accuracy
    assert after.test_loss == before.test_loss


def test_edits_are_undone_one_by_one_the_newest_first() -> None:
    session = session_of("blackboard-3x3")
    start = session.trace_sample(EXAMPLE)
    session.edit_parameter("w1", (0, 0, 0, 0), 3.0)
    session.edit_pixel(EXAMPLE, (0, 0, 0), 0.75)
    session.edit_label(EXAMPLE, 0)
    assert session.undo_edit().name == "y"
    assert session.trace_sample(EXAMPLE).y[0] == 1
    assert session.undo_edit().name == "x"
    assert not session.images.is_edited(EXAMPLE)
    assert session.undo_edit().name == "w1"
    for name, values in session.trace_sample(EXAMPLE).arrays.items():
        np.testing.assert_array_equal(values, start.arrays[name], err_msg=name)
    with pytest.raises(EditError, match="no edit to undo"):
        session.undo_edit()


def test_an_edit_keeps_the_optimisers_averages_and_marks_the_curves() -> None:
    session = session_of("blackboard-3x3", optimizer="adam")
    session.step()
    before = session.learner.optimizer.state_dict()
    session.edit_parameter("w2", (0, 0), 1.5)
    after = session.learner.optimizer.state_dict()
    assert str(before) == str(after)
    event = session.history.events[-1]
    assert (event.step, event.kind) == (1, "edited")
    assert event.text.startswith("w₂[0,0] ")
    assert event.text.endswith("→ 1.5")


def test_a_number_that_is_there_already_is_no_edit() -> None:
    session = session_of("blackboard-3x3")
    events = session.history.events
    session.edit_parameter("w1", (0, 0, 0, 0), 1.0)
    session.edit_pixel(EXAMPLE, (0, 0, 0), 1.0)
    session.edit_label(EXAMPLE, 1)
    assert session.edits.done == ()
    assert session.history.events == events


@pytest.mark.parametrize(
    "change",
    [
        lambda s: s.edit_parameter("w1", (0, 0, 2, 0), 1.0),
        lambda s: s.edit_parameter("w1", (0,), 1.0),
        lambda s: s.edit_parameter("w3", (0, 0), 1.0),
        lambda s: s.edit_parameter("z1", (0, 0, 0), 1.0),
        lambda s: s.edit_parameter("", (), 1.0),
        lambda s: s.edit_parameter("b1", (0,), float("nan")),
        lambda s: s.edit_pixel(EXAMPLE, (0, 0, 0), 2 * LARGEST),
        lambda s: s.edit_pixel(EXAMPLE, (0, 9, 0), 1.0),
        lambda s: s.edit_label(EXAMPLE, 2),
    ],
)
def test_what_cannot_be_edited_is_refused_and_changes_nothing(change: Callable[[Session], None]) -> None:
    session = session_of("blackboard-3x3")
    before = session.trace_sample(EXAMPLE)
    with pytest.raises(EditError):
        change(session)
    assert session.edits.done == ()
    for name, values in session.trace_sample(EXAMPLE).arrays.items():
        np.testing.assert_array_equal(values, before.arrays[name], err_msg=name)


def test_the_last_good_weights_take_the_edits_of_weights_with_them_but_not_those_of_images() -> None:
    session = session_of("blackboard-3x3")
    session.edit_pixel(EXAMPLE, (0, 0, 0), 0.5)
    session.edit_parameter("w1", (0, 0, 0, 0), 9.0)
    session.restore_last_good()
    assert [edit.name for edit in session.edits.done] == ["x"]
