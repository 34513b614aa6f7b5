"""A training step without the copies: the numbers of the layers, from reused memory and fewer, larger operations."""

from core.fast_path.path import FastPath, supports_fast_path

__all__ = ["FastPath", "supports_fast_path"]
