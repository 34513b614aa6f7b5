"""From a picture of any size to what the network sees, prepared as the training images were."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.arrays import Array
from playground.area_average import area_average
from playground.errors import ImageError

__all__ = ["is_centred", "prepare"]

_FAINTEST = 0.05
"""Differences in brightness below this share (of white, or of the strongest ink) count as background."""

_MNIST_SIDE, _MNIST_BOX = 28, 20


def prepare(gray: NDArray[np.uint8] | Array, image_shape: tuple[int, int, int], like_mnist: bool) -> Array:
    """A grey picture (rows, columns) → the network's input (1, h, w), float32 0 to 1, bright ink on 0.

    gray: 0 to 255 as uint8, or 0 to 1 as float; dark ink on a light ground is turned round. like_mnist: the ink is
    fitted into 20×20 of 28×28 keeping its aspect, by area averages, and its centre of mass put in the middle, as
    MNIST's own images were (http://yann.lecun.com/exdb/mnist). Otherwise the whole picture, padded to a square, is
    averaged down.
    Raises ImageError if it is empty or no such picture.
    """
    pixels = _as_numbers(gray)
    _, height, width = image_shape
    seen = _fitted_ink(_ink(pixels), height, width) if like_mnist else _whole_picture(pixels, height, width)
    return seen.astype(np.float32)[np.newaxis]


def is_centred(image: NDArray[np.uint8]) -> bool:
    """True if a (28, 28) image could be one of MNIST's: ink within 20×20, its centre of mass in the middle."""
    if image.shape != (_MNIST_SIDE, _MNIST_SIDE) or not image.any():
        return False
    rows, columns = np.nonzero(image > 255 * _FAINTEST)
    if not len(rows) or max(np.ptp(rows), np.ptp(columns)) >= _MNIST_BOX:
        return False
    ink = image / image.sum(dtype=np.float64)
    middles = (ink.sum(axis=1 - axis) @ np.arange(_MNIST_SIDE) for axis in (0, 1))
    return all(abs(middle - _MNIST_SIDE / 2) <= 1 for middle in middles)


def _as_numbers(gray: NDArray[np.uint8] | Array) -> NDArray[np.float32]:
    if gray.ndim != 2 or gray.size == 0:
        raise ImageError(f"The picture has shape {gray.shape}; it must be grey, with at least one row and one column.")
    pixels = gray.astype(np.float32)
    if gray.dtype == np.uint8:
        pixels /= 255
    elif not np.isfinite(pixels).all():
        raise ImageError("The picture has values that are not finite; use brightness from 0 to 1.")
    if np.ptp(pixels) < _FAINTEST:
        raise ImageError("The picture has no ink: it must show something dark on light or light on dark.")
    return np.clip(pixels, 0, 1)


def _ground(pixels: NDArray[np.float32]) -> float:
    """Brightness of the ground, the median along the border: ink seldom covers half of it."""
    border = np.concatenate([pixels[0], pixels[-1], pixels[1:-1, 0], pixels[1:-1, -1]])
    return float(np.median(border))


def _ink(pixels: NDArray[np.float32]) -> NDArray[np.float32]:
    """How much each pixel differs from the ground towards the colour of the ink; the strongest is 1."""
    difference = pixels - np.float32(_ground(pixels))
    lighter, darker = np.maximum(difference, 0), np.maximum(-difference, 0)
    # squares: a few strong strokes outweigh a wide, slightly uneven ground
    ink = lighter if np.square(lighter).sum() >= np.square(darker).sum() else darker
    return np.asarray(ink / ink.max())


def _fitted_ink(ink: NDArray[np.float32], height: int, width: int) -> NDArray[np.float32]:
    inked = ink > _FAINTEST
    rows, columns = np.flatnonzero(inked.any(axis=1)), np.flatnonzero(inked.any(axis=0))
    cropped = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    box = max(1, round(min(height, width) * _MNIST_BOX / _MNIST_SIDE))
    scale = box / max(cropped.shape)
    small = area_average(cropped, max(1, round(cropped.shape[0] * scale)), max(1, round(cropped.shape[1] * scale)))
    small /= small.max()
    mass = small.sum()
    top = _start(float((small.sum(axis=1) @ np.arange(small.shape[0])) / mass), small.shape[0], height)
    left = _start(float((small.sum(axis=0) @ np.arange(small.shape[1])) / mass), small.shape[1], width)
    seen = np.zeros((height, width), np.float32)
    seen[top : top + small.shape[0], left : left + small.shape[1]] = small
    return seen


def _start(centre: float, length: int, room: int) -> int:
    """First row (or column) of a part of `length` whose centre of mass goes to the middle of `room`, kept inside it."""
    # all of MNIST has its centre of mass within half a pixel of index 14 of 28, not of 13.5
    return min(max(round(room / 2 - centre), 0), room - length)


def _whole_picture(pixels: NDArray[np.float32], height: int, width: int) -> NDArray[np.float32]:
    if _ground(pixels) > 0.5:
        pixels = 1 - pixels
    side = max(pixels.shape)
    square = np.zeros((side, side), np.float32)
    top, left = ((side - length) // 2 for length in pixels.shape)
    square[top : top + pixels.shape[0], left : left + pixels.shape[1]] = pixels
    return area_average(square, height, width)
