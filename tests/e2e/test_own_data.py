"""A data set of one's own, from the dialog to the accuracy in the toolbar, by real mouse and keys."""

from __future__ import annotations

import gzip
import os
import re
import struct
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from playground.datasets import CLASS_NAMES, load_dataset
from playground.settings import Settings
from playground.snapshot import RunState, Snapshot
from tests.e2e.hands import Hands, Point, arc
from ui.main_window import MainWindow

pytestmark = pytest.mark.e2e

LONG = 20_000  # ms, for what takes moments on a quiet machine
MINUTES = 600_000

MNIST = os.environ.get("CNN_PLAYGROUND_MNIST", "")
"""The folder of the four IDX files; the test on all of them takes a minute or two and is run when it is named."""


def latest(window: MainWindow) -> Snapshot:
    """The newest snapshot of the run."""
    snapshot = window.worker.latest
    assert snapshot is not None
    return snapshot


def open_data(qtbot: QtBot, hands: Hands, window: MainWindow, path: Path) -> None:
    """Ctrl+I, the path, Enter, and "Train on it" as soon as it can be pressed."""
    hands.press("ctrl+i")
    control = window.own_data
    qtbot.waitUntil(lambda: control.dialog is not None and control.dialog.isActiveWindow(), timeout=LONG)
    dialog = control.dialog
    assert dialog is not None
    hands.click(dialog.source.path)
    hands.type(str(path))
    hands.press("Return")
    qtbot.waitUntil(dialog.accept_button.isEnabled, timeout=LONG)
    hands.click(dialog.accept_button)
    qtbot.waitUntil(lambda: control.dialog is None and window.isActiveWindow(), timeout=LONG)
    qtbot.waitUntil(lambda: latest(window).settings.own is not None, timeout=LONG)


def figure(window: MainWindow, caption: str) -> str:
    """A figure of the toolbar, as a screen reader tells it."""
    names = [child.accessibleName() for child in window.toolbar.findChildren(QWidget)]
    found = [name for name in names if name.startswith(f"{caption} ")]
    assert len(found) == 1, f"{found} for {caption}"
    return found[0].removeprefix(f"{caption} ")


def train_for(qtbot: QtBot, hands: Hands, window: MainWindow, epochs: int, timeout: int) -> float:
    """Train by Space for so many epochs and pause; returns the test accuracy that the toolbar shows then, in %."""
    hands.press("space")
    qtbot.waitUntil(lambda: int(figure(window, "epoch")) >= epochs, timeout=timeout)
    hands.press("space")
    qtbot.waitUntil(lambda: latest(window).state is RunState.PAUSED, timeout=LONG)

    def is_evaluated() -> bool:
        evaluation = latest(window).evaluation
        return evaluation is not None and evaluation.step == latest(window).step

    # paused, the weights of the last step are evaluated on every test image
    qtbot.waitUntil(is_evaluated, timeout=timeout)
    qtbot.waitUntil(lambda: window.toolbar._evaluation is latest(window).evaluation, timeout=LONG)
    shown = re.fullmatch(r"([\d.]+) %", figure(window, "test acc"))
    assert shown is not None
    return float(shown.group(1))


def write_idx(path: Path, values: NDArray[np.uint8]) -> None:
    """Write an IDX file of bytes, gzipped, as MNIST's are."""
    head = struct.pack(">HBB", 0, 8, values.ndim) + struct.pack(f">{values.ndim}I", *values.shape)
    path.write_bytes(gzip.compress(head + values.tobytes(), compresslevel=1))


def test_digits_opened_from_idx_files_are_learnt_with_the_settings_that_come_up(
    qtbot: QtBot, hands: Hands, window: MainWindow, tmp_path: Path
) -> None:
    digits = load_dataset(Settings(classes=tuple(range(len(CLASS_NAMES["digits"])))))
    folder = tmp_path / "some digits"
    folder.mkdir()
    for split, images, labels in (("train", digits.x_train, digits.y_train), ("t10k", digits.x_test, digits.y_test)):
        pixels = np.rint(255 * images[: len(images)]).astype(np.uint8)[:, 0]
        write_idx(folder / f"{split}-images-idx3-ubyte.gz", pixels)
        write_idx(folder / f"{split}-labels-idx1-ubyte.gz", labels.astype(np.uint8))

    open_data(qtbot, hands, window, folder)
    assert latest(window).settings.blocks == 2
    assert train_for(qtbot, hands, window, 3, 3 * LONG) >= 90


HAT = [(0.2, 0.75), (0.5, 0.2), (0.8, 0.75)]
HOOK = [(0.6, 0.2), (0.6, 0.6), (0.55, 0.75), (0.4, 0.78), (0.3, 0.65)]
RING = arc((0.5, 0.5), (0.28, 0.28), 0, 360)


def wobbly(points: Sequence[Point], number: int) -> list[Point]:
    """The same stroke as a hand draws it another time."""
    chance = np.random.default_rng(number)
    moved = np.array(points) + chance.normal(0, 0.02, (len(points), 2)) + chance.normal(0, 0.03, 2)
    return [(float(x), float(y)) for x, y in np.clip(moved, 0.05, 0.95)]


