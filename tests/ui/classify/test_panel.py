"""Drawing, opening, dropping and pasting a picture, and reading the answer."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton, QWidget

from playground.datasets import load_dataset
from playground.sample_ref import SampleRef
from playground.settings import Settings
from ui.classify.panel import ClassifyPanel
from ui.theme import DARK, LIGHT, class_color

DIGITS = tuple("0123456789")


@pytest.fixture
def panel(qtbot):
    # a window around it: a panel that is a window itself makes the offscreen platform warn about its size hints
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(400, 460)
    widget = ClassifyPanel(window)
    widget.set_input_shape((1, 28, 28), True, ("3", "8"))
    widget.resize(268, 190)
    window.show()
    qtbot.waitUntil(window.isVisible)
    yield widget
    window.close()


def draw(panel: ClassifyPanel) -> None:
    canvas = panel.canvas
    paper = canvas.paper()
    places = [(0.3, 0.2), (0.7, 0.3), (0.4, 0.5), (0.7, 0.75), (0.3, 0.8)]
    points = [QPoint(round(paper.x() + x * paper.width()), round(paper.y() + y * paper.height())) for x, y in places]
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=points[0])
    for point in points[1:]:
        QTest.mouseMove(canvas, point)
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=points[-1])


def snapshot(probabilities, names=("3", "8"), filters=(4,)):
    """What the panel reads of a snapshot; the classes of the settings do not matter to it."""
    values = None if probabilities is None else np.array(probabilities, np.float32)
    return SimpleNamespace(
        drawing_probabilities=values, class_names=names, settings=Settings(filters=filters), sample=SampleRef()
    )


def picture(value: int = 255) -> QImage:
    image = QImage(60, 60, QImage.Format.Format_Grayscale8)
    image.fill(0)
    for x in range(25, 35):
        for y in range(10, 50):
            image.setPixel(x, y, 0xFF000000 | value * 0x010101)
    return image


def image_file(folder: Path, name: str = "one.png") -> Path:
    path = folder / name
    assert picture().save(str(path))
    return path


def files(*paths: Path) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return mime


def test_a_stroke_brings_the_prepared_input(panel, qtbot):
    with qtbot.waitSignal(panel.drawing_changed) as heard:
        draw(panel)
    prepared = heard.args[0]
    assert prepared.shape == (1, 28, 28)
    assert prepared.dtype == np.float32
    assert 0 <= prepared.min() < prepared.max() <= 1


def test_the_input_is_made_while_the_button_is_still_down(panel, qtbot):
    with qtbot.waitSignal(panel.drawing_changed, check_params_cb=lambda x: x is not None):
        QTest.mousePress(panel.canvas, Qt.MouseButton.LeftButton, pos=QPoint(60, 60))
    QTest.mouseRelease(panel.canvas, Qt.MouseButton.LeftButton, pos=QPoint(60, 60))


def test_clearing_brings_none_and_the_sentence(panel, qtbot):
    with qtbot.waitSignal(panel.drawing_changed):
        draw(panel)
    panel.show_snapshot(snapshot([0.9, 0.1]))
    with qtbot.waitSignal(panel.drawing_changed, check_params_cb=lambda x: x is None):
        panel.clear()
    assert panel.desk.answer.text() == ""
    assert panel.desk.bars.accessibleDescription() == "Draw, open, drop or paste a digit"


def test_undo_and_redo_bring_the_input_again(panel, qtbot):
    with qtbot.waitSignal(panel.drawing_changed):
        draw(panel)
    with qtbot.waitSignal(panel.drawing_changed, check_params_cb=lambda x: x is None):
        panel.undo()
    with qtbot.waitSignal(panel.drawing_changed, check_params_cb=lambda x: x is not None):
        panel.redo()


def test_the_sigmoid_answer_names_the_activation_of_class_one(panel, qtbot):
    with qtbot.waitSignal(panel.drawing_changed):
        draw(panel)
    panel.show_snapshot(snapshot([0.996, 0.004]))
    assert panel.desk.answer.text() == "3"
    assert panel.desk.sentence.text() == "A₂ = 0.0040 → 3"


def test_the_answer_follows_a_new_theme_at_once(panel, qtbot):
    with qtbot.waitSignal(panel.drawing_changed):
        draw(panel)
    panel.show_snapshot(snapshot([0.996, 0.004]))
    panel.set_theme(LIGHT)
    color = panel.desk.answer.palette().color(panel.desk.answer.foregroundRole())
    assert color == QColor(class_color(LIGHT, 0))


def test_the_softmax_answer_names_the_largest_activation_of_the_last_layer(panel, qtbot):
    panel.set_input_shape((1, 28, 28), True, DIGITS)
    with qtbot.waitSignal(panel.drawing_changed):
        draw(panel)
    panel.show_snapshot(snapshot([0.01] * 7 + [0.91, 0.01, 0.01], DIGITS, filters=(4, 8)))
    assert panel.desk.answer.text() == "7"
    assert panel.desk.sentence.text() == "max A₃ = 0.9100 → 7"


def test_probabilities_of_other_classes_or_without_a_drawing_are_ignored(panel, qtbot):
    panel.show_snapshot(snapshot([0.9, 0.1]))
    assert panel.desk.answer.text() == ""
    with qtbot.waitSignal(panel.drawing_changed):
        draw(panel)
    panel.show_snapshot(snapshot([0.9, 0.1], ("4", "9")))
    panel.show_snapshot(snapshot(None))
    assert panel.desk.answer.text() == ""


def test_a_diverged_network_gives_no_answer(panel, qtbot):
    with qtbot.waitSignal(panel.drawing_changed):
        draw(panel)
    panel.show_snapshot(snapshot([np.nan, np.nan]))
    assert panel.desk.answer.text() == ""
    assert panel.desk.sentence.toolTip() == "no number: training diverged"


def test_another_input_shape_prepares_the_drawing_anew(panel, qtbot):
    with qtbot.waitSignal(panel.drawing_changed):
        draw(panel)
    with qtbot.waitSignal(panel.drawing_changed) as heard:
        panel.set_input_shape((1, 5, 5), False, ("rising", "falling"))
    assert heard.args[0].shape == (1, 5, 5)
    assert panel.desk.bars.names == ("rising", "falling")


def test_a_picture_file_is_put_on_the_canvas_as_one_step(panel, qtbot, tmp_path):
    with qtbot.waitSignal(panel.drawing_changed, check_params_cb=lambda x: x is not None):
        panel.load_file(image_file(tmp_path))
    assert panel.canvas.undo_stack.count() == 1


@pytest.mark.parametrize("content", [b"", b"this is text", b"\x89PNG\r\n\x1a\n and no more"])
def test_a_bad_file_is_refused_in_a_sentence_and_the_drawing_is_kept(panel, qtbot, tmp_path, content):
    with qtbot.waitSignal(panel.drawing_changed):
        draw(panel)
    drawn = panel.canvas.gray()
    path = tmp_path / "bad.png"
    path.write_bytes(content)
    with qtbot.waitSignal(panel.message) as heard:
        panel.load_file(path)
    assert "bad.png" in heard.args[0]
    assert heard.args[0].endswith(".")
    np.testing.assert_array_equal(panel.canvas.gray(), drawn)
    assert panel.canvas.undo_stack.count() == 1


def test_a_blank_picture_is_refused_and_the_drawing_is_kept(panel, qtbot, tmp_path):
    draw(panel)
    drawn = panel.canvas.gray()
    blank = picture(0)
    blank.save(str(tmp_path / "blank.png"))
    with qtbot.waitSignal(panel.message) as heard:
        panel.load_file(tmp_path / "blank.png")
    assert "no ink" in heard.args[0]
    np.testing.assert_array_equal(panel.canvas.gray(), drawn)


def test_the_last_of_two_files_asked_for_counts(panel, qtbot, tmp_path):
    with qtbot.waitSignal(panel.message) as heard:
        panel.load_file(image_file(tmp_path))
        panel.load_file(tmp_path / "missing.png")
    assert "missing.png" in heard.args[0]
    assert panel.canvas.is_empty


def test_an_image_on_the_clipboard_is_pasted(panel, qtbot):
    QGuiApplication.clipboard().setImage(picture())
    with qtbot.waitSignal(panel.drawing_changed, check_params_cb=lambda x: x is not None):
        panel.paste()


def test_a_copied_file_is_pasted(panel, qtbot, tmp_path):
    QGuiApplication.clipboard().setMimeData(files(image_file(tmp_path)))
    with qtbot.waitSignal(panel.drawing_changed, check_params_cb=lambda x: x is not None):
        panel.paste()


def test_text_on_the_clipboard_is_refused_in_a_sentence(panel, qtbot):
    QGuiApplication.clipboard().setText("three")
    with qtbot.waitSignal(panel.message) as heard:
        panel.paste()
    assert heard.args[0].startswith("The clipboard holds text, not a picture.")


def test_an_empty_clipboard_is_refused_in_a_sentence(panel, qtbot):
    QGuiApplication.clipboard().clear()
    with qtbot.waitSignal(panel.message) as heard:
        panel.paste()
    assert heard.args[0].startswith("The clipboard")


def test_drops_of_files_and_images_are_accepted_and_text_and_web_addresses_are_not(panel, tmp_path):
    image, text, address = QMimeData(), QMimeData(), QMimeData()
    image.setImageData(picture())
    text.setText("three")
    address.setUrls([QUrl("https://example.org/three.png")])
    accepted = [panel.accept_mime(mime) for mime in (files(tmp_path / "a.png"), image, text, address, QMimeData())]
    assert accepted == [True, True, False, False, False]


def test_a_dropped_web_address_is_refused_with_a_way_out(panel, qtbot):
    mime = QMimeData()
    mime.setUrls([QUrl("https://example.org/three.png")])
    with qtbot.waitSignal(panel.message) as heard:
        panel.drop(mime)
    assert "save the picture first" in heard.args[0]


def test_of_several_dropped_files_the_first_is_taken_and_said(panel, qtbot, tmp_path):
    mime = files(image_file(tmp_path, "first.png"), image_file(tmp_path, "second.png"))
    with qtbot.waitSignals([panel.message, panel.canvas.changed]):
        panel.drop(mime)


def test_an_mnist_image_is_seen_as_it_was(panel, qtbot, tmp_path):
    """A picture of a data set image, ten times larger and black on white, comes back nearly as the image itself."""
    dataset = load_dataset(Settings())
    original = dataset.x_test[0][0]
    large = np.kron(255 - np.rint(original * 255), np.ones((10, 10))).astype(np.uint8)
    image = QImage(np.ascontiguousarray(large).data, 280, 280, 280, QImage.Format.Format_Grayscale8)
    image.save(str(tmp_path / "digit.png"))
    with qtbot.waitSignal(panel.drawing_changed, check_params_cb=lambda x: x is not None) as heard:
        panel.load_file(tmp_path / "digit.png")
    seen = heard.args[0][0]
    assert np.corrcoef(seen.ravel(), original.ravel())[0, 1] > 0.9


def test_the_drawing_is_remembered(panel, qtbot):
    draw(panel)
    other = ClassifyPanel()
    qtbot.addWidget(other)
    with qtbot.waitSignal(other.drawing_changed, check_params_cb=lambda x: x is not None):
        assert other.restore_drawing(panel.drawing_state())


def button(panel: ClassifyPanel, name: str) -> QToolButton:
    return next(b for b in panel.findChildren(QToolButton) if b.accessibleName() == name)


def test_tool_buttons_follow_the_drawing(panel):
    assert not button(panel, "Undo drawing").isEnabled()
    draw(panel)
    assert button(panel, "Undo drawing").isEnabled()
    QTest.mouseClick(button(panel, "Undo drawing"), Qt.MouseButton.LeftButton)
    assert panel.canvas.is_empty
    assert button(panel, "Redo drawing").isEnabled()


def test_the_eraser_button_and_the_key_on_the_canvas_are_one_switch(panel):
    eraser = button(panel, "Eraser")
    QTest.mouseClick(eraser, Qt.MouseButton.LeftButton)
    assert panel.canvas.eraser
    QTest.keyClick(panel.canvas, Qt.Key.Key_E)
    assert not eraser.isChecked()


def test_the_brush_menu_changes_the_brush(panel):
    thick = button(panel, "Brush size").menu().actions()[2]
    thick.trigger()
    assert panel.canvas.brush_size == thick.data()
    assert thick.isChecked()


def test_the_open_button_asks_for_a_file(panel, qtbot):
    with qtbot.waitSignal(panel.open_requested):
        QTest.mouseClick(button(panel, "Open a picture"), Qt.MouseButton.LeftButton)


def test_every_focusable_part_has_a_name_and_a_tooltip(panel):
    parts = [w for w in panel.findChildren(QWidget) if w.focusPolicy() != Qt.FocusPolicy.NoFocus and w.isVisible()]
    assert parts
    assert [w for w in parts if not w.accessibleName() or not w.toolTip()] == []


@pytest.mark.parametrize("size", [(268, 171), (268, 190), (268, 330), (340, 420)])
@pytest.mark.parametrize("names", [("3", "8"), ("circle", "square", "triangle", "cross"), DIGITS])
def test_everything_fits_without_overlap(panel, size, names):
    panel.set_input_shape((1, 28, 28), True, names)
    panel.resize(*size)
    assert panel.width() == size[0]
    assert panel.height() <= size[1]
    desk = panel.desk
    parts = [desk.canvas, desk.seen, desk.caption, desk.answer, desk.sentence, desk.bars]
    parts = [part for part in parts if part.isVisible()]
    for number, part in enumerate(parts):
        assert desk.rect().contains(part.geometry())
        assert [other for other in parts[number + 1 :] if other.geometry().intersects(part.geometry())] == []
    assert desk.bars.height() >= desk.bars.rows * 13
    assert desk.canvas.width() == desk.canvas.height() >= 100


def test_height_that_the_drawing_cannot_use_is_left_to_others(panel):
    panel.resize(268, 900)
    two_classes = panel.height()
    panel.set_input_shape((1, 28, 28), True, DIGITS)
    panel.resize(268, 900)
    assert 190 < two_classes < panel.height() < 400


def test_a_higher_panel_has_a_larger_canvas(panel):
    low = panel.canvas.width()
    panel.resize(268, 330)
    assert panel.canvas.width() > low + 30


@pytest.mark.parametrize("theme", [DARK, LIGHT])
def test_the_theme_reaches_the_icons(panel, theme):
    panel.set_theme(theme)
    image = button(panel, "Brush size").icon().pixmap(16, 16).toImage()
    colors = {
        image.pixelColor(x, y).name() for x in range(16) for y in range(16) if image.pixelColor(x, y).alpha() == 255
    }
    assert theme.text in colors
