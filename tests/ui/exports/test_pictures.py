"""Pictures of views in files: as on the screen, or with text as text and lines as lines."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QLabel, QScrollArea
from pytestqt.qtbot import QtBot

from playground.errors import ExportError
from playground.history import History
from playground.settings import Settings
from tests.ui.flow.snapshots import snapshot_of
from ui.charts.curves import LossChart
from ui.exports.pictures import write_picture
from ui.flow.view import FlowView
from ui.theme import DARK

SVG = "{http://www.w3.org/2000/svg}"


def words_of(path: Path) -> set[str]:
    """Every text of an SVG file."""
    return {"".join(text.itertext()).strip() for text in ET.parse(path).iter(f"{SVG}text")}


def chart_of_a_curve(qtbot: QtBot) -> LossChart:
    chart = LossChart(DARK)
    qtbot.addWidget(chart)
    chart.resize(320, 260)
    with qtbot.waitExposed(chart):
        chart.show()
    history = History(("dw1", "dw2"))
    for step in range(1, 200):
        history.series["batch_loss"].append(step, 1 / step)
    chart.set_history(history, Settings())
    qtbot.waitUntil(lambda: chart.legend.width() >= chart.legend.sizeHint().width())
    return chart


def test_a_png_shows_what_the_screen_shows(qtbot: QtBot, tmp_path: Path) -> None:
    label = QLabel("filters")
    qtbot.addWidget(label)
    with qtbot.waitExposed(label):
        label.show()
    write_picture(label, tmp_path / "a.png")
    assert QImage(str(tmp_path / "a.png")) == label.grab().toImage().convertToFormat(
        QImage(str(tmp_path / "a.png")).format()
    )


def test_a_chart_is_lines_and_words_in_an_svg(qtbot: QtBot, tmp_path: Path) -> None:
    chart = chart_of_a_curve(qtbot)
    write_picture(chart, tmp_path / "a.svg")
    assert {"LOSS", "batch", "step", "100"} <= words_of(tmp_path / "a.svg")
    tree = ET.parse(tmp_path / "a.svg")
    assert not [*tree.iter(f"{SVG}image")]
    longest = max(len(path.get("d", "").split("L")) for path in tree.iter(f"{SVG}path"))
    assert longest > 50  # the curve itself


def test_the_flow_is_words_numbers_and_small_pictures_of_cells_in_an_svg(qtbot: QtBot, tmp_path: Path) -> None:
    view = FlowView()
    qtbot.addWidget(view)
    view.resize(900, 600)
    with qtbot.waitExposed(view):
        view.show()
    snapshot = snapshot_of("blackboard 3x3")
    view.show_snapshot(snapshot)
    before = view.grab().toImage()
    write_picture(view, tmp_path / "a.svg")
    words = words_of(tmp_path / "a.svg")
    assert {"X", "z₁", "∂L/∂w₁", "FORWARD →"} <= words
    numbers = [float(word.replace("−", "-")) for word in words if re.fullmatch(r"−?\d*\.\d+", word)]
    for value in np.asarray(snapshot.weights["conv1.weight"]).ravel().tolist():
        assert min(abs(value - number) for number in numbers) < 1e-3
    assert view.grab().toImage() == before  # and the screen is as it was


@pytest.mark.parametrize("size", [(520, 430), (780, 560), (1300, 800)])
@pytest.mark.parametrize("network", ["ten classes", "two blocks, ten classes"])
def test_the_output_that_a_weight_leads_to_is_always_called_a_class(
    qtbot: QtBot, tmp_path: Path, network: str, size: tuple[int, int]
) -> None:
    view = FlowView()
    qtbot.addWidget(view)
    view.resize(*size)
    with qtbot.waitExposed(view):
        view.show()
    view.show_snapshot(snapshot_of(network))
    write_picture(view, tmp_path / "a.svg")
    words = words_of(tmp_path / "a.svg")
    assert any(re.search(r"\bclass \d$", word) for word in words)
    assert [word for word in words if re.search(r"→ *\d", word)] == []


def test_what_a_scroll_area_hides_is_cut_off_in_an_svg(qtbot: QtBot, tmp_path: Path) -> None:
    area = QScrollArea()
    qtbot.addWidget(area)
    inner = QLabel("<br>".join("line" for _ in range(60)))
    area.setWidget(inner)
    area.resize(120, 100)
    with qtbot.waitExposed(area):
        area.show()
    write_picture(area, tmp_path / "a.svg")
    clips = [*ET.parse(tmp_path / "a.svg").iter(f"{SVG}clipPath")]
    assert clips


@pytest.mark.parametrize("name", ["nothing/a.png", "nothing/a.svg"])
def test_a_place_that_cannot_be_written_to_is_named(qtbot: QtBot, tmp_path: Path, name: str) -> None:
    label = QLabel("x")
    qtbot.addWidget(label)
    with pytest.raises(ExportError, match=r"a\.\w+ cannot be written .*Choose another place"):
        write_picture(label, tmp_path / name)


def test_another_kind_of_picture_is_refused(qtbot: QtBot, tmp_path: Path) -> None:
    label = QLabel("x")
    qtbot.addWidget(label)
    with pytest.raises(ExportError, match=r"neither \.png nor \.svg"):
        write_picture(label, tmp_path / "a.bmp")


def test_an_older_picture_is_replaced_whole(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, full_disk: Callable[[], None]
) -> None:
    label = QLabel("x")
    qtbot.addWidget(label)
    write_picture(label, tmp_path / "a.png")
    before = (tmp_path / "a.png").read_bytes()
    full_disk()
    with pytest.raises(ExportError, match="No space left on device"):
        write_picture(label, tmp_path / "a.png")
    assert (tmp_path / "a.png").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]
