"""Which signal of which view goes to which other view or to the worker: connections only, logic has its own homes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ui.blackboard.panel import BlackboardPanel
    from ui.chain.panel import ChainPanel
    from ui.main_window import MainWindow
    from ui.slow_motion.panel import SlowMotionPanel

__all__ = ["connect_views"]


def connect_views(window: MainWindow) -> None:
    """Connect the views of a window that is built."""
    _connect_messages(window)
    _connect_controls(window)
    _connect_data(window)
    _connect_classify(window)
    _connect_flow(window)
    window.late.slow_motion.when_made(partial(_connect_slow_motion, window))
    _connect_workshop(window)
    _connect_sessions(window)
    window.laboratory.connect_views()
    window.study.connect_views(window.tabs)
    window.timeline.connect_views()
    _offer_pictures(window)


def _connect_controls(window: MainWindow) -> None:
    run, training = window.run, window.training_panel
    window.network_panel.architecture_changed.connect(run.change_architecture)
    window.network_panel.frozen_changed.connect(run.change_frozen)
    window.experiments.run_requested.connect(window.own_data.start_from)
    window.experiments.own_run_wanted.connect(window.worker.take_recording)
    window.worker.recording_taken.connect(window.experiments.show_own_run)
    training.learning_rate_changed.connect(run.change_learning_rate)
    training.batch_size_changed.connect(run.change_batch_size)
    training.optimizer_changed.connect(run.change_optimizer)
    training.seed_changed.connect(run.change_seed)
    training.initialization_changed.connect(run.change_initialization)


def _connect_data(window: MainWindow) -> None:
    panel, own_data = window.data_panel, window.own_data
    panel.data_chosen.connect(window.run.change_data)
    panel.data_chosen.connect(own_data.give_up_choice)
    panel.own_chosen.connect(own_data.choose)
    own_data.told.connect(window.statusBar().showMessage)
    panel.open_requested.connect(own_data.open)
    panel.sets_requested.connect(own_data.manage)
    own_data.noticed.connect(window.banner.say)
    own_data.names_changed.connect(panel.set_own_names)
    own_data.can_export_changed.connect(window.actions_by_id["export_data"].setEnabled)
    panel.sample_chosen.connect(window.worker.choose_sample)
    window.late.images.when_made(lambda images: images.sample_chosen.connect(window.worker.choose_sample))


def _connect_classify(window: MainWindow) -> None:
    panel = window.classify_panel
    panel.open_requested.connect(window.file_commands.open_image)
    _connect_following(window)
    window.undoing.name_in(window.actions_by_id)


def _connect_following(window: MainWindow) -> None:
    panel, data, follow = window.classify_panel, window.data_panel, window.actions_by_id["follow_drawing"]
    follow.setEnabled(False)
    panel.drawing_changed.connect(lambda image: follow.setEnabled(image is not None))
    panel.drawing_changed.connect(lambda image: data.offer_drawing(image is not None))
    panel.followed_changed.connect(follow.setChecked)
    panel.follow_chosen.connect(window.worker.follow_drawing)
    data.drawing_clicked.connect(panel.toggle_follow)


def _connect_flow(window: MainWindow) -> None:
    flow, worker, late = window.flow_panel, window.worker, window.late
    view = flow.view
    flow.cell_edited.connect(worker.edit_cell)
    flow.label_edited.connect(worker.edit_label)
    flow.undo_edit_requested.connect(worker.undo_edit)
    window.overview.array_chosen.connect(flow.show_array)
    window.overview.array_pointed.connect(flow.point_at_array)
    late.terms.when_made(lambda terms: terms.cell_pointed.connect(flow.point_at_cell))
    late.terms.when_made(lambda terms: terms.watch_changed.connect(partial(window.batch_watch.want, "cell")))
    late.chain.when_made(lambda chain: chain.touched.connect(flow.light_up))
    late.chain.when_made(lambda chain: chain.cell_pointed.connect(flow.point_at_cell))
    late.board.when_made(lambda board: board.cell_pointed.connect(flow.stand_at))
    late.board.when_made(lambda board: board.edit_requested.connect(window.shared_height.edit_cell))
    late.board.when_made(lambda board: board.watch_changed.connect(partial(window.batch_watch.want, "board")))
    for other in (late.chain, late.board, late.slow_motion):
        other.when_made(partial(_follow_spotlight, window))
    view.output_chosen.connect(lambda output: late.slow_motion.tell("set_output", output))
    view.filter_chosen.connect(lambda _number: late.chain.tell("show_filters", view.chosen_filters))
    view.filter_chosen.connect(lambda _number: late.slow_motion.tell("set_filters", view.chosen_filters))
    view.filter_chosen.connect(lambda _number: late.board.tell("show_filters", view.chosen_filters))
    for written in (window.overview, late.chain, late.slow_motion, late.terms, late.board, window.classify_panel):
        flow.decimals_chosen.connect(written.set_decimals)


def _follow_spotlight(window: MainWindow, panel: ChainPanel | BlackboardPanel | SlowMotionPanel) -> None:
    linker = window.flow_panel.linker
    linker.spotlight_changed.connect(lambda: panel.show_spotlight(linker.spotlight()))


def _connect_slow_motion(window: MainWindow, panel: SlowMotionPanel) -> None:
    worker, flow = window.worker, window.flow_panel
    panel.sample_chosen.connect(worker.choose_sample)
    panel.watch_changed.connect(lambda source: window.batch_watch.want("slow motion", source))
    panel.apply_requested.connect(worker.apply_batch_step)
    panel.undo_requested.connect(worker.undo_step)
    panel.slow_motion_changed.connect(worker.set_slow_motion)
    panel.slow_motion_changed.connect(window.toolbar.set_slow_motion)
    panel.stage_lit.connect(flow.light_up)
    panel.cell_reached.connect(flow.stand_at)
    panel.cell_pointed.connect(flow.point_at_cell)
    worker.refused.connect(panel.stop_waiting)


def _connect_workshop(window: MainWindow) -> None:
    workshop, worker = window.workshop, window.worker
    window.data_panel.workshop_requested.connect(workshop.open)
    workshop.sets_requested.connect(window.own_data.manage)
    workshop.data_handed_over.connect(worker.use_own_data)
    workshop.augmentation_chosen.connect(window.run.change_augmentation)
    workshop.train_requested.connect(worker.train)
    workshop.action_requested.connect(window.banner.action_requested)
    workshop.pause_requested.connect(worker.pause)
    worker.state_changed.connect(workshop.set_state)


def _offer_pictures(window: MainWindow) -> None:
    late = window.late
    window.exports.offer_pictures(
        {
            "Forward and backward pass": window.flow_panel,
            "Loss": late.loss,
            "Accuracy": late.accuracy,
            "Gradient norms": late.gradient,
            "Overview": window.overview,
            "Chain rule": late.chain,
            "Batch": late.slow_motion,
            "Cell": late.terms,
            "Blackboard": late.board,
            "Images": late.images,
            "Laboratory": window.laboratory.panel,
            "Data": window.data_panel,
            "Classify": window.classify_panel,
        }
    )
    experiments = window.experiments

    def offer_experiments() -> None:
        built = experiments.window
        window.exports.offer_pictures(
            {"Side by side": built.compare, "Sweep": built.sweep, "Pretrained": built.pretrained}
        )

    experiments.window_built.connect(offer_experiments)


def _connect_sessions(window: MainWindow) -> None:
    sessions, banner = window.sessions, window.banner
    sessions.title_changed.connect(window.title.show_session)
    sessions.can_recover_changed.connect(window.actions_by_id["recover_session"].setEnabled)
    window.actions_by_id["recover_session"].setEnabled(False)
    sessions.offered.connect(lambda words, button, action: banner.say(words, action=button, action_id=action))
    sessions.follow()


def _connect_messages(window: MainWindow) -> None:
    worker, messages, run = window.worker, window.messages, window.run
    own_data, take_home = window.own_data, window.take_home
    writers = (window.file_commands, window.exports, window.sessions, take_home, window.study)
    refusals = (worker.refused, *(part.refused for part in (run, own_data, *writers)))
    for refused in (*refusals, window.data_panel.message, window.classify_panel.message):
        refused.connect(messages.say_refused)
        refused.connect(run.give_up)
    for saved in (worker.saved, own_data.exported, *(writer.saved for writer in writers)):
        saved.connect(messages.say_saved)
    worker.diverged.connect(messages.say_diverged)
    worker.failed.connect(messages.say_failed)
    take_home.told.connect(messages.say_done)
    window.zoom.said.connect(messages.say_done)
    window.clock.rate_changed.connect(messages.show_rate)
    window.laboratory.strip.clean_wanted.connect(window.banner.settle)
