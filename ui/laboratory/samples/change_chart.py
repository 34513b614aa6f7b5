"""What each step was to do to the loss of its batch, and what it did."""

from __future__ import annotations

from playground.history import History
from playground.loss_change import MEASURED_SERIES
from ui.charts.axes import StableRange, TwoSidedRange
from ui.charts.curve_line import CurveStyle
from ui.charts.live_chart import LiveChart
from ui.theme import DARK, Theme, palette_color

__all__ = ["ChangeChart"]

_PREDICTED_COLOR, _REAL_COLOR = 2, 4  # places of the palette that mean neither a class nor train and test


class ChangeChart(LiveChart):
    """Predicted and real change of the loss, step by step; below zero the loss falls, above it rises."""

    is_picture = True
    empty_ways = "Measured from the next step on: take one (→)", "Take a step (→)"

    def __init__(self, theme: Theme = DARK) -> None:
        super().__init__("Loss change", theme)

    def _make_range(self) -> StableRange:
        return TwoSidedRange()

    def _styles(self, history: History, theme: Theme) -> tuple[CurveStyle, ...]:
        del history  # every run has these
        predicted, real = MEASURED_SERIES
        return (
            CurveStyle(predicted, "predicted", "predicted", palette_color(theme, _PREDICTED_COLOR), ghost=False),
            CurveStyle(real, "real", "real", palette_color(theme, _REAL_COLOR), raw=True, ghost=False),
        )
