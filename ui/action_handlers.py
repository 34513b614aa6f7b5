"""What each action of the table does in the window."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from ui.help_dialog import HelpDialog, show_about
from ui.zoom import Zoom

if TYPE_CHECKING:
    from ui.main_window import MainWindow

__all__ = ["action_handlers"]


def action_handlers(window: MainWindow) -> dict[str, Callable[[], object]]:
    """By the ids of `ui.action_table`; what belongs to a part of the window is asked of that part."""
    worker, files, classify = window.worker, window.file_commands, window.classify_panel
    sessions, exports, take_home, own_data = window.sessions, window.exports, window.take_home, window.own_data
    theme = window.theme_choice
    return {
        "train": window.run.toggle_training,
        "step": worker.step,
        "step_back": worker.undo_step,
        "reset": partial(_reset, window),
        "bring_back": worker.bring_back,
        "new_seed": window.training_panel.draw_new_seed,
        "restore_last_good": worker.restore_last_good,
        "new_session": sessions.new,
        "open_session": sessions.open,
        "clear_recent": sessions.recent.clear,
        "recover_session": sessions.recover,
        "save_session": sessions.save,
        "save_session_as": sessions.save_as,
        "open_image": files.open_image,
        "open_data": own_data.open,
        "export_data": own_data.export,
        "paste_image": files.paste,
        "save_model": files.save_model,
        "open_model": files.open_model,
        "save_picture": files.save_picture,
        "export_derivation": take_home.export_derivation,
        "export_script": take_home.export_script,
        "copy_working": take_home.copy_text,
        "copy_latex": take_home.copy_latex,
        "export_onnx": exports.export_onnx,
        "export_pytorch": exports.export_pytorch,
        "export_history": exports.export_history,
        "export_film": exports.export_film,
        "export_picture": exports.export_picture,
        "undo": window.undoing.undo,
        "redo": window.undoing.redo,
        "clear_drawing": classify.clear,
        "follow_drawing": classify.toggle_follow,
        "data_workshop": window.workshop.open,
        "experiments": window.experiments.open,
        "pretrained": window.experiments.open_pretrained,
        "fix_copy": window.fix_copy,
        "your_sets": own_data.manage,
        **{f"tab_{number}": partial(_show_tab, window, number) for number in range(1, 8)},
        "enlarge": partial(_enlarge, window),
        "pin_cell": window.flow_panel.pin_cell,
        "factor_back": lambda: _walk_chain(window, window.chain_panel.previous),
        "factor_next": lambda: _walk_chain(window, window.chain_panel.following),
        "factor_none": partial(_escape, window),
        **window.timeline.handlers,
        "next_area": lambda: window.areas.go(1),
        "area_before": lambda: window.areas.go(-1),
        **{f"theme_{name}": partial(theme.choose, name) for name in ("system", "light", "dark")},
        "toggle_theme": theme.toggle,
        **{
            name: partial(_zoom, window, how)
            for name, how in (("zoom_in", Zoom.larger), ("zoom_out", Zoom.smaller), ("zoom_normal", Zoom.normal))
        },
        "full_screen": partial(_toggle_full_screen, window),
        "help": partial(_show_help, window),
        "first_steps": window.first_steps.show,
        "guide": partial(_show_page, window, "guide"),
        "glossary": partial(_show_page, window, "glossary"),
        "about": partial(show_about, window),
        "quit": window.close,
    }


def _reset(window: MainWindow) -> None:
    window.banner.hide()
    window.worker.reset()


def _show_tab(window: MainWindow, number: int) -> None:
    window.tabs.show_number(number)


def _enlarge(window: MainWindow) -> None:
    window.shared_height.enlarge()


def _walk_chain(window: MainWindow, step: Callable[[], None]) -> None:
    window.tabs.show_number(2)
    window.chain_panel.row.setFocus()
    step()


def _escape(window: MainWindow) -> None:
    """Close the message or the first steps, look back no longer, or choose no factor: what is nearest."""
    if window.banner.isVisible():
        window.banner.hide()
    elif not window.first_steps.escape() and not window.timeline.escape():
        window.late.chain.tell("show_all")


def _zoom(window: MainWindow, how: Callable[[Zoom], None]) -> None:
    how(window.zoom)  # which is made after the actions


def _toggle_full_screen(window: MainWindow) -> None:
    window.setWindowState(window.windowState() ^ Qt.WindowState.WindowFullScreen)


def _show_page(window: MainWindow, page: str) -> None:
    from ui.reader import show_page  # noqa: PLC0415 - a window of its own is loaded when it is asked for

    show_page(window, page)


def _show_help(window: MainWindow) -> None:
    HelpDialog(window.theme_choice.theme, window).exec()
