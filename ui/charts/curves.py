"""The live curves: loss, accuracy and gradient norms, each read from the run's History."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from playground.history import History
from playground.notation.names import display_name
from ui.charts.curve_line import CurveStyle
from ui.charts.live_chart import LiveChart
from ui.colors import blend, readable
from ui.theme import DARK, Theme, palette_color

__all__ = ["AccuracyChart", "GradientNormChart", "LossChart"]

# places of the class palette that mean neither train and test nor the first branches
_GRADIENT_COLORS = (2, 4, 3, 6)


class LossChart(LiveChart):
    """The loss of every batch, thin, and the mean loss of train and test images in front of it."""

    leaves_out_peaks = True
    log_floor = 1e-6

    def __init__(self, theme: Theme = DARK, parent: QWidget | None = None) -> None:
        super().__init__("Loss", theme, parent)

    def _styles(self, history: History, theme: Theme) -> tuple[CurveStyle, ...]:
        del history  # every run has these
        return (
            CurveStyle(
                "batch_loss",
                "batch",
                "batch",
                blend(theme.train, theme.panel, 0.55),
                raw=True,
                ghost=False,
                name_color=readable(blend(theme.train, theme.panel, 0.8), theme.panel),
            ),
            CurveStyle("train_loss", "train", "train", theme.train),
            CurveStyle("test_loss", "test", "test", theme.test),
        )


class AccuracyChart(LiveChart):
    """The share of train and test images that are classified right, in per cent."""

    anchor = 100.0
    scale = 100.0
    unit = " %"
    waiting_ways = "The curve begins with the next evaluation", "From the next evaluation on", "Awaiting evaluation"

    def __init__(self, theme: Theme = DARK, parent: QWidget | None = None) -> None:
        super().__init__("Accuracy %", theme, parent)

    def _styles(self, history: History, theme: Theme) -> tuple[CurveStyle, ...]:
        del history  # every run has these
        return (
            CurveStyle("train_accuracy", "train", "train", theme.train),
            CurveStyle("test_accuracy", "test", "test", theme.test),
        )


class GradientNormChart(LiveChart):
    """The length of the gradient of every weight array, ‖∂L/∂w‖."""

    leaves_out_peaks = True
    log_floor = 1e-9

    def __init__(self, theme: Theme = DARK, parent: QWidget | None = None) -> None:
        super().__init__("Gradient norm", theme, parent)

    def _styles(self, history: History, theme: Theme) -> tuple[CurveStyle, ...]:
        styles = []
        for position, name in enumerate(history.gradient_names):
            color = palette_color(theme, _GRADIENT_COLORS[position % len(_GRADIENT_COLORS)])
            styles.append(
                CurveStyle(f"|{name}|", display_name(name), display_name(name.removeprefix("d")), color, raw=True)
            )
        return tuple(styles)
