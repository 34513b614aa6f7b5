"""Sessions in the window: save, open, recover, and the question before one is replaced.

A session is taken by the worker between two steps, written by a thread of its own and read by another; a file that
cannot be used changes nothing. What the user saves goes to the user's file. By itself the program keeps the session of
now, in case it ends badly, and when it ends well the session that the next start goes on with.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from playground.announcements import DataChanged, RunStarted
from playground.counting import counted
from playground.errors import PlaygroundError
from playground.sessions.content import SessionContent
from playground.sessions.last_time import LastTime
from playground.sessions.session_file import read_session, write_session
from playground.snapshot import RunState
from playground.worker import TrainingWorker
from ui.classify.panel import ClassifyPanel
from ui.file_dialogs import FileDialogs
from ui.file_writer import FileWriter, Written
from ui.kept_sets.kept_sets import KeptSets
from ui.preferences import Preferences
from ui.sessions.keeping import Keeping
from ui.sessions.kept_files import KeptFiles
from ui.sessions.left_behind import LeftBehind
from ui.sessions.opening import Found, SessionReader
from ui.sessions.question import Question, replace_question, save_question
from ui.sessions.recent import RecentSessions
from ui.sessions.standing import Standing

__all__ = ["SessionLink", "last_time"]

Then = Callable[[], object]


def last_time(preferences: Preferences) -> LastTime:
    """Where the session that a start goes on with is kept."""
    files = KeptFiles(preferences.session_folder)
    return LastTime(files.last, preferences.network_file, files.before)


class SessionLink(QObject):
    """The commands of the File menu that are about sessions.

    title_changed (name, modified); saved (path); refused: one sentence on what could not be done; offered (sentence,
    text of the button, id of the action): something that the user may want; can_recover_changed: there is a session
    that a crash left behind.
    """

    title_changed = Signal(str, bool)
    saved = Signal(object)
    refused = Signal(str)
    offered = Signal(str, str, str)
    can_recover_changed = Signal(bool)

    def __init__(
        self,
        window: QWidget,
        worker: TrainingWorker,
        preferences: Preferences,
        files: FileDialogs,
        *,
        classify: ClassifyPanel,
        sets: KeptSets,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._worker = worker
        self._files = files
        self._classify = classify
        self._sets = sets
        self.standing = Standing()
        self.recent = RecentSessions(preferences, self)
        self.writer = FileWriter(write_session, self)
        kept_files = KeptFiles(preferences.session_folder)
        self.keeping = Keeping(kept_files, self.standing, self.writer, self)
        self._left_behind = LeftBehind(kept_files)
        self._reader = SessionReader(sets, self)
        self.question: Question | None = None
        self._is_closing = self._is_discarding = self._has_ended = False
        self._waiting: dict[int, Callable[[SessionContent], object]] = {}
        self._saves: dict[int, Callable[[SessionContent], object]] = {}
        self._tokens = 0
        self._told: tuple[str, bool] | None = None
        self._reader.found.connect(self._on_found)
        self._reader.refused.connect(self.refused)
        self._reader.noticed.connect(lambda sentence: self.offered.emit(sentence, "", ""))
        self.recent.chosen.connect(self.open_path)
        self.keeping.wanted.connect(self._keep)
        self.keeping.refused.connect(self.refused)

    def follow(self) -> None:
        """Follow the worker, once the views do: what an opened session brings for them comes after its data set."""
        self._worker.run_started.connect(self._on_run_started)
        self._worker.data_changed.connect(self._on_data_changed)
        self._worker.state_changed.connect(self._on_state_changed)
        self._worker.snapshot_ready.connect(self._on_snapshot)
        self._worker.captured.connect(self._on_captured)

    # --- saving -------------------------------------------------------------------------------------------------

    def save(self, then: Then | None = None) -> None:
        """Write the session to its file, or to one that the user chooses; `then` follows if that went well."""
        path, replaced = self.standing.path, self.standing.replaced_run
        if self._is_refused():
            return
        if path is None:
            self.save_as(then)
        elif replaced:
            self._ask_to_replace(path, replaced, then)
        else:
            self._save_to(path, then)

    def save_as(self, then: Then | None = None) -> None:
        """Write the session to a file that the user chooses."""
        name = self.standing.name if self.standing.path is not None else "session"
        self._save_as(name, then)

    def _save_as(self, name: str, then: Then | None) -> None:
        if self._is_refused():
            return
        if path := self._files.session_to_write(name):
            self._save_to(path.absolute(), then)

    def _ask_to_replace(self, path: Path, replaced: str, then: Then | None) -> None:
        """Another run has begun since the file was written, and it is all that is left of the one in it."""
        answers = {
            "replace": lambda: self._save_to(path, then),
            "save as": lambda: self._save_as(f"{path.stem} 2", then),
        }
        self.question = replace_question(self._window, path.name, replaced, self._answering(answers))
        self.question.open()

    def _answering(self, answers: Mapping[str, Then]) -> Callable[[str], object]:
        def answered(answer: str) -> None:
            self.question = None
            if answer in answers:
                answers[answer]()

        return answered

    def _is_refused(self) -> bool:
        """True of what a bug has trained, and then the user is told so."""
        latest = self._worker.latest
        if latest is None or latest.flaw is None:
            return False
        self.refused.emit(latest.flaw.why_not_saved)
        return True

    def _save_to(self, path: Path, then: Then | None) -> None:
        def write(content: SessionContent) -> None:
            # the file says nothing of where it is: it may be given to others
            self.writer.write(path, replace(content, file="", modified=False), told)

        def told(written: Written[SessionContent]) -> None:
            if written.problem:
                self.refused.emit(written.problem)
                return
            self.standing.note_saved(written.path, written.content)
            self.recent.add(written.path)
            self._tell_title()
            self.saved.emit(str(written.path))
            if then is not None:
                then()

        self._capture(write, self._saves)

    def _capture(
        self, then: Callable[[SessionContent], object], waiting: dict[int, Callable[[SessionContent], object]]
    ) -> None:
        self._tokens += 1
        waiting[self._tokens] = then
        self._worker.capture(self._tokens)

    @Slot(object, object)
    def _on_captured(self, token: int, content: SessionContent) -> None:
        then = self._saves.pop(token, None) or self._waiting.pop(token, None)
        # once the worker has ended, what is still to be saved has been
        if then is not None and not self._has_ended:
            then(replace(content, drawing=self._classify.drawing_state()))

    # --- opening ------------------------------------------------------------------------------------------------

    def new(self) -> None:
        """Begin again with the same settings, in no file."""
        self.unless_unsaved("beginning a new one", self._begin_new)

    def _begin_new(self) -> None:
        self.standing.forget_file()
        self._worker.reset()

    def open(self) -> None:
        """Open a session that the user chooses."""
        if path := self._files.session_to_open():
            self.open_path(path)

    @Slot(object)
    def open_path(self, path: Path) -> None:
        """Open a session; it is read first, so that a file that cannot be used asks nothing and changes nothing."""
        self._reader.read(path.absolute())

    def recover(self) -> None:
        """Open the newest session that a crash left behind."""
        if path := self._left_behind.newest:
            self._reader.read_left_behind(path)

    @Slot(object)
    def _on_found(self, found: Found) -> None:
        self.unless_unsaved("opening another one", lambda: self._take_up(found))

    def _take_up(self, found: Found) -> None:
        path, content = found.path, found.content
        if content.own is not None and not found.is_in_list:
            content = self._reader.with_data_in_the_list(content, content.own)
        steps = counted(content.state.step, "step")
        if path in self._left_behind:
            self._left_behind.remove(path)
            self.can_recover_changed.emit(self._left_behind.newest is not None)
            self.keeping.replace_soon(path)
            reason = f"Recovered, after {steps}."
        else:
            self.recent.add(path)
            reason = f"Opened {path.name}, after {steps}."
        self._worker.open_session(content, reason)

    # --- the question -------------------------------------------------------------------------------------------

    def unless_unsaved(self, what: str, then: Then) -> None:
        """Do something that replaces the session, at once or when the user has said what to do with its changes."""
        if self.standing.is_modified and self.standing.is_worth_keeping:
            self._ask(what, then)
        else:
            then()

    def may_close(self) -> bool:
        """True if the window may close now; else the user is asked, and the window closes by itself in time.

        A session without a file is not asked about: the next start goes on with it.
        """
        if self._is_closing or self.standing.path is None or not self.standing.is_modified:
            return True
        self._ask("closing", self.close_window)
        return False

    def close_window(self) -> None:
        """Close without a question."""
        self._is_closing = True
        self._window.close()

    def _ask(self, what: str, then: Then) -> None:
        if self.question is not None:
            self.question.activateWindow()
            return

        def save() -> None:
            # what is saved is then what is there when the window closes
            self._worker.pause()
            self.save(then)

        def discard() -> None:
            self._is_discarding = then == self.close_window
            then()

        answered = self._answering({"save": save, "discard": discard})
        path = self.standing.path
        self.question = save_question(self._window, "" if path is None else path.name, what, answered)
        self.question.open()

    # --- what is kept by itself ---------------------------------------------------------------------------------

    @Slot()
    def _keep(self) -> None:
        self._capture(lambda content: self.keeping.keep(self.standing.belongs_to(content)), self._waiting)

    def end(self) -> None:
        """The worker has ended: keep what the next start goes on with."""
        if self._has_ended:
            return
        self._has_ended = True
        self.keeping.stop()
        self._reader.give_up()
        content = self._worker.final
        if content is None:
            # whatever kept the thread from ending, what was kept of the session can be recovered
            self.writer.flush()
            return
        content = replace(content, drawing=self._classify.drawing_state())
        for save in self._saves.values():
            # asked for a moment ago, and not yet taken when the worker ended
            save(content)
        self._saves.clear()
        self.writer.flush()
        content = self.standing.belongs_to(content)
        self.keeping.keep_for_next_start(self._as_saved(content) if self._is_discarding else content)
        if not self._worker.before_is_unread:
            self.keeping.keep_run_before(self._worker.final_before)

    def _as_saved(self, content: SessionContent) -> SessionContent:
        """The session as its file has it, since what came after is not wanted; if it cannot be read, what there is."""
        try:
            return replace(read_session(Path(content.file)), file=content.file, modified=False)
        except PlaygroundError:
            return content

    def _look_for_crashes(self) -> None:
        """Offer what a program left behind that did not end well."""
        words = self._left_behind.look()
        self.can_recover_changed.emit(self._left_behind.newest is not None)
        if words:
            self.offered.emit(words, "Recover", "recover_session")

    # --- from the training --------------------------------------------------------------------------------------

    @Slot(object)
    def _on_run_started(self, run: RunStarted) -> None:
        is_first = self._told is None
        self.standing.begin_run(run)
        if run.opened is not None and not is_first:
            self._classify.restore_drawing(run.opened.drawing)
        if run.opened is not None and run.own is not None and run.own.name not in self._sets.names():
            # it was taken from the list since, or is too large to be kept there
            self._reader.with_data_in_the_list(run.opened, run.own)
        self._tell_title()
        if is_first:
            self._look_for_crashes()

    @Slot(object)
    def _on_data_changed(self, change: DataChanged) -> None:
        self.standing.change_data(change.run_id, change.own)

    @Slot(object)
    def _on_state_changed(self, state: RunState) -> None:
        self.keeping.is_training = state is RunState.TRAINING

    @Slot()
    def _on_snapshot(self) -> None:
        if (snapshot := self._worker.latest) is not None:
            self.standing.show(snapshot)
            self._tell_title()

    def _tell_title(self) -> None:
        title = self.standing.name, self.standing.is_modified
        if title != self._told:
            self._told = title
            self.title_changed.emit(*title)
