"""Undo and Redo of the window: of what was done last, whether it was drawn, typed into a cell, or a step by hand."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction

from playground.last_done import LastDone
from playground.sample_ref import SampleRef
from playground.snapshot import RunState, Snapshot
from playground.worker import TrainingWorker
from ui.action_table import ACTIONS_BY_ID, shortcut_text
from ui.classify.drawing import Drawing
from ui.theme import Theme

__all__ = ["Undoing"]


class Undoing(QObject):
    """Knows what was done last, in the drawing and in the run, and lets the two actions say what they would do."""

    def __init__(self, drawing: Drawing, worker: TrainingWorker, parent: QObject) -> None:
        super().__init__(parent)
        self._drawing, self._worker = drawing, worker
        self._actions: Mapping[str, QAction] = {}
        self._in_run: LastDone | None = None
        self._training = False
        self._run_id = 0
        self._sample = SampleRef("train", 0)
        # what was undone and can be done again, the newest last; None is a step of the drawing
        self._undone: list[LastDone | None] = []
        self._newest = 0.0  # when the newest thing was done that is known of
        self._doing_again = False
        drawing.undo_stack.indexChanged.connect(self._note)
        worker.refused.connect(self._refused)

    def name_in(self, actions: Mapping[str, QAction]) -> None:
        """Let the actions "undo" and "redo" say what they would do, from now on."""
        self._actions = actions
        self._note()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Know what was done last in the run."""
        self._sample = snapshot.sample
        told = (snapshot.last_done, snapshot.state is RunState.TRAINING, snapshot.run_id)
        if told != (self._in_run, self._training, self._run_id):
            if snapshot.run_id != self._run_id:
                self._undone = [done for done in self._undone if done is None]
            self._in_run, self._training, self._run_id = told
            self._note()

    def set_theme(self, theme: Theme) -> None:
        """Nothing here has a colour."""

    @Slot()
    def undo(self) -> None:
        """Undo what was done last; while it trains no number is put back."""
        if self._is_drawing_last:
            self._drawing.undo()
        elif self._in_run is not None and not self._training:
            if self._in_run not in self._undone:
                self._undone.append(self._in_run)
            self._worker.undo_last(self._in_run)

    @Slot()
    def redo(self) -> None:
        """Do again what was undone last."""
        if not self._undone or (self._undone[-1] is not None and self._training):
            return
        self._doing_again = True
        done = self._undone.pop()
        if done is None:
            self._drawing.redo()
        elif done.edit is None:
            self._worker.step()
        elif done.edit.name == "y":
            self._worker.edit_label(done.edit.sample or self._sample, int(done.edit.after))
        else:
            self._worker.edit_cell(done.edit.sample or self._sample, done.edit.name, done.edit.index, done.edit.after)
        self._name()

    @property
    def _is_drawing_last(self) -> bool:
        return self._drawing.last_at > (0.0 if self._in_run is None else self._in_run.at)

    @Slot()
    def _note(self) -> None:
        """Something was done, undone or done again; what is new leaves nothing to be done again."""
        newest = max(self._drawing.last_at, 0.0 if self._in_run is None else self._in_run.at)
        if newest > self._newest:
            self._newest = newest
            if not self._doing_again:
                self._undone = [done for done in self._undone if done is None]
            self._doing_again = False
        self._count_strokes()
        self._name()

    def _count_strokes(self) -> None:
        """Know of each step of the drawing that can be done again; they are undone by the panel's own buttons, too."""
        stack = self._drawing.undo_stack
        missing = stack.count() - stack.index() - self._undone.count(None)
        self._undone += [None] * missing
        for _ in range(-missing):
            self._undone.reverse()
            self._undone.remove(None)
            self._undone.reverse()

    @Slot()
    def _refused(self) -> None:
        self._doing_again = False

    def _name(self) -> None:
        if not self._actions:
            return
        undo, waits = "", False
        if self._is_drawing_last:
            undo = self._drawing.undo_stack.undoText()
        elif self._in_run is not None:
            undo, waits = self._in_run.words, self._training
        self._say("undo", "Undo", undo, waits=waits)
        again = self._undone[-1] if self._undone else None
        redo = again.words if again is not None else self._drawing.undo_stack.redoText() if self._undone else ""
        self._say("redo", "Redo", redo, waits=again is not None and self._training)

    def _say(self, action_id: str, verb: str, what: str, *, waits: bool) -> None:
        action, entry = self._actions[action_id], ACTIONS_BY_ID[action_id]
        action.setEnabled(bool(what) and not waits)
        action.setText(f"{entry.text} {what}" if what else entry.text)
        tip = f"Pause to {verb.lower()} the {what}" if waits else f"{verb} the {what}" if what else entry.tooltip
        action.setToolTip(f"{tip} ({shortcut_text(entry)})")
        action.setStatusTip(tip)
