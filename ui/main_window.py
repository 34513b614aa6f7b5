"""The window: builds the panels, connects them to the worker, and holds no logic of its own."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QGuiApplication, QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMainWindow,
    QScrollArea,
    QSplitter,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from core.arrays import Array
from playground.announcements import DataChanged, Failure, RunStarted
from playground.datasets import Dataset, suggested_settings
from playground.errors import SettingsError
from playground.own_data.image_set import ImageSet
from playground.settings import Settings
from playground.snapshot import RunState, Snapshot
from playground.worker import TrainingWorker
from ui.actions import build_actions, build_menus, run_plain_key
from ui.banner import Banner
from ui.blackboard.panel import BlackboardPanel, has_board
from ui.chain.panel import ChainPanel
from ui.charts.curves import AccuracyChart, GradientNormChart, LossChart
from ui.classify.panel import ClassifyPanel
from ui.controls import CalmToolButton
from ui.data.panel import DataPanel
from ui.explain.terms_panel import TermsPanel
from ui.file_dialogs import FileDialogs
from ui.flow.panel import CellRef, FlowPanel
from ui.frame_clock import FrameClock
from ui.gradient_overview import GradientOverview
from ui.help_dialog import HelpDialog, show_about
from ui.network_panel import NetworkPanel
from ui.open_data.control import OwnDataControl
from ui.open_data.dropped import data_path
from ui.panel import Panel
from ui.preferences import Preferences
from ui.see_data.panel import SeeDataPanel
from ui.slow_motion.panel import SlowMotionPanel
from ui.theme import Theme, apply_theme
from ui.theme_choice import ThemeChoice
from ui.toolbar import Toolbar
from ui.training_panel import TrainingPanel
from ui.window_state import WindowState
from ui.workshop.link import WorkshopLink

__all__ = ["MainWindow"]

_TITLE = "CNN Playground"
_LEFT_WIDTH = 276
_UNTRAINED = "Untrained: the weights are those it starts with, and its answers mean nothing yet. Press Train (Space)."


class MainWindow(QMainWindow):
    """The playground's window. `show()` it; training begins with the Train action. Closing it ends the thread."""

    def __init__(self, preferences: Preferences | None = None) -> None:
        super().__init__()
        self.setWindowTitle(_TITLE)
        self.setMinimumSize(1040, 640)
        self.setAcceptDrops(True)
        self.preferences = preferences or Preferences()
        self._settings = self._confirmed = self.preferences.settings
        self._run_id = 0
        self._shown: Snapshot | None = None
        self._dataset: Dataset | None = None
        self._own: ImageSet | None = None
        self.workshop = WorkshopLink(self, self.preferences)
        own = self.workshop.images_for(self._settings)
        self.worker = TrainingWorker(self._settings, self, keep_in=self.preferences.network_file, own=own)
        self.clock = FrameClock(self)
        self.files = FileDialogs(self, self.preferences)
        self.own_data = OwnDataControl(self, self.worker, self.files, self.workshop.workshop.shelf)
        self.theme_choice = ThemeChoice(self.preferences, self)
        self._build_panels()
        self._build_actions()
        self._arrange()
        self._build_status_bar()
        self._connect()
        self._restore()
        self._use_theme(self.theme_choice.theme)
        self.worker.begin()
        self.clock.start()

    # --- building -----------------------------------------------------------------------------------------------

    def _build_panels(self) -> None:
        self.data_panel = DataPanel()
        self.network_panel = NetworkPanel()
        self.training_panel = TrainingPanel()
        self.classify_panel = ClassifyPanel()
        self.flow_panel = FlowPanel()
        self.overview = GradientOverview()
        self.chain_panel = ChainPanel()
        self.terms_panel = TermsPanel(self.flow_panel.linker)
        self.slow_motion_panel = SlowMotionPanel()
        self.blackboard_panel = BlackboardPanel()
        self.see_data_panel = SeeDataPanel()
        self.loss_chart = LossChart()
        self.accuracy_chart = AccuracyChart()
        self.gradient_chart = GradientNormChart()
        self.charts = (self.loss_chart, self.accuracy_chart, self.gradient_chart)

    def _build_actions(self) -> None:
        self.actions_by_id = build_actions(
            self,
            {
                "train": self._toggle_training,
                "step": self.worker.step,
                "step_back": self.worker.undo_step,
                "reset": self._reset,
                "new_seed": self.training_panel.draw_new_seed,
                "restore_last_good": self.worker.restore_last_good,
                "open_image": self._open_image,
                "open_data": self.own_data.open,
                "export_data": self.own_data.export,
                "paste_image": self._paste,
                "save_model": self._save_model,
                "open_model": self._open_model,
                "save_picture": self._save_picture,
                "undo": self.classify_panel.undo,
                "redo": self.classify_panel.redo,
                "clear_drawing": self.classify_panel.clear,
                "data_workshop": self.workshop.open,
                "fix_copy": self._fix_copy,
                **{f"tab_{number}": partial(self._show_tab, number - 1) for number in range(1, 7)},
                "enlarge": self._enlarge_tabs,
                "pin_cell": self.flow_panel.pin_cell,
                "factor_back": partial(self._walk_chain, self.chain_panel.previous),
                "factor_next": partial(self._walk_chain, self.chain_panel.following),
                "factor_none": self.chain_panel.show_all,
                **{f"theme_{name}": partial(self.theme_choice.choose, name) for name in ("system", "light", "dark")},
                "toggle_theme": self.theme_choice.toggle,
                "full_screen": self._toggle_full_screen,
                "help": self._show_help,
                "about": partial(show_about, self),
                "quit": self.close,
            },
        )
        build_menus(self.menuBar(), self.actions_by_id)
        self.toolbar = Toolbar(self.actions_by_id)

    def _arrange(self) -> None:
        self.centre = QSplitter(Qt.Orientation.Vertical)
        self.centre.addWidget(self.flow_panel)
        self.centre.addWidget(self._tabs_panel())
        self.centre.setSizes([3000, 1000])  # shares of the height, until the user moves the handle
        self.right = QSplitter(Qt.Orientation.Vertical)
        for chart in self.charts:
            self.right.addWidget(chart)
        self.columns = QSplitter(Qt.Orientation.Horizontal)
        self.columns.addWidget(self.centre)
        self.columns.addWidget(self.right)
        self.columns.setStretchFactor(0, 3)
        self.columns.setStretchFactor(1, 1)
        for splitter in (self.centre, self.right, self.columns):
            splitter.setChildrenCollapsible(False)
            splitter.setHandleWidth(7)
        self._state = WindowState(
            self,
            {"window/columns": self.columns, "window/centre": self.centre, "window/right": self.right},
            self.preferences,
        )

        views = QWidget()
        views_layout = QVBoxLayout(views)
        views_layout.setContentsMargins(0, 0, 0, 0)
        views_layout.addWidget(self.columns)
        self.banner = Banner(views)
        row = QHBoxLayout()
        row.setSpacing(7)
        row.addWidget(self._left_column())
        row.addWidget(views, 1)
        central = QWidget()
        layout = QVBoxLayout(central)
        layout.setContentsMargins(9, 4, 9, 2)
        layout.setSpacing(6)
        layout.addWidget(self.toolbar)
        layout.addLayout(row, 1)
        self.setCentralWidget(central)

    def _left_column(self) -> QWidget:
        left = QWidget()
        left.setFixedWidth(_LEFT_WIDTH)
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.data_panel, 1)
        column.addWidget(self.network_panel)
        column.addWidget(self.training_panel)
        column.addWidget(self.classify_panel, 1)
        return left

    def _tabs_panel(self) -> Panel:
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.setAccessibleName("Views of the derivatives")
        self.tabs.addTab(self.overview, "&1 Overview")
        self.tabs.addTab(_scrolling(self.chain_panel), "&2 Chain rule")
        self.tabs.addTab(self.slow_motion_panel, "&3 Batch")
        self.tabs.addTab(self.terms_panel, "&4 Cell")
        self._blackboard_tab = self.tabs.addTab(self.blackboard_panel, "&5 Board")
        self.tabs.setTabVisible(self._blackboard_tab, False)
        self.tabs.addTab(_scrolling(self.see_data_panel), "&6 Images")
        self.tabs.setCornerWidget(self._enlarge_button())
        panel = Panel("")
        panel.body.addWidget(self.tabs)
        return panel

    def _enlarge_button(self) -> QWidget:
        button = CalmToolButton()
        self.actions_by_id["enlarge"].setIconText("Enlarge")  # six tabs and it share a row
        button.setDefaultAction(self.actions_by_id["enlarge"])
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _build_status_bar(self) -> None:
        self._diagnosis_label = QLabel()
        self._diagnosis_label.setAccessibleName("Diagnosis")
        self._pace_label = QLabel()
        self._pace_label.setAccessibleName("Pace of the views")
        self.statusBar().addWidget(self._diagnosis_label, 1)
        self.statusBar().addPermanentWidget(self._pace_label)

    def _connect(self) -> None:
        worker = self.worker
        worker.run_started.connect(self._on_run_started)
        worker.data_changed.connect(self._on_data_changed)
        worker.settings_changed.connect(self._on_settings_changed)
        worker.state_changed.connect(self._on_state_changed)
        worker.diverged.connect(self._on_diverged)
        worker.refused.connect(self._on_refused)
        worker.failed.connect(self._on_failed)
        worker.saved.connect(self._on_saved)
        worker.snapshot_ready.connect(self._on_snapshot_ready)
        self.clock.tick.connect(worker.request_snapshot)
        self.clock.rate_changed.connect(self._on_rate_changed)
        self.banner.action_requested.connect(self._trigger)
        self.toolbar.speed_changed.connect(worker.set_speed)
        self.data_panel.open_requested.connect(self.own_data.open)
        self.own_data.noticed.connect(self.banner.say)
        self.own_data.refused.connect(self._on_refused)
        self.own_data.exported.connect(self._on_saved)
        self.own_data.names_changed.connect(self.data_panel.set_own_names)
        self.data_panel.own_chosen.connect(self.own_data.choose)
        self.own_data.can_export_changed.connect(self.actions_by_id["export_data"].setEnabled)
        self.data_panel.data_chosen.connect(self._on_data_chosen)
        self.data_panel.sample_chosen.connect(worker.choose_sample)
        self.see_data_panel.sample_chosen.connect(worker.choose_sample)
        self.network_panel.architecture_changed.connect(self._on_architecture_changed)
        self.training_panel.learning_rate_changed.connect(lambda value: self._change(learning_rate=value))
        self.training_panel.batch_size_changed.connect(lambda value: self._change(batch_size=value))
        self.training_panel.optimizer_changed.connect(lambda value: self._change(optimizer=value))
        self.training_panel.seed_changed.connect(lambda value: self._change(seed=value))
        self.classify_panel.drawing_changed.connect(self._on_drawing)
        stack = self.classify_panel.canvas.undo_stack
        for action_id, changed, can in (
            ("undo", stack.canUndoChanged, stack.canUndo()),
            ("redo", stack.canRedoChanged, stack.canRedo()),
        ):
            self.actions_by_id[action_id].setEnabled(can)
            changed.connect(self.actions_by_id[action_id].setEnabled)
        self.classify_panel.open_requested.connect(self._open_image)
        for panel in (self.data_panel, self.classify_panel):
            panel.message.connect(self._on_refused)
        self.flow_panel.cell_edited.connect(worker.edit_cell)
        self.flow_panel.label_edited.connect(worker.edit_label)
        self.flow_panel.undo_edit_requested.connect(worker.undo_edit)
        self.overview.array_chosen.connect(self.flow_panel.show_array)
        self.overview.array_pointed.connect(self.flow_panel.point_at_array)
        self.terms_panel.cell_pointed.connect(self.flow_panel.point_at_cell)
        for view in (
            self.overview,
            self.chain_panel,
            self.slow_motion_panel,
            self.terms_panel,
            self.blackboard_panel,
            self.classify_panel,
        ):
            self.flow_panel.decimals_chosen.connect(view.set_decimals)
        self.chain_panel.touched.connect(self.flow_panel.view.light_up)
        self.flow_panel.view.filter_chosen.connect(
            lambda _number: self.chain_panel.show_filters(self.flow_panel.view.chosen_filters)
        )
        self._connect_slow_motion()
        self._connect_blackboard()
        self._connect_workshop()
        self.theme_choice.changed.connect(self._use_theme)

    def _connect_slow_motion(self) -> None:
        worker, panel, view = self.worker, self.slow_motion_panel, self.flow_panel.view
        panel.watch_changed.connect(worker.watch_batch_step)
        panel.apply_requested.connect(worker.apply_batch_step)
        panel.undo_requested.connect(worker.undo_step)
        panel.sample_chosen.connect(worker.choose_sample)
        panel.slow_motion_changed.connect(worker.set_slow_motion)
        panel.slow_motion_changed.connect(self.toolbar.set_slow_motion)
        panel.stage_lit.connect(view.light_up)
        panel.cell_reached.connect(self.flow_panel.stand_at)
        view.output_chosen.connect(panel.set_output)
        worker.refused.connect(panel.stop_waiting)
        self.toolbar.slow_motion_changed.connect(self._on_slow_motion)
        view.filter_chosen.connect(lambda _number: panel.set_filters(view.chosen_filters))

    def _connect_blackboard(self) -> None:
        panel, flow = self.blackboard_panel, self.flow_panel
        panel.cell_pointed.connect(flow.stand_at)
        panel.edit_requested.connect(self._edit_cell)
        flow.view.filter_chosen.connect(lambda _number: panel.show_filters(flow.view.chosen_filters))

    def _connect_workshop(self) -> None:
        worker, workshop = self.worker, self.workshop
        self.data_panel.workshop_requested.connect(workshop.open)
        workshop.data_handed_over.connect(worker.use_own_data)
        workshop.augmentation_chosen.connect(lambda value: self._change(augmentation=value))
        workshop.train_requested.connect(worker.train)
        workshop.pause_requested.connect(worker.pause)
        worker.state_changed.connect(workshop.set_state)

    # --- from the worker ----------------------------------------------------------------------------------------

    @Slot()
    def _on_snapshot_ready(self) -> None:
        snapshot = self.worker.latest
        if snapshot is not None and snapshot is not self._shown and snapshot.run_id == self._run_id:
            self._show(snapshot)

    def _show(self, snapshot: Snapshot) -> None:
        self._shown = snapshot
        for view in (
            self.toolbar,
            self.flow_panel,
            self.overview,
            self.chain_panel,
            self.slow_motion_panel,
            self.blackboard_panel,
            self.classify_panel,
            self.data_panel,
            self.workshop,
            self.see_data_panel,
        ):
            view.show_snapshot(snapshot)
        self._offer_blackboard(has_board(snapshot))
        for chart in self.charts:
            chart.refresh(snapshot.elapsed_seconds)
        self._show_diagnosis(snapshot)

    def _offer_blackboard(self, offered: bool) -> None:
        """The board is there for its examples only; it comes up in place of the overview, not of what was chosen."""
        if offered != self.tabs.isTabVisible(self._blackboard_tab):
            self.tabs.setTabVisible(self._blackboard_tab, offered)
            if offered and self.tabs.currentWidget() is self.overview:
                self.tabs.setCurrentIndex(self._blackboard_tab)

    def _show_diagnosis(self, snapshot: Snapshot) -> None:
        found = snapshot.diagnosis
        text = f"{found.sentence} {found.suggestion}" if found else ""
        if not text and snapshot.step == 0:
            text = _UNTRAINED
        if text != self._diagnosis_label.text():
            self._diagnosis_label.setText(text)
            self._diagnosis_label.setToolTip(text)

    @Slot(object)
    def _on_run_started(self, run: RunStarted) -> None:
        self._run_id = run.run_id
        self._settings = self._confirmed = run.settings
        self._show_settings(run.settings)
        self._show_dataset(run.dataset, run.settings)
        self._show_own(run.own)
        for chart in self.charts:
            chart.set_history(run.history, run.settings)
        self.banner.hide()  # what it said was about the run before
        self.statusBar().showMessage(run.reason, 8000)

    @Slot(object)
    def _on_data_changed(self, change: DataChanged) -> None:
        if change.run_id == self._run_id:
            self._show_dataset(change.dataset, change.settings)
            self._show_own(change.own)

    def _show_own(self, own: ImageSet | None) -> None:
        self._own = own
        self.own_data.show_present(own)

    def _show_dataset(self, dataset: Dataset, settings: Settings) -> None:
        self._dataset = dataset
        self.data_panel.set_dataset(dataset, settings)
        self.see_data_panel.set_dataset(dataset)
        self.classify_panel.set_input_shape(dataset.x_train.shape[1:], dataset.like_mnist, dataset.class_names)

    @Slot(object)
    def _on_settings_changed(self, settings: Settings) -> None:
        self._settings = self._confirmed = settings
        self._show_settings(settings)

    def _show_settings(self, settings: Settings) -> None:
        self.data_panel.set_settings(settings)
        self.network_panel.set_settings(settings)
        self.training_panel.set_settings(settings)
        self.workshop.set_settings(settings)
        self.preferences.settings = settings

    @Slot(object)
    def _on_state_changed(self, state: RunState) -> None:
        self.toolbar.set_state(state)
        self.actions_by_id["restore_last_good"].setEnabled(state is RunState.DIVERGED)

    @Slot(object)
    def _on_diverged(self, sentence: str) -> None:
        self.banner.say(sentence, error=True, action="Last good weights, η ÷ 10", action_id="restore_last_good")

    @Slot(object)
    def _on_refused(self, sentence: str) -> None:
        self.banner.say(sentence, error=True)
        self._settings = self._confirmed
        self._show_settings(self._settings)

    @Slot(object)
    def _on_failed(self, failure: Failure) -> None:
        self.banner.say(f"{failure.sentence} {failure.advice}", error=True)

    @Slot(object)
    def _on_saved(self, path: str) -> None:
        self.banner.settle()
        self.statusBar().showMessage(f"Saved {path}", 8000)

    @Slot(int)
    def _on_rate_changed(self, frames_per_second: int) -> None:
        slow = frames_per_second < 30
        self._pace_label.setText(f"views at {frames_per_second} frames/s to keep training fast" if slow else "")

    # --- from the controls --------------------------------------------------------------------------------------

    def _change(self, **changes: object) -> None:
        """Ask the worker for changed settings; what does not fit is said and the controls go back."""
        try:
            settings = self._settings.changed(**changes)
        except SettingsError as error:
            self._on_refused(str(error))
            return
        self._settings = settings
        self.worker.change_settings(settings)

    @Slot(str, object)
    def _on_data_chosen(self, dataset: str, classes: tuple[int, ...]) -> None:
        changes: dict[str, object] = {"dataset": dataset, "classes": tuple(classes)}
        if dataset != self._settings.dataset:
            changes = {**suggested_settings(dataset), "dataset": dataset, "own": None}
        self._change(**changes)

    @Slot(object)
    def _on_drawing(self, image: Array | None) -> None:
        self.worker.set_drawing(image)
        if image is not None:
            self.banner.settle()

    @Slot(int, object)
    def _on_architecture_changed(self, kernel_size: int, filters: tuple[int, ...]) -> None:
        self._change(kernel_size=kernel_size, filters=tuple(filters))

    @Slot(str)
    def _trigger(self, action_id: str) -> None:
        self.actions_by_id[action_id].trigger()

    @Slot(bool)
    def _on_slow_motion(self, on: bool) -> None:
        if on:
            self.tabs.setCurrentWidget(self.slow_motion_panel)
        self.slow_motion_panel.set_slow_motion(on)

    def _toggle_training(self) -> None:
        state = self._shown.state if self._shown else RunState.PAUSED
        if state is RunState.TRAINING:
            self.worker.pause()
        else:
            self.worker.train()

    def _reset(self) -> None:
        self.banner.hide()
        self.worker.reset()

    def _fix_copy(self) -> None:
        if self._dataset is not None:
            self.workshop.fix_present(self._dataset, self._own)

    # --- files --------------------------------------------------------------------------------------------------

    def _open_image(self) -> None:
        if path := self.files.picture_to_open():
            self.classify_panel.load_file(path)

    def _open_model(self) -> None:
        if path := self.files.model_to_open():
            self.worker.open_model(path)

    def _save_model(self) -> None:
        if path := self.files.model_to_write():
            self.worker.save(path)

    def _save_picture(self) -> None:
        picture = self.grab()  # before the dialog lies over the window
        path = self.files.screenshot_to_write()
        if path is None:
            return
        if picture.save(str(path), "PNG"):
            self._on_saved(str(path))
        else:
            self.banner.say(f"The picture could not be written to {path}; choose another folder.", error=True)

    def _paste(self) -> None:
        if path := data_path(QGuiApplication.clipboard().mimeData()):
            self.own_data.open(path)
        else:
            self.classify_panel.paste()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accept pictures and data sets dropped anywhere on the window."""
        if data_path(event.mimeData()) or self.classify_panel.accept_mime(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open the dropped data set, or classify the dropped picture."""
        if path := data_path(event.mimeData()):
            self.own_data.open(path)
        else:
            self.classify_panel.drop(event.mimeData())
        event.acceptProposedAction()

    # --- theme, help, closing -----------------------------------------------------------------------------------

    @Slot(object)
    def _use_theme(self, theme: Theme) -> None:
        self.actions_by_id[f"theme_{self.theme_choice.name}"].setChecked(True)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        apply_theme(app, theme)
        views = (
            self.own_data,
            self.banner,
            self.toolbar,
            self.data_panel,
            self.network_panel,
            self.training_panel,
            self.classify_panel,
        )
        for view in (
            *views,
            self.flow_panel,
            self.overview,
            self.chain_panel,
            self.terms_panel,
            self.slow_motion_panel,
            self.blackboard_panel,
            self.workshop,
            self.see_data_panel,
            *self.charts,
        ):
            view.set_theme(theme)

    def _show_tab(self, index: int) -> None:
        if self.tabs.isTabVisible(index):
            self.tabs.setCurrentIndex(index)

    def _enlarge_tabs(self) -> None:
        self.flow_panel.setVisible(not self.actions_by_id["enlarge"].isChecked())

    @Slot(object)
    def _edit_cell(self, cell: CellRef) -> None:
        """Edit a cell where it stands in the flow, which has to be on screen for that."""
        self.actions_by_id["enlarge"].setChecked(False)
        self._enlarge_tabs()
        QTimer.singleShot(0, self, lambda: self.flow_panel.edit_cell(cell))  # it has its size by then

    def _walk_chain(self, step: Callable[[], None]) -> None:
        self._show_tab(1)
        self.chain_panel.row.setFocus()
        step()

    def _toggle_full_screen(self) -> None:
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def _show_help(self) -> None:
        HelpDialog(self.theme_choice.theme, self).exec()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys without Ctrl act when the widget with the focus has no use for them."""
        if not run_plain_key(event, self.actions_by_id):
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember the window and the drawing, then end the thread."""
        self.clock.stop()
        self.own_data.close()
        self._state.remember()
        self.preferences.remember_bytes("classify/drawing", self.classify_panel.drawing_state())
        self.workshop.close()
        self.preferences.sync()
        self.worker.close()
        event.accept()

    def _restore(self) -> None:
        self._state.restore()
        self.classify_panel.restore_drawing(bytes(self.preferences.bytes_of("classify/drawing").data()))


def _scrolling(panel: QWidget) -> QScrollArea:
    """A panel that scrolls in a low window, where the flow above needs the height more."""
    scroll = QScrollArea()
    scroll.setWidgetResizable(True)
    scroll.setFrameShape(QFrame.Shape.NoFrame)
    scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    scroll.setWidget(panel)
    return scroll
