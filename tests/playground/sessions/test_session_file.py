"""A session that was saved and opened goes on bit for bit; what is no session is refused and changes nothing."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.numpy
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from playground.augmentation import SUGGESTED_AUGMENTATION
from playground.errors import ModelFileError, SessionFileError
from playground.laboratory.bugs import BUGS
from playground.model_file import load_model, save_model
from playground.own_data.collection import Collection
from playground.prediction import make_network
from playground.session import Session
from playground.sessions.content import SessionContent, Start
from playground.sessions.session_file import read_session, read_summary, write_session
from playground.settings import Settings
from tests.playground.sessions.contents import eventful_content, eventful_session, reopened, rewritten
from tests.playground.test_session_state import OWN, Action, assert_goes_on_alike, figures_of, own_session, several


def resumed(content: SessionContent) -> Session:
    return Session.from_state(content.state, content.history())


@hypothesis_settings(max_examples=30)
@given(
    optimizer=st.sampled_from(["sgd", "momentum", "adam"]),
    batch_size=st.sampled_from([1, 9, 64]),
    augmented=st.booleans(),
    before=several,
    after=several,
)
def test_a_session_from_a_file_goes_on_bit_for_bit(
    tmp_path_factory: pytest.TempPathFactory,
    *,
    optimizer: str,
    batch_size: int,
    augmented: bool,
    before: list[Action],
    after: list[Action],
) -> None:
    augmentation = {"augmentation": SUGGESTED_AUGMENTATION} if augmented else {}
    session = own_session(optimizer=optimizer, batch_size=batch_size, learning_rate=0.02, **augmentation)
    for action in before:
        action(session)
    # some actions exchange the images
    own = OWN if len(session.dataset.x_train) == 40 else None
    if own is None:
        return
    path = tmp_path_factory.getbasetemp() / "some.cnnsession"
    opened = resumed(reopened(SessionContent.of(session, own=own), path))
    assert figures_of(opened) == figures_of(session)
    assert_goes_on_alike(session, opened, after)


@pytest.mark.parametrize("classes", [(3, 8), (7, 1, 4)])
def test_a_run_on_digits_goes_on_bit_for_bit_over_the_end_of_an_epoch(tmp_path: Path, classes: tuple[int, ...]) -> None:
    settings = Settings(classes=classes, optimizer="momentum", learning_rate=0.005, batch_size=500, filters=(2, 3))
    session = Session(settings)
    for _ in range(session.steps_per_epoch - 1):
        session.step()
    opened = resumed(reopened(SessionContent.of(session), tmp_path / "s"))
    assert_goes_on_alike(session, opened, [Session.step] * 3)
    assert opened.epoch == 1


def test_frozen_blocks_stay_frozen_and_have_no_averages(tmp_path: Path) -> None:
    session = own_session(optimizer="adam", learning_rate=0.01, frozen=1)
    session.step()
    opened = resumed(reopened(SessionContent.of(session, own=OWN), tmp_path / "s"))
    assert_goes_on_alike(session, opened, [Session.step] * 3)


def test_what_was_trained_with_a_bug_is_in_no_file(tmp_path: Path) -> None:
    session = own_session()
    session.step()
    clean = session.state_dict()
    session.train_with(BUGS[0])
    session.step()
    opened = resumed(reopened(SessionContent.of(session, own=OWN), tmp_path / "s"))
    assert (opened.step_count, opened.flaw) == (1, None)
    np.testing.assert_equal(opened.state_dict(), clean)
    assert len(opened.history.series["batch_loss"]) == 1


def test_everything_else_of_a_session_comes_back_too(tmp_path: Path) -> None:
    content = eventful_content()
    again = reopened(content, tmp_path / "s")
    for name in ("events", "elapsed_seconds", "sample", "drawing", "file", "modified"):
        assert getattr(again, name) == getattr(content, name)
    assert again.start is not None
    assert again.start.step == 2
    np.testing.assert_equal(again.start.weights, content.state.weights)
    assert again.own is not None
    for name in ("name", "class_names", "colors", "preparation", "inverted"):
        assert getattr(again.own, name) == getattr(OWN, name)
    for name in ("images", "labels", "in_test", "excluded"):
        np.testing.assert_array_equal(getattr(again.own, name), getattr(OWN, name))
    for name, curve in content.curves.items():
        np.testing.assert_array_equal(again.curves[name].y, curve.y)


def test_what_was_deleted_from_the_users_own_data_is_not_in_the_file(tmp_path: Path) -> None:
    collection = Collection.of(OWN)
    collection.remove([0, 7])
    session = Session(own_session().settings, own=collection.image_set())
    session.step()
    session.evaluate()
    again = reopened(SessionContent.of(session, own=collection.image_set()), tmp_path / "s")
    assert again.own is not None
    there = collection.rows()
    np.testing.assert_array_equal(again.own.images, OWN.images[there])
    np.testing.assert_array_equal(again.own.labels, OWN.labels[there])
    assert not again.own.excluded.any()
    opened = resumed(again)
    for _ in range(6):
        session.step()
        opened.step()
    for name, values in session.state_dict().items():
        np.testing.assert_array_equal(opened.state_dict()[name], values)


def test_a_long_run_keeps_its_curves(tmp_path: Path) -> None:
    session = own_session()
    for step in range(50_000):
        session.history.series["batch_loss"].append(step, step % 7)
    again = reopened(SessionContent.of(session, own=OWN), tmp_path / "s").history().series["batch_loss"]
    again.append(50_000, 3.0)
    assert len(again) == 50_001
    assert again.read().levels[3].table.shape == session.history.series["batch_loss"].read().levels[3].table.shape


def test_other_programs_find_the_weights_by_pytorchs_names(tmp_path: Path) -> None:
    session = eventful_session()
    write_session(tmp_path / "s", eventful_content(session))
    tensors = safetensors.numpy.load_file(tmp_path / "s")
    for name, values in session.state_dict().items():
        np.testing.assert_array_equal(tensors[name], values)


def test_a_summary_is_had_without_reading_the_arrays(tmp_path: Path) -> None:
    write_session(tmp_path / "s", eventful_content())
    summary = read_summary(tmp_path / "s")
    assert (summary.data, summary.step, summary.file) == ("some · 3 classes · 12×12", 9, "/home/me/digits ∂.cnnsession")
    assert summary.saved_at.startswith("20")


def test_a_full_disk_leaves_the_older_file_and_no_rubbish(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "s.cnnsession"
    write_session(path, eventful_content())
    before = path.read_bytes()

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(SessionFileError, match=r"cannot be written \(No space left on device\); nothing was changed"):
        write_session(path, SessionContent.of(own_session(), own=OWN))
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_only_what_somebody_did_is_worth_keeping() -> None:
    session = own_session()
    assert not SessionContent.of(session, own=OWN).is_worth_keeping
    session.edit_parameter("w1", (0, 0, 0, 0), 0.5)
    assert SessionContent.of(session, own=OWN).is_worth_keeping
    session.undo_edit()
    assert not SessionContent.of(session, own=OWN).is_worth_keeping
    session.step()
    assert SessionContent.of(session, own=OWN).is_worth_keeping


def test_the_users_own_data_can_take_another_name(tmp_path: Path) -> None:
    again = reopened(eventful_content(), tmp_path / "s").with_own_called("some (2)")
    session = resumed(again)
    assert session.settings.own is not None
    assert session.settings.own.name == session.dataset.name == "some (2)"
    session.step()


# --- what is refused ------------------------------------------------------------------------------------------------


def test_a_model_and_a_session_are_told_apart(tmp_path: Path) -> None:
    settings = Settings(filters=(2,))
    save_model(tmp_path / "m", settings, make_network(settings).state_dict())
    with pytest.raises(SessionFileError, match="is a model, not a session"):
        read_session(tmp_path / "m")
    write_session(tmp_path / "s", eventful_content())
    with pytest.raises(ModelFileError, match="is a session, not a model"):
        load_model(tmp_path / "s")


def test_missing_files_and_folders_are_said_to_be_so(tmp_path: Path) -> None:
    with pytest.raises(SessionFileError, match="does not exist"):
        read_session(tmp_path / "nothing")
    with pytest.raises(SessionFileError, match="is a folder"):
        read_session(tmp_path)


def test_a_newer_version_is_said_to_be_one(tmp_path: Path) -> None:
    write_session(tmp_path / "s", eventful_content())
    newer = rewritten(tmp_path / "s", header=lambda table: table["__metadata__"].update(format_version="2"))
    with pytest.raises(SessionFileError, match="format version '2', this program reads 1; use a newer program"):
        read_session(newer)


@pytest.mark.parametrize("kept", [0, 7, 8, 100, 5000, -1])
def test_a_file_that_ends_early_is_refused(tmp_path: Path, kept: int) -> None:
    write_session(tmp_path / "s", eventful_content())
    content = (tmp_path / "s").read_bytes()
    (tmp_path / "s").write_bytes(content[:kept])
    with pytest.raises(SessionFileError, match=r"damaged or incomplete|not a safetensors file"):
        read_session(tmp_path / "s")


HOSTILE: list[tuple[str, Callable[[dict[str, Any]], object]]] = [
    ("step is '-1'", lambda plain: plain["state"].update(step=-1)),
    ("step is '1e", lambda plain: plain["state"].update(step=1e300)),
    ("learning rate is 1000000000.0", lambda plain: plain["state"]["settings"].update(learning_rate=1e9)),
    ("another learning rate", lambda plain: plain["state"]["optimizer"].update(learning_rate=0.5)),
    ("not there as F32", lambda plain: plain["state"]["settings"].update(filters=[32, 32])),
    ("other averages", lambda plain: plain["state"]["settings"].update(optimizer="sgd")),
    ("other images", lambda plain: plain.update(own=None)),
    ("shape", lambda plain: plain["own"].update(shape=[10**6, 3, 64, 64])),
    ("not there as U8", lambda plain: plain["own"].update(shape=[1000, 1, 12, 12])),
    ("labels must be from 0 to 1", lambda plain: plain["own"].update(class_names=["a", "b"], class_colors=[0, 1])),
    ("other images", lambda plain: plain["own"].update(inverted=True)),
    ("more images wait to be evaluated", lambda plain: plain["state"]["evaluations"].update(credit=1e308)),
    ("is no colour", lambda plain: plain["own"]["class_colors"].__setitem__(0, "red; }")),
    ("2 colours", lambda plain: plain["own"]["class_colors"].pop()),
    ("damaged", lambda plain: plain["own"].update(class_colors=7)),
    ("place in the order", lambda plain: plain["state"]["order"].update(position=10**9)),
    ("does not say its generator", lambda plain: plain["state"]["order"].pop("generator")),
    ("damaged", lambda plain: plain["state"]["order"]["generator"].update(bit_generator="MT19937")),
    ("damaged", lambda plain: plain["state"]["order"]["generator"].update(state="{}")),
    ("class of an image", lambda plain: plain["state"]["edits"]["images"][0].__setitem__(2, 99)),
    ("no split", lambda plain: plain["state"]["edits"]["images"][0].__setitem__(0, "all")),
    ("which it cannot be", lambda plain: plain["state"]["edits"]["done"][0].__setitem__(1, "L")),
    ("does not have", lambda plain: plain["state"]["edits"]["done"][0].__setitem__(2, [0, 99, 0])),
    ("markers", lambda plain: plain.update(events=[[0, "a", "b"]] * 5001)),
    ("a marker", lambda plain: plain.update(events=[[0, "a", "b" * 300]])),
    ("wait to be evaluated", lambda plain: plain["state"]["evaluations"].update(credit=-1)),
    (
        "does not say its xxx",
        lambda plain: [names.append("x" * 5000) for names in plain["state"]["optimizer"]["memory"].values()],
    ),
    ("evaluated", lambda plain: plain["state"]["evaluations"]["newest"].update(images=[10**9, 0])),
    ("damaged", lambda plain: plain.update(state=3)),
    ("belongs to no session", lambda plain: plain.update(start=None)),
    ("place of an image", lambda plain: plain.update(sample=["test", 10**6])),
]


@pytest.mark.parametrize(("message", "change"), HOSTILE)
def test_what_cannot_be_is_refused_in_words(
    tmp_path: Path, message: str, change: Callable[[dict[str, Any]], object]
) -> None:
    path = tmp_path / "s.cnnsession"
    write_session(path, eventful_content())
    rewritten(path, change)
    with pytest.raises(SessionFileError) as caught:
        read_session(path)
    sentence = str(caught.value)
    assert str(path) in sentence
    assert "\n" not in sentence
    assert len(sentence) < 600 + len(str(path))
    assert message in sentence


def test_numbers_that_are_not_finite_are_refused(tmp_path: Path) -> None:
    content = eventful_content()
    weights = {name: np.full_like(values, np.nan) for name, values in content.state.weights.items()}
    write_session(tmp_path / "s", replace(content, start=Start(2, weights)))
    with pytest.raises(SessionFileError, match="not finite"):
        read_session(tmp_path / "s")
