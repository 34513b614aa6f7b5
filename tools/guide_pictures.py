"""The pictures of docs/guide.md, taken from the real window offscreen: `python -m tools.guide_pictures`."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QColor, QContextMenuEvent, QImage, QPainter, QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from playground.laboratory.bugs import BUGS, bug_of
from playground.settings import Settings
from playground.snapshot import RunState
from playground.take_home.document import derivation
from playground.take_home.moment import Moment
from tools.own_data_pictures import draw_three_classes, look_at_digits, opened, see_mistakes, workshop
from tools.shots import _of as of_dataset
from ui.application import delete_window, make_application
from ui.cell_ref import CellRef
from ui.experiments.window import ExperimentsWindow
from ui.laboratory.break_it.page import BreakPage
from ui.laboratory.check.page import CheckPage
from ui.laboratory.other_way.page import OtherWayPage
from ui.laboratory.page import Page
from ui.laboratory.practice.page import PracticePage
from ui.main_window import MainWindow
from ui.offscreen import open_offscreen, show_frames, train_for, wait_until
from ui.take_home.pdf import page_image

FOLDER = Path("docs/pictures")
_SIZE = (1440, 900)


@dataclass(frozen=True)
class Picture:
    """One picture: the settings of the window, its theme, what is done before, and the part that is shown."""

    name: str
    settings: Settings
    theme: str
    prepare: Callable[[MainWindow], None]
    part: Callable[[MainWindow], QWidget]
    epochs: int = 1


def _centre(window: MainWindow) -> QWidget:
    return window.columns.centre


def _tabs(window: MainWindow) -> QWidget:
    return window.columns.centre.widget(1)


def _key(window: MainWindow, key: Qt.Key) -> None:
    QTest.keyClick(window, key)
    show_frames()


def _point(window: MainWindow, cell: CellRef) -> None:
    window.flow_panel.show_cell(cell)
    show_frames()
    view = window.flow_panel.view
    QTest.mouseMove(view, view.place_of(cell).center())
    show_frames()


def _click(window: MainWindow, cell: CellRef) -> None:
    _point(window, cell)
    view = window.flow_panel.view
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=view.place_of(cell).center())


def _explain(window: MainWindow) -> None:
    _point(window, CellRef("dw1", (2, 0, 1, 3)))


def _routes(window: MainWindow) -> QWidget:
    """What the strip says of a pooled cell, its winner, an open and a closed gate, and flatten, beneath each other."""
    flow = window.flow_panel
    assert flow.view.snapshot is not None
    trace = flow.view.snapshot.trace
    f, row, col = (int(axis) for axis in np.argwhere(trace.P1[0] > 0)[40])
    rows, cols = slice(2 * row, 2 * row + 2), slice(2 * col, 2 * col + 2)
    down, right = np.unravel_index(int(trace.A1[0, f, rows, cols].argmax()), (2, 2))
    winner = (f, 2 * row + int(down), 2 * col + int(right))
    closed = tuple(int(axis) for axis in np.argwhere((trace.z1[0] <= 0) & (trace.dA1[0] != 0))[0])
    shown = []
    for cell in (
        CellRef("P1", (f, row, col)),
        CellRef("dA1", winner),
        CellRef("dz1", winner),
        CellRef("dz1", closed),
        CellRef("F", (f * trace.P1[0, 0].size + row * trace.P1.shape[3] + col,)),
        CellRef("dP1", (f, row, col)),
    ):
        _point(window, cell)
        shown.append(flow.strip.grab())
    whole = QPixmap(shown[0].width(), sum(strip.height() + 6 for strip in shown) - 6)
    whole.fill(QColor(window.theme_choice.theme.panel))
    painter = QPainter(whole)
    for number, strip in enumerate(shown):
        painter.drawPixmap(0, number * (strip.height() + 6), strip)
    painter.end()
    return _label(whole)


def _pins(window: MainWindow) -> None:
    for cell in (CellRef("dA1", (2, 9, 9)), CellRef("w1", (2, 0, 1, 3)), CellRef("dw1", (2, 0, 1, 3))):
        _click(window, cell)
    _key(window, Qt.Key.Key_4)
    window.worker.set_speed(30)
    window.worker.train(60)
    wait_until(lambda: len(window.flow_panel.linker.active.recent) > 40, 15)
    window.worker.pause()
    show_frames()


def _chain(window: MainWindow) -> None:
    _key(window, Qt.Key.Key_2)
    for _ in range(5):
        _key(window, Qt.Key.Key_Period)
    wait_until(lambda: False, 1.0)  # the formulas are set beside the event loop


def _chain_enlarged(window: MainWindow) -> None:
    _chain(window)
    _key(window, Qt.Key.Key_E)
    wait_until(lambda: False, 0.5)


def _derivation_pages(window: MainWindow) -> QWidget:
    """The first pages of the PDF, side by side."""
    snapshot = window.flow_panel.view.snapshot
    assert snapshot is not None
    document = derivation(Moment.of(snapshot, datetime(2026, 11, 24, 20, 30)), "w1")
    pages = [page_image(document, number, 72) for number in range(3)]
    width, height = pages[0].width() + 12, pages[0].height()
    shown = QPixmap(3 * width - 12, height)
    shown.fill(QColor("#888888"))
    painter = QPainter(shown)
    for number, page in enumerate(pages):
        painter.drawImage(number * width, 0, page)
    painter.end()
    return _label(shown)


def _flow_with_menu(window: MainWindow) -> QWidget:
    """The flow with the menu of a cell over it: a grab of the window leaves popups out."""
    flow, cell = window.flow_panel, CellRef("dw1", (2, 0, 1, 3))
    _point(window, cell)
    place = flow.view.place_of(cell).center()
    QCoreApplication.sendEvent(
        flow.view, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, flow.view.mapToGlobal(place))
    )
    menu = QApplication.activePopupWidget()
    assert menu is not None
    shown = flow.grab()
    painter = QPainter(shown)
    painter.drawPixmap(flow.view.mapTo(flow, place), menu.grab())
    painter.end()
    menu.close()
    return _label(shown)


def _label(shown: QPixmap) -> QWidget:
    label = QLabel()
    label.setPixmap(shown)
    label.resize(shown.size())
    return label


def _to_stage(window: MainWindow, grain: str, shown: str, phase: str) -> None:
    _key(window, Qt.Key.Key_3)
    panel = window.slow_motion_panel
    wait_until(lambda: panel.stage is not None, 10)
    panel.sample_chosen.emit(panel._step.images.refs[1])
    show_frames()
    panel.controls.choose_grain(grain)
    stages = panel._walk.stages
    panel.go_to(next(i for i, stage in enumerate(stages) if stage.shown == shown and stage.phase == phase))
    show_frames()


def _layers(window: MainWindow) -> None:
    _to_stage(window, "layer", "dw1", "backward")


def _cells(window: MainWindow) -> None:
    _to_stage(window, "cell", "dw1", "backward")
    for _ in range(7):
        QTest.mouseClick(window.slow_motion_panel.controls.next, Qt.MouseButton.LeftButton)
    show_frames()


def _update(window: MainWindow) -> None:
    _to_stage(window, "layer", "w1", "update")


def _board(window: MainWindow, page: str, *, enlarged: bool) -> None:
    _key(window, Qt.Key.Key_5)
    panel = window.blackboard_panel
    QTest.mouseClick(panel.pages[page], Qt.MouseButton.LeftButton)
    if enlarged:
        _key(window, Qt.Key.Key_E)
    wait_until(lambda: not panel.view._typesetter._work, 20)
    show_frames()


def _refused(window: MainWindow) -> None:
    cell, view = CellRef("w1", (0, 0, 0, 0)), window.flow_panel.view
    window.activateWindow()
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=view.place_of(cell).center())
    QTest.mouseDClick(view, Qt.MouseButton.LeftButton, pos=view.place_of(cell).center())
    QTest.keyClicks(view.editing.field, "1e999")
    QTest.keyClick(view.editing.field, Qt.Key.Key_Return)
    QCoreApplication.processEvents()


def _samples(window: MainWindow) -> None:
    _laboratory(window, "Samples")
    window.worker.train(60)
    wait_until(lambda: (seen := window.worker.latest) is not None and seen.step >= 60, 15)
    show_frames()


def _other_way(window: MainWindow) -> None:
    page = _laboratory(window, "Other way")
    assert isinstance(page, OtherWayPage)
    page.go_to(75)
    show_frames()


def _practice(window: MainWindow) -> None:
    page = _laboratory(window, "Practice")
    assert isinstance(page, PracticePage)
    page.level.setCurrentText("medium")
    QTest.mouseClick(page.begin, Qt.MouseButton.LeftButton)
    while page.quiz is not None and page.quiz.question.name != "z1":
        QTest.mouseClick(page.answering.skip, Qt.MouseButton.LeftButton)
        QTest.mouseClick(page.answering.following, Qt.MouseButton.LeftButton)
    QTest.keyClicks(page.answering.field, "1/3")
    QTest.keyClick(page.answering.field, Qt.Key.Key_Return)
    show_frames()


def _laboratory(window: MainWindow, title: str) -> Page:
    """A page of the laboratory in the room of the whole centre."""
    """A page of the laboratory in the room of the whole centre."""
    _key(window, Qt.Key.Key_7)
    if not window.actions_by_id["enlarge"].isChecked():  # with a deep network it is by itself
        _key(window, Qt.Key.Key_E)
    panel = window.laboratory.panel
    QTest.mouseClick(panel.buttons[title], Qt.MouseButton.LeftButton)
    show_frames()
    assert panel.page is not None
    return panel.page


def _check(window: MainWindow) -> None:
    page = _laboratory(window, "Check")
    assert isinstance(page, CheckPage)
    page.controls.source.setCurrentIndex(1)
    page.choose(CellRef("w1", (2, 0, 1, 3)))
    QTest.mouseClick(page.controls.button, Qt.MouseButton.LeftButton)
    wait_until(lambda: page.all is not None and page.weight is not None and not page._work.is_busy, 60)
    show_frames()


def _break(window: MainWindow) -> None:
    page = _laboratory(window, "Break")
    assert isinstance(page, BreakPage)
    bug = bug_of("no-mask")
    page.chooser.list.setCurrentRow(1 + BUGS.index(bug))
    QTest.mouseClick(page.chooser.switch, Qt.MouseButton.LeftButton)
    wait_until(lambda: (seen := window.worker.latest) is not None and seen.flaw is not None, 10)
    _key(window, Qt.Key.Key_Right)
    wait_until(lambda: page.race is not None and page.race[0] == bug and not page._work.is_busy, 60)
    show_frames()


def _experiments(window: MainWindow) -> ExperimentsWindow:
    window.experiments.open()
    made = window.experiments.window
    made.resize(1100, 700)
    return made


def _go_to(window: MainWindow, branch: int, step: int) -> None:
    window.worker.seek(branch, step)
    wait_until(lambda: (seen := window.worker.latest) is not None and abs(seen.step - step) < 8, 30)
    show_frames()


def _train_on(window: MainWindow, steps: int) -> None:
    window.worker.train(steps)
    wait_until(lambda: (seen := window.worker.latest) is not None and seen.state is RunState.TRAINING, 30)
    wait_until(lambda: (seen := window.worker.latest) is not None and seen.state is RunState.PAUSED, 60)
    show_frames()


def _timeline(window: MainWindow) -> None:
    _train_on(window, 900)
    _go_to(window, 0, 120)
    window.run.change_learning_rate(0.01)
    _train_on(window, 600)
    _go_to(window, 1, 240)


def _difference(window: MainWindow) -> None:
    _train_on(window, 900)
    _go_to(window, 0, 200)
    window.worker.pin_moment()
    _go_to(window, 0, 800)


def _compare(window: MainWindow) -> None:
    _train_on(window, 300)
    page = _experiments(window).compare
    page.values.choice.setCurrentIndex(page.values.choice.findData("kernel_size"))
    page.values.line.setText("2, 3, 9")
    page.check()
    page.start_button.click()
    wait_until(lambda: page.status.text().startswith("Done"), 60)
    show_frames()


def _pretrained(window: MainWindow) -> None:
    window.actions_by_id["pretrained"].trigger()
    page = window.experiments.window.pretrained
    page.start_button.click()
    wait_until(lambda: not page.is_running, 300)
    show_frames()


def _frozen(window: MainWindow) -> None:
    window.actions_by_id["pretrained"].trigger()
    window.experiments.window.pretrained.window_button.click()
    window.experiments.window.close()
    wait_until(lambda: window._shown is not None and window._shown.settings.frozen == 2, 30)
    window.worker.train(30)
    wait_until(lambda: window._shown is not None and window._shown.step == 30, 30)
    show_frames()


def _sweep(window: MainWindow) -> None:
    experiments = _experiments(window)
    page = experiments.sweep
    experiments.pages.setCurrentWidget(page)
    page.second.choice.setCurrentIndex(page.second.choice.findData("batch_size"))
    page.second.line.setText("8, 64")
    page.epochs.set_value(1)
    page.check()
    page.start_button.click()
    wait_until(lambda: page.status.text().startswith("Done"), 120)
    show_frames()


_DIGITS = Settings()
_TEN_DIGITS = Settings(classes=tuple(range(10)), filters=(8, 16), kernel_size=3)
PICTURES = (
    Picture("explain", _DIGITS, "dark", _explain, _centre),
    Picture("routes", _DIGITS, "light", lambda _window: None, _routes),
    Picture("pins", _DIGITS, "light", _pins, _tabs),
    Picture("chain", _DIGITS, "dark", _chain, _centre),
    Picture("chain-enlarged", _DIGITS, "light", _chain_enlarged, _centre),
    Picture("cell-menu", _DIGITS, "dark", lambda _window: None, _flow_with_menu),
    Picture(
        "derivation-pdf",
        of_dataset("blackboard-3x3"),
        "light",
        lambda _window: None,
        _derivation_pages,
        epochs=0,
    ),
    Picture("one-batch", _DIGITS, "light", _layers, _centre),
    Picture("cells", _DIGITS, "dark", _cells, _centre),
    Picture("update", _DIGITS, "light", _update, _tabs),
    Picture(
        "blackboard-3x3",
        of_dataset("blackboard-3x3"),
        "dark",
        lambda window: _board(window, "dw1", enlarged=False),
        _centre,
        epochs=0,
    ),
    Picture(
        "blackboard-5x5",
        of_dataset("blackboard-5x5"),
        "light",
        lambda window: _board(window, "dA1", enlarged=True),
        _tabs,
        epochs=0,
    ),
    Picture("samples", _DIGITS, "light", _samples, _tabs, epochs=0),
    Picture("other-way", _TEN_DIGITS, "dark", _other_way, _tabs, epochs=0),
    Picture("practice", _DIGITS, "light", _practice, _tabs),
    Picture("check", _DIGITS, "light", _check, _tabs),
    Picture("break", _DIGITS, "dark", _break, lambda window: window),
    Picture("timeline", _DIGITS, "dark", _timeline, lambda window: window, epochs=0),
    Picture("difference", _DIGITS, "light", _difference, lambda window: window.flow_panel, epochs=0),
    Picture("compare", _DIGITS, "dark", _compare, lambda window: window.experiments.window, epochs=0),
    Picture("sweep", _DIGITS, "light", _sweep, lambda window: window.experiments.window, epochs=0),
    Picture("workshop", _DIGITS, "dark", draw_three_classes, workshop, epochs=0),
    Picture("open-data", _TEN_DIGITS, "light", look_at_digits, opened, epochs=0),
    Picture("see-data", _TEN_DIGITS, "dark", see_mistakes, _tabs, epochs=2),
    Picture("pretrained", _DIGITS, "dark", _pretrained, lambda window: window.experiments.window, epochs=0),
    Picture("frozen", _DIGITS, "light", _frozen, lambda window: window, epochs=0),
    Picture("refused", of_dataset("blackboard-3x3"), "light", _refused, lambda window: window.flow_panel, epochs=0),
)


def main() -> int:
    """Take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=[picture.name for picture in PICTURES] + [[]], help="only these")
    names = parser.parse_args().names
    app = make_application(sys.argv[:1])
    FOLDER.mkdir(parents=True, exist_ok=True)
    for picture in PICTURES:
        if names and picture.name not in names:
            continue
        with tempfile.TemporaryDirectory() as folder:
            window = open_offscreen(Path(folder), picture.settings, _SIZE, picture.theme)
            show_frames()
            if picture.epochs:
                train_for(window, epochs=picture.epochs, seconds=60)
            picture.prepare(window)
            _save(picture.part(window).grab().toImage(), FOLDER / f"{picture.name}.png")
            delete_window(window)
    app.quit()
    return 0


