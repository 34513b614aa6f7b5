"""Which kind of part a network gets: the compiled one, where Numba is installed and fits the network, or NumPy's."""

from __future__ import annotations

import functools
import importlib
import importlib.util
import logging
import os
import time

import numpy as np

from core.fast_path.part import NumpyPart, Part
from core.layers import Conv2D
from core.network import Network

__all__ = ["NUMPY_ONLY", "compiled_part", "new_part", "seconds_loading"]

NUMPY_ONLY = "CNN_PLAYGROUND_NUMPY_ONLY"
"""An environment variable: set to anything, it leaves the compiled part aside."""


_loading_since: list[float] = []


def seconds_loading() -> float:
    """For how long the compiled part has been loading by now; 0.0 if it is not. From files it takes about a second."""
    return time.monotonic() - _loading_since[0] if _loading_since else 0.0


@functools.cache
def compiled_part() -> type[Part] | None:
    """The compiled kind of part, or None where there is none. The first call may compile, which takes some seconds.

    What keeps an installed Numba from working is logged as a warning, and NumPy does the work.
    """
    if os.environ.get(NUMPY_ONLY) or importlib.util.find_spec("numba") is None:
        return None
    _loading_since.append(time.monotonic())
    try:
        part: type[Part] = importlib.import_module("core.fast_path.compiled").CompiledPart
    except Exception as error:  # noqa: BLE001 - a broken or foreign installation may raise anything; training goes on
        logging.getLogger(__name__).warning("Numba cannot be used, so NumPy trains alone: %s", error)
        return None
    finally:
        _loading_since.clear()
    return part


def new_part(network: Network, x_shape: tuple[int, int, int, int]) -> Part:
    """Memory for one pass over (m, c, h, w); raises ShapeError if such images do not fit the network."""
    compiled = compiled_part()
    return (compiled if compiled is not None and _suits(network) else NumpyPart)(network, x_shape)


def _suits(network: Network) -> bool:
    """True for what the compiled kernels are made for: float32, stride 1, no padding."""
    convs = [layer for layer in network.layers if isinstance(layer, Conv2D)]
    plain = all(conv.stride == (1, 1) and conv.padding == (0, 0) for conv in convs)
    return plain and convs[0].params["weight"].dtype == np.float32
