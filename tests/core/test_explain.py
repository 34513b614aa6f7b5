"""Every cell of every array of a trace against its explanation, on networks of several shapes."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import FrozenInstanceError, dataclass, replace
from functools import cache

import numpy as np
import pytest

from core.explain import Gate, Output, Pooling, Travel, dependents, explain
from core.layers import Conv2D, Dense, Flatten, MaxPool2D, ReLU
from core.losses import BinaryCrossEntropy, Loss, SoftmaxCrossEntropy
from core.network import Network, build_network
from core.trace import Trace, trace


@dataclass(frozen=True)
class Case:
    image_shape: tuple[int, int, int]
    network: str
    outputs: int
    samples: int


CASES = {
    "one block, sigmoid, one sample": Case((1, 7, 6), "one block", 1, 1),
    "one block, sigmoid, three samples": Case((1, 5, 5), "one block", 1, 3),
    "one block, softmax, three samples": Case((2, 6, 7), "one block", 4, 3),
    "two blocks, softmax, three samples": Case((1, 11, 10), "two blocks", 3, 3),
    "two blocks, sigmoid, one sample": Case((2, 10, 13), "two blocks", 1, 1),
    "stride 2 and padding 1": Case((2, 9, 8), "strided", 3, 2),
    "windows that overlap": Case((1, 7, 8), "overlapping", 1, 2),
}


def make_network(case: Case, dtype: type) -> Network:
    channels = case.image_shape[0]
    if case.network == "one block":
        return build_network(case.image_shape, 2, (2,), case.outputs, 3, dtype=dtype)
    if case.network == "two blocks":
        return build_network(case.image_shape, 3, (2, 3), case.outputs, 3, dtype=dtype)
    rng = np.random.default_rng(5)
    if case.network == "strided":
        first = Conv2D(channels, 2, (3, 2), stride=(2, 1), padding=1, rng=rng, dtype=dtype)
        second = Conv2D(2, 3, 2, stride=2, padding=1, rng=rng, dtype=dtype)
        middle, pool = MaxPool2D((1, 2), (1, 2)), MaxPool2D(2)
        height, width = middle.output_size(*first.output_size(*case.image_shape[1:]))
        height, width = pool.output_size(*second.output_size(height, width))
        dense = Dense(3 * height * width, case.outputs, rng=rng, dtype=dtype)
        return Network([first, ReLU(), middle, second, ReLU(), pool, Flatten(), dense])
    conv, pool = Conv2D(channels, 2, 2, rng=rng, dtype=dtype), MaxPool2D(3, 2)
    height, width = pool.output_size(*conv.output_size(*case.image_shape[1:]))
    return Network([conv, ReLU(), pool, Flatten(), Dense(2 * height * width, case.outputs, rng=rng, dtype=dtype)])


@cache
def make_trace(case: Case, dtype: type = np.float64) -> Trace:
    rng = np.random.default_rng(7)
    network = make_network(case, dtype)
    for name, value in network.parameters().items():
        if name.endswith("bias"):
            value[...] = rng.normal(0, 0.3, value.shape)
    # three grey levels: windows tie above zero as well
    x = rng.integers(0, 3, (case.samples, *case.image_shape)) / 2
    loss: Loss = BinaryCrossEntropy() if case.outputs == 1 else SoftmaxCrossEntropy()
    return trace(network, loss, x.astype(dtype), rng.integers(0, max(case.outputs, 2), case.samples))


def cells_of(traced: Trace) -> list[tuple[str, tuple[int, ...]]]:
    return [(name, index) for name, array in traced.arrays.items() for index in np.ndindex(*array.shape)]


@pytest.fixture(scope="module")
def small() -> Trace:
    return make_trace(CASES["one block, sigmoid, three samples"])


def logit_trace(logits: list[list[float]], labels: list[int], dtype: type = np.float64) -> Trace:
    """A trace whose output logits are these, through biases alone; one sample."""
    network = build_network((1, 4, 4), 3, (1,), len(logits[0]), 0, dtype=dtype)
    network.load_state_dict({name: np.zeros_like(value) for name, value in network.parameters().items()})
    network.parameters()["fc.bias"][...] = logits[0]
    loss: Loss = BinaryCrossEntropy() if len(logits[0]) == 1 else SoftmaxCrossEntropy()
    return trace(network, loss, np.ones((1, 1, 4, 4), dtype), np.array(labels))


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, 1e-12), (np.float32, 1e-5)])
def test_the_terms_of_every_cell_of_every_array_sum_to_the_value_of_the_engine(case, dtype, tolerance):
    traced = make_trace(case, dtype)
    scales = {name: float(np.abs(array).max(initial=0)) for name, array in traced.arrays.items()}
    for name, index in cells_of(traced):
        found = explain(traced, name, index)
        assert found.value == traced.arrays[name][index]
        scale = max(scales[name], float(np.abs(found.products).sum()))
        assert abs(found.total - found.value) <= tolerance * scale, (name, index)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_product_of_a_term_is_the_product_of_its_factors_and_a_factor_is_the_cell_that_it_names(case):
    traced = make_trace(case)
    checked = 0
    for name, index in cells_of(traced):
        for term in explain(traced, name, index).terms:
            assert term.product == pytest.approx(np.prod([factor.value for factor in term.factors]), rel=1e-12)
            for factor in term.factors:
                if not factor.symbol:
                    assert factor.value == traced.arrays[factor.array][factor.index]
                    checked += 1
                assert factor.array or factor.symbol
    assert checked > 1000


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_cell_is_a_source_of_another_exactly_when_the_other_is_its_dependent(case):
    traced = make_trace(case)
    forwards: dict[tuple, set] = defaultdict(set)
    for name, index in cells_of(traced):
        for source in explain(traced, name, index).sources:
            forwards[source].add((name, index))
    for name, index in cells_of(traced):
        rows = [(array, tuple(row)) for array, cells in dependents(traced, name, index) for row in cells.tolist()]
        assert len(rows) == len(set(rows))
        assert set(rows) == forwards[name, index], (name, index)


def test_sources_are_named_once_each_with_the_axes_of_their_array():
    traced = make_trace(CASES["two blocks, softmax, three samples"])
    for name, index in cells_of(traced):
        for array, cells in explain(traced, name, index).sources_by_array:
            assert cells.shape[1] == traced.arrays[array].ndim
            assert len(np.unique(cells, axis=0)) == len(cells)


def test_a_kernel_gradient_reproduces_the_line_of_the_blackboard():
    network = build_network((1, 3, 3), 2, (1,), 1, 0, dtype=np.float64)
    traced = trace(network, BinaryCrossEntropy(), np.arange(9.0).reshape(1, 1, 3, 3), np.array([0]))
    found = explain(traced, "dw1", (0, 0, 0, 0))
    factors = [[(factor.array, factor.index[2:]) for factor in term.factors] for term in found.terms]
    assert factors == [[("dz1", cell), ("x", cell)] for cell in ((0, 0), (0, 1), (1, 0), (1, 1))]
    assert found.rule == "convolution weight gradient"
    assert found.formula == "∂L/∂w1 = Σ ∂L/∂z1 · x"


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("x", "input"),
        ("z1", "convolution"),
        ("A1", "relu"),
        ("P1", "maxpool"),
        ("F", "flatten"),
        ("z2", "dense"),
        ("A2", "sigmoid"),
        ("L", "loss"),
        ("dA2", "loss gradient"),
        ("dz2", "sigmoid gradient"),
        ("dw2", "dense weight gradient"),
        ("db2", "dense bias gradient"),
        ("dF", "dense input gradient"),
        ("dP1", "flatten gradient"),
        ("dA1", "maxpool gradient"),
        ("dz1", "relu gradient"),
        ("dw1", "convolution weight gradient"),
        ("db1", "convolution bias gradient"),
        ("w1", "parameter"),
        ("b2", "parameter"),
    ],
)
def test_every_array_names_its_rule(small, name, rule):
    assert explain(small, name, (0,) * small.arrays[name].ndim).rule == rule


def test_the_maps_between_two_blocks_get_their_gradient_through_the_next_kernels():
    traced = make_trace(CASES["two blocks, softmax, three samples"])
    found = explain(traced, "dP1", (0, 0, 0, 0))
    assert found.rule == "convolution input gradient"
    assert [name for name, _ in found.sources_by_array] == ["w2", "dz2"]


def test_parameters_and_pixels_are_given_and_have_no_terms(small):
    for name in ("x", *small.parameter_names):
        found = explain(small, name, (0,) * small.arrays[name].ndim)
        assert found.is_given
        assert found.terms == ()
        assert found.sources == []
        assert found.total == found.value


def test_relu_tells_whether_its_gate_is_open(small):
    for name in ("A1", "dz1"):
        for index in np.ndindex(*small.z1.shape):
            found = explain(small, name, index)
            is_open = bool(small.z1[index] > 0)
            assert found.note == Gate(float(small.z1[index]), is_open)
            assert (found.zero_because == "z1 ≤ 0") is not is_open


def test_a_z_of_exactly_zero_closes_the_gate():
    traced = logit_trace([[0.5]], [1])
    found = explain(traced, "dz1", (0, 0, 0, 0))
    assert found.note == Gate(0.0, False)
    assert found.zero_because == "z1 ≤ 0"


def test_pooling_shows_the_four_candidates_and_the_one_that_won(small):
    found = explain(small, "P1", (1, 0, 1, 1))
    assert isinstance(found.note, Pooling)
    (window,) = found.note.windows
    assert window.position == (1, 0, 1, 1)
    assert window.candidates == tuple((1, 0, row, column) for row in (2, 3) for column in (2, 3))
    assert window.values == tuple(small.A1[cell] for cell in window.candidates)
    assert window.values[window.winner] == small.P1[1, 0, 1, 1]
    assert [term.factors[0].value for term in found.terms] == [float(place == window.winner) for place in range(4)]


def test_the_first_of_equal_candidates_wins_the_window_and_gets_its_gradient():
    network = build_network((1, 3, 3), 2, (1,), 1, 0, dtype=np.float64)
    network.parameters()["conv1.weight"][...] = 1
    traced = trace(network, BinaryCrossEntropy(), np.ones((1, 1, 3, 3)), np.array([1]))
    pooled = explain(traced, "P1", (0, 0, 0, 0)).note
    assert isinstance(pooled, Pooling)
    assert pooled.windows[0].winner == 0
    assert explain(traced, "dA1", (0, 0, 0, 0)).total == traced.dP1[0, 0, 0, 0] != 0
    loser = explain(traced, "dA1", (0, 0, 0, 1))
    assert loser.total == 0
    assert loser.zero_because == "a tie: not the first maximum, in row-major order, of its window"
    assert isinstance(loser.note, Pooling)
    assert loser.note.place == (1,)


def test_a_cell_that_no_window_covers_is_zero_because_it_is_outside():
    network = build_network((1, 6, 6), 2, (1,), 1, 0, dtype=np.float64)
    traced = trace(network, BinaryCrossEntropy(), np.ones((1, 1, 6, 6)), np.array([1]))
    found = explain(traced, "dA1", (0, 0, 4, 4))
    assert (found.terms, found.total, found.zero_because) == ((), 0, "outside every window")


def test_a_cell_in_windows_that_overlap_collects_from_each_that_it_won():
    traced = make_trace(CASES["windows that overlap"])
    counts = {explain(traced, "dA1", index).count for index in np.ndindex(*traced.A1.shape)}
    assert counts == {0, 1, 2, 4}


def test_why_a_cell_of_windows_that_overlap_gets_nothing_tells_a_tie_from_a_smaller_number():
    traced = make_trace(CASES["windows that overlap"])
    reasons = set()
    for index in np.ndindex(*traced.A1.shape):
        found = explain(traced, "dA1", index)
        if not found.zero_because or not found.note.windows:
            continue
        equal = [traced.A1[index] == max(window.values) for window in found.note.windows]
        assert found.zero_because.startswith("a tie: not the first maximum") is any(equal)
        assert found.zero_because.endswith(f"any of its {len(equal)} windows") is (len(equal) > 1)
        reasons.add(found.zero_because)
    assert "a tie: not the first maximum, in row-major order, of any of its 2 windows" in reasons
    assert "not the maximum of any of its 2 windows" in reasons


def test_flattening_shows_the_index_travelling_and_back(small):
    there = explain(small, "F", (2, 5)).note
    assert isinstance(there, Travel)
    _, channels, height, width = small.P1.shape
    place = tuple(int(axis) for axis in np.unravel_index(5, (channels, height, width)))
    assert there == Travel(("P1", (2, *place)), ("F", (2, 5)), 5)
    assert explain(small, "dP1", (2, *place)).note == Travel(("dF", (2, 5)), ("dP1", (2, *place)), 5)


def test_the_loss_has_both_terms_of_each_sample_and_the_label_switches_one_off(small):
    found = explain(small, "L", ())
    assert found.count == 2 * len(small.y)
    assert [term.factors[1].value for term in found.terms] == [*small.y, *(1 - small.y)]
    assert found.formula == "L = 1/m Σ [−y·log A2 − (1 − y)·log(1 − A2)]"


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("logit", "label"), [(-500.0, 1), (500.0, 0), (-500.0, 0), (500.0, 1), (40.0, 0)])
def test_a_saturated_sigmoid_is_explained_with_the_finite_numbers_of_the_engine(dtype, logit, label):
    traced = logit_trace([[logit]], [label], dtype)
    for name in ("A2", "L", "dA2", "dz2"):
        found = explain(traced, name, (0,) * traced.arrays[name].ndim)
        assert np.isfinite(found.total)
        assert found.total == pytest.approx(found.value, rel=1e-6)
    wrong = (logit > 0) != (label == 1)
    assert explain(traced, "L", ()).total == pytest.approx(abs(logit) if wrong else 0, abs=1e-9)


@pytest.mark.parametrize("label", [0, 1, 2])
def test_a_saturated_softmax_is_explained_with_the_finite_numbers_of_the_engine(label):
    traced = logit_trace([[900.0, 0.0, -900.0]], [label])
    for name, index in cells_of(traced):
        found = explain(traced, name, index)
        assert np.isfinite(found.total)
        assert found.total == pytest.approx(found.value, rel=1e-12)
    assert explain(traced, "dA2", (0, label)).note == Output(1, label, saturated=label > 0)


def test_the_derivative_of_the_loss_is_zero_at_a_class_that_is_not_the_true_one():
    traced = logit_trace([[0.5, 0.0]], [1])
    found = explain(traced, "dA2", (0, 0))
    assert (found.total, found.zero_because) == (0, "not the true class")
    assert explain(traced, "dA2", (0, 1)).zero_because == ""


def test_a_softmax_reads_every_logit_of_its_sample_and_shows_their_powers():
    traced = logit_trace([[0.5, 0.0, -1.0]], [1])
    found = explain(traced, "A2", (0, 1))
    assert found.sources == [("z2", (0, 0)), ("z2", (0, 1)), ("z2", (0, 2))]
    assert isinstance(found.note, Output)
    assert found.note.exponentials == pytest.approx(np.exp([0, -0.5, -1.5]))


def test_the_largest_terms_come_first_and_the_rest_is_a_number_and_a_sum():
    traced = make_trace(CASES["one block, softmax, three samples"])
    found = explain(traced, "dw1", (1, 0, 1, 0))
    largest = found.largest(5)
    magnitudes = sorted((abs(term.product) for term in found.terms), reverse=True)
    assert [abs(term.product) for term in largest.terms] == magnitudes[:5]
    assert largest.more == found.count - 5
    assert sum(term.product for term in largest.terms) + largest.more_sum == pytest.approx(found.total)


def test_more_terms_asked_for_than_there_are_leaves_none(small):
    largest = explain(small, "z1", (0, 0, 0, 0)).largest(100)
    assert (len(largest.terms), largest.more, largest.more_sum) == (5, 0, 0)


def test_one_term_can_be_read_without_the_others(small):
    found = explain(small, "z1", (0, 1, 2, 0))
    assert [found.term(place) for place in range(found.count)] == list(found.terms)
    assert found.term(4).factors[0].array == "b1"
    for outside in (-1, found.count):
        with pytest.raises(IndexError, match="has 5 terms"):
            found.term(outside)


def test_a_diverged_network_is_explained_without_a_warning():
    network = build_network((1, 5, 5), 2, (2,), 3, 0)
    network.parameters()["conv1.weight"][0] = np.inf
    with np.errstate(all="ignore"):
        traced = trace(network, SoftmaxCrossEntropy(), np.zeros((1, 1, 5, 5)), np.array([1]))
    assert np.isnan(traced.L)
    for name, index in cells_of(traced):
        found = explain(traced, name, index)
        assert len(found.largest(3).terms) == min(3, found.count)
        if name in traced.forward_names:
            np.testing.assert_allclose(found.total, found.value, rtol=1e-6, atol=1e-7)


def test_an_unknown_array_is_refused_by_name(small):
    for ask in (explain, dependents):
        with pytest.raises(KeyError, match="no array 'z9'"):
            ask(small, "z9", (0,))


@pytest.mark.parametrize("index", [(), (0,), (0, 0, 0, 99), (0, 0, 0, -1)])
def test_a_cell_outside_of_the_array_is_refused(small, index):
    for ask in (explain, dependents):
        with pytest.raises(IndexError, match="no cell of z1"):
            ask(small, "z1", index)


def test_an_explanation_cannot_be_changed(small):
    found = explain(small, "z1", (0, 0, 0, 0))
    with pytest.raises(FrozenInstanceError):
        found.value = 0
    with pytest.raises(FrozenInstanceError):
        found.terms[0].factors[0].value = 0


def test_an_explanation_reads_the_trace_and_would_betray_a_wrong_number(small):
    wrong = dict(small.arrays)
    wrong["dz1"] = small.dz1 + 1
    broken = replace(small, arrays=wrong)
    found = explain(broken, "db1", (0,))
    assert found.total == pytest.approx(found.value + small.dz1[:, 0].size)
