"""Many thumbnails put together as one image: NumPy places them at once, where Qt would take a call from Python each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QImage, QPainter

from ui.colors import screen_words
from ui.see_data.population import Population
from ui.theme import Theme, class_color

__all__ = ["Look", "Measures", "caption_font", "measures", "mosaic"]

STRIP = 3  # true class beneath each image, on its right half the class it is taken for if that is another one
GAP = 3
_SIDES = {"small": 28, "large": 56}
_WIDEST_CAPTION = 110
_NO_NUMBER = -1

_Key = tuple[int, int, int]
"""Class, answer and percent."""


@dataclass(frozen=True)
class Measures:
    """Sizes in pixels: of an image on screen, of its cell in the grid, of the line of text (0 without one)."""

    width: int
    height: int
    cell_width: int
    cell_height: int
    caption: int


@dataclass(frozen=True)
class Look:
    """How thumbnails are drawn; `ratio`: pixels of the screen to one of Qt's."""

    sizes: Measures
    theme: Theme
    ratio: float


def caption_font(ratio: float = 1.0) -> QFont:
    """Of the line beneath a thumbnail."""
    font = QFont()
    font.setPixelSize(round(10 * ratio))
    return font


def measures(shape: Sequence[int], names: Sequence[str], size: str) -> Measures:
    """Of thumbnails of (h, w) images, "small" without and "large" with a line of text that suits the class names."""
    scale = max(1, _SIDES[size] // max(shape))
    height, width = (side * scale for side in shape)
    caption = cell = 0
    if size == "large":
        # a mistake is written in bold, and is the widest
        font = caption_font()
        font.setBold(True)
        metrics = QFontMetrics(font)
        longest = max(metrics.horizontalAdvance(name) for name in names)
        cell = min(_WIDEST_CAPTION, 2 * longest + metrics.horizontalAdvance("→ 100 %") + 2)
        caption = metrics.height()
    return Measures(width, height, max(width, cell) + GAP, height + STRIP + caption + GAP, caption)


def mosaic(population: Population, places: NDArray[np.intp], columns: int, look: Look) -> QImage:
    """The images at `places`, `columns` in a row."""
    sizes, theme, ratio = look.sizes, look.theme, look.ratio
    cell_h, cell_w = round(sizes.cell_height * ratio), round(sizes.cell_width * ratio)
    rows = -(-len(places) // columns)
    ground = _word(theme.panel)
    canvas = np.full((rows * columns, cell_h, cell_w), ground, np.uint32)
    cells = canvas[: len(places)]
    height, width = round(sizes.height * ratio), round(sizes.width * ratio)
    left = (cell_w - round(GAP * ratio) - width) // 2
    cells[:, :height, left : left + width] = _scaled(_words(population.pixels(places)), height, width)
    strip = slice(height, height + round(STRIP * ratio))
    colors = np.array([_word(class_color(theme, label)) for label in range(len(population.names))], np.uint32)
    labels, mistakes = population.labels[places], population.mistakes(places)
    cells[:, strip, left : left + width] = colors[labels][:, np.newaxis, np.newaxis]
    half = slice(left + width // 2, left + width)
    cells[mistakes, strip, half] = colors[population.predicted[places][mistakes]][:, np.newaxis, np.newaxis]
    # a notch of the ground between the two colours, so that a mistake also shows without telling them apart
    notch = max(1, round(ratio))
    cells[mistakes, strip, half.start - notch : half.start + notch] = ground
    if sizes.caption:
        _caption(cells, population, places, look)
    whole = canvas.reshape(rows, columns, cell_h, cell_w).transpose(0, 2, 1, 3).reshape(rows * cell_h, -1)
    whole = np.ascontiguousarray(whole)
    image = QImage(
        whole.data, whole.shape[1], whole.shape[0], 4 * whole.shape[1], QImage.Format.Format_RGB32
    )  # it holds on to `whole`
    image.setDevicePixelRatio(ratio)
    return image


def _caption(cells: NDArray[np.uint32], population: Population, places: NDArray[np.intp], look: Look) -> None:
    """Beneath each image its class, and what it is taken for with which probability."""
    sizes, ratio = look.sizes, look.ratio
    top = round((sizes.height + STRIP) * ratio)
    room = (cells.shape[2] - round(GAP * ratio), round(sizes.caption * ratio))
    predicted, confidence = population.predicted[places], population.confidence[places]
    with np.errstate(invalid="ignore"):
        percent = np.where(np.isfinite(confidence), np.rint(100 * confidence), _NO_NUMBER).astype(int)
    known = _captions(look, population.names, room)
    keys = zip(population.labels[places].tolist(), predicted.tolist(), percent.tolist(), strict=True)
    for cell, key in zip(cells, keys, strict=True):
        line = known.get(key)
        if line is None:
            line = known[key] = _line(key, population.names, look, room)
        cell[top : top + room[1], : room[0]] = line


@lru_cache(maxsize=4)
def _captions(_look: Look, _names: tuple[str, ...], _room: tuple[int, int]) -> dict[_Key, NDArray[np.uint32]]:
    """The captions made so far. Laying out a text costs more than all else of a thumbnail, and few differ."""
    return {}


def _line(key: _Key, names: tuple[str, ...], look: Look, room: tuple[int, int]) -> NDArray[np.uint32]:
    """A caption as (height, width) pixels: of a long name the end is left out, never the probability."""
    label, predicted, percent = key
    wrong = 0 <= predicted != label
    font = caption_font(look.ratio)
    font.setBold(wrong)
    metrics = QFontMetrics(font)
    name = f"{names[label]}→{names[predicted]}" if wrong else names[label]
    after = "" if predicted < 0 else " –" if percent == _NO_NUMBER else f" {percent} %"
    before = metrics.elidedText(name, Qt.TextElideMode.ElideRight, room[0] - metrics.horizontalAdvance(after))
    image = QImage(*room, QImage.Format.Format_RGB32)
    image.fill(QColor(look.theme.panel))
    painter = QPainter(image)
    painter.setFont(font)
    painter.setPen(QColor(look.theme.text if wrong else look.theme.muted))
    painter.drawText(image.rect(), Qt.AlignmentFlag.AlignCenter, before + after)
    painter.end()
    return np.frombuffer(image.constBits(), np.uint32).reshape(room[1], room[0]).copy()


def _word(color: str) -> int:
    return QColor(color).rgb()


def _words(pixels: NDArray[np.uint8]) -> NDArray[np.uint32]:
    """(m, c, h, w) bytes, grey or red, green and blue, as (m, h, w) words of a screen."""
    if pixels.shape[1] != 3:
        return np.uint32(0xFF000000) | pixels[:, 0] * np.uint32(0x010101)
    return screen_words(np.moveaxis(pixels, 1, -1))


def _scaled(images: NDArray[np.uint32], height: int, width: int) -> NDArray[np.uint32]:
    """Every pixel as a sharp square."""
    if images.shape[1:] == (height, width):
        return images
    down = np.arange(height) * images.shape[1] // height
    across = np.arange(width) * images.shape[2] // width
    scaled: NDArray[np.uint32] = np.take(np.take(images, across, axis=2), down, axis=1)
    return scaled
