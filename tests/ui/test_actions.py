from __future__ import annotations

from collections import Counter

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QLineEdit, QMainWindow, QPushButton, QSlider, QVBoxLayout, QWidget

from tests.ui.noting_window import NotingWindow, in_front
from ui.action_table import ACTIONS, MENUS, SUBMENUS
from ui.actions import build_actions, build_menus, run_plain_key, show_training
from ui.help_dialog import HelpDialog, help_html
from ui.icons import GLYPHS, glyph_icon
from ui.theme import DARK, LIGHT


class Window(NotingWindow):
    """A window with a field, a slider and a button, wired as the real one."""

    def __init__(self) -> None:
        super().__init__()
        self.menus = build_menus(self.menuBar(), self.actions_by_id)
        central = QWidget()
        layout = QVBoxLayout(central)
        self.field, self.slider, self.button = QLineEdit(), QSlider(Qt.Orientation.Horizontal), QPushButton("Press")
        self.pressed = 0
        self.button.clicked.connect(self._on_pressed)
        for widget in (self.field, self.slider, self.button):
            layout.addWidget(widget)
        self.setCentralWidget(central)

    def _on_pressed(self) -> None:
        self.pressed += 1


@pytest.fixture
def window(qtbot) -> Window:
    window = in_front(qtbot, Window())
    window.setFocus()
    return window


def test_no_two_actions_share_a_key() -> None:
    keys = Counter(QKeySequence(keys).toString() for action in ACTIONS for keys in action.shortcuts)
    assert [key for key, count in keys.items() if count > 1] == []


def test_no_two_actions_of_a_menu_share_a_mnemonic() -> None:
    for menu in {action.menu for action in ACTIONS}:
        letters = [a.text[a.text.index("&") + 1].lower() for a in ACTIONS if a.menu == menu]
        assert len(letters) == len(set(letters)), menu


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.id)
def test_every_action_is_complete(action) -> None:
    assert action.text.strip("&")
    assert action.tooltip
    assert action.menu in MENUS or action.menu in SUBMENUS
    assert not action.icon or action.icon in GLYPHS
    assert all(not QKeySequence(keys).isEmpty() for keys in action.shortcuts)


def test_every_built_action_tells_its_keys_in_its_tooltip(window: Window) -> None:
    for action in ACTIONS:
        made = window.actions_by_id[action.id]
        assert made.statusTip() == action.tooltip
        assert made.toolTip().startswith(action.tooltip)
        assert bool(action.shortcuts) == made.toolTip().endswith(")")


def test_every_action_is_in_a_menu(window: Window) -> None:
    in_menus = {made for menu in window.menus.values() for made in menu.actions()}
    assert set(window.actions_by_id.values()) <= in_menus


def test_a_missing_or_unknown_handler_is_named(qtbot) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    handlers = {action.id: lambda: None for action in ACTIONS}
    del handlers["reset"]
    handlers["fly"] = lambda: None
    with pytest.raises(ValueError, match=r"'reset'.*'fly'"):
        build_actions(window, handlers)


@pytest.mark.parametrize(
    ("key", "modifier", "expected"),
    [
        (Qt.Key.Key_Space, Qt.KeyboardModifier.NoModifier, "train"),
        (Qt.Key.Key_Right, Qt.KeyboardModifier.NoModifier, "step"),
        (Qt.Key.Key_Left, Qt.KeyboardModifier.NoModifier, "step_back"),
        (Qt.Key.Key_R, Qt.KeyboardModifier.NoModifier, "reset"),
        (Qt.Key.Key_R, Qt.KeyboardModifier.ShiftModifier, "new_seed"),
        (Qt.Key.Key_H, Qt.KeyboardModifier.NoModifier, "help"),
        (Qt.Key.Key_Question, Qt.KeyboardModifier.ShiftModifier, "help"),
        (Qt.Key.Key_F1, Qt.KeyboardModifier.NoModifier, "help"),
        (Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier, "open_session"),
        (Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier, "undo"),
        (Qt.Key.Key_F11, Qt.KeyboardModifier.NoModifier, "full_screen"),
    ],
)
def test_keys_run_their_action_where_no_widget_uses_them(qtbot, window: Window, key, modifier, expected) -> None:
    qtbot.keyClick(window, key, modifier)
    assert window.done == [expected]


