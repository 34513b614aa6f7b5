"""The window: builds the panels, connects them to the worker, and holds no logic of its own."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, Slot
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QMainWindow,
    QVBoxLayout,
    QWidget,
)

from core.arrays import Array
from playground.announcements import DataChanged, RunStarted
from playground.datasets import Dataset
from playground.own_data.image_set import ImageSet
from playground.settings import Settings
from playground.snapshot import RunState, Snapshot
from playground.worker import TrainingWorker
from ui.action_handlers import action_handlers
from ui.actions import build_actions, build_menus, run_plain_key
from ui.areas import Area, Areas
from ui.banner import Banner
from ui.batch_watch import BatchWatch
from ui.class_colors import chosen_for
from ui.classify.panel import ClassifyPanel
from ui.columns import Columns
from ui.data.panel import DataPanel
from ui.experiments.link import ExperimentsLink
from ui.exports.link import ExportsLink
from ui.file_commands import FileCommands
from ui.file_dialogs import FileDialogs
from ui.first_steps.link import FirstSteps
from ui.flow.panel import FlowPanel
from ui.focus_ring import FocusRing
from ui.frame_clock import FrameClock
from ui.frame_end import FrameEnd
from ui.keys_of_the_window import KeysOfTheWindow
from ui.laboratory.link import LaboratoryLink
from ui.laboratory.study import StudyPages
from ui.late_views import LateViews, WithLateViews
from ui.left_column import LeftColumn
from ui.messages import Messages
from ui.network_panel import NetworkPanel
from ui.open_data.control import OwnDataControl
from ui.overview.panel import GradientOverview
from ui.preferences import Preferences
from ui.run_control import RunControl
from ui.sessions.link import SessionLink, last_time
from ui.settings_of_data import SettingsOfData
from ui.shared_height import SharedHeight
from ui.speed import Speed
from ui.tabs import BOARD_NEEDS, Tabs
from ui.take_home.link import TakeHomeLink
from ui.theme import Theme, Themed, apply_theme
from ui.theme_choice import ThemeChoice
from ui.timeline.link import TimelineLink
from ui.toolbar import Toolbar
from ui.training_panel import TrainingPanel
from ui.undoing import Undoing
from ui.window_state import WindowState
from ui.window_title import WindowTitle
from ui.wiring import connect_views
from ui.workshop.link import WorkshopLink
from ui.zoom import Zoom

__all__ = ["MainWindow"]


class MainWindow(WithLateViews, QMainWindow):
    """The playground's window. `show()` it; training begins with the Train action. Closing it ends the thread."""

    def __init__(self, preferences: Preferences | None = None) -> None:
        super().__init__()
        self.title = WindowTitle(self)
        self.setAcceptDrops(True)
        self.preferences = preferences or Preferences()
        self._run_id = 0
        self._shown: Snapshot | None = None
        self._dataset: Dataset | None = None
        self._own: ImageSet | None = None
        self.settings_of_data = SettingsOfData(self.preferences)
        self.workshop = WorkshopLink(self, self.preferences, self.settings_of_data)
        settings = self.preferences.settings
        own = self.workshop.reader_for(settings)
        self.worker = TrainingWorker(settings, self, last_time=last_time(self.preferences), own=own)
        self.run = RunControl(self.worker, settings, self.settings_of_data, self)
        self.clock = FrameClock(self)
        self.files = FileDialogs(self, self.preferences)
        sets = self.workshop.workshop.sets
        self.own_data = OwnDataControl(self, self.worker, self.files, sets, self.settings_of_data)
        self.experiments = ExperimentsLink(self, self.files, self.preferences)
        self.theme_choice = ThemeChoice(self.preferences, self)
        self._build_panels()
        self.exports = ExportsLink(self, self.files, self.worker)
        self.take_home = TakeHomeLink(self, self.files, self.worker, self.flow_panel, self.late)
        classify, sets = self.classify_panel, self.workshop.workshop.sets
        self.sessions = SessionLink(self, self.worker, self.preferences, self.files, classify=classify, sets=sets)
        self.file_commands = FileCommands(
            self, self.files, self.worker, classify=classify, own_data=self.own_data, sessions=self.sessions
        )
        self.first_steps = FirstSteps(self)
        self._build_actions()
        self._arrange()
        self.speed = Speed(self.toolbar, self.worker, self.preferences, self)
        self._connect()
        KeysOfTheWindow(self)
        FocusRing(self)
        self._restore()
        self._use_theme(self.theme_choice.theme)
        self.worker.wait_for_painting()
        self.worker.begin()
        self.clock.start()

    # --- building -----------------------------------------------------------------------------------------------

    def _build_panels(self) -> None:
        self.data_panel = DataPanel()
        self.network_panel = NetworkPanel()
        self.training_panel = TrainingPanel()
        self.classify_panel = ClassifyPanel()
        self.undoing = Undoing(self.classify_panel.canvas.drawing, self.worker, self)
        self.flow_panel = FlowPanel()
        self.overview = GradientOverview()
        self.late = LateViews(self.flow_panel.linker)
        self.laboratory = LaboratoryLink(self)
        self.timeline = TimelineLink(self)
        self.batch_watch = BatchWatch(self.worker, ("slow motion", "samples", "practice", "board", "cell"), self)
        self.study = StudyPages(self.laboratory.panel, self.worker, self.batch_watch, self.flow_panel, self.files)

    def _build_actions(self) -> None:
        self.actions_by_id = build_actions(self, action_handlers(self))
        menus = build_menus(self.menuBar(), self.actions_by_id)
        self.sessions.recent.show_in(menus["File/Recent sessions"])
        self.toolbar = Toolbar(self.actions_by_id)
        # what shows each snapshot, all in the same turn of the event loop
        self._followers = (
            self.toolbar,
            self.undoing,
            self.overview,
            self.flow_panel,
            self.classify_panel,
            self.data_panel,
            self.workshop,
            self.laboratory,
            self.study,
            self.timeline,
            *self.late.followers,
        )

    def _arrange(self) -> None:
        self._build_tabs()
        self.columns = Columns(self.flow_panel, self.tabs, self.late.charts)
        self.shared_height = SharedHeight(
            self.columns.centre,
            self.flow_panel,
            self.tabs,
            self.actions_by_id["enlarge"],
            tall=(self.laboratory.panel, self.late.images),
            alone=(self.laboratory.panel,),
        )
        self._state = WindowState(self, self.columns.splitters, self.preferences)
        self.zoom = Zoom(self._state, self.preferences, self)
        views = QWidget()
        views_layout = QVBoxLayout(views)
        views_layout.setContentsMargins(0, 0, 0, 0)
        views_layout.addWidget(self.columns)
        row = QHBoxLayout()
        row.setSpacing(0)  # the column has room for its scroll bar
        self.left = LeftColumn(
            (
                (self.data_panel, True),
                (self.network_panel, False),
                (self.training_panel, False),
                (self.classify_panel, True),
            )
        )
        row.addWidget(self.left)
        row.addWidget(views, 1)
        central = QWidget()
        layout = QVBoxLayout(central)
        layout.setContentsMargins(9, 2, 9, 0)
        layout.setSpacing(4)  # in a low window the pass needs every line
        layout.addWidget(self.toolbar)
        layout.addLayout(row, 1)
        layout.addWidget(self.timeline.build(self.actions_by_id))
        self.banner = Banner(central, over=self.timeline.bar)
        self.setCentralWidget(central)
        self.messages = Messages(self.statusBar(), self.banner, self.workshop.banner_in_front)
        self.statusBar().addPermanentWidget(self.laboratory.strip, 1)
        self.statusBar().addPermanentWidget(self.laboratory.self_check)
        self.areas = Areas(self, self._areas(), first=1)

    def _areas(self) -> tuple[Area, ...]:
        """What one watches comes before what is set once: it is a key away from the run's buttons."""
        flow = self.flow_panel
        return (
            Area((self.toolbar,)),
            Area((flow.all_filters, flow.scale, flow.decimals, flow), flow.view),
            Area((self.tabs.tabBar(), self.tabs.cornerWidget(), self.tabs)),
            Area(self.late.charts),
            Area((self.timeline.bar, self.banner, self.statusBar())),
            Area((self.data_panel,)),
            Area((self.network_panel,)),
            Area((self.training_panel,)),
            Area((self.classify_panel,), self.classify_panel.canvas),
        )

    def _build_tabs(self) -> None:
        self.tabs = Tabs(self.actions_by_id["enlarge"])
        self.tabs.add(self.overview, "Overview")
        self.tabs.add(self.late.chain, "Chain rule", "Chain", scrolls=True)
        self.tabs.add(self.late.slow_motion, "One batch", "Batch")
        self.tabs.add(self.late.terms, "Cell")
        self.tabs.add(self.late.board, "Blackboard", "Board", needs=BOARD_NEEDS)
        self.tabs.add(self.late.images, "Images", scrolls=True)
        self.tabs.add(self.laboratory.panel, "Laboratory", "Lab")

    def _connect(self) -> None:
        """What the window itself answers; what the views tell each other stands in `ui.wiring`."""
        worker = self.worker
        worker.run_started.connect(self._on_run_started)
        worker.data_changed.connect(self._on_data_changed)
        worker.state_changed.connect(self._on_state_changed)
        worker.snapshot_ready.connect(self._on_snapshot_ready)
        self._frame_end = FrameEnd(self)
        self._frame_end.reached.connect(worker.painted)
        self.run.settings_shown.connect(self._show_settings)
        self.clock.tick.connect(self._ask_for_numbers)
        self.banner.action_requested.connect(self._trigger)
        self.toolbar.slow_motion_changed.connect(self._on_slow_motion)
        self.classify_panel.drawing_changed.connect(self._on_drawing)
        self.theme_choice.changed.connect(self._use_theme)
        connect_views(self)

    # --- from the worker ----------------------------------------------------------------------------------------

    @Slot()
    def _ask_for_numbers(self) -> None:
        """With every tick, if anybody sees them."""
        if not self.isMinimized() or self.workshop.is_shown:
            self.worker.request_snapshot()

    @Slot()
    def _on_snapshot_ready(self) -> None:
        snapshot = self.worker.latest
        if snapshot is not None and snapshot is not self._shown and snapshot.run_id == self._run_id:
            self._show(snapshot)
            self._frame_end.update()
            # painted now, not in some later turn: until then training waits
            QCoreApplication.sendPostedEvents(self, QEvent.Type.UpdateRequest)
        self.worker.painted()

    def _show(self, snapshot: Snapshot) -> None:
        self._shown = snapshot
        # painted in this order: the large picture of the passes leaves nothing else in the processor's cache
        for chart in self.late.charts:
            chart.tell("refresh", snapshot.elapsed_seconds)
        for view in self._followers:
            view.show_snapshot(snapshot)
        self.tabs.offer(self.late.board, snapshot.has_board, instead_of=self.overview)
        self.actions_by_id["tab_5"].setEnabled(snapshot.has_board)
        self.messages.show_snapshot(snapshot)
        self.actions_by_id["restore_last_good"].setEnabled(self.messages.offers_way_back)

    @Slot(object)
    def _on_run_started(self, run: RunStarted) -> None:
        self._run_id = run.run_id
        self.run.grant(run.settings)
        if self._shown is not None and run.settings == self.settings_of_data.found:
            why = "The network goes with the data: as it was left with them, or as suits them"
            self.network_panel.note_change(self._shown.settings, why)
        self.settings_of_data.found = None
        self._show_dataset(run.dataset, run.settings)
        self._show_own(run.own, run.settings)
        for chart in self.late.charts:
            chart.tell("set_history", run.history, run.settings)
        self.actions_by_id["bring_back"].setEnabled(run.before is not None)
        self.messages.begin(run)

    @Slot(object)
    def _on_data_changed(self, change: DataChanged) -> None:
        if change.run_id == self._run_id:
            self._show_dataset(change.dataset, change.settings)
            self._show_own(change.own, change.settings)

    def _show_own(self, own: ImageSet | None, settings: Settings) -> None:
        self._own = own
        self.theme_choice.color_classes(chosen_for(settings, own))
        self.own_data.show_present(own, settings)
        self.experiments.show_own(own)

    def _show_dataset(self, dataset: Dataset, settings: Settings) -> None:
        self._dataset = dataset
        self.data_panel.set_dataset(dataset, settings)
        self.late.images.tell("set_dataset", dataset)
        self.classify_panel.set_input_shape(dataset.x_train.shape[1:], dataset.like_mnist, dataset.class_names)

    @Slot(object)
    def _show_settings(self, settings: Settings) -> None:
        self.data_panel.set_settings(settings)
        self.network_panel.set_settings(settings)
        self.training_panel.set_settings(settings)
        self.workshop.set_settings(settings)
        self.experiments.set_settings(settings)
        self.preferences.settings = settings

    @Slot(object)
    def _on_state_changed(self, state: RunState) -> None:
        self.toolbar.set_state(state)
        if state is RunState.DIVERGED:
            self.actions_by_id["restore_last_good"].setEnabled(True)  # a snapshot says when it is not any more

    # --- from the views -----------------------------------------------------------------------------------------

    @Slot(object)
    def _on_drawing(self, image: Array | None) -> None:
        self.worker.set_drawing(image)
        if image is not None:
            self.banner.settle()

    @Slot(str)
    def _trigger(self, action_id: str) -> None:
        self.actions_by_id[action_id].trigger()

    @Slot(bool)
    def _on_slow_motion(self, on: bool) -> None:
        if on:
            self.tabs.setCurrentWidget(self.late.slow_motion)
        self.late.slow_motion.tell("set_slow_motion", on)

    def fix_copy(self) -> None:
        """Open what the network learns in the workshop."""
        if self._dataset is not None:
            self.workshop.fix_present(self._dataset, self._own)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accept pictures and data sets dropped anywhere on the window."""
        if self.file_commands.takes(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open what was dropped."""
        self.file_commands.drop(event.mimeData())
        event.acceptProposedAction()

    # --- theme, help, closing -----------------------------------------------------------------------------------

    @Slot(object)
    def _use_theme(self, theme: Theme) -> None:
        self.actions_by_id[f"theme_{self.theme_choice.name}"].setChecked(True)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        apply_theme(app, theme)
        themed: tuple[Themed, ...] = (
            *self._followers,
            self.late.terms,
            *self.late.charts,
            self.study,
            self.own_data,
            self.banner,
            self.left,
            self.network_panel,
            self.training_panel,
            self.experiments,
            self.exports,
        )
        for view in themed:
            view.set_theme(theme)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys without Ctrl act when the widget with the focus has no use for them."""
        if self.study.take_key(event):
            event.accept()
        elif not run_plain_key(event, self.actions_by_id):
            super().keyPressEvent(event)

    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: A002 - the name in Qt
        """Tab and Shift+Tab go through the areas, whenever their views were made."""
        return self.areas.tab(forward=next)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember the window and the drawing and end the thread, once the user has said what is to be saved."""
        if not self.sessions.may_close():
            event.ignore()
            return
        self.clock.stop()
        self.own_data.close()
        self.laboratory.close()
        self.exports.close()
        self.take_home.close()
        self.shared_height.settle()
        self._state.remember()
        self.preferences.remember_bytes("classify/drawing", self.classify_panel.drawing_state())
        self.workshop.close()
        self.experiments.close()
        self.preferences.sync()
        self.worker.close()
        self.sessions.end()
        event.accept()

    def _restore(self) -> None:
        self._state.restore()
        self.classify_panel.restore_drawing(bytes(self.preferences.bytes_of("classify/drawing").data()))
