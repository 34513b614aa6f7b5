"""Stands between the window and the timeline: who asks for a moment, and who is told of the one that is shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtGui import QAction

from playground.counting import grouped
from playground.snapshot import RunState, Snapshot
from playground.timeline.view import TimelineView
from ui.theme import Theme
from ui.timeline.bar import TimelineBar

if TYPE_CHECKING:
    from ui.charts.live_chart import LiveChart
    from ui.main_window import MainWindow

__all__ = ["TimelineLink"]

_PLAY_MS = 40
_SHOWN_AT_MOST = 400
"""Moments that are shown when all are played: some 16 seconds."""


class TimelineLink(QObject):
    """Makes the bar (`build`), and connects it, the charts and the worker (`connect_views`)."""

    bar: TimelineBar

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._view: TimelineView | None = None
        self._before_click: tuple[int, int, bool] | None = None
        self._clicked_at: int | None = None
        self._player = QTimer(self)
        self._player.setInterval(_PLAY_MS)
        self._player.timeout.connect(self._play_on)

    @property
    def handlers(self) -> Mapping[str, Callable[[], object]]:
        """What the actions of the table do, by id."""
        return {
            "moment_before": lambda: self._go_by(-1),
            "moment_after": lambda: self._go_by(1),
            "play_moments": self._toggle_play,
            "newest_moment": self.return_to_newest,
            "compare_moments": self._toggle_difference,
        }

    def build(self, actions: Mapping[str, QAction]) -> TimelineBar:
        """The bar, whose buttons are those actions."""
        self.bar = TimelineBar(actions)
        return self.bar

    def connect_views(self) -> None:
        """Connect what is there, once the window is built."""
        self.bar.moment_chosen.connect(self._on_chosen)
        for chart in self._window.late.charts:
            chart.when_made(self._connect_chart)
        self._window.worker.state_changed.connect(self._on_state)

    def _connect_chart(self, chart: LiveChart) -> None:
        chart.seek_asked.connect(self._on_click)
        chart.plot.seek_taken_back.connect(self._take_click_back)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show where the snapshot stands on its timeline."""
        view = snapshot.timeline
        if view is None or view is self._view:
            return
        self._view = view
        self.bar.show_timeline(view, view.branch(view.shown_branch).history.events)
        for chart in self._window.late.charts:
            chart.tell("show_timeline", view)
        self._say_what_is_nearest(view)

    def _say_what_is_nearest(self, view: TimelineView) -> None:
        """After a click on a curve: not every step is kept."""
        asked, self._clicked_at = self._clicked_at, None
        if asked is not None and view.looking_back and view.shown_step != asked:
            self._window.statusBar().showMessage(
                f"Step {grouped(asked)} is not kept; step {grouped(view.shown_step)} is the nearest that is.", 6000
            )

    def set_theme(self, theme: Theme) -> None:
        """Follow the theme."""
        self.bar.set_theme(theme)

    def escape(self) -> bool:
        """Return to the run if one looks back; False if one does not."""
        if self._view is None or not self._view.looking_back:
            return False
        self.return_to_newest()
        return True

    def return_to_newest(self) -> None:
        """Show the run where it stands."""
        self._stop_playing()
        self._window.worker.return_to_newest()

    @Slot(int, int)
    def _on_chosen(self, branch: int, step: int) -> None:
        if not self._player.isActive() or self.bar.slider.isSliderDown():
            self._stop_playing()
        self._seek(branch, step)

    def _seek(self, branch: int, step: float) -> None:
        """Ask for a moment, and to see it at once: the clock may go slowly, for the sake of training, which rests."""
        self._window.worker.seek(branch, step)
        self._window.worker.request_snapshot()

    @Slot(float, object)
    def _on_click(self, step: float, branch: int | None) -> None:
        view = self._view
        if view is not None:
            self._before_click = (view.shown_branch, view.shown_step, view.looking_back)
            self._stop_playing()
            self._seek(view.shown_branch if branch is None else branch, step)
            self._clicked_at = round(step)

    @Slot()
    def _take_click_back(self) -> None:
        """A double click shows the whole curve: its first half was no wish to go anywhere."""
        if self._before_click is None:
            return
        branch, step, looked_back = self._before_click
        self._before_click = None
        if looked_back:
            self._seek(branch, step)
        else:
            self._window.worker.return_to_newest()

    @Slot(object)
    def _on_state(self, state: RunState) -> None:
        self.bar.set_state(state)
        if state is RunState.TRAINING:
            self._stop_playing()

    def _go_by(self, moments: int) -> None:
        self._stop_playing()
        slider = self.bar.slider
        slider.setValue(slider.value() + moments)

    # --- playing ------------------------------------------------------------------------------------------------

    def _toggle_play(self) -> None:
        if self._player.isActive():
            self._stop_playing()
            return
        slider = self.bar.slider
        self.bar.show_playing(True)
        self._player.start()
        if slider.value() == slider.maximum():
            slider.setValue(0)

    @Slot()
    def _play_on(self) -> None:
        slider, view = self.bar.slider, self._view
        if view is None or view.shown_step != slider.steps[slider.value()]:
            return  # the last one is not on screen yet
        if slider.value() == slider.maximum():
            self._stop_playing()
            return
        stride = max(1, slider.maximum() // _SHOWN_AT_MOST)
        slider.setValue(min(slider.value() + stride, slider.maximum()))

    def _stop_playing(self) -> None:
        self._player.stop()
        self.bar.show_playing(False)

    # --- differences --------------------------------------------------------------------------------------------

    def _toggle_difference(self) -> None:
        if self._view is not None and self._view.pinned is not None:
            self._window.worker.unpin_moment()
        else:
            self._window.worker.pin_moment()
