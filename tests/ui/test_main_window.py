"""The whole window with its real worker: what a control does, what the views show, what survives a restart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QRect, QSettings, QSize, Qt, QUrl
from PySide6.QtGui import QAccessible, QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QAbstractSlider, QComboBox, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from playground.settings import Settings
from playground.snapshot import RunState
from tests.ui.in_the_window import shown
from ui.main_window import MainWindow
from ui.preferences import Preferences
from ui.theme import Theme

START = Settings(dataset="shapes", classes=(0, 1), kernel_size=5, filters=(4,), batch_size=32, seed=5)


@pytest.fixture
def preferences(tmp_path: Path) -> Preferences:
    made = Preferences(QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat))
    made.settings = START
    return made


def open_window(qtbot: QtBot, preferences: Preferences) -> MainWindow:
    window = MainWindow(preferences)
    window.resize(1200, 800)
    with qtbot.waitExposed(window):
        window.show()
    shown(qtbot, window)
    return window


def close_window(qtbot: QtBot, window: MainWindow) -> None:
    window.close()
    window.deleteLater()
    with qtbot.waitSignal(window.destroyed):
        pass


@pytest.fixture
def window(qtbot: QtBot, preferences: Preferences) -> Iterator[MainWindow]:
    made = open_window(qtbot, preferences)
    yield made
    close_window(qtbot, made)


def key(window: MainWindow, code: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(window, code, modifier)


def test_space_trains_and_pauses(qtbot: QtBot, window: MainWindow) -> None:
    key(window, Qt.Key.Key_Space)
    shown(qtbot, window, lambda s: s.state is RunState.TRAINING and s.step > 5)
    key(window, Qt.Key.Key_Space)
    shown(qtbot, window, lambda s: s.state is RunState.PAUSED)


def test_an_untrained_network_is_said_to_be_until_the_first_step(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.waitUntil(lambda: window.messages.diagnosis.startswith("Untrained"))
    key(window, Qt.Key.Key_Right)
    shown(qtbot, window, lambda s: s.step == 1)
    qtbot.waitUntil(lambda: "Untrained" not in window.messages.diagnosis)


def test_a_learning_rate_that_is_large_for_adam_is_said_to_be_until_it_is_usual(
    qtbot: QtBot, window: MainWindow
) -> None:
    box = window.training_panel.optimizer
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_End)
    qtbot.waitUntil(lambda: "0.1 is large for it, 0.001 to 0.01 is usual" in window.messages.diagnosis)
    window.run.change_learning_rate(0.005)
    qtbot.waitUntil(lambda: "usual" not in window.messages.diagnosis)


def test_the_right_arrow_is_one_step(qtbot: QtBot, window: MainWindow) -> None:
    key(window, Qt.Key.Key_Right)
    shown(qtbot, window, lambda s: s.step == 1 and s.state is RunState.PAUSED)


def test_the_left_arrow_undoes_a_step_and_rests_when_there_is_none(qtbot: QtBot, window: MainWindow) -> None:
    before = shown(qtbot, window).weights["fc.weight"]
    assert not window.actions_by_id["step_back"].isEnabled()
    key(window, Qt.Key.Key_Right)
    shown(qtbot, window, lambda s: s.step == 1)
    key(window, Qt.Key.Key_Left)
    after = shown(qtbot, window, lambda s: s.step == 0 and s.undo_target is None)
    np.testing.assert_array_equal(after.weights["fc.weight"], before)
    assert not window.actions_by_id["step_back"].isEnabled()


def test_one_batch_in_slow_motion_lights_the_flow_and_takes_its_step(qtbot: QtBot, window: MainWindow) -> None:
    key(window, Qt.Key.Key_3)
    panel = window.slow_motion_panel
    qtbot.waitUntil(lambda: panel.stage is not None)
    QTest.mouseClick(panel.controls.next, Qt.MouseButton.LeftButton)
    assert window.flow_panel.view.glowing == {"z1"}
    QTest.keyClick(panel.strip, Qt.Key.Key_End)
    QTest.mouseClick(panel.controls.next, Qt.MouseButton.LeftButton)
    shown(qtbot, window, lambda s: s.step == 1)
    key(window, Qt.Key.Key_1)
    assert window.flow_panel.view.lit is None


def test_the_curves_have_a_readable_width_from_the_first_start(qtbot: QtBot, window: MainWindow) -> None:
    for size, width in (((1100, 700), 220), ((1440, 900), 310)):
        window.resize(*size)
        qtbot.waitUntil(lambda size=size: (window.width(), window.height()) == size)
        assert window.columns.sizes()[1] >= width


def test_the_low_end_of_the_speed_slider_trains_in_slow_motion_and_full_speed_comes_back(
    qtbot: QtBot, window: MainWindow
) -> None:
    window.slow_motion_panel.controls.seconds.setValue(0.1)
    window.slow_motion_panel.controls.grain.setCurrentIndex(1)
    key(window, Qt.Key.Key_Space)
    shown(qtbot, window, lambda s: s.step > 3)
    QTest.keyClick(window.toolbar.speed, Qt.Key.Key_Home)
    assert window.slow_motion_panel.isVisible()
    first = shown(qtbot, window, lambda s: s.batch_step is not None)
    shown(qtbot, window, lambda s: s.step == first.step + 1)
    window.slow_motion_panel.set_slow_motion(False)
    assert window.toolbar._speed_text.text() == "full"
    shown(qtbot, window, lambda s: s.step > first.step + 20)


def test_r_starts_the_same_run_again(qtbot: QtBot, window: MainWindow) -> None:
    key(window, Qt.Key.Key_Right)
    first = shown(qtbot, window, lambda s: s.step == 1)
    key(window, Qt.Key.Key_R)
    shown(qtbot, window, lambda s: s.run_id == first.run_id + 1 and s.step == 0)
    key(window, Qt.Key.Key_Right)
    assert shown(qtbot, window, lambda s: s.run_id == first.run_id + 1 and s.step == 1).batch_loss == first.batch_loss


def test_shift_r_starts_with_other_weights(qtbot: QtBot, window: MainWindow) -> None:
    before = shown(qtbot, window)
    key(window, Qt.Key.Key_R, Qt.KeyboardModifier.ShiftModifier)
    after = shown(qtbot, window, lambda s: s.run_id > before.run_id)
    assert after.settings.seed != before.settings.seed
    assert not np.array_equal(after.weights["conv1.weight"], before.weights["conv1.weight"])


def test_a_learning_rate_typed_while_training_keeps_the_run(qtbot: QtBot, window: MainWindow) -> None:
    key(window, Qt.Key.Key_Space)
    before = shown(qtbot, window, lambda s: s.step > 3)
    field = next(
        f
        for f in window.training_panel.findChildren(QLineEdit)
        if "earning rate" in name_of(f.parentWidget()) + name_of(f)
    )
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "0.02")
    QTest.keyClick(field, Qt.Key.Key_Return)
    after = shown(qtbot, window, lambda s: s.settings.learning_rate == 0.02)
    assert after.run_id == before.run_id


def test_another_kernel_size_starts_over_and_says_so(qtbot: QtBot, window: MainWindow) -> None:
    before = shown(qtbot, window)
    window.network_panel.architecture_changed.emit(3, (4,))
    shown(qtbot, window, lambda s: s.run_id > before.run_id and s.settings.kernel_size == 3)
    assert "kernel size changed" in window.statusBar().currentMessage()


def test_why_a_run_began_is_said_until_it_goes_on(qtbot: QtBot, window: MainWindow) -> None:
    shown(qtbot, window)
    QTest.keyClick(window, Qt.Key.Key_R)
    qtbot.waitUntil(lambda: window.statusBar().currentMessage() == "Started over: the same start again.")
    shown(qtbot, window, lambda s: s.step == 0)
    QTest.keyClick(window, Qt.Key.Key_Right)
    shown(qtbot, window, lambda s: s.step == 1)
    assert window.statusBar().currentMessage() == ""


def test_why_a_run_began_is_not_said_of_a_later_step_though_no_picture_was_seen_of_its_beginning(
    qtbot: QtBot, window: MainWindow
) -> None:
    with qtbot.waitSignal(window.worker.run_started) as started:
        key(window, Qt.Key.Key_R)
    run = started.args[0]
    snapshot = shown(qtbot, window, lambda s: s.run_id == run.run_id)
    window.messages.begin(run)
    assert window.statusBar().currentMessage() == run.reason
    window.messages.show_snapshot(replace(snapshot, step=1, timeline=None))
    assert window.statusBar().currentMessage() == ""


def test_settings_that_do_not_fit_are_refused_in_words_and_the_controls_go_back(
    qtbot: QtBot, window: MainWindow
) -> None:
    window.network_panel.architecture_changed.emit(11, (4, 4, 4))
    assert "do not fit images of 28×28" in window.banner.text
    assert window.run.settings == START
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert window.banner.text == ""


def test_the_views_show_the_chosen_sample(qtbot: QtBot, window: MainWindow) -> None:
    gallery = window.data_panel.gallery
    gallery.setFocus()
    QTest.keyClick(gallery, Qt.Key.Key_Right)
    snapshot = shown(qtbot, window, lambda s: s.sample.index == 1)
    np.testing.assert_array_equal(snapshot.trace.x[0], window.data_panel_dataset.x_test[1]) if hasattr(
        window, "data_panel_dataset"
    ) else None
    assert snapshot.sample.split == "test"


def test_a_dropped_picture_is_classified(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    path = picture_of_a_bar(tmp_path)
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    assert window.classify_panel.accept_mime(mime)
    window.classify_panel.drop(mime)
    snapshot = shown(qtbot, window, lambda s: s.drawing_probabilities is not None)
    assert snapshot.drawing_probabilities.sum() == pytest.approx(1)


@pytest.mark.parametrize(
    ("name", "content"), [("empty.png", b""), ("text.png", b"not a picture"), ("cut.png", b"\x89PNG\r\n\x1a\n\0\0")]
)
def test_a_bad_picture_is_refused_in_one_sentence_and_nothing_else_changes(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, name: str, content: bytes
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    before = window.classify_panel.drawing_state()
    window.classify_panel.load_file(path)
    qtbot.waitUntil(lambda: name in window.banner.text)
    assert window.classify_panel.drawing_state() == before
    assert window._shown.state is RunState.PAUSED


def test_a_stroke_gets_probabilities_while_it_is_drawn(qtbot: QtBot, window: MainWindow) -> None:
    canvas = window.classify_panel.canvas
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=QPoint(canvas.width() // 2, 20))
    for y in range(25, canvas.height() - 20, 5):
        QTest.mouseMove(canvas, QPoint(canvas.width() // 2, y))
    shown(qtbot, window, lambda s: s.drawing_probabilities is not None)
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=QPoint(canvas.width() // 2, canvas.height() - 20))


def test_a_diverged_run_is_said_and_the_last_good_weights_are_one_click_away(qtbot: QtBot, window: MainWindow) -> None:
    window.worker._post(lambda loop: loop.session.network.parameters()["conv1.weight"].fill(1e38))
    key(window, Qt.Key.Key_Right)
    shown(qtbot, window, lambda s: s.state is RunState.DIVERGED)
    qtbot.waitUntil(lambda: "no longer finite" in window.banner.text)
    button = next(
        b for b in window.banner.findChildren(QAbstractButton) if b.text().startswith("Back to step 0 with η")
    )
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    after = shown(qtbot, window, lambda s: s.state is RunState.PAUSED)
    assert after.settings.learning_rate == pytest.approx(START.learning_rate / 10)
    assert all(np.isfinite(weights).all() for weights in after.weights.values())


def test_an_error_in_the_thread_is_shown_and_training_goes_on(qtbot: QtBot, window: MainWindow) -> None:
    def breaks(_loop: object) -> None:
        raise RuntimeError("something unforeseen")

    window.worker._post(breaks)
    qtbot.waitUntil(lambda: "something unforeseen" in window.banner.text)
    key(window, Qt.Key.Key_Right)
    shown(qtbot, window, lambda s: s.step == 1)


def test_settings_theme_and_drawing_are_remembered(qtbot: QtBot, preferences: Preferences) -> None:
    first = open_window(qtbot, preferences)
    first.run.change(learning_rate=0.03)
    shown(qtbot, first, lambda s: s.settings.learning_rate == 0.03)
    first.theme_choice.choose("light")
    canvas = first.classify_panel.canvas
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=canvas.rect().center())
    drawing = first.classify_panel.drawing_state()
    close_window(qtbot, first)
    second = open_window(qtbot, preferences)
    assert shown(qtbot, second).settings.learning_rate == 0.03
    assert second.theme_choice.theme.name == "light"
    assert second.classify_panel.drawing_state() == drawing
    close_window(qtbot, second)


def test_the_button_that_enlarges_the_tabs_says_that_it_gives_the_room_back(window: MainWindow) -> None:
    window.resize(1440, 900)  # in a narrow one it has a sign
    button = window.tabs.cornerWidget()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert (button.text(), window.flow_panel.isVisible()) == ("Shrink", False)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert (button.text(), window.flow_panel.isVisible()) == ("Enlarge", True)


def test_damaged_preferences_give_the_defaults(qtbot: QtBot, preferences: Preferences) -> None:
    preferences._store.setValue("run/settings", '{"kernel_size": "wide"')
    preferences._store.setValue("window/theme", 17)
    preferences._store.setValue("window/geometry", "nonsense")
    window = open_window(qtbot, preferences)
    assert shown(qtbot, window).settings == Settings()
    close_window(qtbot, window)


def test_files_and_folders_that_cannot_be_looked_at_any_more_do_not_hinder_the_start(
    qtbot: QtBot, preferences: Preferences, tmp_path: Path
) -> None:
    # the system refuses to look at such a name, as it does at one on a drive that is gone
    preferences.recent_sessions = [tmp_path / ("s" * 300)]
    preferences.folder = str(tmp_path / ("f" * 300))
    window = open_window(qtbot, preferences)
    assert window.sessions.recent.paths == []
    assert Path(preferences.folder).is_dir()
    close_window(qtbot, window)


def test_closing_while_training_ends_the_thread(qtbot: QtBot, preferences: Preferences) -> None:
    window = open_window(qtbot, preferences)
    key(window, Qt.Key.Key_Space)
    shown(qtbot, window, lambda s: s.step > 3)
    window.close()
    assert not window.worker._thread.is_alive()
    close_window(qtbot, window)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1100, 700), (1920, 1080)])
def test_no_control_is_cut_off_or_covered(qtbot: QtBot, window: MainWindow, theme: str, size: tuple[int, int]) -> None:
    window.theme_choice.choose(theme)
    qtbot.waitUntil(lambda: all(chart.is_made for chart in window.late.charts))
    window.resize(*size)
    qtbot.waitUntil(lambda: (window.width(), window.height()) == size)
    panels = [window.data_panel, window.network_panel, window.training_panel, window.classify_panel]
    panels += [window.flow_panel, window.overview, *window.charts, window.toolbar]
    boxes = [panel.rect().translated(panel.mapTo(window, QPoint(0, 0))) for panel in panels]
    for box in boxes:
        assert window.rect().contains(box)
    for number, box in enumerate(boxes):
        assert not any(box.intersects(other) for other in boxes[number + 1 :])
    for panel in panels:
        assert panel.width() >= panel.minimumSizeHint().width()
        assert panel.height() >= panel.minimumSizeHint().height()


def name_of(widget: QWidget | None) -> str:
    interface = QAccessible.queryAccessibleInterface(widget) if widget else None
    return interface.text(QAccessible.Text.Name) if interface else ""


def test_every_control_has_an_accessible_name_a_tooltip_and_can_be_reached_by_tab(window: MainWindow) -> None:
    kinds = (QAbstractButton, QAbstractSlider, QComboBox)
    controls = [w for w in window.findChildren(QWidget) if isinstance(w, kinds) and w.isVisible()]
    controls = [
        w for w in controls if type(w).__module__.startswith("ui.") or w.metaObject().className() != "QScrollBar"
    ]
    for control in controls:
        if control.objectName().startswith("qt_") or control.metaObject().className() in {
            "QScrollBar",
            "QMenuBarExtension",
        }:
            continue
        described = (
            f"{control.metaObject().className()} {control.objectName()} in {type(control.parentWidget()).__name__}"
        )
        assert name_of(control).strip(), f"{described} has no accessible name"
        assert control.toolTip() or control.parentWidget().toolTip(), f"{described} has no tooltip"


def picture_of_a_bar(folder: Path) -> Path:
    image = QImage(60, 60, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    for y in range(10, 50):
        for x in range(27, 33):
            image.setPixelColor(x, y, QColor("black"))
    path = folder / "bar.png"
    assert image.save(str(path))
    return path


def test_every_view_follows_the_theme(qtbot: QtBot, window: MainWindow) -> None:
    for name in ("light", "dark"):
        window.theme_choice.choose(name)
        themed = [view for view in window.findChildren(QWidget) if isinstance(getattr(view, "_theme", None), Theme)]
        assert len(themed) > 15
        assert [view.accessibleName() or type(view).__name__ for view in themed if view._theme.name != name] == []


def test_the_laboratory_has_what_the_pass_can_spare_and_gives_it_back(qtbot: QtBot, window: MainWindow) -> None:
    low = window.columns.centre.sizes()
    key(window, Qt.Key.Key_7)
    qtbot.waitUntil(lambda: window.columns.centre.sizes()[1] > low[1])
    qtbot.waitUntil(lambda: window.flow_panel.scroll_area.verticalScrollBar().maximum() == 0)
    key(window, Qt.Key.Key_1)
    qtbot.waitUntil(lambda: window.columns.centre.sizes() == low)


def test_a_window_closed_on_the_laboratory_opens_with_the_height_of_the_pass(
    qtbot: QtBot, preferences: Preferences
) -> None:
    first = open_window(qtbot, preferences)
    low = first.columns.centre.sizes()
    key(first, Qt.Key.Key_7)
    close_window(qtbot, first)
    second = open_window(qtbot, preferences)
    assert second.columns.centre.sizes() == pytest.approx(low, abs=2)
    close_window(qtbot, second)


def test_the_whole_pass_of_the_first_network_is_seen_in_a_small_window(qtbot: QtBot, preferences: Preferences) -> None:
    preferences.settings = Settings()
    window = open_window(qtbot, preferences)
    window.resize(1100, 700)
    scroll = window.flow_panel.scroll_area
    qtbot.waitUntil(lambda: window.height() == 700)
    qtbot.waitUntil(lambda: scroll.verticalScrollBar().maximum() == scroll.horizontalScrollBar().maximum() == 0)
    close_window(qtbot, window)


@pytest.mark.parametrize("width", [1100, 1440])
def test_a_message_lies_over_the_time_axis_and_covers_no_title(qtbot: QtBot, window: MainWindow, width: int) -> None:
    window.resize(width, 700)
    window.messages.say_refused("notes.txt cannot be used: it is no picture. Choose a PNG or JPEG picture.")
    window.banner.say("Training diverged: z₁ is no longer finite.", error=True, action="Go back", action_id="reset")
    central = window.centralWidget()
    place = window.banner.geometry()
    assert place.contains(window.timeline.bar.geometry())
    for panel in (window.flow_panel, window.data_panel, *window.charts):
        title = QRect(panel.mapTo(central, QPoint()), QSize(panel.width(), 30))
        assert not place.intersects(title)
    assert place.bottom() < central.height()
