"""The actions of the table as Qt has them: built, in the menus, run by their keys, and what some of them say now.

Keys without Ctrl (Space, R, H …) are not application shortcuts: those would take the key from a focused field, slider
or button before it sees it. They carry `plain_key` and run from `run_plain_key`, which the window calls from its
`keyPressEvent`, so only with keys that no focused widget has used itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QKeyCombination, Qt
from PySide6.QtGui import QAction, QActionGroup, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

from ui.action_table import ACTIONS, ACTIONS_BY_ID, MENUS, SUBMENUS, Action, shortcut_text

__all__ = ["build_actions", "build_menus", "run_plain_key", "show_back", "show_training"]

_PAUSE = "&Pause"


def build_actions(parent: QWidget, handlers: Mapping[str, Callable[[], object]]) -> dict[str, QAction]:
    """One QAction for each entry of ACTIONS, by id, owned by `parent`.

    handlers: what each id does, called without arguments. Raises ValueError naming the ids that have no handler and the
    handlers that have no action.
    """
    missing = sorted(set(ACTIONS_BY_ID) - set(handlers))
    unknown = sorted(set(handlers) - set(ACTIONS_BY_ID))
    if missing or unknown:
        raise ValueError(
            f"actions without a handler: {missing}; handlers without an action: {unknown}; both must be empty."
        )
    built: dict[str, QAction] = {}
    groups: dict[str, QActionGroup] = {}
    for action in ACTIONS:
        made = QAction(action.text, parent)
        made.setObjectName(action.id)
        _set_keys(made, action)
        keys = shortcut_text(action)
        made.setToolTip(f"{action.tooltip} ({keys})" if keys else action.tooltip)
        made.setStatusTip(action.tooltip)
        made.setCheckable(action.checkable)
        made.setAutoRepeat(action.repeats)
        made.setMenuRole(_menu_role(action.id))
        if action.group:
            group = groups.setdefault(action.group, QActionGroup(parent))
            group.addAction(made)
        _connect(made, handlers[action.id])
        parent.addAction(made)
        built[action.id] = made
    return built


def _set_keys(made: QAction, action: Action) -> None:
    made.setShortcuts([QKeySequence(keys) for keys in action.shortcuts])
    if action.plain_key:
        # the menu shows the key, but Qt does not take it from the focused widget: no widget of its own has the focus
        made.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)


def _menu_role(action_id: str) -> QAction.MenuRole:
    roles = {"about": QAction.MenuRole.AboutRole, "quit": QAction.MenuRole.QuitRole}
    return roles.get(action_id, QAction.MenuRole.NoRole)


def _connect(made: QAction, handler: Callable[[], object]) -> None:
    def run() -> None:  # without the checked state that Qt would pass
        handler()

    made.triggered.connect(run)


def build_menus(menu_bar: QMenuBar, actions: Mapping[str, QAction]) -> dict[str, QMenu]:
    """The menus of MENUS with the actions in the order of the table; returned by title, submenus as "View/Theme"."""
    menus = {title: menu_bar.addMenu(title) for title in MENUS}
    for menu in menus.values():
        menu.setToolTipsVisible(True)
    for action in ACTIONS:
        if action.menu not in menus:
            menus[action.menu] = menus[f"&{action.menu.split('/')[0]}"].addMenu(SUBMENUS[action.menu])
        if action.separator:
            menus[action.menu].addSeparator()
        menus[action.menu].addAction(actions[action.id])
    return menus


def run_plain_key(event: QKeyEvent, actions: Mapping[str, QAction]) -> bool:
    """Run the action that a key without Ctrl belongs to and accept the event; returns False if there is none.

    For the window's `keyPressEvent`: a key arrives there only if the widget with the focus did not use it.
    """
    for action in ACTIONS:
        if action.plain_key and any(_is_key(event, keys) for keys in action.shortcuts):
            made = actions[action.id]
            if made.isEnabled() and (action.repeats or not event.isAutoRepeat()):
                made.trigger()
            event.accept()
            return True
    return False


def _is_key(event: QKeyEvent, keys: str) -> bool:
    wanted: QKeyCombination = QKeySequence(keys)[0]  # type: ignore[index]  # the stubs do not know that it has keys
    ignored = Qt.KeyboardModifier.KeypadModifier
    if event.text() and not event.text().isalnum() and not event.text().isspace():
        ignored |= Qt.KeyboardModifier.ShiftModifier  # "?" needs Shift on most keyboards
    modifiers = event.modifiers() & ~ignored
    return event.key() == wanted.key() and modifiers == wanted.keyboardModifiers()


def show_training(actions: Mapping[str, QAction], training: bool) -> None:
    """Let the train action say what it would do now, Pause or Train; a single step is possible only when paused."""
    text = _PAUSE if training else ACTIONS_BY_ID["train"].text
    if actions["train"].text() != text:
        actions["train"].setText(text)
    actions["step"].setEnabled(not training)


def show_back(actions: Mapping[str, QAction], undone: str, before: int | None, *, training: bool) -> None:
    """Let the back action say what it would undo, in words: "step 7".

    undone: "" if there is nothing to undo; then it is `before`, the kept moment before, that is looked at, if there is
    one.
    """
    action = actions["step_back"]
    action.setEnabled((bool(undone) or before is not None) and not training)
    if undone:
        tip = f"Undo {undone}"
    elif before is not None:
        tip = f"Look at step {before}, the kept moment before; nothing is lost"
    else:
        tip = ACTIONS_BY_ID["step_back"].tooltip
    tip = f"{tip} ({shortcut_text(ACTIONS_BY_ID['step_back'])})"
    if tip != action.toolTip():
        action.setToolTip(tip)
