import numpy as np

from tests.ui.flow.snapshots import snapshot_of, with_array
from ui.cell_ref import CellRef, cell_value
from ui.flow.text import cell_text


def test_a_zero_gradient_says_why(qtbot):
    trace = snapshot_of("four filters").trace
    closed = tuple(int(place) for place in np.argwhere(trace.z1[0] <= 0)[0])
    assert "z₁ ≤ 0" in cell_text(trace, CellRef("dz1", closed), 4)
    A1, dA1 = trace.A1[0], trace.dA1[0]
    windows = A1.reshape(4, 12, 2, 12, 2).max(axis=(2, 4)).repeat(2, 1).repeat(2, 2)
    losers = tuple(int(place) for place in np.argwhere((windows > A1) & (dA1 == 0))[0])
    assert "not the maximum" in cell_text(trace, CellRef("dA1", losers), 4)


def test_a_tie_names_the_first_maximum():
    trace = snapshot_of("four filters").trace
    A1 = trace.A1.copy()
    A1[0, 0, :2, :2] = 5.0
    gradient = trace.dA1.copy()
    gradient[0, 0, :2, :2] = [[1.0, 0.0], [0.0, 0.0]]
    tied = with_array(with_array(snapshot_of("four filters"), "A1", A1), "dA1", gradient).trace
    assert "a tie: not the first maximum" in cell_text(tied, CellRef("dA1", (0, 0, 1)), 4)


def test_a_cell_reference_finds_its_number_in_the_trace():
    trace = snapshot_of("four filters").trace
    for ref in (CellRef("dz1", (2, 10, 7)), CellRef("w1", (1, 0, 2, 2)), CellRef("L", ()), CellRef("F", (5,))):
        assert cell_value(trace, ref) == trace.arrays[ref.name][ref.array_index]
