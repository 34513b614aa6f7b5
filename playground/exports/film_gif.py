"""A film of filters as an animated GIF, by Pillow's encoder: one scale of colours, and what is shown in words."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from playground.atomic_file import replacing, told
from playground.counting import grouped
from playground.errors import ExportError
from playground.exports.film import Film
from playground.notation.numbers import significant_number

__all__ = ["FilmColors", "export_film"]

_MAP_COLORS = 253
"""An odd number: then 0 has a colour of its own, the middle one."""
_GROUND, _TEXT, _MUTED = 253, 254, 255
_FRAME_MS, _LAST_MS = 80, 2000
_TILE, _GAP, _MARGIN, _LINE = 60, 6, 12, 20
_A_ROW, _PAGE = 8, 560
_COLUMNS = "a column for each filter, a row for each channel that it reads"


@dataclass(frozen=True, eq=False)
class FilmColors:
    """The look of a film. weights: (n, 3) bytes from negative to positive, 0 in the middle; the others "#rrggbb"."""

    weights: NDArray[np.uint8]
    ground: str
    text: str
    muted: str


def export_film(path: str | Path, film: Film, colors: FilmColors) -> None:
    """Write a film as an animated GIF, or leave whatever was there untouched.

    Every frame has the same scale of colours. Raises ExportError if the file cannot be written.
    """
    path = Path(path)
    scale = film.scale
    frames = [_frame(film, number, scale) for number in range(len(film.steps))]
    palette = _palette(colors)
    for frame in frames:
        frame.putpalette(palette)
    content = io.BytesIO()
    durations = [_FRAME_MS] * (len(frames) - 1) + [_LAST_MS]
    frames[0].save(
        content, "GIF", save_all=True, append_images=frames[1:], duration=durations, loop=0, optimize=False, disposal=1
    )
    with told(path, ExportError), replacing(path.resolve()) as file:
        file.write(content.getvalue())


def _palette(colors: FilmColors) -> list[int]:
    places = np.rint(np.linspace(0, len(colors.weights) - 1, _MAP_COLORS)).astype(int)
    named = (colors.ground, colors.text, colors.muted)
    plain = [int(color[start : start + 2], 16) for color in named for start in (1, 3, 5)]
    values: list[int] = colors.weights[places].reshape(-1).tolist()
    return values + plain


def _frame(film: Film, number: int, scale: float) -> Image.Image:
    """One frame as places in the palette: a line of text, the kernels, lines that say what and which is shown."""
    kernels = film.kernels[number]
    places, side = _places(*kernels.shape[:2]), kernels.shape[2]
    rows, columns = (int(most) + 1 for most in places.max(axis=(0, 1)))
    cell, gap = _sizes(max(kernels.shape[:2]) if kernels.shape[1] > 1 else 1, side)
    pitch = cell * side + gap
    small, usual = ImageFont.load_default(11), ImageFont.load_default(14)
    told = [*([_COLUMNS] if kernels.shape[1] > 1 else []), _plain(film.sentence)]
    width = 2 * _MARGIN + max(columns * pitch - gap, *(int(small.getlength(line)) + 1 for line in told), 240)
    height = 2 * _MARGIN + _LINE + rows * pitch + _LINE * len(told)
    pixels = np.full((height, width), _GROUND, np.uint8)
    middle = _MAP_COLORS // 2
    indices = np.rint(middle + middle * kernels / (scale or 1.0)).astype(np.uint8)
    for kernel in np.ndindex(*kernels.shape[:2]):
        tile = indices[kernel].repeat(cell, axis=0).repeat(cell, axis=1)
        row, column = places[kernel]
        top, left = _MARGIN + _LINE + row * pitch, _MARGIN + column * pitch
        pixels[top : top + len(tile), left : left + len(tile)] = tile
    image = Image.fromarray(pixels, "P")
    draw = ImageDraw.Draw(image)
    _write_head(draw, f"w{film.block}", f"step {_plain(grouped(film.steps[number]))}")
    scale_text = f"\N{PLUS-MINUS SIGN}{significant_number(scale, 2)}"
    draw.text((width - _MARGIN - usual.getlength(scale_text), _MARGIN - 3), scale_text, fill=_MUTED, font=usual)
    for place, line in enumerate(reversed(told)):
        draw.text((_MARGIN, height - _MARGIN - 12 - place * _LINE), line, fill=_MUTED, font=small)
    return image


def _places(filters: int, channels: int) -> NDArray[np.int64]:
    """(filters, channels, 2): row and column of each kernel; of one channel a few in each row, else a row a channel."""
    number, channel = np.indices((filters, channels))
    return np.stack((number // _A_ROW, number % _A_ROW) if channels == 1 else (channel, number), axis=2)


def _sizes(in_line: int, side: int) -> tuple[int, int]:
    """Pixels of a cell, and between two kernels, with which so many in a row or a column fit a page."""
    gap = _GAP if in_line <= _A_ROW else _GAP // 2
    return max(1, min(_PAGE // in_line - gap, _TILE) // side), gap


def _write_head(draw: ImageDraw.ImageDraw, name: str, step: str) -> None:
    """The name of the weights with its number set lower, for which Pillow's own font has no sign, and the step."""
    small, usual = ImageFont.load_default(11), ImageFont.load_default(14)
    letter, number = name[0], name[1:]
    draw.text((_MARGIN, _MARGIN - 3), letter, fill=_TEXT, font=usual)
    left = _MARGIN + usual.getlength(letter)
    draw.text((left, _MARGIN + 3), number, fill=_TEXT, font=small)
    draw.text((left + small.getlength(number) + 10, _MARGIN - 3), step, fill=_TEXT, font=usual)


def _plain(text: str) -> str:
    """With the spaces that Pillow's own font has."""
    return text.replace("\u202f", " ")
