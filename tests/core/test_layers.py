"""Every layer against nested loops, over random shapes, and its properties."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.arrays import ShapeError
from core.layers import Conv2D, Dense, Flatten, MaxPool2D, ReLU, Sigmoid
from tests.core import reference


def random_array(seed, *shape):
    return np.random.default_rng(seed).standard_normal(shape)


@st.composite
def convolutions(draw):
    """(layer in float64, x) with any kernel that fits."""
    kernel = draw(st.tuples(st.integers(1, 4), st.integers(1, 4)))
    padding = draw(st.tuples(st.integers(0, 2), st.integers(0, 2)))
    stride = draw(st.tuples(st.integers(1, 3), st.integers(1, 3)))
    m, channels, filters = (draw(st.integers(1, 3)) for _ in range(3))
    sides = [draw(st.integers(max(1, k - 2 * p), 7)) for k, p in zip(kernel, padding, strict=True)]
    seed = draw(st.integers(0, 1000))
    layer = Conv2D(channels, filters, kernel, stride, padding, rng=np.random.default_rng(seed), dtype=np.float64)
    layer.params["bias"][...] = random_array(seed + 1, filters)
    return layer, random_array(seed + 2, m, channels, *sides)


@st.composite
def poolings(draw, overlapping=True):
    """(layer, x) with few distinct values, so that ties are common."""
    kernel = draw(st.tuples(st.integers(1, 3), st.integers(1, 3)))
    stride = draw(st.tuples(st.integers(1, 3), st.integers(1, 3))) if overlapping else kernel
    shape = [draw(st.integers(1, 3)), draw(st.integers(1, 3)), *(draw(st.integers(k, 8)) for k in kernel)]
    x = np.random.default_rng(draw(st.integers(0, 1000))).integers(-2, 3, shape).astype(np.float64)
    return MaxPool2D(kernel, stride), x


@given(convolutions())
def test_convolution_equals_the_nested_loops(case):
    layer, x = case
    expected = reference.convolve(x, layer.params["weight"], layer.params["bias"], layer.stride, layer.padding)
    np.testing.assert_allclose(layer.forward(x), expected, rtol=1e-12, atol=1e-12)


@given(convolutions())
def test_convolution_gradients_equal_the_nested_loops(case):
    layer, x = case
    y = layer.forward(x)
    grad_y = random_array(7, *y.shape)
    grad_x = layer.backward(grad_y)
    expected = reference.convolve_backward(grad_y, x, layer.params["weight"], layer.stride, layer.padding)
    for ours, theirs in zip((grad_x, layer.grads["weight"], layer.grads["bias"]), expected, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-12)


@given(convolutions())
def test_backward_of_a_convolution_is_its_adjoint(case):
    layer, x = case
    layer.params["bias"][...] = 0
    y = layer.forward(x)
    other = random_array(8, *y.shape)
    np.testing.assert_allclose(np.vdot(y, other), np.vdot(x, layer.backward(other)), rtol=1e-10, atol=1e-10)


def test_bias_gradient_is_the_sum_over_samples_and_positions():
    layer = Conv2D(1, 2, 3, dtype=np.float64)
    layer.forward(random_array(0, 4, 1, 6, 5))
    grad_y = random_array(1, 4, 2, 4, 3)
    layer.backward(grad_y)
    np.testing.assert_allclose(layer.grads["bias"], grad_y.sum(axis=(0, 2, 3)), rtol=1e-13)


def test_shifting_the_image_shifts_the_feature_map():
    layer = Conv2D(1, 2, 3, dtype=np.float64)
    x = random_array(0, 1, 1, 8, 8)
    y = layer.forward(x)
    np.testing.assert_allclose(layer.forward(x[..., 1:, 2:]), y[..., 1:, 2:], rtol=1e-12, atol=1e-14)


def test_parameter_gradients_alone_equal_those_of_a_full_backward():
    layer = Conv2D(2, 3, 3, padding=1)
    x = random_array(0, 3, 2, 6, 6).astype(np.float32)
    grad_y = random_array(1, 3, 3, 6, 6).astype(np.float32)
    layer.forward(x)
    layer.backward(grad_y)
    full = dict(layer.grads)
    layer.backward_params(grad_y)
    for name, value in full.items():
        np.testing.assert_array_equal(layer.grads[name], value)


@given(poolings())
def test_pooling_equals_the_nested_loops_also_on_ties(case):
    layer, x = case
    y, sources = reference.max_pool(x, layer.kernel_size, layer.stride)
    np.testing.assert_array_equal(layer.forward(x), y)
    grad_y = random_array(3, *y.shape)
    np.testing.assert_allclose(layer.backward(grad_y), reference.max_pool_backward(grad_y, x, sources), rtol=1e-13)


@given(poolings())
def test_pooling_conserves_the_gradient(case):
    layer, x = case
    y = layer.forward(x)
    grad_y = np.random.default_rng(0).integers(-5, 6, y.shape).astype(np.float64)
    assert layer.backward(grad_y).sum() == grad_y.sum()


@given(poolings(overlapping=False), st.integers(-5, 5))
def test_adding_a_constant_commutes_with_pooling(case, constant):
    layer, x = case
    np.testing.assert_array_equal(layer.forward(x + constant), layer.forward(x) + constant)


def test_first_maximum_in_row_major_order_gets_the_whole_gradient():
    layer = MaxPool2D(2)
    layer.forward(np.array([[[[1.0, 5.0], [5.0, 5.0]]]]))
    np.testing.assert_array_equal(layer.backward(np.array([[[[3.0]]]])), [[[[0, 3], [0, 0]]]])


def test_odd_last_row_and_column_are_dropped_and_get_no_gradient():
    layer = MaxPool2D(2)
    x = np.zeros((1, 1, 5, 3))
    x[0, 0, 4, :] = x[0, 0, :, 2] = 9
    assert layer.forward(x).shape == (1, 1, 2, 1)
    grad_x = layer.backward(np.ones((1, 1, 2, 1)))
    assert grad_x[0, 0, 4].sum() == grad_x[0, 0, :, 2].sum() == 0
    assert grad_x.sum() == 2


def test_winners_tell_the_place_in_each_window():
    layer = MaxPool2D(2)
    layer.forward(np.array([[[[0.0, 1, 7, 7], [0, 0, 7, 7]]]]))
    np.testing.assert_array_equal(layer.winners(), [[[[1, 0]]]])


def test_relu_passes_nothing_at_zero():
    layer = ReLU()
    np.testing.assert_array_equal(layer.forward(np.array([[-1.0, 0.0, 2.0]])), [[0, 0, 2]])
    np.testing.assert_array_equal(layer.backward(np.array([[5.0, 5.0, 5.0]])), [[0, 0, 5]])


def test_sigmoid_is_finite_and_exact_far_out():
    layer = Sigmoid()
    y = layer.forward(np.array([-1e4, -20, 0, 20, 1e4], np.float32))
    np.testing.assert_allclose(y, [0, 2.0611537e-09, 0.5, 1, 1], rtol=1e-6)
    np.testing.assert_allclose(layer.backward(np.ones(5, np.float32))[3], 2.0611537e-09, rtol=1e-6)


def test_flatten_is_row_major():
    x = np.arange(24.0).reshape(2, 3, 2, 2)
    layer = Flatten()
    np.testing.assert_array_equal(layer.forward(x), x.reshape(2, 12))
    np.testing.assert_array_equal(layer.backward(x.reshape(2, 12)), x)


@given(st.integers(1, 4), st.integers(1, 5), st.integers(1, 5))
def test_dense_gradients_are_the_sums_of_the_lecture(m, inputs, outputs):
    layer = Dense(inputs, outputs, dtype=np.float64)
    x, grad_y = random_array(1, m, inputs), random_array(2, m, outputs)
    y = layer.forward(x)
    grad_x = layer.backward(grad_y)
    weight, bias = layer.params["weight"], layer.params["bias"]
    for n in range(m):
        for o in range(outputs):
            assert y[n, o] == pytest.approx(bias[o] + sum(weight[o, i] * x[n, i] for i in range(inputs)))
    for i in range(inputs):
        for o in range(outputs):
            assert layer.grads["weight"][o, i] == pytest.approx(sum(grad_y[n, o] * x[n, i] for n in range(m)))
        for n in range(m):
            assert grad_x[n, i] == pytest.approx(sum(weight[o, i] * grad_y[n, o] for o in range(outputs)))
    np.testing.assert_allclose(layer.grads["bias"], grad_y.sum(axis=0), atol=1e-14)


def layers_with_input():
    return [
        (Conv2D(2, 3, 3, padding=1), (4, 2, 6, 6)),
        (MaxPool2D(2), (4, 2, 6, 6)),
        (ReLU(), (4, 2, 6, 6)),
        (Sigmoid(), (4, 5)),
        (Flatten(), (4, 2, 6, 6)),
        (Dense(5, 3), (4, 5)),
    ]


@pytest.mark.parametrize(("layer", "shape"), layers_with_input(), ids=repr)
def test_returned_arrays_survive_later_calls(layer, shape):
    x = random_array(0, *shape).astype(np.float32)
    y = layer.forward(x)
    grad_x = layer.backward(np.ones_like(y))
    kept = [y.copy(), grad_x.copy(), *(value.copy() for value in layer.grads.values())]
    returned = [y, grad_x, *layer.grads.values()]
    other = layer.forward(random_array(1, *shape).astype(np.float32))
    layer.backward(2 * np.ones_like(other))
    for array, copy in zip(returned, kept, strict=True):
        np.testing.assert_array_equal(array, copy)


@pytest.mark.parametrize(("layer", "shape"), layers_with_input(), ids=repr)
def test_a_batch_of_another_size_in_between_changes_nothing(layer, shape):
    x = random_array(0, *shape).astype(np.float32)
    first = layer.forward(x)
    grad_first = layer.backward(np.ones_like(first))
    small = layer.forward(x[:1])
    layer.backward(np.ones_like(small))
    second = layer.forward(x)
    np.testing.assert_array_equal(second, first)
    np.testing.assert_array_equal(layer.backward(np.ones_like(second)), grad_first)


@pytest.mark.parametrize(("layer", "shape"), layers_with_input(), ids=repr)
def test_float32_stays_float32(layer, shape):
    y = layer.forward(random_array(0, *shape).astype(np.float32))
    arrays = [y, layer.backward(np.ones_like(y)), *layer.params.values(), *layer.grads.values()]
    assert {array.dtype for array in arrays} == {np.dtype(np.float32)}


@pytest.mark.parametrize(("layer", "shape"), layers_with_input(), ids=repr)
def test_backward_before_forward_says_so(layer, shape):
    with pytest.raises(RuntimeError, match="before forward"):
        layer.twin().backward(np.zeros(shape, np.float32))


@pytest.mark.parametrize(
    ("call", "numbers"),
    [
        (lambda: Conv2D(3, 1, 2).forward(np.zeros((1, 2, 5, 5))), ("3 channel", "has 2")),
        (lambda: Conv2D(1, 1, 6).forward(np.zeros((1, 1, 5, 5))), ("is 6", "only 5")),
        (lambda: MaxPool2D(3).forward(np.zeros((1, 1, 2, 2))), ("3×3", "2×2")),
        (lambda: Dense(4, 1).forward(np.zeros((1, 5))), ("4 features", "has 5")),
        (lambda: Conv2D(1, 1, 2).forward(np.zeros((5, 5))), ("4 axes", "got 2")),
        (lambda: Conv2D(1, 1, 0), ("kernel_size is 0", "at least 1")),
        (lambda: Conv2D(1, 1, 2, stride=0), ("stride is 0", "at least 1")),
        (lambda: Conv2D(1, 1, 2, padding=-1), ("padding is -1", "at least 0")),
    ],
)
def test_what_does_not_fit_is_named_with_both_numbers(call, numbers):
    with pytest.raises(ShapeError) as error:
        call()
    for number in numbers:
        assert number in str(error.value)


def test_gradient_of_another_shape_is_refused():
    layer = Conv2D(1, 1, 2)
    layer.forward(np.zeros((1, 1, 4, 4), np.float32))
    with pytest.raises(ShapeError, match=r"\(1, 1, 3, 3\).*\(1, 1, 4, 4\)"):
        layer.backward(np.zeros((1, 1, 4, 4), np.float32))


def test_a_twin_of_another_kind_has_the_same_parameters_and_its_own_way_back() -> None:
    class Mirrored(Conv2D):
        def input_gradient(self, grad_y: np.ndarray, weight: np.ndarray) -> np.ndarray:
            return super().input_gradient(grad_y, weight[:, :, ::-1, ::-1])

    layer, rng = Conv2D(2, 3, 3), np.random.default_rng(1)
    x, grad = rng.random((4, 2, 6, 6), np.float32), rng.random((4, 3, 4, 4), np.float32)
    twin = layer.twin(Mirrored)
    assert isinstance(twin, Mirrored)
    assert twin.params["weight"] is layer.params["weight"]
    np.testing.assert_array_equal(twin.forward(x), layer.forward(x))
    turned = Conv2D(2, 3, 3)
    turned.params["weight"] = np.ascontiguousarray(layer.params["weight"][:, :, ::-1, ::-1])
    turned.forward(x)
    np.testing.assert_allclose(twin.backward(grad), turned.backward(grad), rtol=1e-5)
    with pytest.raises(TypeError, match="Conv2D is no kind of MaxPool2D"):
        MaxPool2D(2).twin(Conv2D)


def test_pooling_hands_its_gradient_back_to_whatever_places_take_it() -> None:
    layer, x = MaxPool2D(2), np.array([[[[1, 1], [0, 1]]]], np.float32)
    best = layer.forward(x)
    grad = np.full((1, 1, 1, 1), 5, np.float32)
    np.testing.assert_array_equal(layer.backward(grad)[0, 0], [[5, 0], [0, 0]])
    tied = [cell == best for cell in layer.window_cells(x)]
    np.testing.assert_array_equal(layer.hand_back(grad, tied)[0, 0], [[5, 5], [0, 5]])
