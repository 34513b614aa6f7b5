from __future__ import annotations

from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from tests.ui.hands import turn_wheel
from tests.ui.noting_window import in_front
from ui.controls import CalmComboBox, CalmSlider


def beside_a_field(qtbot, control: QWidget) -> QWidget:
    """A window with a control and a field, which has the focus."""
    window, field = QWidget(), QLineEdit()
    layout = QVBoxLayout(window)
    layout.addWidget(field)
    layout.addWidget(control)
    in_front(qtbot, window)
    field.setFocus()
    return window


def test_the_wheel_changes_a_slider_only_while_it_has_the_focus(qtbot) -> None:
    slider = CalmSlider()
    window = beside_a_field(qtbot, slider)
    turn_wheel(slider, 1)
    assert slider.value() == 0
    assert isinstance(window.focusWidget(), QLineEdit)
    slider.setFocus()
    turn_wheel(slider, 1)
    assert slider.value() > 0


def test_the_wheel_changes_a_choice_only_while_it_has_the_focus(qtbot) -> None:
    choice = CalmComboBox()
    choice.addItems(["a", "b", "c"])
    choice.setCurrentIndex(1)
    window = beside_a_field(qtbot, choice)
    turn_wheel(choice, 1)
    assert choice.currentIndex() == 1
    assert isinstance(window.focusWidget(), QLineEdit)
    choice.setFocus()
    turn_wheel(choice, 1)
    assert choice.currentIndex() == 0


def test_a_choice_leaves_its_last_parts_out_first(qtbot) -> None:
    box = CalmComboBox()
    qtbot.addWidget(box)
    box.addItem("branch 1 · η 0.1 → 0.01 · from step 10 · trains")
    width = box.fontMetrics().horizontalAdvance
    assert box.shown_text(1000) == box.currentText()
    assert box.shown_text(width("branch 1 · η 0.1 → 0.01") + 2) == "branch 1 · η 0.1 → 0.01"
    assert box.shown_text(width("branch 1") + 2) == "branch 1"
    assert box.shown_text(width("bran…")).endswith("…")
    # of what makes the branch another one, as much as there is room for
    assert box.shown_text(width("branch 1 · η 0.1 → …") + 2) == "branch 1 · η 0.1 → …"
