"""The window as areas: F6 goes from one to the next, Tab through the controls of each and on to the next."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QAbstractButton, QApplication, QScrollArea, QWidget
from shiboken6 import Shiboken

__all__ = ["Area", "Areas"]


@dataclass(frozen=True)
class Area:
    """What lies together: `parts` in the order in which Tab goes through them.

    main: what F6 goes to before anything else of the area has had the keys; None: its first control.
    """

    parts: tuple[QWidget, ...]
    main: QWidget | None = None


class Areas(QObject):
    """The order of the keys in a window, whenever its views were made.

    What lies over the window and belongs to none of the `areas` is one more, the last. An area that was left is entered
    by F6 where it was left. From nowhere both keys go to the area `first`.
    """

    def __init__(self, window: QWidget, areas: Sequence[Area], first: int) -> None:
        super().__init__(window)
        self._window = window
        self._areas = tuple(areas)
        self._first = first
        self._left_at: dict[int, QWidget] = {}
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._on_focus_changed)

    def go(self, step: int) -> None:
        """Give the keys to the area `step` places after the present one that has a control; round at the ends."""
        count, here = len(self._areas) + 1, self._area_of(self._window.focusWidget())
        begin = self._first if here is None else (here + step) % count
        for number in range(count):
            area = (begin + number * step) % count
            stops = self.stops(area)
            if stops:
                wanted = (self._left_at.get(area), self._areas[area].main if area < len(self._areas) else None)
                target = next((widget for widget in wanted if widget in stops), stops[0])
                _give_keys(target, Qt.FocusReason.ShortcutFocusReason)
                return

    def tab(self, *, forward: bool) -> bool:
        """Give the keys to the next control, or the one before; False if there is none."""
        here = self._window.focusWidget()
        if self._area_of(here) is None:
            self.go(1)
            return True
        everything = [widget for area in range(len(self._areas) + 1) for widget in self._widgets(area)]
        if not forward:
            everything.reverse()
        place = everything.index(here) + 1 if here in everything else 0
        target = next(filter(self._is_stop, everything[place:] + everything[:place]), None)
        if target is not None and target is not here:
            _give_keys(target, Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason)
        return target is not None

    def stops(self, area: int) -> list[QWidget]:
        """What Tab stops at in an area, now."""
        return [widget for widget in self._widgets(area) if self._is_stop(widget)]

    def _widgets(self, area: int) -> Iterable[QWidget]:
        """All of an area, part after part, each widget once."""
        if area == len(self._areas):
            return [widget for widget in self._window.findChildren(QWidget) if self._lies_over(widget)]
        # not by Qt's chain of the focus: PySide takes the next in it for a child, and forgets it with the one before
        found = (widget for part in self._areas[area].parts for widget in (part, *part.findChildren(QWidget)))
        return dict.fromkeys(found)

    def _lies_over(self, widget: QWidget) -> bool:
        return self._is_stop(widget) and self._area_of(widget) == len(self._areas)

    def _is_stop(self, widget: QWidget) -> bool:
        takes_tab = bool(widget.focusPolicy().value & Qt.FocusPolicy.TabFocus.value)
        group = widget.group() if isinstance(widget, QAbstractButton) else None
        if group is not None and group.exclusive() and group.checkedButton() not in (None, widget):
            return False  # of switches of which one is on, that one; Qt's arrow keys go on from there
        return takes_tab and widget.focusProxy() is None and widget.isEnabled() and widget.isVisibleTo(self._window)

    def _area_of(self, widget: QWidget | None) -> int | None:
        for number, area in enumerate(self._areas):
            if widget is not None and any(part is widget or part.isAncestorOf(widget) for part in area.parts):
                return number
        return None if widget is None or widget is self._window else len(self._areas)

    @Slot(QWidget, QWidget)
    def _on_focus_changed(self, _before: QWidget | None, now: QWidget | None) -> None:
        if Shiboken.isValid(self._window) and now is not None and now.window() is self._window:
            area = self._area_of(now)
            if area is not None:
                self._left_at[area] = now


def _give_keys(widget: QWidget, reason: Qt.FocusReason) -> None:
    """And bring it into view, wherever the scroll areas around it stand."""
    widget.setFocus(reason)
    around = widget.parentWidget()
    while around is not None:
        if isinstance(around, QScrollArea):
            around.ensureWidgetVisible(widget, 4, 4)
        around = around.parentWidget()
