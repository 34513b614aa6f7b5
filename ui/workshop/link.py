"""Between the workshop and the training: hands samples over, and goes on doing so while they come and go."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSize, QTimer, Signal, Slot
from PySide6.QtWidgets import QWidget

from playground.augmentation import Augmentation
from playground.counting import grouped
from playground.datasets import Dataset
from playground.errors import PlaygroundError
from playground.own_data.copying import copy_of
from playground.own_data.image_set import ImageSet
from playground.own_data.readiness import what_is_missing
from playground.own_data.shelf import Shelf
from playground.own_data.source import Progress
from playground.settings import Settings
from playground.snapshot import RunState, Snapshot
from ui.banner import Banner
from ui.kept_sets.kept_sets import KeptSets
from ui.number_format import percent
from ui.preferences import Preferences
from ui.settings_of_data import SettingsOfData
from ui.theme import Theme
from ui.window_state import remember_place, restore_place
from ui.workshop.workshop import Workshop

if TYPE_CHECKING:
    from ui.workshop.window import WorkshopWindow

__all__ = ["WorkshopLink"]

_GATHER_MS = 60
_DRAWING = "workshop/drawing"
_GEOMETRY = "workshop/geometry"
_FIRST_SIZE = QSize(1100, 700)


class WorkshopLink(QObject):
    """Owns the workshop and its window, which is built when it is first opened.

    data_handed_over (ImageSet, Settings): the network is to learn this from the next step on; augmentation_chosen
    (Augmentation): for the present run; train_requested, pause_requested; sets_requested (the window that asks): the
    user wants to rename or delete data sets; action_requested: the id of what a button in a message stands for.
    """

    data_handed_over = Signal(object, object)
    augmentation_chosen = Signal(object)
    train_requested = Signal()
    pause_requested = Signal()
    sets_requested = Signal(QWidget)
    action_requested = Signal(str)

    def __init__(self, parent: QWidget, preferences: Preferences, settings_of_data: SettingsOfData) -> None:
        super().__init__(parent)
        self._settings_of_data = settings_of_data
        self._window_parent = parent
        self._preferences = preferences
        self._settings = preferences.settings
        self._state = RunState.PAUSED
        self._theme: Theme | None = None
        self._is_open = False
        self._window: WorkshopWindow | None = None
        self.workshop = Workshop(KeptSets(Shelf(preferences.data_folder), self), self)
        # several changes may come in one frame: the network is given all of them at once
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_GATHER_MS)
        self._soon.timeout.connect(self._hand_over_changes)
        self.workshop.opened.connect(self._show_run)
        self.workshop.changed.connect(self._on_changed)
        self.workshop.refused.connect(self._on_refused)
        self._unsaid = ""  # what could not be done while there was no window to say it in

    def reader_for(self, settings: Settings) -> Callable[[Progress], ImageSet] | None:
        """What reads the kept images of a data set that settings name, for another thread; None if there are none."""
        read = None if settings.own is None else self.workshop.sets.reader(settings.own.name)
        return None if read is None else lambda progress: read(progress).image_set()

    # --- the window ---------------------------------------------------------------------------------------------

    @property
    def window(self) -> WorkshopWindow:
        """The window, built now if it was not yet."""
        if self._window is None:
            from ui.workshop.window import WorkshopWindow  # noqa: PLC0415 - the program starts without it

            self._window = WorkshopWindow(self.workshop, self._window_parent)
            self._window.drawing.canvas.restore(bytes(self._preferences.bytes_of(_DRAWING).data()))
            self._window.augmentation.set_augmentation(self._settings.augmentation)
            self._window.augmentation.augmentation_changed.connect(self._on_augmentation)
            self._window.train_requested.connect(self._train_or_pause)
            self._window.banner.action_requested.connect(self.action_requested)
            self._window.sets_requested.connect(lambda: self.sets_requested.emit(self._window))
            if self._theme is not None:
                self._window.set_theme(self._theme)
            restore_place(self._window, self._preferences, _GEOMETRY, _FIRST_SIZE)
        return self._window

    def banner_in_front(self) -> Banner | None:
        """Where to say what somebody who uses the window has to see; None while it is not the one that is used."""
        return self._window.banner if self._window is not None and self._window.isActiveWindow() else None

    def open(self) -> None:
        """Show the window; if nothing is on the bench yet, with what the network learns, else with the newest."""
        window = self.window
        if not self._is_open:
            self._is_open = True
            if self._settings.own is None or not self.workshop.open(self._settings.own.name):
                self.workshop.open_newest()
        window.show()
        window.activateWindow()
        if self._unsaid:
            window.say(self._unsaid)
            self._unsaid = ""
        self._show_run()

    def fix(self, images: ImageSet) -> None:
        """Put a data set that was opened on the bench, to be fixed there."""
        self._is_open = True
        self.workshop.take(images)
        self.open()

    def fix_present(self, dataset: Dataset, own: ImageSet | None) -> None:
        """Put what the network learns on the bench: the user's own data set itself, of another one a copy.

        What is too small for that is said in the window.
        """
        if self._learns_this:
            self.open()
        elif own is not None:
            # it is on the shelf as a rule: that one, not a second like it
            if self.workshop.open(own.name):
                self._is_open = True
                self.open()
            else:
                self.fix(own)
        else:
            try:
                self.fix(copy_of(dataset, self._settings))
            except PlaygroundError as error:
                self.open()
                self.window.say(str(error))

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        self._theme = theme
        if self._window is not None:
            self._window.set_theme(theme)

    def close(self) -> None:
        """Close the window, remember what is on the canvas, and wait until everything is on the disk."""
        if self._window is not None:
            self._preferences.remember_bytes(_DRAWING, self._window.drawing.canvas.state())
            remember_place(self._window, self._preferences, _GEOMETRY)
            self._window.close()
        self.workshop.close()

    # --- from the training --------------------------------------------------------------------------------------

    def set_settings(self, settings: Settings) -> None:
        """The settings of the present run."""
        other_augmentation = settings.augmentation != self._settings.augmentation
        self._settings = settings
        if self._window is not None and other_augmentation and self._learns_this:
            self._window.augmentation.set_augmentation(settings.augmentation)
        self._show_run()

    def set_state(self, state: RunState) -> None:
        """Whether it trains."""
        self._state = state
        self._show_run()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show how the run goes, if it is one on the data set here."""
        if self.is_shown:
            self._show_run(snapshot)

    @property
    def is_shown(self) -> bool:
        """Whether the workshop's window is on screen."""
        return self._window is not None and self._window.isVisible()

    @property
    def _learns_this(self) -> bool:
        """True while the data set on the bench is what the network learns: their names say so, each is there once."""
        own = self._settings.own
        is_there = self._is_open and not self.workshop.is_opening
        return is_there and own is not None and own.name == self.workshop.collection.name

    @Slot()
    def _show_run(self, snapshot: Snapshot | None = None) -> None:
        if self._window is None:
            return
        if not self._learns_this:
            self._window.show_run("", False)
            return
        line = self._window.run_line.text()
        if snapshot is not None and snapshot.settings.own == self._settings.own:
            line = f"step {grouped(snapshot.step)}"
            if snapshot.evaluation is not None:
                train, test = snapshot.evaluation.train_accuracy, snapshot.evaluation.test_accuracy
                line += f"   train {percent(train, 0)}   test {percent(test, 0)}"
            if snapshot.flaw is not None:
                line += f"   BUG: {snapshot.flaw.name}"
        self._window.show_run(line, self._state is RunState.TRAINING)

    # --- to the training ----------------------------------------------------------------------------------------

    @Slot()
    def _train_or_pause(self) -> None:
        if self._learns_this and self._state is RunState.TRAINING:
            self.pause_requested.emit()
            return
        if what_is_missing(self.workshop.collection):
            self.window.insist()
            return
        self._hand_over()
        self.train_requested.emit()

    @Slot(str)
    def _on_refused(self, sentence: str) -> None:
        if self._window is None:
            self._unsaid = sentence

    @Slot()
    def _on_changed(self) -> None:
        if self._learns_this and not self._soon.isActive():
            self._soon.start()

    @Slot()
    def _hand_over_changes(self) -> None:
        if self._learns_this and not what_is_missing(self.workshop.collection):
            self._hand_over()

    def _hand_over(self) -> None:
        images = self.workshop.collection.image_set()
        settings = self._settings_of_data.of_own(images.description, self._settings)
        settings = settings.changed(augmentation=self.window.augmentation.augmentation)
        self.data_handed_over.emit(images, settings)

    @Slot(object)
    def _on_augmentation(self, augmentation: Augmentation) -> None:
        if self._learns_this:
            self.augmentation_chosen.emit(augmentation)
