"""Update rules: first steps by hand, exact resumption, refusals."""

import numpy as np
import pytest

from core.optimizers import SGD, Adam


def two_steps(optimizer, first, second):
    params = {"w": np.array([1.0])}
    values = []
    for gradient in (first, second):
        optimizer.step(params, {"w": np.array([gradient])})
        values.append(params["w"][0])
    return values


def test_sgd_steps_against_the_gradient():
    assert two_steps(SGD(0.1), 2.0, -1.0) == pytest.approx([0.8, 0.9])


def test_momentum_keeps_a_part_of_the_velocity():
    # v1 = 2, v2 = 0.9·2 - 1 = 0.8
    assert two_steps(SGD(0.1, momentum=0.9), 2.0, -1.0) == pytest.approx([0.8, 0.72])


def test_first_step_of_adam_is_the_learning_rate_for_any_size_of_gradient():
    assert two_steps(Adam(0.1), 1e-3, 1e-3) == pytest.approx([0.9, 0.8], abs=1e-5)
    assert two_steps(Adam(0.1), -1e3, -1e3) == pytest.approx([1.1, 1.2], abs=1e-5)


def test_parameters_move_in_place():
    w = np.ones(3, np.float32)
    SGD(0.5).step({"w": w}, {"w": np.ones(3, np.float32)})
    np.testing.assert_array_equal(w, [0.5, 0.5, 0.5])


def test_gradients_are_left_alone():
    gradient = np.array([2.0])
    optimizer = SGD(0.1, momentum=0.9)
    params = {"w": np.array([1.0])}
    for _ in range(3):
        optimizer.step(params, {"w": gradient})
    assert gradient == 2.0


def test_learning_rate_may_change_between_steps():
    optimizer = SGD(0.1)
    params = {"w": np.array([1.0])}
    optimizer.learning_rate = 0.5
    optimizer.step(params, {"w": np.array([1.0])})
    assert params["w"] == 0.5


@pytest.mark.parametrize("make", [lambda: SGD(0.1), lambda: SGD(0.1, momentum=0.9), lambda: Adam(0.1)])
def test_a_saved_state_goes_on_bit_for_bit(make):
    rng = np.random.default_rng(0)
    gradients = [{"w": rng.standard_normal(5).astype(np.float32)} for _ in range(6)]
    straight, params = make(), {"w": np.ones(5, np.float32)}
    for gradient in gradients[:3]:
        straight.step(params, gradient)
    state, resumed_params = straight.state_dict(), {"w": params["w"].copy()}
    for gradient in gradients[3:]:
        straight.step(params, gradient)
    resumed = make()
    resumed.load_state_dict(state)
    for gradient in gradients[3:]:
        resumed.step(resumed_params, gradient)
    np.testing.assert_array_equal(resumed_params["w"], params["w"])


def test_state_of_another_optimizer_is_refused():
    with pytest.raises(ValueError, match="mean"):
        SGD(0.1).load_state_dict(Adam(0.1).state_dict())


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: SGD(0), "learning_rate is 0"),
        (lambda: SGD(float("nan")), "learning_rate is nan"),
        (lambda: SGD(0.1, momentum=1), "momentum is 1"),
        (lambda: Adam(0.1, betas=(0.9, 1.0)), r"betas are \(0\.9, 1\.0\)"),
        (lambda: Adam(0.1, eps=0), "eps is 0"),
    ],
)
def test_wrong_numbers_are_refused_at_construction(make, words):
    with pytest.raises(ValueError, match=words):
        make()


def test_a_wrong_learning_rate_is_refused_on_assignment():
    optimizer = SGD(0.1)
    with pytest.raises(ValueError, match="learning_rate is -1"):
        optimizer.learning_rate = -1
    assert optimizer.learning_rate == 0.1
