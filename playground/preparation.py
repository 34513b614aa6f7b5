"""How a picture that is not of a data set becomes what a network trained on that data set takes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.arrays import Array
from playground.digit_image import prepare
from playground.own_data.fitting import fit_one, grey
from playground.settings import Settings

__all__ = ["preparation_of", "prepared", "prepared_as"]


def preparation_of(settings: Settings) -> str:
    """One of `PREPARATIONS`: that of the user's own data, "centred" for digits, "ink" for other built-in data."""
    if settings.own is not None:
        return settings.own.preparation
    return "centred" if settings.dataset == "digits" else "ink"


def prepared(picture: NDArray[np.uint8], settings: Settings) -> Array:
    """A picture (h, w) or (h, w, 3) → the input (c, h, w) of a network for `settings`, float32 0 to 1.

    Raises ImageError if ink is needed and there is none.
    """
    inverted = settings.own is not None and settings.own.inverted
    return prepared_as(picture, preparation_of(settings), settings.image_shape, inverted)


def prepared_as(picture: NDArray[np.uint8], how: str, shape: tuple[int, int, int], inverted: bool = False) -> Array:
    """A picture (h, w) or (h, w, 3) → (c, h, w) = `shape`, float32 0 to 1; `how`: one of `PREPARATIONS`.

    Raises ImageError if ink is needed and there is none.
    """
    if how == "picture":
        fitted = fit_one(picture, shape[1], shape[0], inverted)
        return np.asarray(np.divide(fitted, np.float32(255), dtype=np.float32))
    brightness = grey(picture[np.newaxis])[0] if picture.ndim == 3 else picture
    return np.ascontiguousarray(np.broadcast_to(prepare(brightness, (1, *shape[1:]), how == "centred"), shape))
