"""By what the numbers of a training step are worked out here."""

from __future__ import annotations

import numpy as np

from core.fast_path import compiled_part, seconds_loading

__all__ = ["arithmetic", "is_compiling"]


_LONGER_THAN_FROM_FILES = 2.0
"""Seconds of loading from which on it compiles."""


def is_compiling() -> bool:
    """Whether the training step is being compiled now, as it is once after an installation."""
    return seconds_loading() > _LONGER_THAN_FROM_FILES


def arithmetic() -> str:
    """The libraries, with versions: "NumPy 2.4.6, compiled by Numba 0.68.1"."""
    if compiled_part() is None:
        return f"NumPy {np.__version__}"
    from importlib.metadata import version  # noqa: PLC0415 - the program starts without it

    return f"NumPy {np.__version__}, compiled by Numba {version('numba')}"
