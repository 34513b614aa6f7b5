"""Between the window and what a reader takes home: which derivation, which cell, where it goes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Signal, Slot
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget

from playground.errors import ExportError
from playground.snapshot import Snapshot
from playground.take_home.moment import Moment
from playground.take_home.working import Working, working
from playground.worker import TrainingWorker
from ui.background import Background, Task
from ui.cell_ref import CellRef
from ui.file_dialogs import FileDialogs
from ui.flow.panel import FlowPanel
from ui.late_views import LateViews

if TYPE_CHECKING:
    from ui.explain.terms_panel import TermsPanel

__all__ = ["TakeHomeLink"]

_NO_CELL = "Point at a cell, or pin one, to copy its working."


class TakeHomeLink(QObject):
    """Derivations and scripts as files, a cell's working on the clipboard, and the context menus of cells.

    saved tells the path of what was written, refused what was not and why, told a word on what was copied.
    """

    saved = Signal(object)
    refused = Signal(str)
    told = Signal(str)

    def __init__(
        self, window: QWidget, files: FileDialogs, worker: TrainingWorker, flow: FlowPanel, late: LateViews
    ) -> None:
        super().__init__(window)
        self._window, self._files, self._worker = window, files, worker
        self._flow, self._late = flow, late
        self._linker = flow.linker
        self._writing = Background(self)
        self._writing.done.connect(self.saved)
        self._writing.refused.connect(self.refused)
        worker.taken_apart.connect(self._write_script)
        flow.view.menu_requested.connect(self._show_menu)
        late.terms.when_made(self._connect_terms)

    def _connect_terms(self, terms: TermsPanel) -> None:
        terms.pins.menu_requested.connect(self._show_menu)
        terms.table.menu_requested.connect(self._show_subject_menu)

    def close(self) -> None:
        """Let what is being written come to its end."""
        self._writing.wait(5)
        self._writing.give_up()

    # --- files ---------------------------------------------------------------------------------------------------

    def export_derivation(self) -> None:
        """Write the derivation of the parameter that the chain shows, with the pinned cells: PDF, HTML or Markdown."""
        moment = self._moment()
        if moment is None:
            return
        parameter = self._late.chain.view.parameter
        if parameter not in moment.trace.parameter_names:
            parameter = moment.trace.parameter_names[0]
        path = self._files.derivation_to_write(f"derivation-{parameter}-step-{moment.step}")
        if path is None:
            return
        from playground.take_home.document import derivation  # noqa: PLC0415 - the program starts without it
        from ui.take_home.files import write_derivation  # noqa: PLC0415 - the program starts without it

        cells = [(ref.name, ref.array_index) for ref in self._cells()]
        filters = self._flow.view.chosen_filters
        self._write(path, lambda: write_derivation(derivation(moment, parameter, cells, filters), path))

    def export_script(self) -> None:
        """Write the moment that is shown, with the step on its next batch, as a NumPy script."""
        self._worker.take_apart()

    @Slot(object)
    def _write_script(self, taken: Snapshot) -> None:
        moment, step = self._moment_of(taken), taken.batch_step
        assert step is not None
        from playground.take_home.script import script_text  # noqa: PLC0415 - the program starts without it
        from ui.take_home.files import write_text  # noqa: PLC0415 - the program starts without it

        try:
            text = script_text(moment, step)
        except ExportError as error:  # before a name is asked for in vain
            self.refused.emit(str(error))
            return
        if path := self._files.script_to_write(f"step-{moment.step}"):
            self._write(path, lambda: write_text(text, path))

    def _moment(self) -> Moment | None:
        shown = self._flow.view.snapshot
        return None if shown is None else self._moment_of(shown)

    def _moment_of(self, shown: Snapshot) -> Moment:
        return Moment.of(shown, datetime.now().astimezone(), self._flow.decimals.currentData())

    def _cells(self) -> list[CellRef]:
        """The pinned cells, or else the one that was pointed at last."""
        pinned = [pin.ref for pin in self._linker.pins]
        wanted = pinned or ([self._linker.subject] if self._linker.subject else [])
        return [ref for ref in wanted if self._linker.value_of(ref) is not None]

    def _write(self, path: Path, write: Callable[[], None]) -> None:
        def work(_task: Task) -> Path:
            write()
            return path

        self._writing.start(work)

    # --- the clipboard -------------------------------------------------------------------------------------------

    def copy_text(self) -> None:
        """Copy the working of the cell that is explained, as text."""
        self._copy(self._explained(), latex=False)

    def copy_latex(self) -> None:
        """The same as LaTeX."""
        self._copy(self._explained(), latex=True)

    def _explained(self) -> CellRef | None:
        light = self._linker.spotlight()
        return light.ref if light else self._linker.subject

    def _copy(self, ref: CellRef | None, *, latex: bool) -> None:
        moment = self._moment()
        if moment is None or ref is None or self._linker.value_of(ref) is None:
            self.told.emit(_NO_CELL)
            return
        found = working(moment.trace, ref.name, ref.array_index, moment.decimals)
        QGuiApplication.clipboard().setText(_latex(found, moment) if latex else _text(found, moment))
        self.told.emit(f"Copied the working of {found.label}{' as LaTeX' if latex else ''}.")

    # --- menus ---------------------------------------------------------------------------------------------------

    @Slot(QPoint)
    def _show_subject_menu(self, place: QPoint) -> None:
        if self._linker.subject:
            self._show_menu(self._linker.subject, place)

    @Slot(object, QPoint)
    def _show_menu(self, ref: CellRef, place: QPoint) -> None:
        """What can be done with a cell; place: on the screen."""
        menu = QMenu(self._window)
        menu.setAccessibleName(f"Cell {ref}")
        menu.aboutToHide.connect(menu.deleteLater)
        self._flow.point_at_cell(ref)  # the mouse leaves it for the menu
        menu.aboutToHide.connect(partial(self._flow.point_at_cell, None))
        pinned = self._linker.is_pinned(ref)
        for text, act in (
            ("Let &go" if pinned else "&Pin", partial(self._linker.toggle_pin, ref)),
            ("", None),
            ("&Copy working", partial(self._copy, ref, latex=False)),
            ("Copy working as &LaTeX", partial(self._copy, ref, latex=True)),
            ("", None),
            ("Export &derivation…", self.export_derivation),
        ):
            if act is None:
                menu.addSeparator()
            else:
                action = QAction(text, menu)
                action.triggered.connect(partial(_run, act))
                menu.addAction(action)
        menu.popup(place)


def _run(act: Callable[[], None], _checked: bool = False) -> None:
    act()


def _text(found: Working, moment: Moment) -> str:
    return "\n".join([found.text(), *(f"Note: {warning}" for warning in moment.warnings)])


def _latex(found: Working, moment: Moment) -> str:
    notes = "".join(f"% Note: {warning}\n" for warning in moment.warnings)
    return f"{notes}\\[\n{found.latex()}\n\\]"
