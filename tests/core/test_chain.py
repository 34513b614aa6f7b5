"""The chain of every parameter multiplied out, against the derivatives of the trace."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from core.chain import apply, chain
from core.trace import Trace
from tests.core.test_explain import CASES, logit_trace, make_trace

ALL_PARAMETERS = [
    pytest.param(case, parameter, id=f"{name}, {parameter}")
    for name, case in CASES.items()
    for parameter in make_trace(case).parameter_names
]


@pytest.fixture(scope="module")
def one_block() -> Trace:
    return make_trace(CASES["one block, sigmoid, three samples"])


@pytest.fixture(scope="module")
def two_blocks() -> Trace:
    return make_trace(CASES["two blocks, softmax, three samples"])


def fractions(traced: Trace, parameter: str) -> list[str]:
    return [f"{factor.numerator}/{factor.denominator}" for factor in chain(traced, parameter)]


@pytest.mark.parametrize(("case", "parameter"), ALL_PARAMETERS)
def test_the_product_of_the_factors_so_far_is_the_gradient_in_the_trace(case, parameter):
    traced = make_trace(case)
    gradient = np.ones(())
    for factor in chain(traced, parameter):
        gradient = apply(factor, gradient)
        expected = traced.arrays[factor.running]
        assert gradient.shape == expected.shape
        np.testing.assert_allclose(gradient, expected, rtol=1e-10, atol=1e-13)
    assert factor.running == f"d{parameter}"


@pytest.mark.parametrize(("case", "parameter"), ALL_PARAMETERS)
def test_each_factor_starts_where_the_one_before_ended(case, parameter):
    factors = chain(make_trace(case), parameter)
    assert [factors[0].numerator, factors[-1].denominator] == ["L", parameter]
    assert all(before.denominator == after.numerator for before, after in pairwise(factors))


def test_the_chain_of_the_first_kernel_is_the_lectures(one_block):
    assert fractions(one_block, "w1") == ["L/A2", "A2/z2", "z2/F", "F/P1", "P1/A1", "A1/z1", "z1/w1"]


def test_the_chains_of_the_dense_layer_end_after_the_output(one_block):
    assert fractions(one_block, "w2") == ["L/A2", "A2/z2", "z2/w2"]
    assert fractions(one_block, "b2") == ["L/A2", "A2/z2", "z2/b2"]


def test_a_second_block_adds_its_three_factors(two_blocks):
    both = ["L/A3", "A3/z3", "z3/F", "F/P2", "P2/A2", "A2/z2"]
    assert fractions(two_blocks, "b2") == [*both, "z2/b2"]
    assert fractions(two_blocks, "w1") == [*both, "z2/P1", "P1/A1", "A1/z1", "z1/w1"]


def test_the_pictures_have_the_shapes_that_are_promised(two_blocks):
    shapes = {factor.kind: factor.shape for factor in chain(two_blocks, "w2")}
    assert shapes == {
        "loss": (3, 3),
        "softmax": (3, 3, 3),
        "dense input": two_blocks.w3.shape,
        "flatten": two_blocks.P2.shape[1:],
        "maxpool": two_blocks.A2.shape,
        "relu": two_blocks.z2.shape,
        "convolution weight": (3, two_blocks.z2[0, 0].size, two_blocks.w2[0].size),
    }
    assert chain(two_blocks, "b2")[-1].shape == two_blocks.z2.shape
    assert chain(two_blocks, "w3")[-1].shape == two_blocks.F.shape


def test_the_slope_of_the_sigmoid_is_a_times_one_minus_a(one_block):
    factor = chain(one_block, "w2")[1]
    np.testing.assert_allclose(factor.values, one_block.A2 * (1 - one_block.A2), rtol=1e-12)


def test_each_row_of_the_softmax_jacobian_sums_to_zero(two_blocks):
    jacobian = chain(two_blocks, "w3")[1].values
    np.testing.assert_allclose(jacobian.sum(axis=2), 0, atol=1e-15)
    assert (jacobian[:, range(3), range(3)] > 0).all()


def test_the_pooling_mask_marks_one_winner_a_window(one_block):
    mask = chain(one_block, "w1")[4].values
    assert set(np.unique(mask)) == {0, 1}
    assert mask.sum() == one_block.P1.size
    np.testing.assert_array_equal(one_block.A1[mask == 1].sum(), one_block.P1.sum())


def test_the_gate_of_a_z_of_exactly_zero_is_closed():
    traced = logit_trace([[0.5]], [1])
    gate = next(factor for factor in chain(traced, "w1") if factor.kind == "relu")
    assert (traced.z1 == 0).all()
    assert (gate.values == 0).all()


def test_the_rows_of_the_last_factor_are_the_windows_of_the_image(one_block):
    rows = chain(one_block, "w1")[-1].values
    width = one_block.z1.shape[3]
    np.testing.assert_array_equal(rows[1, 2 * width + 1], one_block.x[1, 0, 2:4, 1:3].ravel())


def test_the_padding_is_zero_in_the_patches():
    traced = make_trace(CASES["stride 2 and padding 1"])
    first = chain(traced, "w1")[-1].values[0, 0].reshape(traced.w1.shape[1:])
    assert (first[:, 0] == 0).all()
    assert (first[:, :, 0] == 0).all()
    np.testing.assert_array_equal(first[:, 1:, 1:], traced.x[0, :, :2, :1])


def test_the_slope_of_a_sure_sigmoid_keeps_its_digits():
    factor = chain(logit_trace([[50.0]], [1]), "w2")[1]
    assert factor.values == pytest.approx(np.exp(-50.0), rel=1e-12)


@pytest.mark.parametrize("parameter", ["w1", "b1", "w2", "b2", "w3", "b3"])
def test_each_factor_says_what_it_does_in_one_sentence_and_names_what_it_touches(two_blocks, parameter):
    for factor in chain(two_blocks, parameter):
        assert factor.sentence.endswith(".")
        assert factor.sentence.count(".") == 1
        assert {factor.numerator, factor.denominator} <= set(factor.touches) <= set(two_blocks.arrays)


def test_the_pictures_are_read_only(two_blocks):
    assert not any(factor.values.flags.writeable for factor in chain(two_blocks, "w1"))


def test_what_is_no_parameter_has_no_chain(one_block):
    with pytest.raises(KeyError, match="'z1' is no parameter"):
        chain(one_block, "z1")
