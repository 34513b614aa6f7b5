"""A drawing is followed: what the snapshots show of it is what the engine says of that picture with that label."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pytest

from core.arrays import Array
from core.trace import trace
from playground.announcements import Announcements
from playground.datasets import load_dataset
from playground.edits import DRAWN_PIXELS
from playground.errors import EditError, PlaygroundError
from playground.prediction import class_probabilities, make_loss, make_network
from playground.sample_ref import DrawnSample, SampleRef
from playground.sessions.session_file import read_session, write_session
from playground.settings import Settings
from playground.snapshot import RunState, Snapshot
from playground.take_home.moment import Moment
from playground.training_loop import TrainingLoop
from tests.playground.loops import SMALL, Listener, settle

THREE = Settings(dataset="shapes", classes=(0, 1, 2), kernel_size=5, filters=(4,), batch_size=32, seed=5)


@pytest.fixture
def loop(listener: Listener) -> TrainingLoop:
    return begun(listener.tell, THREE)


def begun(tell: Announcements, settings: Settings) -> TrainingLoop:
    made = TrainingLoop(tell)
    made.begin(settings)
    settle(made)
    return made


def picture(loop: TrainingLoop, seed: int = 0) -> Array:
    """Strokes that are in no data set."""
    shape = loop.session.dataset.x_train.shape[1:]
    return (np.random.default_rng(seed).random(shape) > 0.6).astype(np.float32)


def assert_of_the_engine(snapshot: Snapshot, image: Array, label: int) -> None:
    """The snapshot's numbers are those of this picture with this label under the weights that it shows."""
    network = make_network(snapshot.settings)
    network.load_state_dict(snapshot.weights)
    expected = trace(network, make_loss(snapshot.settings), image[np.newaxis], np.array([label]))
    np.testing.assert_array_equal(snapshot.trace.y, [label])
    assert snapshot.trace.arrays.keys() == expected.arrays.keys()
    for name, values in expected.arrays.items():
        np.testing.assert_array_equal(snapshot.trace.arrays[name], values, err_msg=name)


def followed(loop: TrainingLoop, seed: int = 0) -> Array:
    image = picture(loop, seed)
    loop.set_drawing(image)
    loop.follow_drawing()
    return image


def test_a_followed_drawing_has_the_networks_answer_as_its_label(loop: TrainingLoop) -> None:
    loop.train(30)
    settle(loop)
    image = followed(loop)
    seen = loop.snapshot()
    network = make_network(seen.settings)
    network.load_state_dict(seen.weights)
    answer = int(class_probabilities(network, make_loss(seen.settings), image[np.newaxis])[0].argmax())
    assert isinstance(seen.sample, DrawnSample)
    assert (seen.sample.label, seen.sample.is_chosen) == (answer, False)
    assert_of_the_engine(seen, image, answer)


def test_every_step_and_every_stroke_shows_the_engines_numbers_of_the_drawing(loop: TrainingLoop) -> None:
    image = followed(loop)
    before = loop.snapshot()
    label = before.sample.label
    loop.step()
    after = loop.snapshot()
    assert_of_the_engine(after, image, label)
    assert not np.array_equal(before.trace.dw1, after.trace.dw1)
    stroke = picture(loop, 1)
    loop.set_drawing(stroke)
    assert_of_the_engine(loop.snapshot(), stroke, label)


def test_the_label_that_the_user_chooses_stays_through_strokes_and_steps(loop: TrainingLoop) -> None:
    image = followed(loop)
    other = (loop.snapshot().sample.label + 1) % 3
    loop.train(None)
    loop.edit_label(loop.snapshot().sample, other)
    seen = loop.snapshot()
    assert seen.state is RunState.TRAINING
    assert (seen.sample.label, seen.sample.is_chosen) == (other, True)
    assert_of_the_engine(seen, image, other)
    loop.pause()
    loop.step()
    loop.set_drawing(stroke := picture(loop, 2))
    assert_of_the_engine(loop.snapshot(), stroke, other)


def test_looking_back_shows_the_drawing_under_the_weights_of_then(loop: TrainingLoop) -> None:
    start = loop.snapshot().weights
    loop.train(6)
    settle(loop)
    image = followed(loop)
    newest = loop.snapshot()
    label = newest.sample.label
    loop.seek(newest.timeline.live, 0)
    then = loop.snapshot()
    assert then.step == 0
    for name, values in start.items():
        np.testing.assert_array_equal(then.weights[name], values)
    assert_of_the_engine(then, image, label)
    loop.set_drawing(stroke := picture(loop, 3))
    assert_of_the_engine(loop.snapshot(), stroke, label)
    loop.return_to_newest()
    assert_of_the_engine(loop.snapshot(), stroke, label)


def test_two_moments_are_compared_by_the_drawing(loop: TrainingLoop) -> None:
    followed(loop)
    loop.pin_moment()
    before = loop.snapshot().trace
    loop.step()
    seen = loop.snapshot()
    np.testing.assert_array_equal(seen.difference.trace.arrays["A2"], seen.trace.A2 - before.A2)


def test_an_empty_canvas_brings_back_the_image_of_before(loop: TrainingLoop) -> None:
    loop.choose_sample(SampleRef("train", 7))
    followed(loop)
    loop.set_drawing(None)
    assert loop.snapshot().sample == SampleRef("train", 7)
    loop.set_drawing(picture(loop))
    assert loop.snapshot().sample == SampleRef("train", 7), "a new drawing is followed only when it is asked for"


