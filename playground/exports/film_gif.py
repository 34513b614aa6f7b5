"""A film of filters as an animated GIF, by Pillow's encoder: one scale of colours, and what is shown in words."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from playground.atomic_file import replacing, told
from playground.errors import ExportError
from playground.exports.film import Film

__all__ = ["FilmColors", "export_film"]

_MAP_COLORS = 253
"""An odd number: then 0 has a colour of its own, the middle one."""
_GROUND, _TEXT, _MUTED = 253, 254, 255
_FRAME_MS, _LAST_MS = 80, 2000
_TILE, _GAP, _MARGIN, _LINE = 60, 6, 12, 20
_A_ROW = 8


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
    """One frame as places in the palette: a line of text, the kernels, a line that says which moments are shown."""
    kernels = film.kernels[number]
    tiles = kernels.reshape(-1, *kernels.shape[2:])
    side = tiles.shape[1]
    cell = max(1, _TILE // side)
    tile = cell * side
    rows = -(-len(tiles) // _A_ROW)
    small, usual = ImageFont.load_default(11), ImageFont.load_default(14)
    told_of = _plain(film.sentence)
    wide = min(len(tiles), _A_ROW) * (tile + _GAP) - _GAP
    width = 2 * _MARGIN + max(wide, int(small.getlength(told_of)) + 1, 240)
    height = 2 * _MARGIN + 2 * _LINE + rows * (tile + _GAP)
    pixels = np.full((height, width), _GROUND, np.uint8)
    middle = _MAP_COLORS // 2
    indices = np.rint(middle + middle * tiles / (scale or 1.0)).astype(np.uint8)
    for place, values in enumerate(indices):
        line, column = divmod(place, _A_ROW)
        top, left = _MARGIN + _LINE + line * (tile + _GAP), _MARGIN + column * (tile + _GAP)
        pixels[top : top + tile, left : left + tile] = values.repeat(cell, axis=0).repeat(cell, axis=1)
    image = Image.fromarray(pixels, "P")
    draw = ImageDraw.Draw(image)
    draw.text((_MARGIN, _MARGIN - 3), f"w{film.block}, step {film.steps[number]}", fill=_TEXT, font=usual)
    scale_text = f"-{scale:.2g} to {scale:.2g}"
    draw.text((width - _MARGIN - usual.getlength(scale_text), _MARGIN - 3), scale_text, fill=_MUTED, font=usual)
    draw.text((_MARGIN, height - _MARGIN - 12), told_of, fill=_MUTED, font=small)
    return image


def _plain(text: str) -> str:
    """With the spaces that Pillow's own font has."""
    return text.replace("\u202f", " ")
