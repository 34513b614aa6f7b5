"""The views of the window that it starts without: those in tabs behind the first, and the charts."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from ui.deferred import Deferred
from ui.explain.linker import CellLinker
from ui.panel import Panel

if TYPE_CHECKING:
    from ui.blackboard.panel import BlackboardPanel
    from ui.chain.panel import ChainPanel
    from ui.charts.curves import AccuracyChart, GradientNormChart, LossChart
    from ui.charts.live_chart import LiveChart
    from ui.explain.terms_panel import TermsPanel
    from ui.see_data.panel import SeeDataPanel
    from ui.slow_motion.panel import SlowMotionPanel

__all__ = ["LateViews", "WithLateViews"]

Chart = TypeVar("Chart", bound="LiveChart")

_HEIGHT = 116
"""Of the view that needs the most: the tabs keep their height when it comes."""


class LateViews:
    """Where each of them will be; `WithLateViews` gives the views themselves."""

    def __init__(self, linker: CellLinker) -> None:
        self.chain: Deferred[ChainPanel] = Deferred("ui.chain.panel", "ChainPanel")
        self.slow_motion: Deferred[SlowMotionPanel] = Deferred("ui.slow_motion.panel", "SlowMotionPanel")
        self.slow_motion.setMinimumHeight(_HEIGHT)
        self.terms: Deferred[TermsPanel] = Deferred("ui.explain.terms_panel", "TermsPanel", linker)
        self.board: Deferred[BlackboardPanel] = Deferred("ui.blackboard.panel", "BlackboardPanel")
        self.images: Deferred[SeeDataPanel] = Deferred("ui.see_data.panel", "SeeDataPanel")
        self.loss: Deferred[LossChart] = _chart("LossChart", "Loss")
        self.accuracy: Deferred[AccuracyChart] = _chart("AccuracyChart", "Accuracy %")
        self.gradient: Deferred[GradientNormChart] = _chart("GradientNormChart", "Gradient norm")
        self.charts = (self.loss, self.accuracy, self.gradient)
        self.followers = (self.chain, self.slow_motion, self.board, self.images)
        """Those that show snapshots."""


class WithLateViews:
    """A window's late views, made by being asked for."""

    late: LateViews

    @property
    def chain_panel(self) -> ChainPanel:
        """The chain rule, one factor at a time."""
        return self.late.chain.view

    @property
    def slow_motion_panel(self) -> SlowMotionPanel:
        """One batch by stages."""
        return self.late.slow_motion.view

    @property
    def terms_panel(self) -> TermsPanel:
        """All terms of a cell."""
        return self.late.terms.view

    @property
    def blackboard_panel(self) -> BlackboardPanel:
        """The lines for the blackboard."""
        return self.late.board.view

    @property
    def see_data_panel(self) -> SeeDataPanel:
        """All images."""
        return self.late.images.view

    @property
    def charts(self) -> tuple[LiveChart, ...]:
        """Loss, accuracy, gradient norm."""
        return tuple(chart.view for chart in self.late.charts)

    @property
    def loss_chart(self) -> LossChart:
        """The loss over the steps."""
        return self.late.loss.view

    @property
    def accuracy_chart(self) -> AccuracyChart:
        """The accuracy over the steps."""
        return self.late.accuracy.view

    @property
    def gradient_chart(self) -> GradientNormChart:
        """The lengths of the gradients over the steps."""
        return self.late.gradient.view


def _chart(name: str, title: str) -> Deferred[Chart]:
    return Deferred("ui.charts.curves", name, stand_in=Panel(title))
