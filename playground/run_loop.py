"""Which run there is: begun, started over, opened from a file, gone on with, replaced, and brought back.

Single-threaded and free of Qt.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from playground.announcements import Announcements, DataChanged, RunStarted
from playground.counting import counted
from playground.datasets import load_dataset
from playground.errors import DataError, PlaygroundError
from playground.kept_run import KeptRun, RunBefore
from playground.model_file import Model, load_model
from playground.notation.numbers import chosen_number
from playground.own_data.image_set import ImageSet, same_images
from playground.own_data.run_settings import settings_for_newer
from playground.run_source import RunSource
from playground.session import Session
from playground.sessions.content import SessionContent, Start
from playground.sessions.last_time import LastTime
from playground.setting_changes import why_anew
from playground.settings import Settings
from playground.snapshot import RunState
from playground.step_loop import StepLoop
from playground.timeline.record import record_of, timeline_from
from playground.timeline.travel import TimeTravel

__all__ = ["RunLoop"]

_OF_LAST_TIME = RunBefore(0, "that of last time", is_offered=False)


class RunLoop(StepLoop):
    """A `StepLoop` that begins and opens runs, and keeps the one that another replaces.

    The run that another one replaces is kept until the next one of some worth is replaced: `bring_back`.

    last_time: where the session of last time is kept, and the run that it had replaced; that is read when it is needed.
    """

    def __init__(self, tell: Announcements, last_time: LastTime | None = None) -> None:
        super().__init__(tell)
        self._source = RunSource()
        self._last_time = last_time
        self._before: KeptRun | None = None
        self._before_is_unread = last_time is not None and last_time.has_before

    def begin(self, settings: Settings, read_own: Callable[[], ImageSet] | None = None) -> None:
        """Go on with the session of last time, or begin a new one.

        read_own: reads the images of the user's own data set, if the settings name one. If there are no images for
        these settings, the first run is that of the defaults.
        """
        problem = ""
        if self._last_time is not None:
            try:
                content = self._last_time.read(read_own)
            except PlaygroundError as error:
                problem = f"The session of last time cannot be used, so a new one begins. {error}"
            else:
                if content is not None:
                    self._go_on_with(content, read_own)
                    return
        try:
            if settings.own is not None:
                self._source = RunSource(None if read_own is None else read_own())
                settings = self._source.brought_up_to_date(settings)
                load_dataset(settings, self._source.own)
        except DataError as error:
            problem = problem or f"Built-in digits are shown instead. {error}"
            settings = Settings()
        self._begin_run(self._source.session(settings), self._source, "A new network.")
        if problem:
            self._tell.refused(problem)

    def _go_on_with(self, content: SessionContent, read_own: Callable[[], ImageSet] | None) -> None:
        """Take up a session that was kept; what was changed since in the user's own data is learnt, too."""
        steps = counted(content.state.step, "step")
        reason = f"The session of last time, after {steps}; Reset starts over."
        self.open_session(content, reason if content.is_worth_keeping else "A new network.")
        if content.own is not None and read_own is not None:
            self.attempt(lambda: self._use_newer(read_own()))

    def _use_newer(self, images: ImageSet) -> None:
        if self._source.is_newer(images):
            self.use_own_data(images)

    # --- runs ---------------------------------------------------------------------------------------------------

    def reset(self, seed: int | None = None) -> None:
        """Start over, paused, with the same start (that of the file, if the network was opened) or another seed."""
        session, source, start = self._source.again(self.settings_to_go_on_with, seed)
        self._begin_run(session, source, f"Started over: {start}{self._lost_edits()}.")
        self._set_state(RunState.PAUSED)

    def change_settings(self, settings: Settings) -> None:
        """Take new settings: on the next step with the same weights where that is possible, else as a new run."""
        old = self.settings_to_go_on_with if self._session is not None else None
        settings = self._source.brought_up_to_date(settings)
        if settings == old:
            return
        if old is None:
            self._begin_run(self._source.session(settings), self._source, "A new network.")
        elif settings.same_architecture(old):
            self._go_on(settings.learning_rate)
            self.session.change(settings)
            self._changed = True
            if self._state is RunState.DIVERGED and self._maker.diagnosis is not None:
                # the way back is another one
                sentence = self._maker.diagnosis.sentence
                self._tell.diverged(self._maker.note_divergence(sentence, self.session.way_back))
        else:
            # new filters are random: there is nothing in them to keep
            settings = settings.changed(frozen=0)
            why = why_anew(old, settings)
            self._begin_run_with(settings, self._source, f"Started over: {why}{self._lost_edits()}.")
        self._say_settings(settings)

    def use_own_data(self, images: ImageSet, settings: Settings | None = None, *, afresh: bool = False) -> None:
        """Train on the user's own data: go on with the same weights if shape and classes are still those, else anew.

        settings: for this data; None keeps the present ones where they fit, else takes those that suit it. afresh: it
        is another data set, whatever its shape and classes. Raises PlaygroundError, changing nothing, if there is
        nothing to train on or to test with.
        """
        present = self._session.settings if self._session is not None else Settings()
        if settings is None:
            settings = settings_for_newer(images.description, present)
        load_dataset(settings, images)
        source = replace(self._source, own=images)
        learnt = self._source.own_of(present)
        if self._session is not None and not afresh and settings == present and learnt and same_images(images, learnt):
            # only the colours of classes are others, which are nothing to learn
            self._source = source
            self._tell.data_changed(DataChanged(self._run_id, settings, self._session.dataset, images))
            return
        if self._session is not None and not afresh and settings.same_architecture(present):
            self.return_to_newest()
            self._source = source
            self._session.use_images(settings, images)
            self._changed = True
            self._tell.data_changed(DataChanged(self._run_id, settings, self._session.dataset, images))
            if self._state is not RunState.TRAINING:
                self._evaluate_afresh()
        else:
            self._begin_run_with(settings, source, f"Started over with {images.name}{self._lost_edits()}.")
        self._say_settings(settings)

    def _begin_run_with(self, settings: Settings, source: RunSource, reason: str) -> None:
        self._begin_run(source.session(settings), source.of_seed, reason)
        if self._state is RunState.DIVERGED:
            self._set_state(RunState.PAUSED)

    def bring_back(self) -> None:
        """Let the run that was replaced be the present one again, as it was left, paused; that one is kept instead."""
        self._read_before()
        run, present = self._before, self._put_aside()
        if run is None:
            raise PlaygroundError("There is no run to bring back: none that had begun was replaced.")
        self._before = present
        self._set_state(RunState.PAUSED)
        self._maker.looked_at.begin_run(self.session, run.session, run.sample)
        self._source = run.source
        self._take_up(run.session, run.travel, run.run_id)
        self._pace.elapsed_seconds = run.elapsed_seconds
        self._maker.diagnosis, self._diverged = run.diagnosis, run.diverged
        self._tell_begun("The run before is back, as it was left.", is_new=False)
        self._show_what_is_looked_at()

    def _put_aside(self) -> KeptRun | None:
        """The present run as it is, None if there is none."""
        if self._session is None:
            return None
        return KeptRun(
            run_id=self._run_id,
            session=self._session,
            travel=self.travel,
            source=self._source,
            elapsed_seconds=self._pace.elapsed_seconds,
            sample=self._maker.looked_at.of_data,
            diverged=self._diverged or self._state is RunState.DIVERGED,
            diagnosis=self._maker.diagnosis,
        )

    def open_model(self, path: Path) -> None:
        """Read a model file and make it the present run, paused."""
        model = load_model(path)
        self._begin_with(model, self._source.own, f"Opened {path.name}, after {counted(model.step, 'step')}.")

    def start_from(self, model: Model, images: ImageSet) -> None:
        """Begin a run, paused, on the user's own data with the weights of a model; Reset comes back to them."""
        load_dataset(model.settings, images)
        now = model.settings
        how = f"with η {chosen_number(now.learning_rate)}, m {now.batch_size} and seed {now.seed}, as in the comparison"
        self._begin_with(model, images, f"Pretrained filters and a new dense layer for {images.name}, {how}.")

    def _begin_with(self, model: Model, own: ImageSet | None, reason: str) -> None:
        source = RunSource(own, model)
        session = source.session_of(model, model.settings)
        self._begin_run(session, source, reason)
        self._set_state(RunState.PAUSED)
        self._say_settings(session.settings)

    def capture(self) -> SessionContent:
        """All of the present session, for a file; costs copies of the weights.

        While one looks back it is the run itself. Weights trained with a bug go into no file: those before it do.
        """
        present = self._put_aside()
        if present is None:
            raise PlaygroundError("There is no session yet.")
        return _content_of(present)

    @property
    def before_is_unread(self) -> bool:
        """Whether the run to bring back is that of last time, in its file as it was left."""
        return self._before_is_unread

    def capture_before(self) -> SessionContent | None:
        """All of the run to bring back, for a file; None if there is none, or it is in its file already."""
        return None if self._before is None else _content_of(self._before)

    def _read_before(self) -> None:
        """Take the run that was to bring back last time from its file. Raises PlaygroundError if it is damaged."""
        if self._before_is_unread and self._last_time is not None:
            self._before_is_unread = False
            content = self._last_time.read_before()
            if content is not None:
                self._before = self._kept_of(content)

    def _kept_of(self, content: SessionContent) -> KeptRun:
        session, source, travel = self._run_of(content)
        self._runs += 1
        return KeptRun(
            run_id=self._runs,
            session=session,
            travel=travel,
            source=source,
            elapsed_seconds=content.elapsed_seconds,
            sample=content.sample,
            diverged=False,
            diagnosis=None,
        )

    def open_session(self, content: SessionContent, reason: str) -> None:
        """Make a session from a file the present run, paused: it goes on bit for bit."""
        session, source, travel = self._run_of(content)
        self._begin_run(session, source, reason, content, travel)
        self._set_state(RunState.PAUSED)
        self._pace.elapsed_seconds = content.elapsed_seconds
        self._maker.looked_at.choose(content.sample)
        self._say_settings(session.settings)

    def _run_of(self, content: SessionContent) -> tuple[Session, RunSource, TimeTravel]:
        session = Session.from_state(content.state, content.history())
        start = None if content.start is None else content.start.model(content.state)
        source = RunSource(self._source.own if content.own is None else content.own, start)
        record = content.timeline
        travel = TimeTravel(session, timeline_from(record, session), record.pinned) if record else TimeTravel(session)
        return session, source, travel

    def _begin_run(
        self,
        session: Session,
        source: RunSource,
        reason: str,
        opened: SessionContent | None = None,
        travel: TimeTravel | None = None,
    ) -> None:
        before = self._put_aside()
        self._maker.looked_at.begin_run(self._session, session)
        self._source = source
        self._take_up(session, travel if travel is not None else TimeTravel(session))
        if before is not None and before.work > 0:
            self.attempt(self._read_before)
            if before.is_worth_more_than(self._before):
                self._before = before
        self._tell_begun(reason, opened)

    def _tell_begun(self, reason: str, opened: SessionContent | None = None, *, is_new: bool = True) -> None:
        session, source = self.session, self._source
        before = None if self._before is None else self._before.view(is_new=is_new)
        self._tell.run_started(
            RunStarted(
                self._run_id,
                self.settings_to_go_on_with,
                session.dataset,
                session.history,
                reason,
                source.own_of(session.settings),
                opened,
                began_at=source.began_at,
                step=session.step_count,
                is_edited=bool(session.edits.done),
                before=_OF_LAST_TIME if before is None and self._before_is_unread else before,
            )
        )

    def _lost_edits(self) -> str:
        """What a new run, which begins with the original numbers, has to say of the edits."""
        count = len(self._session.edits.done) if self._session is not None else 0
        return f", without the {count} edit{'s' if count > 1 else ''}" if count else ""


def _content_of(run: KeptRun) -> SessionContent:
    opened = run.source.opened
    return SessionContent.of(
        run.session,
        timeline=record_of(run.travel.timeline, run.travel.pinned),
        own=run.source.own_of(run.session.settings),
        start=None if opened is None else Start(opened.step, opened.network.state_dict()),
        elapsed_seconds=run.elapsed_seconds,
        sample=run.sample,
    )
