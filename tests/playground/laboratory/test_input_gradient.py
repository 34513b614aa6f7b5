"""∂L/∂input of a convolution by scatter and by full convolution: both are the engine's, and the difference quotient."""

from __future__ import annotations

import numpy as np
import pytest

from core.derivation.wiring import Windows
from core.explain import explain
from core.layers import Conv2D
from core.losses import BinaryCrossEntropy, SoftmaxCrossEntropy
from core.network import build_network
from core.trace import Trace, trace
from playground.laboratory.input_gradient import InputGradient, by_full_convolution, by_scatter, opened, turned

GEOMETRIES = [((1, 1), (0, 0)), ((1, 1), (1, 1)), ((2, 1), (0, 0)), ((2, 3), (1, 2)), ((3, 2), (2, 0))]
WAYS = pytest.mark.parametrize("way", [by_scatter, by_full_convolution])


def windows_of(stride: tuple[int, int], padding: tuple[int, int]) -> Windows:
    layer, *_ = layer_and_gradient(stride, padding)
    return Windows((8, 9), layer.output_size(8, 9), (3, 4), stride, padding)


def layer_and_gradient(stride: tuple[int, int], padding: tuple[int, int]) -> tuple[Conv2D, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(4)
    layer = Conv2D(2, 3, (3, 4), stride, padding, rng=rng, dtype=np.float64)
    x = rng.normal(size=(1, 2, 8, 9))
    return layer, x, rng.normal(size=layer.forward(x).shape)


def small_trace(filters: tuple[int, ...] = (3, 4), outputs: int = 1, dtype: type = np.float64) -> Trace:
    network = build_network((1, 14, 14), 3, filters, outputs, 5, dtype=dtype)
    loss = BinaryCrossEntropy() if outputs == 1 else SoftmaxCrossEntropy()
    x = np.random.default_rng(8).random((1, 1, 14, 14)).astype(dtype)
    return trace(network, loss, x, np.array([1]))


@WAYS
@pytest.mark.parametrize(("stride", "padding"), GEOMETRIES)
def test_both_ways_give_what_the_engine_hands_back(way, stride, padding):
    layer, _, gradient = layer_and_gradient(stride, padding)
    expected = layer.backward(gradient)[0]
    found = way(gradient[0], layer.params["weight"], windows_of(stride, padding))
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)


@WAYS
@pytest.mark.parametrize(("stride", "padding"), GEOMETRIES)
def test_both_ways_give_the_difference_quotient(way, stride, padding):
    layer, x, gradient = layer_and_gradient(stride, padding)
    found = way(gradient[0], layer.params["weight"], windows_of(stride, padding))
    for index in [(0, 0, 0), (1, 3, 4), (0, 7, 8), (1, 5, 0)]:
        sides = []
        for step in (1e-4, -1e-4):
            moved = x.copy()
            moved[(0, *index)] += step
            sides.append(float((layer.forward(moved) * gradient).sum()))
        assert found[index] == pytest.approx((sides[0] - sides[1]) / 2e-4, rel=1e-7, abs=1e-8)


def test_a_kernel_is_turned_by_its_last_row_and_column_first():
    np.testing.assert_array_equal(turned(np.arange(6).reshape(1, 1, 2, 3))[0, 0], [[5, 4, 3], [2, 1, 0]])


def test_the_gradient_is_opened_by_a_frame_and_by_zeros_between_strides():
    gradient = np.arange(1.0, 5.0).reshape(1, 2, 2)
    framed = opened(gradient, Windows((3, 3), (2, 2), (2, 2), (1, 1)))[0]
    np.testing.assert_array_equal(framed, [[0, 0, 0, 0], [0, 1, 2, 0], [0, 3, 4, 0], [0, 0, 0, 0]])
    apart = opened(gradient, Windows((4, 4), (2, 2), (2, 2), (2, 2)))[0]
    np.testing.assert_array_equal(apart[1], [0, 1, 0, 2, 0])


@pytest.mark.parametrize("number", [1, 2])
def test_one_channel_of_a_trace_is_the_engines_gradient_by_both_ways(number):
    record = small_trace()
    for channel in range(record.arrays[f"w{number}"].shape[1]):
        found = InputGradient(record, number, channel)
        assert found.largest_difference() < (1e-15, 1e-15)
        np.testing.assert_allclose(found.scattered(), found.engine, rtol=1e-12, atol=1e-15)


def test_the_engines_gradient_of_an_earlier_block_is_that_of_the_trace():
    record = small_trace()
    np.testing.assert_array_equal(InputGradient(record, 2, 1).engine, record.dP1[0, 1])


def test_the_gradient_of_the_image_is_the_slope_of_the_loss_along_a_pixel():
    network = build_network((1, 8, 8), 3, (2,), 1, 5, dtype=np.float64)
    x, y, loss = np.random.default_rng(2).random((1, 1, 8, 8)), np.array([0]), BinaryCrossEntropy()
    found = InputGradient(trace(network, loss, x, y), 1)
    for cell in [(0, 0), (3, 4), (7, 7)]:
        sides = []
        for step in (1e-6, -1e-6):
            moved = x.copy()
            moved[(0, 0, *cell)] += step
            sides.append(float(loss.forward(network.forward(moved), y)))
        assert found.collected()[cell] == pytest.approx((sides[0] - sides[1]) / 2e-6, rel=1e-5, abs=1e-9)


def test_step_by_step_the_scatter_accumulates_patches_and_the_other_way_fills_cells():
    found = InputGradient(small_trace(), 2)
    one, two = found.scattered(1), found.scattered(2)
    np.testing.assert_allclose(one[:3, :3], np.tensordot(found.gradient[:, 0, 0], found.kernels[:, 0], 1))
    assert not one[3:].any()
    assert (two != one).nonzero()[1].max() == 3
    np.testing.assert_array_equal(found.collected(7).reshape(-1)[:7], found.collected().reshape(-1)[:7])
    assert not found.collected(7).reshape(-1)[7:].any()
    np.testing.assert_array_equal(found.scattered(found.gradient[0].size), found.scattered())


@pytest.mark.parametrize("number", [1, 2])
def test_the_contributions_of_a_cell_sum_to_it(number):
    found = InputGradient(small_trace(outputs=3), number)
    for row, column in [(0, 0), (2, 3), (found.engine.shape[0] - 1, found.engine.shape[1] - 1)]:
        parts = found.contributions(row, column)
        assert sum(part.product for part in parts) == pytest.approx(float(found.engine[row, column]), abs=1e-12)


def test_the_contributions_are_the_terms_of_the_explanation():
    record = small_trace()
    terms = explain(record, "dP1", (0, 1, 2, 3)).products
    parts = [part.product for part in InputGradient(record, 2, 1).contributions(2, 3)]
    np.testing.assert_allclose(parts, terms, rtol=1e-12)


def test_in_float32_both_ways_differ_by_rounding_only():
    found = InputGradient(small_trace(dtype=np.float32), 2)
    apart, off = found.largest_difference()
    scale = float(np.abs(found.engine).max())
    assert max(apart, off) < 1e-5 * scale
