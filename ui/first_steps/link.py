"""Stands between the window and the tour: offers it at the very first start, and shows it again when asked to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot

if TYPE_CHECKING:
    from ui.first_steps.tour import Tour
    from ui.main_window import MainWindow

__all__ = ["FirstSteps"]

_LEFT = "First steps are closed. Help ▸ First steps shows them again."


class FirstSteps(QObject):
    """The tour is loaded and made when it is first shown."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.tour: Tour | None = None

    def offer(self) -> None:
        """Show them, once the charts have followed the first frame, unless they were skipped or done before."""
        if not self._window.preferences.first_steps_over:
            self._window.late.loss.when_made(lambda _chart: QTimer.singleShot(0, self, self.show))

    @Slot()
    def show(self) -> None:
        """Show the card, where it was left."""
        if self.tour is None:
            self.tour = self._make()
        self.tour.begin()

    def _make(self) -> Tour:
        from ui.first_steps.scene import Scene  # noqa: PLC0415 - needed once
        from ui.first_steps.tour import Tour  # noqa: PLC0415

        window = self._window
        scene = Scene(
            window,
            views=window.columns,
            message=window.banner,
            toolbar=window.toolbar,
            flow=window.flow_panel,
            tabs=window.tabs,
            terms=window.late.terms,
            loss=window.late.loss,
            laboratory=window.laboratory.panel,
            training=window.training_panel,
            classify=window.classify_panel,
        )
        tour = Tour(scene)
        tour.left.connect(self._leave)
        window.theme_choice.changed.connect(tour.set_theme)
        tour.set_theme(window.theme_choice.theme)
        return tour

    def escape(self) -> bool:
        """Close the card; False if there is none."""
        if self.tour is None or not self.tour.is_open:
            return False
        self._leave()
        return True

    @Slot()
    def _leave(self) -> None:
        if self.tour is not None:
            self.tour.close()
        self._window.preferences.first_steps_over = True
        self._window.messages.say_done(_LEFT)
