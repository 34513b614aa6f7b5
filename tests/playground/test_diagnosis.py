"""Each thing that can be wrong is named, in order of gravity, and a healthy run is left in peace."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from playground.datasets import suggested_settings
from playground.diagnosis import DEAD, Observations, diagnose
from playground.history import Event, History
from playground.observations import observe
from playground.session import Session
from playground.settings import Settings

HEALTHY = Observations(classes=2, filters=(4,))


def history_of(
    batch_loss: Sequence[float] = (),
    train_loss: Sequence[float] = (),
    test_loss: Sequence[float] = (),
    first_gradient: Sequence[float] = (),
) -> History:
    history = History(("dw1", "dw2"))
    curves = {"batch_loss": batch_loss, "train_loss": train_loss, "test_loss": test_loss, "|dw1|": first_gradient}
    for name, values in curves.items():
        for step, value in enumerate(values):
            history.series[name].append(step, value)
    return history


def kind(history: History, observations: Observations = HEALTHY) -> str | None:
    found = diagnose(history, observations)
    if found is None:
        return None
    assert found.sentence.endswith(".")
    assert found.suggestion.endswith(".")
    return found.kind


def test_a_run_that_has_just_begun_has_nothing_wrong() -> None:
    assert kind(History()) is None
    assert kind(history_of([0.7], [0.7], [0.7], [0.1])) is None


def test_an_array_that_is_not_finite_is_named_before_all_else() -> None:
    observations = Observations(2, (1,), non_finite="z1", dead_filters=((1, 1),), saturated_share=0.5)
    found = diagnose(history_of([9.0] * 100), observations)
    assert found is not None
    assert found.kind == "diverged"
    assert "z₁ is no longer finite" in found.sentence


def test_a_loss_far_above_guessing_is_exploding() -> None:
    assert kind(history_of([5.0] * 50, [0.7])) == "exploding-loss"


def test_a_single_bad_batch_is_no_explosion() -> None:
    assert kind(history_of([0.3] * 40 + [50.0] * 10, [0.7])) is None


def test_a_start_with_a_high_loss_is_no_explosion() -> None:
    assert kind(history_of([5.0] * 50, [4.0])) is None


def test_a_network_without_a_living_filter_in_a_block_is_dead() -> None:
    observations = Observations(2, (4, 2), dead_filters=((2, 1), (2, 2)))
    found = diagnose(History(), observations)
    assert found is not None
    assert found.kind == "dead-network"
    assert found.sentence == "Every filter of block 2 is dead: z₂ ≤ 0 in all images, so nothing before it can learn."


def test_before_the_first_block_there_is_nothing_that_could_learn() -> None:
    found = diagnose(History(), Observations(2, (2,), dead_filters=((1, 1), (1, 2))))
    assert found is not None
    assert found.sentence.endswith("z₁ ≤ 0 in all images, so no gradient gets to its kernels.")


def test_one_dead_filter_among_others_is_named_by_block_and_number() -> None:
    found = diagnose(History(), Observations(2, (4, 2), dead_filters=((1, 3),)))
    assert found is not None
    assert found.kind == "dead-filter"
    assert "Filter 3 of block 1" in found.sentence


def test_a_filter_that_is_dead_from_its_first_weights_on_is_not_laid_to_the_learning_rate() -> None:
    found = diagnose(History(), Observations(2, (4, 2), dead_filters=((2, 1),), unmoved=frozenset({(2, 1)})))
    assert found is not None
    assert found.sentence.startswith("Filter 1 of block 2 is dead from its first weights on")
    assert "learning rate" not in found.suggestion
    assert "another seed" in found.suggestion
    assert "it may come alive as training changes what it reads" in found.suggestion


def test_a_block_that_is_dead_from_its_first_weights_on_needs_another_seed() -> None:
    dead = ((2, 1), (2, 2))
    found = diagnose(History(), Observations(2, (4, 2), dead_filters=dead, unmoved=frozenset(dead)))
    assert found is not None
    assert found.kind == "dead-network"
    assert found.suggestion == "Draw other first weights with another seed."


def test_a_dead_filter_with_its_first_weights_is_observed_as_unmoved_until_it_is_changed() -> None:
    three = Settings(kernel_size=3, filters=(8, 16, 32))
    sessions = (Session(three.changed(seed=seed)) for seed in range(30))
    session = next(session for session in sessions if observe(session).dead_filters)
    found = observe(session)
    assert found.unmoved == frozenset(found.dead_filters)
    block, number = found.dead_filters[0]
    session.network.parameters()[f"conv{block}.bias"][number - 1] -= 1.0
    assert (block, number) not in observe(session).unmoved


def history_without_gradient(of_the_last_50: int, train_loss: float = 0.69) -> History:
    """A hundred steps, of the newest 50 of which so many had no gradient in any weight."""
    history = history_of([0.69] * 100, [train_loss])
    for name in ("|dw1|", "|dw2|"):
        for step in range(100):
            history.series[name].append(step, 0.0 if step >= 100 - of_the_last_50 else 0.3)
    return history


MOST_DEAD = Observations(2, (8,), dead_filters=tuple((1, number) for number in range(1, 8)))


@pytest.mark.parametrize("steps", [45, 50])
def test_a_network_with_a_living_filter_and_no_gradient_cannot_go_on(steps: int) -> None:
    found = diagnose(history_without_gradient(steps), MOST_DEAD)
    assert found is not None
    assert found.kind == DEAD
    assert found.sentence == (
        "No gradient reaches the weights: 7 of 8 filters are dead, and ∂L/∂w₁ and ∂L/∂w₂ were all 0 in at least 45 of "
        "the last 50 steps."
    )


@pytest.mark.parametrize("history", [history_without_gradient(44), history_without_gradient(50, train_loss=0.01)])
def test_a_living_filter_that_learns_or_has_learned_can_go_on_without_the_dead_ones(history: History) -> None:
    assert kind(history, MOST_DEAD) == "dead-filter"


def test_being_sure_of_wrong_classes_is_saturation() -> None:
    assert kind(History(), Observations(2, (4,), saturated_share=0.5)) == "saturated"
    assert kind(History(), Observations(2, (4,), saturated_share=0.02)) is None


def test_a_gradient_near_zero_with_a_bad_loss_vanishes() -> None:
    found = diagnose(history_of([0.7] * 60, [0.7], [0.7], [1e-9] * 60), Observations(2, (4,)))
    assert found is not None
    assert found.kind == "vanishing-gradient"
    assert "‖∂L/∂w₁‖ is below" in found.sentence


def test_a_gradient_near_zero_with_a_good_loss_is_a_job_done() -> None:
    assert kind(history_of([0.01] * 60, [0.01], [0.01], [1e-9] * 60)) is None


def test_a_gradient_that_grows_a_hundredfold_explodes() -> None:
    assert kind(history_of([0.5] * 150, [0.7], [0.7], [0.3] * 60 + [50.0] * 60)) == "exploding-gradient"
    assert kind(history_of([0.5] * 150, [0.7], [0.7], [0.3] * 60 + [2.0] * 60)) is None


NOISE = np.random.default_rng(0).normal(0, 0.05, 600)


def test_a_loss_that_stays_at_guessing_is_a_plateau() -> None:
    assert kind(history_of(0.69 + NOISE, [0.69])) == "plateau"


def test_a_loss_that_falls_slowly_under_noise_is_none() -> None:
    assert kind(history_of(np.linspace(0.75, 0.6, 600) + NOISE, [0.6])) is None


def test_a_loss_that_stays_low_is_none() -> None:
    assert kind(history_of(0.1 + NOISE, [0.1])) is None


def test_steps_before_a_change_of_a_setting_do_not_count() -> None:
    history = history_of(0.69 + NOISE, [0.69])
    history.mark(Event(590, "learning_rate", "η 0.1 → 0.3"))
    assert kind(history) is None


def test_test_loss_rising_while_train_loss_falls_is_overfitting() -> None:
    train = [0.5, 0.3, 0.2, 0.15, 0.12, 0.1, 0.08, 0.06]
    test = [0.5, 0.35, 0.3, 0.33, 0.36, 0.4, 0.43, 0.46]
    assert kind(history_of((), train, test)) == "overfitting"


def test_test_loss_that_wobbles_is_none() -> None:
    train = [0.5, 0.3, 0.2, 0.15, 0.12, 0.1, 0.08, 0.06]
    test = [0.5, 0.35, 0.3, 0.31, 0.3, 0.32, 0.31, 0.3]
    assert kind(history_of((), train, test)) is None


def found_while_training(settings: Settings, steps: int) -> set[str]:
    session, kinds, evaluation = Session(settings), set(), None
    for _ in range(steps):
        session.step()
        if session.evaluation is not evaluation:
            evaluation = session.evaluation
            found = diagnose(session.history, observe(session))
            kinds.add(found.kind if found else "")
    session.evaluate()
    found = diagnose(session.history, observe(session))
    return kinds - {""} | ({found.kind} if found else set())


@pytest.mark.parametrize(
    ("settings", "steps"),
    [
        (Settings(), 400),
        (Settings(batch_size=1, learning_rate=0.02), 600),
        (Settings(classes=tuple(range(5)), filters=(4, 4), kernel_size=3, optimizer="adam", learning_rate=0.003), 150),
        (Settings(**suggested_settings("blackboard-3x3")), 800),
    ],
    ids=["defaults", "one sample a step", "two blocks", "blackboard"],
)
def test_a_healthy_run_is_left_in_peace(settings: Settings, steps: int) -> None:
    assert found_while_training(settings, steps) == set()


def test_a_far_too_large_learning_rate_is_noticed_within_an_evaluation() -> None:
    session = Session(Settings(learning_rate=10.0))
    for _ in range(20):
        session.step()
    session.evaluate()
    found = diagnose(session.history, observe(session))
    assert found is not None
    assert found.kind in {"saturated", "dead-network", "exploding-loss"}


def test_a_learning_rate_far_too_small_is_a_plateau() -> None:
    assert found_while_training(Settings(learning_rate=1e-5, filters=(1,)), 660) == {"plateau"}


def test_a_filter_with_a_bias_far_below_zero_is_observed_as_dead() -> None:
    session = Session(Settings())
    session.network.parameters()["conv1.bias"][2] = -1e6
    assert observe(session).dead_filters == ((1, 3),)


def test_a_weight_that_is_not_finite_is_observed_by_name() -> None:
    session = Session(Settings())
    session.network.parameters()["fc.weight"][0, 0] = np.inf
    assert observe(session).non_finite == "fc.weight"


def test_observing_leaves_the_run_as_it_was() -> None:
    watched, alone = Session(Settings()), Session(Settings())
    for _ in range(5):
        watched.step()
        observe(watched)
        alone.step()
    for name, values in alone.state_dict().items():
        np.testing.assert_array_equal(watched.state_dict()[name], values)
