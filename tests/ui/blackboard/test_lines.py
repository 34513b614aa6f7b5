"""What stands on the board: the lecture's lines, and numbers that can be worked out by hand."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from core.trace import trace
from playground.datasets import load_dataset, suggested_settings
from playground.plain_step import after_plain_step
from playground.prediction import make_loss, make_network
from playground.session import Session
from playground.settings import Settings
from playground.snapshot import Snapshot
from tests.ui.flow.snapshots import snapshot_of
from ui.blackboard.layout import lay_out
from ui.blackboard.lines import SECTIONS, BoardLine, Matrix, board
from ui.number_format import cell_number

BOARDS = ("blackboard-3x3", "blackboard-5x5")


def example(dataset: str, label: int = 1, **changes: object) -> Snapshot:
    """The worked example as it opens."""
    settings = Settings(**{**suggested_settings(dataset), "dataset": dataset, **changes})
    data = load_dataset(settings)
    network = make_network(settings)
    if settings.filters == (1,):
        network.load_state_dict(data.initial_state)
    record = trace(network, make_loss(settings), data.x_train[:1], np.array([label]))
    return replace(snapshot_of("one filter"), settings=settings, trace=record)


def lines(snapshot: Snapshot, key: str, decimals: int = 4) -> list[BoardLine]:
    return [block for block in board(snapshot, key, 0, decimals).blocks if isinstance(block, BoardLine)]


def value_of(line: BoardLine, what: str) -> float:
    """Work the numbers of a line out, as a student would."""
    tokens = [token for row in line.rows for token in row]
    written = "".join(token.number for token in tokens)
    if "=" in written:
        written = written.split("=")[0 if what == "first" else 1]
    for sign, operator in (("·", "*"), ("−", "-"), ("0(", "0*(")):
        written = written.replace(sign, operator)
    known = {"max": max, "log": math.log, "σ": lambda z: 1 / (1 + math.exp(-z))}
    return float(eval(written, known))


def test_the_lecture_s_line_for_w11_stands_on_the_board_with_its_numbers() -> None:
    first, *rest = lines(example("blackboard-3x3"), "dw1")
    assert first.text == (
        "∂L/∂w11 = ∂L/∂z11 · x11 + ∂L/∂z12 · x12 + ∂L/∂z21 · x21 + ∂L/∂z22 · x22; "
        "−0.25 = (−0.25) · 1 + 0 · 0 + 0 · 0 + 0 · 1"
    )
    letters = [line.text.split(";")[0] for line in rest]
    assert letters == [
        "∂L/∂w12 = ∂L/∂z11 · x12 + ∂L/∂z12 · x13 + ∂L/∂z21 · x22 + ∂L/∂z22 · x23",
        "∂L/∂w21 = ∂L/∂z11 · x21 + ∂L/∂z12 · x22 + ∂L/∂z21 · x31 + ∂L/∂z22 · x32",
        "∂L/∂w22 = ∂L/∂z11 · x22 + ∂L/∂z12 · x23 + ∂L/∂z21 · x32 + ∂L/∂z22 · x33",
        "∂L/∂b1 = ∂L/∂z11 + ∂L/∂z12 + ∂L/∂z21 + ∂L/∂z22",
    ]


@pytest.mark.parametrize(
    ("key", "letters"),
    [
        ("forward", "z11 = w11 · x11 + w12 · x12 + w21 · x21 + w22 · x22 + b1"),
        ("forward", "A11 = max( z11 , 0 )"),
        ("forward", "P11 = max( A11 , A12 , A21 , A22 )"),
        ("forward", "z2 = w2 · F + b2"),
        ("forward", "L = − y · log( A2 ) − ( 1 − y ) · log( 1 − A2 )"),
        ("dz2", "∂L/∂z2 = ∂L/∂A2 · A2 · ( 1 − A2 ) = A2 − y"),
        ("dw2", "∂L/∂w2 = ∂L/∂z2 · F"),
        ("dw2", "∂L/∂b2 = ∂L/∂z2"),
        ("dP1", "∂L/∂F = w2 · ∂L/∂z2"),
        ("dP1", "∂L/∂P11 = ∂L/∂F"),
        ("dz1", "∂L/∂z11 = [z11 > 0] · ∂L/∂A11"),
        ("update", "w11 ← w11 − η · ∂L/∂w11"),
        ("update", "b2 ← b2 − η · ∂L/∂b2"),
    ],
)
def test_every_derivative_of_the_lecture_is_written_in_its_letters(key: str, letters: str) -> None:
    assert letters in [line.text.split(";")[0] for line in lines(example("blackboard-3x3"), key)]


@pytest.mark.parametrize("dataset", BOARDS)
@pytest.mark.parametrize("label", [0, 1])
@pytest.mark.parametrize("filters", [(1,), (2,)])
def test_the_numbers_of_every_line_come_to_what_stands_at_its_head(
    dataset: str, label: int, filters: tuple[int, ...]
) -> None:
    snapshot = example(dataset, label, filters=filters)
    count = 0
    for key in SECTIONS:
        for line in lines(snapshot, key, 8):
            head = float(line.head.number.replace("−", "-"))
            for side in ("first", "last"):
                assert value_of(line, side) == pytest.approx(head, rel=1e-6, abs=3e-7), line.text
            count += 1
    assert count > 20


@pytest.mark.parametrize("dataset", BOARDS)
def test_pooling_opens_up_and_only_the_maximum_receives(dataset: str) -> None:
    snapshot = example(dataset)
    (matrix,) = board(snapshot, "dA1", 0, 8).blocks
    assert isinstance(matrix, Matrix)
    side = snapshot.trace.A1.shape[2]
    assert matrix.text == f"({side // 2},{side // 2}) → ({side},{side})"
    for i, row in enumerate(matrix.large):
        for j, token in enumerate(row):
            value = float(snapshot.trace.dA1[0, 0, i, j])
            assert float(token.number.replace("−", "-")) == pytest.approx(value, abs=1e-7)
            assert (token.text == "0") == (value == 0)
            assert value == 0 or token.text == f"∂L/∂P{i // 2 + 1}{j // 2 + 1}"


def test_who_gets_the_gradient_on_a_tie_is_said() -> None:
    snapshot = example("blackboard-5x5")
    x = np.zeros_like(snapshot.trace.x)
    flat = trace(make_network(snapshot.settings), make_loss(snapshot.settings), x, np.array([1]))
    remark = board(replace(snapshot, trace=flat), "dA1", 0, 4).remark
    assert "on a tie the first in row-major order gets it" in remark
    assert "Here a tie decides P11, P12, P21, P22." in remark
    assert "Here a tie" not in board(snapshot, "dA1", 0, 4).remark


def test_eta_stands_in_the_update_and_another_optimiser_is_named() -> None:
    snapshot = example("blackboard-3x3", learning_rate=0.4)
    first = lines(snapshot, "update")[0]
    assert "; 1.1 = 1 − 0.4 · (−0.25); Step" in first.text
    other = example("blackboard-3x3", optimizer="adam")
    assert "Step takes the next image by Adam" in board(other, "update", 0, 4).remark
    assert lines(other, "update")[0].text.endswith("; Step (Adam): next image: …")


def next_step(settings: Settings) -> Snapshot:
    """The example with the next step worked out, as it opens."""
    session = Session(settings)
    record = session.trace_sample(session.first_sample)
    return replace(snapshot_of("one filter"), settings=settings, trace=record, batch_step=session.prepare_batch_step())


@pytest.mark.parametrize("dataset", BOARDS)
def test_the_update_of_an_example_as_it_opens_is_just_what_step_does(dataset: str) -> None:
    snapshot = next_step(Settings(**suggested_settings(dataset)))
    section = board(snapshot, "update", 0, 4)
    assert snapshot.settings.batch_size == 1
    assert section.remark.startswith("For this sample, m = 1: just what Step does.")
    for line in lines(snapshot, "update"):
        assert line.aside is None
        ref = line.head.ref
        assert line.head.number == cell_number(float(snapshot.batch_step.weights_after[ref.name][ref.index]), 14)


def test_with_a_larger_m_each_line_of_the_update_says_what_step_makes_of_the_weight() -> None:
    snapshot = next_step(Settings(**{**suggested_settings("blackboard-3x3"), "batch_size": 4}))
    for line in lines(snapshot, "update"):
        ref = line.head.ref
        after = cell_number(float(snapshot.batch_step.weights_after[ref.name][ref.index]), 14)
        assert line.text.endswith(f"; Step: mean of 4: {after}")
    assert "Step takes the mean of ∂L/∂w over the next 4 images." in board(snapshot, "update", 0, 4).remark
    assert lines(snapshot, "dw1")[0].aside is None


def test_a_plain_step_leaves_the_trace_as_it_is() -> None:
    record = example("blackboard-3x3").trace
    after = after_plain_step(record, 0.1)
    np.testing.assert_allclose(after["w1"], record.w1 - 0.1 * record.dw1, rtol=1e-6)
    assert record.w1[0, 0, 0, 0] == 1.0


def test_several_filters_are_told_apart() -> None:
    snapshot = example("blackboard-5x5", filters=(3,))
    section = board(snapshot, "dw1", 2, 4)
    assert section.blocks[0].text.startswith("∂L/∂w11(3) = ∂L/∂z11(3) · x11 + ")
    assert section.blocks[-1].text.startswith("∂L/∂b1(3) = ")


@pytest.mark.parametrize("width", range(450, 1200, 75))
@pytest.mark.parametrize("dataset", BOARDS)
def test_no_line_begins_with_a_factor_torn_from_the_one_before(qapp, dataset: str, width: int) -> None:
    del qapp
    for key in SECTIONS:
        for decimals in (2, 4):
            rows: dict[float, list[str]] = {}
            for placed in lay_out(board(example(dataset), key, 0, decimals), width).placed:
                rows.setdefault(placed.room.top(), []).append(placed.token.text)
            assert "·" not in {texts[0] for texts in rows.values()}


def test_the_widest_line_of_a_large_page_is_not_broken(qapp) -> None:
    del qapp
    section = board(example("blackboard-3x3"), "dw1", 0, 4)
    for width in range(740, 1200, 7):
        tops = {placed.room.top() for placed in lay_out(section, width).placed}
        assert len(tops) == len(section.blocks), "a line for each derivative"