def test_letting_the_drawing_go_or_choosing_an_image_ends_it(loop: TrainingLoop) -> None:
    loop.choose_sample(SampleRef("train", 7))
    followed(loop)
    loop.follow_drawing(False)
    assert loop.snapshot().sample == SampleRef("train", 7)
    loop.follow_drawing()
    loop.choose_sample(SampleRef("test", 3))
    loop.set_drawing(picture(loop, 1))
    assert loop.snapshot().sample == SampleRef("test", 3)


def test_nothing_can_be_followed_while_nothing_is_drawn(loop: TrainingLoop) -> None:
    with pytest.raises(PlaygroundError, match="no drawing to follow"):
        loop.follow_drawing()
    loop.set_drawing(np.zeros((1, 3, 3), np.float32))
    with pytest.raises(PlaygroundError, match="no drawing to follow"):
        loop.follow_drawing()
    assert loop.snapshot().sample == SampleRef()


def test_a_new_start_of_the_same_network_goes_on_with_the_drawing(loop: TrainingLoop) -> None:
    image = followed(loop)
    label = loop.snapshot().sample.label
    loop.step()
    loop.reset(seed=9)
    assert_of_the_engine(loop.snapshot(), image, label)


def test_other_classes_or_other_data_end_it(loop: TrainingLoop) -> None:
    loop.choose_sample(SampleRef("test", 3))
    followed(loop)
    loop.change_settings(SMALL)
    assert loop.snapshot().sample == SampleRef("test", 3)
    followed(loop)
    loop.change_settings(Settings())
    assert loop.snapshot().sample == SampleRef()


def test_a_run_that_is_brought_back_shows_the_drawing_and_then_the_image_that_it_was_left_with(
    loop: TrainingLoop,
) -> None:
    loop.choose_sample(SampleRef("test", 3))
    image = followed(loop)
    label = loop.snapshot().sample.label
    loop.step()
    loop.reset(seed=9)
    loop.choose_sample(SampleRef("train", 7))
    loop.follow_drawing()
    label = loop.snapshot().sample.label
    loop.bring_back()
    seen = loop.snapshot()
    assert seen.step == 1
    assert_of_the_engine(seen, image, label)
    loop.set_drawing(None)
    assert loop.snapshot().sample == SampleRef("test", 3)


def test_a_step_on_the_drawing_alone_is_the_one_taken_apart_and_can_be_undone(loop: TrainingLoop) -> None:
    image = followed(loop)
    loop.watch_batch_step("sample")
    seen = loop.snapshot()
    step = seen.batch_step
    np.testing.assert_array_equal(step.images.x, image[np.newaxis])
    assert step.images.refs == (seen.sample,)
    loop.apply_batch_step(step)
    after = loop.snapshot()
    for name, values in after.weights.items():
        letter = "w" if name.endswith("weight") else "b"
        layer = 1 if name.startswith("conv1") else 2
        np.testing.assert_array_equal(values, step.weights_after[f"{letter}{layer}"])
    loop.set_drawing(stroke := picture(loop, 1))
    np.testing.assert_array_equal(loop.snapshot().batch_step.images.x, stroke[np.newaxis])
    loop.undo_step()
    assert loop.snapshot().step == 0


def test_the_laboratory_and_what_is_taken_home_take_the_drawing(loop: TrainingLoop, listener: Listener) -> None:
    image = followed(loop)
    seen = loop.snapshot()
    loop.take_specimen(seen.sample)
    (specimen,) = listener.values("specimen")
    np.testing.assert_array_equal(specimen.images.x, image[np.newaxis])
    facts = dict(Moment.of(seen, datetime(2026, 1, 1)).facts)
    assert facts["Sample"] == f"your drawing, class {seen.class_names[seen.sample.label]} (y = {seen.sample.label})"


def test_the_pixels_of_a_drawing_are_not_typed(loop: TrainingLoop) -> None:
    image = followed(loop)
    sample = loop.snapshot().sample
    with pytest.raises(EditError, match=DRAWN_PIXELS):
        loop.edit_cell(sample, "x", (0, 0, 0), 0.5)
    assert_of_the_engine(loop.snapshot(), image, sample.label)


def test_the_drawing_and_its_label_go_into_no_data_and_no_file(loop: TrainingLoop, tmp_path, listener) -> None:
    loop.choose_sample(SampleRef("train", 7))
    followed(loop)
    loop.edit_label(loop.snapshot().sample, 2)
    assert loop.snapshot().edits == ()
    assert not loop.snapshot().sample_edited
    fresh = load_dataset(THREE)
    np.testing.assert_array_equal(loop.session.dataset.y_test, fresh.y_test)
    write_session(tmp_path / "followed.session", loop.capture())
    loop.open_session(read_session(tmp_path / "followed.session"), "Opened.")
    assert loop.snapshot().sample == SampleRef("train", 7)


def test_what_was_drawn_may_be_written_to_afterwards(loop: TrainingLoop) -> None:
    image = followed(loop)
    kept = image.copy()
    image[:] = 0
    assert_of_the_engine(loop.snapshot(), kept, loop.snapshot().sample.label)
