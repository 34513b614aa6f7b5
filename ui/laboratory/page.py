"""What a page of the laboratory is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from playground.snapshot import Snapshot
from ui.theme import Theme

__all__ = ["Page", "PageKind"]


class Page(QWidget):
    """One page of the laboratory. It is told nothing while it is hidden, and everything anew when it is shown.

    A page lays itself out for the height it gets: the laboratory gives it all the room that there is, and scrolls only
    where that is less than its minimum size hint.
    """

    title = ""

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Follow the newest numbers; called at once when the page is shown, then with every frame while it is."""
        raise NotImplementedError

    def set_theme(self, theme: Theme) -> None:
        """Follow the theme."""
        raise NotImplementedError

    def set_decimals(self, decimals: int) -> None:
        """Decimals of the numbers."""
        raise NotImplementedError


@dataclass(frozen=True)
class PageKind:
    """A page that is made when it is first looked at: the text of its button, its tooltip, and what makes it."""

    title: str
    tip: str
    make: Callable[[], Page]
