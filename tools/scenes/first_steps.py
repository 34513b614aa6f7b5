"""The first steps, on the way back from L."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tools.scenes.hands import point_at
from ui.cell_ref import CellRef, sample_array
from ui.main_window import MainWindow
from ui.offscreen import show_frames, wait_until

__all__ = ["way_back"]


def way_back(window: MainWindow) -> None:
    """With the step on the gradient's way back, as far as ∂L/∂P₁."""
    window.first_steps.show()
    tour = window.first_steps.tour
    assert tour is not None
    while tour.step.title != "The way back":
        QTest.mouseClick(tour.card.next_button, Qt.MouseButton.LeftButton)
    view = window.flow_panel.view
    assert view.snapshot is not None
    for name in ("L", "dA2", "dz2", "dF", "dP1"):
        middle = tuple(side // 2 for side in sample_array(view.snapshot.trace, name).shape)
        point_at(window, CellRef(name, (0, *middle[1:]) if len(middle) == 3 else middle))
    wait_until(lambda: "∂L/∂P₁ =" in tour.card.see.text(), 5)
    show_frames()
