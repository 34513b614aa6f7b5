"""Own data trains like any other: grey or in colour, with settings that suit it, and while samples still come."""

from __future__ import annotations

import dataclasses
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from core.trace import trace
from playground.announcements import Announcements
from playground.augmentation import SUGGESTED_AUGMENTATION
from playground.datasets import load_dataset, read_digits
from playground.errors import DataError, SettingsError
from playground.model_file import load_model, save_model
from playground.own_data.collection import Collection
from playground.own_data.description import OwnData
from playground.own_data.image_set import ImageSet
from playground.own_data.run_settings import settings_for, settings_for_newer
from playground.preparation import prepared
from playground.sample_ref import SampleRef
from playground.session import Session
from playground.sessions.last_time import LastTime
from playground.sessions.session_file import write_session
from playground.settings import Settings, parameter_counts
from playground.training_loop import TrainingLoop
from tests.playground.own_data.files import pictures, some_set


def learnable(count: int = 30, size: int = 20, channels: int = 3, name: str = "bars") -> ImageSet:
    """Bars that lie or stand, or are of another colour: nothing that chance could get right."""
    images = pictures(count, size, channels) // 8
    labels = np.arange(count) % 3
    for number, (image, label) in enumerate(zip(images, labels, strict=True)):
        place = 4 + number // 3 % (size - 8)
        if label == 0:
            image[0, place] = 255
        elif label == 1:
            image[0, :, place] = 255
        else:
            image[-1, 5:15, 5:15] = 200
    return ImageSet(name, ("lying", "standing", "block"), images, labels, np.arange(count) >= count * 4 // 5)


def session_on(data: ImageSet, **changes: object) -> Session:
    return Session(settings_for(data.description, **changes), own=data)


# --- settings -------------------------------------------------------------------------------------------------------

OWN = OwnData("cats", ("tom", "অ", "cat"), 20, 3, inverted=True)


def test_settings_tell_size_channels_and_classes_of_own_data() -> None:
    settings = settings_for(OWN)
    assert settings.image_shape == (3, 20, 20)
    assert (settings.classes, settings.outputs) == ((0, 1, 2), 3)
    assert settings.filters == (8, 16)
    assert parameter_counts(settings)[0] == 8 * (25 * 3 + 1) + 16 * (25 * 8 + 1)


@pytest.mark.parametrize("size", range(8, 65))
def test_the_suggested_network_fits_images_of_every_size(size: int) -> None:
    assert settings_for(dataclasses.replace(OWN, image_size=size)).image_size == size


def test_settings_come_back_from_plain_values() -> None:
    settings = settings_for(OWN, classes=(2, 0))
    assert Settings.from_dict(settings.to_dict()) == settings


def test_settings_of_built_in_data_are_written_as_they_always_were() -> None:
    assert "own" not in Settings().to_dict()


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"dataset": "own"}, "only that is described"),
        ({"own": OWN}, "only that is described"),
        ({"dataset": "own", "own": OWN, "classes": (0, 3)}, "class of own is 3; it must be a whole number from 0 to 2"),
        ({"dataset": "own", "own": OWN, "classes": (0, 1), "kernel_size": 11, "filters": (1, 1)}, "images of 20×20"),
    ],
)
def test_own_data_and_its_description_belong_together(values: dict[str, object], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        Settings(**values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "change",
    [
        {"image_size": 7},
        {"image_size": 65},
        {"image_size": "28"},
        {"channels": 2},
        {"channels": True},
        {"preparation": "magic"},
        {"inverted": 1},
        {"name": ""},
        {"name": 3},
        {"class_names": ["a"]},
        {"class_names": ["a", "a"]},
        {"class_names": ["a", 3]},
        {"class_names": ["a", "x" * 65]},
        {"class_names": [str(n) for n in range(101)]},
        {"class_names": "ab"},
        {"more": 1},
    ],
)
def test_a_description_that_cannot_be_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(SettingsError):
        OwnData.from_dict({**OWN.to_dict(), **change})


@pytest.mark.parametrize("value", [None, [], "own", {}, {"name": "x"}])
def test_what_is_no_description_is_refused(value: object) -> None:
    with pytest.raises(SettingsError, match="own data is described by"):
        OwnData.from_dict(value)


def test_a_class_that_comes_is_used_if_all_were_used_before() -> None:
    newer = dataclasses.replace(OWN, class_names=(*OWN.class_names, "new"))
    assert settings_for_newer(newer, settings_for(OWN, batch_size=5)) == settings_for(newer, batch_size=5)
    assert settings_for_newer(newer, settings_for(OWN, classes=(0, 2))).classes == (0, 2)
    assert settings_for_newer(newer, Settings(seed=9)) == settings_for(newer, seed=9)


# --- data -----------------------------------------------------------------------------------------------------------


def test_the_images_of_a_run_are_rows_of_the_one_array() -> None:
    data = some_set()
    dataset = load_dataset(settings_for(data.description, classes=(2, 0)), data)
    assert dataset.class_names == ("c", "a")
    assert list(dataset.y_train[:4]) == [0, 1, 0, 1]
    for images, y in ((dataset.x_train, dataset.y_train), (dataset.x_test, dataset.y_test)):
        np.testing.assert_array_equal(images[:] * 255, data.images[images.rows])
        np.testing.assert_array_equal(np.array([2, 0])[y], data.labels[images.rows])


def test_other_images_than_those_described_are_refused() -> None:
    settings = settings_for(some_set().description)
    for own in (None, some_set(size=12), some_set(channels=3), some_set(classes=2)):
        with pytest.raises(DataError, match=r"images of some .a, b, c. are not open"):
            load_dataset(settings, own)


def test_there_must_be_images_to_train_on_and_to_test_with() -> None:
    data = some_set()
    for split, message in ((np.zeros(16, bool), "no images to test with"), (np.ones(16, bool), "no images to train")):
        lopsided = dataclasses.replace(data, in_test=split)
        with pytest.raises(DataError, match=message):
            session_on(lopsided)
    with pytest.raises(DataError, match="no images of b to train on"):
        session_on(dataclasses.replace(data, in_test=data.in_test | (data.labels == 1)))


# --- training -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("channels", [1, 3])
def test_a_network_learns_own_images_grey_and_in_colour(channels: int) -> None:
    session = session_on(learnable(90, channels=channels))
    for _ in range(30 * session.steps_per_epoch):
        session.step()
    assert session.evaluate().test_accuracy == 1


def test_a_coloured_image_is_traced_with_all_its_channels() -> None:
    session = session_on(learnable())
    found = session.trace_sample(SampleRef("train", 4))
    assert found.arrays["x"].shape == (1, 3, 20, 20)
    assert found.arrays["dw1"].shape == (8, 3, 5, 5)
    again = trace(session.network, session.learner.loss, session.dataset.x_train[4:5], session.dataset.y_train[4:5])
    np.testing.assert_array_equal(found.arrays["L"], again.arrays["L"])


def test_a_run_goes_on_while_images_come() -> None:
    session = session_on(learnable(30))
    for _ in range(5):
        session.step()
    weights, epoch = session.state_dict(), session.epoch
    session.remember()
    session.edit_label(SampleRef("train", 0), 1)
    more = learnable(60)
    session.use_images(settings_for(more.description), more)
    assert session.step_count == 5
    assert session.epoch == epoch
    assert len(session.dataset.x_train) == 48
    assert session.edits.done == ()
    assert session.undo_target is None
    for name, values in session.state_dict().items():
        np.testing.assert_array_equal(values, weights[name])
    assert session.evaluate().test_images == 12
    session.step()


def test_images_that_cannot_be_used_leave_the_run_as_it_was() -> None:
    session = session_on(learnable(30))
    bare = dataclasses.replace(learnable(60), in_test=np.zeros(60, bool))
    with pytest.raises(DataError):
        session.use_images(session.settings, bare)
    assert len(session.dataset.x_train) == 24
    session.step()


# --- the loop -------------------------------------------------------------------------------------------------------


def loop_with(heard: list[tuple[str, object]], **arguments: object) -> TrainingLoop:
    tell = {f.name: (lambda value, name=f.name: heard.append((name, value))) for f in fields(Announcements)}
    return TrainingLoop(Announcements(**tell), **arguments)  # type: ignore[arg-type]


def test_own_data_begins_a_run_and_newer_images_continue_it() -> None:
    heard: list[tuple[str, object]] = []
    loop = loop_with(heard)
    loop.begin(Settings())
    loop.use_own_data(learnable(30))
    assert loop.session.settings.own == learnable().description
    loop.train()
    for _ in range(4):
        loop.advance()
    session = loop.session
    loop.use_own_data(learnable(60))
    assert loop.session is session
    loop.advance()
    assert session.step_count == 5
    assert [kind for kind, _ in heard if kind in ("run_started", "data_changed")] == [
        "run_started",
        "run_started",
        "data_changed",
    ]
    assert loop.snapshot().trace.arrays["x"].shape[1] == 3


def test_another_colour_of_a_class_is_told_and_changes_nothing_of_the_run() -> None:
    heard: list[tuple[str, object]] = []
    loop = loop_with(heard)
    loop.begin(Settings())
    loop.use_own_data(learnable())
    loop.step()
    dataset, events = loop.session.dataset, loop.session.history.events
    recolored = dataclasses.replace(learnable(), colors=("#ff0000", 1, 2))
    loop.use_own_data(recolored)
    kind, change = heard[-1]
    assert (kind, change.own) == ("data_changed", recolored)  # type: ignore[attr-defined]
    assert loop.session.dataset is dataset
    assert loop.session.history.events == events
    assert loop.snapshot().undo_target == 0
    assert loop.capture().own is recolored


@pytest.mark.parametrize(
    ("data", "arguments"),
    [
        (learnable(name="others"), {}),
        (learnable(size=24), {}),
        (learnable(), {"afresh": True}),
    ],
    ids=["another set", "another size", "asked for"],
)
def test_other_data_begins_a_new_run(data: ImageSet, arguments: dict[str, bool]) -> None:
    loop = loop_with([])
    loop.begin(Settings())
    loop.use_own_data(learnable())
    loop.step()
    loop.use_own_data(data, **arguments)
    assert loop.session.step_count == 0


def test_settings_that_were_made_before_a_class_was_renamed_are_brought_up_to_date() -> None:
    loop = loop_with([])
    loop.begin(Settings())
    loop.use_own_data(learnable())
    old = loop.session.settings
    loop.use_own_data(dataclasses.replace(learnable(), class_names=("x", "y", "z")))
    loop.change_settings(old.changed(learning_rate=0.5))
    loop.reset()
    assert loop.session.dataset.class_names == ("x", "y", "z")
    assert loop.session.settings.learning_rate == 0.5


def test_a_start_without_the_images_of_last_time_shows_digits_and_says_why() -> None:
    heard: list[tuple[str, object]] = []
    loop = loop_with(heard)
    loop.begin(settings_for(OWN))
    assert loop.session.settings == Settings()
    assert any(kind == "refused" and "images of cats" in str(value) for kind, value in heard)


def test_a_start_whose_images_cannot_be_read_shows_digits_and_says_why() -> None:
    heard: list[tuple[str, object]] = []
    loop = loop_with(heard)

    def read() -> ImageSet:
        raise DataError("cats.npz is damaged.")

    loop.begin(settings_for(OWN), read)
    assert loop.session.settings == Settings()
    assert ("refused", "Built-in digits are shown instead. cats.npz is damaged.") in heard


def test_a_start_goes_on_with_the_session_of_last_time_and_with_newer_images(tmp_path: Path) -> None:
    data, last_time = learnable(), LastTime(tmp_path / "kept.cnnsession")
    first = loop_with([])
    first.begin(settings_for(data.description), lambda: data)
    first.step()
    write_session(last_time.path, first.capture())
    recolored = dataclasses.replace(data, colors=("#ff0000", 1, 2))
    for newer, images in ((data, 24), (learnable(60), 48), (None, 24), (recolored, 24)):
        second = loop_with([], last_time=last_time)
        second.begin(Settings(), None if newer is None else lambda newer=newer: newer)
        assert second.session.step_count == 1
        assert len(second.session.dataset.x_train) == images
    own = second.capture().own
    assert own is not None
    assert own.colors[0] == "#ff0000"


# --- model files ----------------------------------------------------------------------------------------------------


def test_a_model_file_says_all_that_classifying_pictures_needs(tmp_path: Path) -> None:
    paper = dataclasses.replace(learnable(), images=255 - learnable().images, inverted=True)
    session = session_on(paper, classes=(2, 0))
    save_model(tmp_path / "m.safetensors", session.settings, session.state_dict())
    model = load_model(tmp_path / "m.safetensors")
    assert model.class_names == ("block", "lying")
    assert model.settings == session.settings
    picture = np.moveaxis(255 - paper.images[0], 0, 2)
    seen = prepared(picture, model.settings)
    np.testing.assert_array_equal(seen * 255, paper.images[0])
    np.testing.assert_array_equal(model.predict(seen[None]), session.predict(seen[None]))


def test_a_model_of_own_data_opens_in_the_window_if_the_data_is_open(tmp_path: Path) -> None:
    session, path = session_on(learnable()), tmp_path / "m.safetensors"
    save_model(path, session.settings, session.state_dict(), step=7)
    loop = loop_with([])
    loop.begin(Settings())
    with pytest.raises(DataError, match=r"images of bars .*are not open; choose bars in the list of data sets"):
        loop.open_model(path)
    loop.use_own_data(learnable())
    loop.open_model(path)
    assert loop.session.step_count == 7


# --- pictures for a network -----------------------------------------------------------------------------------------


def test_a_drawing_for_a_coloured_network_is_grey_in_all_channels() -> None:
    settings = settings_for(dataclasses.replace(OWN, preparation="ink", inverted=False))
    drawing = np.zeros((100, 100), np.uint8)
    drawing[40:60, 20:80] = 255
    seen = prepared(drawing, settings)
    assert seen.shape == (3, 20, 20)
    np.testing.assert_array_equal(seen[0], seen[2])
    assert seen.max() == 1


def test_colours_are_brightness_for_a_network_of_digits() -> None:
    picture = np.full((60, 60, 3), 255, np.uint8)
    picture[20:40, 28:32] = (200, 0, 0)
    grey = np.full((60, 60), 255, np.uint8)
    grey[20:40, 28:32] = 60
    np.testing.assert_allclose(prepared(picture, Settings()), prepared(grey, Settings()), atol=0.01)


# --- a few drawings -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("changes", "least"), [({}, 0.9), ({"augmentation": SUGGESTED_AUGMENTATION}, 0.92)])
def test_ten_drawings_of_a_class_are_learnt_in_a_thousand_steps(changes: dict[str, object], least: float) -> None:
    # a thousand steps take a second or two; 200 digits of each class by other hands are the judge
    digits, others = read_digits("train"), read_digits("test")[:3]
    collection = Collection("mine", preparation="centred")
    for digit in range(3):
        label = collection.add_class(str(digit))
        for image in digits[digit, :10]:
            collection.add(image[np.newaxis], label)
    session = session_on(collection.image_set(), **changes)
    for _ in range(1000):
        session.step()
    said = session.predict(others.reshape(-1, 1, 28, 28) / np.float32(255)).argmax(axis=1)
    assert (said == np.repeat([0, 1, 2], 200)).mean() >= least
    assert session.evaluate().train_accuracy == 1
