"""The blocks of a network compiled by Numba, which must be installed: the same numbers, to rounding, sooner."""

from core.fast_path.compiled.part import CompiledPart

__all__ = ["CompiledPart"]