def _save(image: QImage, path: Path) -> None:
    """With a palette of the 256 commonest colours: half the size, and the same to the eye."""
    plain = image.convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(plain.constBits(), np.uint32).reshape(plain.height(), plain.bytesPerLine() // 4)
    pixels = pixels[:, : plain.width()]
    colors, places, counts = np.unique(pixels, return_inverse=True, return_counts=True)
    palette = colors[np.argsort(counts)[-256:]]
    distance = ((_channels(colors)[:, None] - _channels(palette)[None]) ** 2).sum(axis=2)
    indices = distance.argmin(axis=1).astype(np.uint8)[places].reshape(pixels.shape)
    small = QImage(plain.width(), plain.height(), QImage.Format.Format_Indexed8)
    small.setColorTable([int(color) | 0xFF000000 for color in palette])
    rows = np.frombuffer(small.bits(), np.uint8).reshape(small.height(), small.bytesPerLine())
    rows[:, : small.width()] = indices
    small.save(str(path), "PNG")
    sys.stdout.write(f"{path} {path.stat().st_size // 1024} kB\n")


def _channels(colors: NDArray[np.uint32]) -> NDArray[np.int32]:
    """(n, 3): red, green and blue."""
    return np.stack([colors >> 16 & 255, colors >> 8 & 255, colors & 255], axis=1).astype(np.int32)


if __name__ == "__main__":
    sys.exit(main())