def test_keys_typed_into_a_field_are_text(qtbot, window: Window) -> None:
    window.field.setFocus()
    qtbot.keyClicks(window.field, "r h R")
    qtbot.keyClick(window.field, Qt.Key.Key_Right)
    assert window.field.text() == "r h R"
    assert window.done == []


def test_arrow_keys_move_a_focused_slider_and_do_not_train(qtbot, window: Window) -> None:
    window.slider.setFocus()
    qtbot.keyClick(window.slider, Qt.Key.Key_Right)
    assert window.slider.value() == 1
    assert window.done == []


def test_keys_that_a_focused_slider_does_not_use_still_act(qtbot, window: Window) -> None:
    window.slider.setFocus()
    qtbot.keyClick(window.slider, Qt.Key.Key_Space)
    assert window.done == ["train"]


def test_space_presses_a_focused_button_and_does_not_train(qtbot, window: Window) -> None:
    window.button.setFocus()
    qtbot.keyClick(window.button, Qt.Key.Key_Space)
    assert (window.pressed, window.done) == (1, [])


def held(key: Qt.Key) -> QKeyEvent:
    return QKeyEvent(QKeyEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier, " ", True, 1)


def test_holding_space_does_not_flicker_but_holding_the_step_key_goes_on(window: Window) -> None:
    run_plain_key(held(Qt.Key.Key_Space), window.actions_by_id)
    run_plain_key(held(Qt.Key.Key_Right), window.actions_by_id)
    assert window.done == ["step"]


def test_a_disabled_action_does_not_run_by_its_key(qtbot, window: Window) -> None:
    window.actions_by_id["reset"].setEnabled(False)
    qtbot.keyClick(window, Qt.Key.Key_R)
    assert window.done == []


def test_the_train_action_says_what_it_would_do(window: Window) -> None:
    show_training(window.actions_by_id, True)
    assert window.actions_by_id["train"].text() == "&Pause"
    assert not window.actions_by_id["step"].isEnabled()
    show_training(window.actions_by_id, False)
    assert window.actions_by_id["train"].text() == "&Train"
    assert window.actions_by_id["step"].isEnabled()


def test_one_theme_is_checked_at_a_time(window: Window) -> None:
    actions: dict[str, QAction] = window.actions_by_id
    actions["theme_dark"].trigger()
    actions["theme_light"].trigger()
    assert [name for name in ("system", "light", "dark") if actions[f"theme_{name}"].isChecked()] == ["light"]


@pytest.mark.parametrize("name", sorted(GLYPHS))
def test_every_glyph_has_ink_of_the_asked_colour(qtbot, name: str) -> None:
    image = glyph_icon(name, "#ff0000").pixmap(64, 64).toImage()
    colors = {
        image.pixelColor(x, y).name() for x in range(64) for y in range(64) if image.pixelColor(x, y).alpha() == 255
    }
    assert colors == {"#ff0000"}


def test_help_names_every_key_of_the_table() -> None:
    text = help_html(DARK)
    for action in ACTIONS:
        if action.shortcuts:
            assert action.tooltip in text.replace("&#x27;", "'")
    assert "Export › Data set: Write your own data set to files" in text


def test_help_scrolls_is_named_and_follows_the_theme(qtbot) -> None:
    dialog = HelpDialog(DARK)
    qtbot.addWidget(dialog)
    dialog.show()
    assert dialog.text.accessibleName()
    assert dialog.text.verticalScrollBar().maximum() > 0
    before = dialog.text.toHtml()
    dialog.set_theme(LIGHT)
    assert dialog.text.toHtml() != before
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
