"""How counts are written, in messages and on screen."""

from __future__ import annotations

__all__ = ["counted", "grouped"]


def grouped(count: int) -> str:
    """A whole number with its thousands apart: 60 000."""
    return f"{count:,}".replace(",", "\u202f")


def counted(count: int, what: str) -> str:
    """A number of things in words: "1 step", "60 000 images"."""
    return f"{grouped(count)} {what}{'s' if count != 1 else ''}"
