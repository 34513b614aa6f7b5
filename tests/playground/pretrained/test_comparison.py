"""The comparison is fair: both networks see the same, and what it says is what came out."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest

from playground.errors import Cancelled, DataError, DivergedError, SettingsError
from playground.model_file import Model
from playground.own_data.image_set import ImageSet
from playground.pretrained.comparison import ARMS, Comparison, Outcome, evaluated_steps, run_comparison
from playground.pretrained.few_images import few_of, task_of
from playground.pretrained.new_head import with_new_head
from playground.pretrained.shelf import load_pretrained, shipped
from playground.session import Session
from playground.settings import Settings


@pytest.fixture(scope="module")
def model() -> Model:
    return load_pretrained(next(card for card in shipped() if card.name == "shapes"))


@pytest.fixture(scope="module")
def task() -> ImageSet:
    """Fives to sevens, with few test images, so that it is quick."""
    whole = task_of(Settings("digits", (5, 6, 7)))
    return few_test_images(whole)


def few_test_images(whole: ImageSet) -> ImageSet:
    rows = np.concatenate([whole.rows("train", (0, 1, 2))[:120], whole.rows("test", (0, 1, 2))[:60]])
    return ImageSet(
        whole.name,
        whole.class_names,
        whole.images[rows],
        whole.labels[rows],
        whole.in_test[rows],
        preparation=whole.preparation,
    )


def quiet(_done: int, _total: int, _make: Callable[[], Outcome]) -> None:
    """Let it run."""


def test_few_images_are_so_many_of_each_class_and_all_test_images(task: ImageSet) -> None:
    few = few_of(task, 4, seed=1)
    assert few.counts("train") == (4, 4, 4)
    assert few.counts("test") == task.counts("test")
    assert few.name == f"{task.name}, 4 each"
    assert few.description == dataclasses.replace(task.description, name=few.name)


def test_each_seed_draws_its_own_images_and_the_same_seed_the_same(task: ImageSet) -> None:
    first, again, other = (few_of(task, 4, seed).images for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_too_few_images_are_named(task: ImageSet) -> None:
    with pytest.raises(DataError, match="has 40 training images of 5; 41 are asked for"):
        few_of(task, 41, seed=1)


def test_a_new_head_keeps_the_filters_and_forgets_the_classes(model: Model, task: ImageSet) -> None:
    session = Comparison(model, task).session("from scratch", 1)
    state = with_new_head(model, session.settings)
    for name, values in state.items():
        source = model.network.state_dict() if name.startswith("conv") else session.state_dict()
        np.testing.assert_array_equal(values, source[name])


def test_both_start_with_the_same_images_order_and_head_and_differ_in_their_filters(
    model: Model, task: ImageSet
) -> None:
    pretrained, scratch = (Comparison(model, task, frozen=2).session(arm, 3) for arm in ARMS)
    assert (pretrained.settings.frozen, scratch.settings.frozen) == (2, 0)
    assert pretrained.settings.changed(frozen=0) == scratch.settings
    first, second = pretrained.prepare_batch_step(), scratch.prepare_batch_step()
    np.testing.assert_array_equal(first.images.x, second.images.x)
    np.testing.assert_array_equal(first.weights["w3"], second.weights["w3"])
    assert not np.array_equal(first.weights["w1"], second.weights["w1"])


def test_the_outcome_has_the_accuracy_of_each_seed_at_each_step_and_the_filters_of_the_first(
    model: Model, task: ImageSet
) -> None:
    comparison = Comparison(model, task, per_class=5, seeds=2, steps=20, frozen=1)
    outcome = run_comparison(comparison, quiet)
    assert outcome.at == evaluated_steps(20)
    assert (outcome.at[0], outcome.at[-1]) == (0, 20)
    for arm, name in zip(outcome.arms, ARMS, strict=True):
        assert arm.accuracy.shape == (2, len(outcome.at))
        session = comparison.session(name, 2)
        for _ in range(20):
            session.step()
        assert arm.final[1] == session.evaluate().test_accuracy
    frozen, free = (arm.kernels for arm in outcome.arms)
    np.testing.assert_array_equal(frozen[0], model.network.state_dict()["conv1.weight"])
    np.testing.assert_array_equal(frozen[0], frozen[1])
    assert not np.array_equal(free[0], free[1])


def test_the_sentence_says_what_came_out_whichever_is_better(model: Model, task: ImageSet) -> None:
    outcome = run_comparison(Comparison(model, task, per_class=5, seeds=2, steps=20), quiet)
    first, second = outcome.arms
    gain = 100 * (first.final - second.final).mean()
    assert (
        "pretrained {:.1f} % ({:.1f} % to {:.1f} %)".format(
            *(100 * share for share in (first.final.mean(), first.final.min(), first.final.max()))
        )
        in outcome.sentence
    )
    assert f"{int((first.final > second.final).sum())} of 2 seeds, by {gain:+.1f} points" in outcome.sentence
    turned = Outcome(outcome.comparison, 2, outcome.at, (second, first))
    assert f"by {-gain:+.1f} points" in turned.sentence


def test_a_run_that_diverges_is_left_out_and_said(
    model: Model, task: ImageSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    step = Session.step

    def diverging(session: Session) -> float:
        if session.settings.seed == 2 and not session.settings.frozen and session.step_count == 9:
            raise DivergedError("too far")
        return step(session)

    monkeypatch.setattr(Session, "step", diverging)
    outcome = run_comparison(Comparison(model, task, seeds=3, steps=20, frozen=1), quiet)
    assert [arm.diverged for arm in outcome.arms] == [0, 1]
    assert outcome.complete.tolist() == [True, False, True]
    assert "of 2 seeds" in outcome.sentence
    assert outcome.sentence.endswith("1 run diverged and is left out.")


def test_it_can_be_ended_and_tells_how_far_it_is(model: Model, task: ImageSet) -> None:
    told: list[tuple[int, int, float]] = []

    def tell(done: int, total: int, make: Callable[[], Outcome]) -> None:
        told.append((done, total, float(make().arms[0].accuracy[0, 0])))
        if done >= 5:
            raise Cancelled

    with pytest.raises(Cancelled):
        run_comparison(Comparison(model, task, seeds=2, steps=20), tell)
    assert told[0][:2] == (0, 40)
    assert all(np.isfinite(accuracy) for *_, accuracy in told)


def test_images_of_another_size_are_refused_with_both_sizes(model: Model) -> None:
    small = ImageSet("tiny", ("a", "b"), np.zeros((40, 1, 12, 12), np.uint8), np.arange(40) % 2, np.arange(40) >= 20)
    with pytest.raises(SettingsError, match=r"takes 28×28 images with 1 channel; those of tiny are 12×12"):
        Comparison(model, small)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"per_class": 0}, "images a class"),
        ({"seeds": 0}, "seeds"),
        ({"frozen": 3}, "frozen conv blocks"),
        ({"steps": 1}, "steps"),
    ],
)
def test_what_is_out_of_range_is_named(model: Model, task: ImageSet, changes: dict[str, int], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        Comparison(model, task, **changes)
