"""The names of curves beside the title of a chart, in whatever room there is."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from ui.charts.legend import Legend, LegendEntry

FOUR = tuple(LegendEntry(f"∂L/∂w{sign}", f"w{sign}", "#ff0000") for sign in "₁₂₃₄")


def legend_of(qtbot: QtBot, width: int, entries: tuple[LegendEntry, ...] = FOUR) -> Legend:
    legend = Legend()
    qtbot.addWidget(legend)
    legend.show_entries(entries)
    legend.resize(width, 18)
    return legend


def test_four_curves_are_named_in_less_and_less_room(qtbot: QtBot) -> None:
    known = [legend_of(qtbot, width).shown() for width in (300, 80, 44)]
    assert known == [
        ["∂L/∂w₁", "∂L/∂w₂", "∂L/∂w₃", "∂L/∂w₄"],
        ["w₁", "w₂", "w₃", "w₄"],
        ["w₁", "₂", "₃", "₄"],
    ]


def test_names_without_a_letter_in_common_stay_whole(qtbot: QtBot) -> None:
    entries = (LegendEntry("train", "train", "#ff0000"), LegendEntry("test loss", "loss", "#00ff00"))
    assert legend_of(qtbot, 20, entries).shown() == ["train", "loss"]
