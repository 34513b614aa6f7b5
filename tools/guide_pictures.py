"""The pictures of docs/guide.md, taken from the real window offscreen: `python -m tools.guide_pictures`."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from playground.settings import Settings
from tools.scenes import experiments, explaining, first_steps, laboratory, own_data, steps
from tools.shots import of_dataset
from ui.application import delete_window, make_application
from ui.main_window import MainWindow
from ui.offscreen import open_offscreen, show_frames, train_for

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
    tabs = window.columns.centre.widget(1)
    assert tabs is not None
    return tabs


_DIGITS = Settings()
_TEN_DIGITS = Settings(classes=tuple(range(10)), filters=(8, 16), kernel_size=3)
PICTURES = (
    Picture("first-steps", _DIGITS, "dark", first_steps.way_back, lambda window: window),
    Picture("explain", _DIGITS, "dark", explaining.explain, _centre),
    Picture("routes", _DIGITS, "light", lambda _window: None, explaining.routes),
    Picture("follow", _DIGITS, "light", explaining.follow, lambda window: window),
    Picture("pins", _DIGITS, "light", explaining.pins, _tabs),
    Picture("chain", _DIGITS, "dark", explaining.chain, _centre),
    Picture("chain-enlarged", _DIGITS, "light", explaining.chain_enlarged, _centre),
    Picture("cell-menu", _DIGITS, "dark", lambda _window: None, explaining.flow_with_menu),
    Picture(
        "derivation-pdf",
        of_dataset("blackboard-3x3"),
        "light",
        lambda _window: None,
        explaining.derivation_pages,
        epochs=0,
    ),
    Picture("one-batch", _DIGITS, "light", steps.layers, _centre),
    Picture("cells", _DIGITS, "dark", steps.cells, _centre),
    Picture("update", _DIGITS, "light", steps.update, _tabs),
    Picture(
        "blackboard-3x3",
        of_dataset("blackboard-3x3"),
        "dark",
        lambda window: explaining.board(window, "dw1", enlarged=False),
        _centre,
        epochs=0,
    ),
    Picture(
        "blackboard-5x5",
        of_dataset("blackboard-5x5"),
        "light",
        lambda window: explaining.board(window, "dA1", enlarged=True),
        _tabs,
        epochs=0,
    ),
    Picture("samples", _DIGITS, "light", laboratory.samples, _tabs, epochs=0),
    Picture("other-way", _TEN_DIGITS, "dark", laboratory.other_way, _tabs, epochs=0),
    Picture("practice", _DIGITS, "light", laboratory.practice, _tabs),
    Picture("check", _DIGITS, "light", laboratory.check, _tabs),
    Picture("break", _DIGITS, "dark", laboratory.break_it, lambda window: window),
    Picture("timeline", _DIGITS, "dark", steps.timeline, lambda window: window, epochs=0),
    Picture("difference", _DIGITS, "light", steps.difference, lambda window: window.flow_panel, epochs=0),
    Picture("compare", _DIGITS, "dark", experiments.compare, lambda window: window.experiments.window, epochs=0),
    Picture("sweep", _DIGITS, "light", experiments.sweep, lambda window: window.experiments.window, epochs=0),
    Picture("workshop", _DIGITS, "dark", own_data.draw_three_classes, own_data.workshop, epochs=0),
    Picture("open-data", _TEN_DIGITS, "light", own_data.look_at_digits, own_data.opened, epochs=0),
    Picture("see-data", _TEN_DIGITS, "dark", own_data.see_mistakes, _tabs, epochs=2),
    Picture("pretrained", _DIGITS, "dark", experiments.pretrained, lambda window: window.experiments.window, epochs=0),
    Picture("frozen", _DIGITS, "light", experiments.frozen, lambda window: window, epochs=0),
    Picture(
        "refused", of_dataset("blackboard-3x3"), "light", explaining.refused, lambda window: window.flow_panel, epochs=0
    ),
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
    """With a palette of 256 colours, none of which is far from a colour of the picture: a third of the size."""
    plain = image.convertToFormat(QImage.Format.Format_RGB888)
    size, row_bytes = (plain.width(), plain.height()), plain.bytesPerLine()
    picture = Image.frombytes("RGB", size, bytes(plain.constBits()), "raw", "RGB", row_bytes)
    small = picture.quantize(256, Image.Quantize.MAXCOVERAGE, kmeans=3, dither=Image.Dither.NONE)
    small.save(path, optimize=True)
    sys.stdout.write(f"{path} {path.stat().st_size // 1024} kB\n")


if __name__ == "__main__":
    sys.exit(main())
