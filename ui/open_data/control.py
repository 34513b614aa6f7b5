"""Opening data sets in the window: the dialog, and what follows when it is accepted."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QDialog, QWidget

from playground.errors import DataError
from playground.model_file import Model
from playground.own_data.collection import Collection
from playground.own_data.image_set import ImageSet, same_images
from playground.own_data.importing import Loaded
from playground.settings import Settings
from playground.worker import TrainingWorker
from ui.background import Background, Task
from ui.file_dialogs import FileDialogs
from ui.kept_sets.kept_sets import KeptSets, Read
from ui.number_format import percent
from ui.settings_of_data import SettingsOfData
from ui.theme import DARK, Theme

if TYPE_CHECKING:
    from ui.kept_sets.dialog import KeptSetsDialog
    from ui.open_data.dialog import OpenDataDialog
    from ui.open_data.export_dialog import ExportDialog

__all__ = ["OwnDataControl"]


class OwnDataControl(QObject):
    """Brings the user's data sets to the worker, and the present one to files.

    noticed tells what was left out while a set was read, refused what could not be done, exported the path, told how
    far the reading of a kept set is; can_export_changed: there is a present set; names_changed (names): the sets that
    can be chosen.
    """

    noticed = Signal(str)
    refused = Signal(str)
    exported = Signal(object)
    told = Signal(str)
    names_changed = Signal(object)
    can_export_changed = Signal(bool)

    def __init__(
        self,
        window: QWidget,
        worker: TrainingWorker,
        files: FileDialogs,
        sets: KeptSets,
        settings_of_data: SettingsOfData,
    ) -> None:
        super().__init__(window)
        self._settings_of_data = settings_of_data
        self._settings = Settings()
        self._window = window
        self._worker = worker
        self._files = files
        self._theme = DARK
        self._sets = sets
        sets.refused.connect(self.refused)
        sets.changed.connect(self._tell_names)
        self._reading = Background(self)
        self._reading.progress.connect(self._tell_reading)
        self._reading.done.connect(self._on_read)
        self._reading.refused.connect(self.refused)
        self._coming = "your data set"
        worker.reading.connect(self._tell_reading)
        self._present: ImageSet | None = None
        self.dialog: OpenDataDialog | None = None
        self.export_dialog: ExportDialog | None = None
        self.sets_dialog: KeptSetsDialog | None = None

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        self._theme = theme
        for dialog in (self.dialog, self.export_dialog, self.sets_dialog):
            if dialog is not None:
                dialog.set_theme(theme)

    def show_present(self, images: ImageSet | None, settings: Settings) -> None:
        """The own data set that the present run learns, None for one that comes with the program; its settings."""
        self._present, self._settings = images, settings
        self.can_export_changed.emit(images is not None)
        self._tell_names()

    @Slot()
    def _tell_names(self) -> None:
        self.names_changed.emit(self._sets.names())

    @Slot(object)
    def _tell_reading(self, progress: tuple[int, int]) -> None:
        done, total = progress
        self.told.emit(f"Reading {self._coming}: {percent(done / total, 0)}")

    def open(self, path: Path | None = None) -> None:
        """Let the user look at a data set and choose of it; training goes on meanwhile."""
        if self.dialog is None:
            from ui.open_data.dialog import OpenDataDialog  # noqa: PLC0415 - the program starts without it

            self.dialog = OpenDataDialog(self._files, self._theme, self._window)
            self.dialog.loaded.connect(self._on_loaded)
            self.dialog.finished.connect(self._on_finished)
            self.dialog.open()
        if path is not None:
            self.dialog.look_at(path)

    def choose(self, name: str) -> None:
        """Begin a run on a data set of the list; it is read beside the window."""
        read = self._sets.reader(name)
        if read is None:
            self.refused.emit(f"{name} is no longer there; open it again.")
        else:
            self._coming = name
            self._reading.start(partial(_read, read))

    @Slot()
    def give_up_choice(self) -> None:
        """Other data was chosen while a set was read."""
        self._reading.give_up()

    def export(self) -> None:
        """Let the user choose where the present data set is written to, and as what."""
        if self._present is None or self.export_dialog is not None:
            return
        from ui.open_data.export_dialog import ExportDialog  # noqa: PLC0415 - the program starts without it

        self.export_dialog = ExportDialog(self._present, self._files, self._theme, self._window)
        self.export_dialog.exported.connect(self.exported)
        self.export_dialog.finished.connect(self._on_export_finished)
        self.export_dialog.open()

    @Slot()
    @Slot(QWidget)
    def manage(self, parent: QWidget | None = None) -> None:
        """Let the user rename, delete and restore data sets; over another window than the main one if it is named."""
        if self.sets_dialog is None:
            learnt = "" if self._present is None else self._present.name
            from ui.kept_sets.dialog import KeptSetsDialog  # noqa: PLC0415 - the program starts without it

            self.sets_dialog = KeptSetsDialog(self._sets, learnt, self._theme, parent or self._window)
            self.sets_dialog.finished.connect(self._on_sets_finished)
            self.sets_dialog.open()

    def close(self) -> None:
        """End what is going on, and wait until what was opened is on the disk."""
        self._reading.give_up()
        for dialog in (self.dialog, self.export_dialog, self.sets_dialog):
            if dialog is not None:
                dialog.done(QDialog.DialogCode.Rejected)
        self._sets.flush()

    @Slot(object, object)
    def start_from(self, model: Model, images: ImageSet) -> None:
        """Begin a run on a data set with the weights of a model; the set joins the list unless it is learnt already."""
        present = self._present
        images = present if present is not None and same_images(present, images) else self._added(images)
        named = model.settings.changed(own=images.description)
        self._worker.start_from(replace(model, settings=named), images)

    def _added(self, images: ImageSet) -> ImageSet:
        """The data set under its name in the list; if it could not be kept, that is told."""
        try:
            images, problem = self._sets.add(images)
        except DataError as error:
            problem = str(error)
        if problem:
            self.noticed.emit(problem)
        return images

    @Slot(object)
    def _on_read(self, collection: Collection) -> None:
        self._begin_run(collection.image_set())

    def _begin_run(self, images: ImageSet) -> None:
        settings = self._settings_of_data.of_own(images.description, self._settings)
        self._worker.use_own_data(images, settings, afresh=True)

    @Slot(object)
    def _on_loaded(self, loaded: Loaded) -> None:
        images, notes = loaded.image_set, list(loaded.notes)
        try:
            images, too_large = self._sets.add(images)
            notes += [too_large] if too_large else []
        except DataError as error:
            notes.append(str(error))
        self._begin_run(images)
        if notes:
            more = f" (and {len(notes) - 1} more)" if len(notes) > 1 else ""
            # the newest first: whether it is kept matters more than a picture that was left out
            self.noticed.emit(f"{images.name}: {notes[-1]}{more}")

    @Slot(int)
    def _on_finished(self, _result: int) -> None:
        if self.dialog is not None:
            self.dialog.deleteLater()
            self.dialog = None

    @Slot(int)
    def _on_export_finished(self, _result: int) -> None:
        if self.export_dialog is not None:
            self.export_dialog.deleteLater()
            self.export_dialog = None

    @Slot(int)
    def _on_sets_finished(self, _result: int) -> None:
        if self.sets_dialog is not None:
            self.sets_dialog.deleteLater()
            self.sets_dialog = None


def _read(read: Read, task: Task) -> Collection:
    return read(task.progress)
