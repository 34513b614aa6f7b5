"""A training step without the copies: the numbers of the layers, from reused memory and fewer, larger operations."""

from core.fast_path.choice import compiled_part, seconds_loading
from core.fast_path.part import NumpyPart
from core.fast_path.path import FastPath, supports_fast_path
from core.fast_path.steps_taken import StepsTaken

__all__ = ["FastPath", "NumpyPart", "StepsTaken", "compiled_part", "seconds_loading", "supports_fast_path"]