def test_ten_drawings_of_three_classes_are_learnt_added_to_undone_exported_and_opened_again(
    qtbot: QtBot, hands: Hands, window: MainWindow, tmp_path: Path
) -> None:
    hands.press("ctrl+shift+d")
    bench = window.workshop.window
    qtbot.waitUntil(bench.isActiveWindow, timeout=LONG)
    canvas, shop = bench.drawing.canvas, window.workshop.workshop
    hands.press("ctrl+t", "Return")  # a third class, under the name that comes up

    def draw(key: str, points: Sequence[Point], times: int) -> None:
        hands.press(key)
        for number in range(times):
            before = len(shop.collection)
            hands.stroke(canvas, wobbly(points, number))
            hands.press("Return")
            qtbot.waitUntil(lambda: len(shop.collection) == before + 1, timeout=LONG)  # noqa: B023 - waited for here

    for key, points in (("1", HAT), ("2", HOOK), ("3", RING)):
        draw(key, points, 10)
    hands.click(bench.augmentation.switches["shift"])
    hands.press("ctrl+Return")
    qtbot.waitUntil(lambda: latest(window).settings.own is not None, timeout=LONG)
    assert latest(window).settings.augmentation.shift > 0

    def evaluated_after(step: int) -> bool:
        evaluation = latest(window).evaluation
        return evaluation is not None and evaluation.step > step

    # of the weights at a step and the figures of an evaluation, the figures are older
    qtbot.waitUntil(lambda: evaluated_after(300), timeout=3 * LONG)
    evaluation = latest(window).evaluation
    assert evaluation is not None
    assert evaluation.test_accuracy >= 0.8
    run = latest(window).run_id

    hands.click(canvas)  # the dot that this draws is the first stroke of the next drawing
    hands.press("ctrl+z")
    draw("3", RING, 1)
    qtbot.waitUntil(lambda: window._dataset is not None and len(window._dataset.x_train) == 25, timeout=LONG)
    hands.press("ctrl+z")
    qtbot.waitUntil(lambda: window._dataset is not None and len(window._dataset.x_train) == 24, timeout=LONG)
    assert latest(window).run_id == run
    hands.press("ctrl+Return")
    qtbot.waitUntil(lambda: latest(window).state is RunState.PAUSED, timeout=LONG)
    hands.press("ctrl+w")
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=LONG)

    hands.press("ctrl+e")
    control = window.own_data
    qtbot.waitUntil(lambda: control.export_dialog is not None and control.export_dialog.isActiveWindow(), timeout=LONG)
    export = control.export_dialog
    assert export is not None
    hands.click(export.place)
    hands.press("ctrl+a")
    hands.type(str(tmp_path / "drawn.npz"))
    hands.click(export.export_button)
    qtbot.waitUntil(lambda: control.export_dialog is None and window.isActiveWindow(), timeout=LONG)
    drawn = shop.collection.image_set().compact()
    open_data(qtbot, hands, window, tmp_path / "drawn.npz")
    # the newest snapshot is ahead of what the window has been told of its run
    qtbot.waitUntil(lambda: window._own is not None and window._own.name == "drawn", timeout=LONG)
    again = window._own
    assert again is not None
    assert again.class_names == drawn.class_names
    for label in range(3):
        here, there = again.images[again.labels == label], drawn.images[drawn.labels == label]
        np.testing.assert_array_equal(np.unique(here, axis=0), np.unique(there, axis=0))


BAD = {
    "cut short": ("a-images-idx3-ubyte", b"\0\0\x08\x03\0\0"),
    "wrong magic": ("a-images-idx3-ubyte", b"PNG?" + bytes(40)),
    "no archive": ("a.npz", b"PK\x03\x04 and no more"),
    "no table": ("a.csv", b"label,pixel\n1,2,3\n"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_said_in_one_sentence_and_the_next_one_opens(
    qtbot: QtBot, hands: Hands, window: MainWindow, tmp_path: Path, name: str
) -> None:
    file_name, content = BAD[name]
    (tmp_path / file_name).write_bytes(content)
    run = latest(window).run_id
    hands.press("ctrl+i")
    control = window.own_data
    qtbot.waitUntil(lambda: control.dialog is not None and control.dialog.isActiveWindow(), timeout=LONG)
    dialog = control.dialog
    assert dialog is not None
    hands.click(dialog.source.path)
    hands.type(str(tmp_path / file_name))
    hands.press("Return")
    qtbot.waitUntil(dialog.problem.isVisible, timeout=LONG)
    assert file_name in dialog.problem.text()
    assert "\n" not in dialog.problem.text()
    assert not dialog.accept_button.isEnabled()
    good = {"images": np.eye(12, dtype=np.uint8).reshape(12, 1, 12).repeat(12, axis=1), "labels": np.arange(12) % 2}
    np.savez(tmp_path / "good.npz", **good)
    hands.click(dialog.source.path)
    hands.press("ctrl+a")
    hands.type(str(tmp_path / "good.npz"))
    hands.press("Return")
    qtbot.waitUntil(dialog.accept_button.isEnabled, timeout=LONG)
    assert not dialog.problem.isVisible()
    hands.press("Escape")
    qtbot.waitUntil(lambda: control.dialog is None, timeout=LONG)
    assert latest(window).run_id == run


@pytest.mark.skipif(not MNIST, reason="CNN_PLAYGROUND_MNIST names no folder of MNIST's files")
@pytest.mark.timeout(900)
def test_the_whole_of_mnist_is_right_on_98_and_a_half_percent_of_the_test_images(
    qtbot: QtBot, hands: Hands, window: MainWindow
) -> None:
    open_data(qtbot, hands, window, Path(MNIST).resolve())
    assert figure(window, "epoch") == "0"
    usual, chosen = Settings(), latest(window).settings
    assert (chosen.learning_rate, chosen.batch_size, chosen.optimizer) == (
        usual.learning_rate,
        usual.batch_size,
        usual.optimizer,
    )
    assert chosen.blocks == 2
    assert len(chosen.classes) == 10
    accuracy = train_for(qtbot, hands, window, 4, MINUTES)
    evaluation = latest(window).evaluation
    assert evaluation is not None
    assert evaluation.test_images == 10_000
    # seen with -s
    sys.stdout.write(f"{accuracy} % of 10 000 test images at step {evaluation.step}\n")
    assert accuracy >= 98.5
