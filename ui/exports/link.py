"""Between the window and the exports: what is written, of which run, where; the work is done beside the window."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QInputDialog, QMenu, QWidget

from playground.announcements import DataChanged, RunStarted
from playground.datasets import Dataset
from playground.errors import ExportError
from playground.history import History
from playground.model_file import Model, model_of
from playground.snapshot import Snapshot
from playground.worker import TrainingWorker
from ui.background import Background, Task
from ui.file_dialogs import FileDialogs
from ui.number_format import display_name
from ui.theme import DARK, Theme, diverging_map

if TYPE_CHECKING:
    from playground.exports.film import Film

__all__ = ["ExportsLink"]


class ExportsLink(QObject):
    """The commands of File ▸ Export, and "Save picture…" on each view.

    saved tells the path of what was written, refused what was not and why.
    """

    saved = Signal(object)
    refused = Signal(str)

    def __init__(self, window: QWidget, files: FileDialogs, worker: TrainingWorker) -> None:
        super().__init__(window)
        self._window, self._files, self._worker = window, files, worker
        self._dataset: Dataset | None = None
        self._history: History | None = None
        self._views: dict[str, QWidget] = {}
        self._film_path: Path | None = None
        self._theme = DARK
        self._writing = Background(self)
        self._writing.done.connect(self.saved)
        self._writing.refused.connect(self.refused)
        worker.run_started.connect(self._on_run_started)
        worker.data_changed.connect(self._on_data_changed)
        worker.film_taken.connect(self._on_film)

    def set_theme(self, theme: Theme) -> None:
        """Colours of the theme, for animations."""
        self._theme = theme

    def close(self) -> None:
        """Let what is being written come to its end."""
        self._writing.wait(5)
        self._writing.give_up()

    @Slot(object)
    def _on_run_started(self, run: RunStarted) -> None:
        self._dataset, self._history = run.dataset, run.history

    @Slot(object)
    def _on_data_changed(self, change: DataChanged) -> None:
        self._dataset = change.dataset

    # --- the network and its curves -----------------------------------------------------------------------------

    def export_onnx(self) -> None:
        """Write the network that is shown as ONNX."""
        from playground.exports.onnx_file import export_onnx  # noqa: PLC0415 - the program starts without it

        shown = self._clean()
        if shown is not None and (path := self._files.onnx_to_write()):
            self._write(path, lambda: export_onnx(path, _model(shown)))

    def export_pytorch(self) -> None:
        """Write the network that is shown, its data and a script for PyTorch."""
        from playground.exports.pytorch_folder import export_pytorch  # noqa: PLC0415 - the program starts without it

        shown, dataset = self._clean(), self._dataset
        if shown is None or dataset is None or not (path := self._files.pytorch_folder_to_write()):
            return
        if dataset.x_train.shape[1:] != shown.settings.image_shape:
            self.refused.emit("Another run has just begun; export once it is shown.")
            return
        self._write(path, lambda: export_pytorch(path, _model(shown), dataset))

    def export_history(self) -> None:
        """Write the curves of the present run."""
        from playground.exports.history_csv import export_history  # noqa: PLC0415 - the program starts without it

        shown, history = self._worker.latest, self._history
        if shown is not None and history is not None and (path := self._files.history_to_write()):
            self._write(path, lambda: export_history(path, history, shown.settings))

    def export_film(self) -> None:
        """Write the filters of the run that trains as they formed: those of one conv block."""
        shown = self._clean()
        if shown is None or (block := self._film_block(shown.settings.blocks)) is None:
            return
        if path := self._files.film_to_write():
            self._film_path = path
            self._worker.take_film(block)

    def _film_block(self, blocks: int) -> int | None:
        """Which block's filters, asked if there are several; None: none of them."""
        if blocks == 1:
            return 1
        names = [f"Block {block}: {display_name(f'w{block}')}" for block in range(1, blocks + 1)]
        name, chosen = QInputDialog.getItem(self._window, "Filters forming", "&Filters of", names, 0, False)
        return names.index(name) + 1 if chosen else None

    @Slot(object)
    def _on_film(self, film: Film) -> None:
        path, self._film_path = self._film_path, None
        if path is None:
            return
        theme = self._theme
        colors = diverging_map(theme), theme.panel, theme.text, theme.muted

        def write() -> None:
            from playground.exports.film_gif import FilmColors, export_film  # noqa: PLC0415 - Pillow is slow to load

            export_film(path, film, FilmColors(*colors))

        self._write(path, write)

    def _clean(self) -> Snapshot | None:
        """What is shown; None, and said, if a bug has trained its weights on purpose."""
        shown = self._worker.latest
        if shown is not None and shown.flaw is not None:
            self.refused.emit(shown.flaw.why_not_saved)
            return None
        return shown

    def _write(self, path: Path, write: Callable[[], None]) -> None:
        def work(_task: Task) -> Path:
            write()
            return path

        self._writing.start(work)

    # --- pictures -----------------------------------------------------------------------------------------------

    def offer_pictures(self, views: Mapping[str, QWidget]) -> None:
        """Put "Save picture…" into the context menu of views; the names are what they are called there."""
        for name, view in views.items():
            self._views[name] = view
            view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
            view.customContextMenuRequested.connect(partial(self._show_menu, name))

    def export_picture(self) -> None:
        """Ask of which view on screen, or which picture in one, and save it."""
        shown: dict[str, tuple[str, QWidget]] = {}
        for name, view in self._views.items():
            if view.isVisible():
                shown[name] = name, view
                for part in pictures_in(view):
                    shown[f"{name}: {part.accessibleName()}"] = part.accessibleName(), part
        chosen, ok = QInputDialog.getItem(self._window, "Save a picture", "&View", [*shown], 0, False)
        if ok:
            self.save_picture(*shown[chosen])

    def save_picture(self, name: str, view: QWidget | None = None) -> None:
        """Ask where to, and save the picture of a view (None: of that name), unless it would hide a bug of the run."""
        from ui.exports.pictures import write_picture  # noqa: PLC0415 - the program starts without it

        shown = self._worker.latest
        flaw = None if shown is None else shown.flaw or shown.flaw_elsewhere
        if flaw is not None:
            self.refused.emit(
                f"A picture of one view would not say that the run has a bug ({flaw.name}); save one of the "
                "whole window (Ctrl+P), which does."
            )
            return
        path = self._files.view_picture_to_write(_file_name(name))
        if path is None:
            return
        try:
            write_picture(self._views[name] if view is None else view, path)
        except ExportError as error:
            self.refused.emit(str(error))
        else:
            self.saved.emit(path)

    def _show_menu(self, name: str, place: QPoint) -> None:
        view = self._views[name]
        menu = QMenu(view)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        part = picture_at(view, place)
        if part is not None:
            self._offer(menu, f"Save &picture of “{part.accessibleName()}”…", part.accessibleName(), part)
        self._offer(menu, "Save &picture…" if part is None else f"Save picture of “{name}”…", name, view)
        menu.popup(view.mapToGlobal(place))

    def _offer(self, menu: QMenu, text: str, name: str, view: QWidget) -> None:
        action = QAction(text, menu)
        action.setToolTip(f"{name} as PNG or SVG")
        action.triggered.connect(lambda: self.save_picture(name, view))
        menu.addAction(action)


def pictures_in(view: QWidget) -> list[QWidget]:
    """The plots and heatmaps on screen that a view has inside: widgets of classes with `is_picture`."""
    return [part for part in view.findChildren(QWidget) if part.isVisible() and _is_picture(part)]


def picture_at(view: QWidget, place: QPoint) -> QWidget | None:
    """The plot or heatmap of a view that lies at a place of it, None if none does."""
    part = view.childAt(place)
    while part is not None and part is not view and not _is_picture(part):
        part = part.parentWidget()
    return None if part is view else part


def _is_picture(widget: QWidget) -> bool:
    return getattr(widget, "is_picture", False) and bool(widget.accessibleName())


def _file_name(name: str) -> str:
    """What a picture is called until the user says otherwise."""
    return "-".join(re.findall(r"\w+", name.lower()))


def _model(shown: Snapshot) -> Model:
    return model_of(shown.settings, shown.class_names, shown.weights, step=shown.step)
