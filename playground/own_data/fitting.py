"""From a picture of any size, grey or coloured, to the square that a data set holds.

The picture is scaled by area averages until its long side fits, keeps its aspect, and stands in the middle of a ground
in the colour of its own border (the median along it, so that a stroke that touches the border does not count). A
picture that has the wanted size is taken as it is, byte for byte.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from playground.area_average import area_average
from playground.own_data.source import Pixels

__all__ = ["border_of", "fit", "fit_one", "grey"]

_LUMA = np.array([0.299, 0.587, 0.114], np.float32)  # weights of red, green and blue in brightness, ITU-R BT.601


def fit(images: NDArray[np.uint8] | Sequence[Pixels], size: int, channels: int, invert: bool) -> NDArray[np.uint8]:
    """Pictures → (k, channels, size, size): an array (k, h, w) or (k, h, w, 3), or pictures of any sizes.

    channels: 1 makes grey by brightness, 3 makes a grey picture RGB with equal parts. invert: the negative.
    """
    if isinstance(images, np.ndarray):
        fitted = _fit_alike(images, size, channels)
    else:
        fitted = np.empty((len(images), channels, size, size), np.uint8)
        for row, picture in enumerate(images):
            fitted[row] = _fit_alike(picture[np.newaxis], size, channels)[0]
    return np.asarray(255 - fitted if invert else fitted)


def fit_one(picture: Pixels, size: int, channels: int, invert: bool) -> NDArray[np.uint8]:
    """One picture → (channels, size, size)."""
    return np.asarray(fit(picture[np.newaxis], size, channels, invert)[0])


def grey(images: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(k, h, w, 3) → (k, h, w): how bright each colour looks."""
    # one plane after the other: half the memory of a product with the whole
    return _rounded(np.asarray(sum(weight * images[..., plane] for plane, weight in enumerate(_LUMA))))


def border_of(images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(k, c, h, w) → (k, c): the median along the border of each picture."""
    edges = [images[..., 0, :], images[..., -1, :], images[..., 1:-1, 0], images[..., 1:-1, -1]]
    return np.asarray(np.median(np.concatenate(edges, axis=-1), axis=-1), np.float32)


def _fit_alike(images: NDArray[np.uint8], size: int, channels: int) -> NDArray[np.uint8]:
    """(k, h, w) or (k, h, w, 3) → (k, channels, size, size)."""
    planes = images[:, np.newaxis] if images.ndim == 3 else np.moveaxis(images, 3, 1)
    if planes.shape[1] == 3 and channels == 1:
        planes = grey(images)[:, np.newaxis]
    if planes.shape[2:] != (size, size):
        planes = _scaled(planes, size)
    return np.broadcast_to(planes, (len(planes), channels, size, size))


def _scaled(planes: NDArray[np.uint8], size: int) -> NDArray[np.uint8]:
    height, width = planes.shape[2:]
    scale = size / max(height, width)
    new_height, new_width = (max(1, round(side * scale)) for side in (height, width))
    small = _rounded(area_average(planes.astype(np.float32), new_height, new_width))
    if new_height == new_width == size:
        return small
    square = np.empty((*planes.shape[:2], size, size), np.uint8)
    square[:] = _rounded(border_of(planes))[:, :, np.newaxis, np.newaxis]
    top, left = (size - new_height) // 2, (size - new_width) // 2
    square[:, :, top : top + new_height, left : left + new_width] = small
    return square


def _rounded(values: NDArray[np.float32]) -> NDArray[np.uint8]:
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)
