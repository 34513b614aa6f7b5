"""The two losses against the formulas of the lecture."""

import numpy as np
import pytest

from core.arrays import ShapeError
from core.losses import BinaryCrossEntropy, SoftmaxCrossEntropy
from tests.core import reference

LABELS = np.array([0, 1, 1, 0])


def test_binary_cross_entropy_equals_the_formula():
    logits = np.array([[-2.0], [0.5], [3.0], [0.0]])
    assert BinaryCrossEntropy().forward(logits, LABELS) == pytest.approx(reference.binary_cross_entropy(logits, LABELS))


def test_softmax_cross_entropy_equals_the_formula():
    logits = np.random.default_rng(0).standard_normal((4, 3))
    y = np.array([2, 0, 1, 1])
    assert SoftmaxCrossEntropy().forward(logits, y) == pytest.approx(reference.softmax_cross_entropy(logits, y))


def test_binary_gradient_is_output_minus_label_over_m():
    loss = BinaryCrossEntropy()
    logits = np.array([[-2.0], [0.5], [3.0], [0.0]])
    loss.forward(logits, LABELS)
    expected = (1 / (1 + np.exp(-logits)) - LABELS[:, None]) / 4
    np.testing.assert_allclose(loss.backward(), expected, rtol=1e-13)


def test_softmax_gradient_of_a_sample_sums_to_zero():
    loss = SoftmaxCrossEntropy()
    loss.forward(np.random.default_rng(0).standard_normal((4, 3)), np.array([2, 0, 1, 1]))
    np.testing.assert_allclose(loss.backward().sum(axis=1), 0, atol=1e-16)


def test_two_class_softmax_equals_the_sigmoid_of_the_difference():
    logits = np.random.default_rng(0).standard_normal((4, 2))
    softmax = SoftmaxCrossEntropy().forward(logits, LABELS)
    assert softmax == pytest.approx(BinaryCrossEntropy().forward(logits[:, 1] - logits[:, 0], LABELS))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("label", [0, 1])
@pytest.mark.parametrize("z", [-1e4, 1e4])
def test_both_losses_are_finite_and_right_at_enormous_logits(z, label, dtype):
    wrong = (z > 0) != bool(label)
    y = np.array([label])
    for loss, logits in ((BinaryCrossEntropy(), [[z]]), (SoftmaxCrossEntropy(), [[0, z]])):
        assert loss.forward(np.array(logits, dtype), y) == (1e4 if wrong else 0)
        assert np.isfinite(loss.backward()).all()
        assert loss.backward().dtype == dtype


def test_logits_may_be_flat_and_the_gradient_is_too():
    loss = BinaryCrossEntropy()
    loss.forward(np.zeros(4), LABELS)
    assert loss.backward().shape == (4,)


def test_activations_are_probabilities():
    logits = np.random.default_rng(0).standard_normal((5, 3)) * 100
    np.testing.assert_allclose(SoftmaxCrossEntropy().activation(logits).sum(axis=1), 1)
    assert BinaryCrossEntropy().activation(np.array([[0.0]])) == 0.5


@pytest.mark.parametrize(
    ("loss", "logits", "y", "error", "words"),
    [
        (BinaryCrossEntropy(), (4, 2), LABELS, ShapeError, r"\(4, 2\)"),
        (BinaryCrossEntropy(), (3, 1), LABELS, ShapeError, r"\(4,\).*3 samples"),
        (BinaryCrossEntropy(), (4, 1), LABELS * 2, ValueError, "y holds 2"),
        (SoftmaxCrossEntropy(), (4, 3), LABELS - 1, ValueError, "y holds -1"),
        (SoftmaxCrossEntropy(), (4,), LABELS, ShapeError, r"\(4,\)"),
        (SoftmaxCrossEntropy(), (4, 3), LABELS / 2, ValueError, "float64"),
        (BinaryCrossEntropy(), (0, 1), LABELS[:0], ShapeError, "0 samples"),
    ],
)
def test_logits_or_labels_that_do_not_fit_are_refused(loss, logits, y, error, words):
    with pytest.raises(error, match=words):
        loss.forward(np.zeros(logits), y)


def test_backward_before_forward_says_so():
    with pytest.raises(RuntimeError, match="before forward"):
        BinaryCrossEntropy().backward()
