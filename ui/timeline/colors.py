"""The colours of branches: one home for the curves and the bar."""

from __future__ import annotations

from ui.theme import Theme, palette_color

__all__ = ["branch_color", "branch_name"]

# places of the class palette that are neither blue nor orange, which mean test and train
_PLACES = (8, 9, 4, 2, 3, 6)


def branch_color(theme: Theme, number: int) -> str:
    """The colour of a branch; number 0, the run as it began, has the text's."""
    return theme.text if number == 0 else palette_color(theme, _PLACES[(number - 1) % len(_PLACES)])


def branch_name(number: int, *, short: bool = False) -> str:
    """What a branch is called."""
    if number == 0:
        return "1st" if short else "first run"
    return f"#{number}" if short else f"branch {number}"
