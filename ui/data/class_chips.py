"""Which classes of the data set a run learns: a row of switches, or a list where they have no room in one."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolButton, QWidget

from ui.controls import CalmToolButton
from ui.data.class_list import ClassList
from ui.one_stop import OneStop
from ui.theme import DARK, Theme, class_color

__all__ = ["ClassChips"]

_LEAST = 2
_NARROWEST, _READABLE = 18, 64
"""A switch is at least so wide, and a long name can be told from others at so many pixels."""
_GAP, _ALL_WIDTH = 2, 34


class ClassChips(QWidget):
    """At least two classes are always on. Classes that are too many, or whose names are too long, are a list to tick.

    `chosen` brings the tuple of classes, ascending; `message` says why a class stays on. The last button turns all
    classes on, and from there goes back to the two that were on before.
    """

    chosen = Signal(object)
    message = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names: tuple[str, ...] = ()
        self._chosen: tuple[int, ...] = ()
        self._pair: tuple[int, ...] = (0, 1)
        self._theme = DARK
        self._chips: list[QToolButton] = []
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(_GAP)
        self._is_list = False
        self.list_button = CalmToolButton()
        self.list_button.setFixedHeight(20)
        self.list_button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.list_button.clicked.connect(self.open_list)
        self.list_button.hide()
        self.list = ClassList(self)
        self.list.toggled.connect(self._toggle)
        self.list.all_toggled.connect(self._toggle_all)
        self._layout.addWidget(self.list_button)
        self._all = QToolButton()
        self._all.clicked.connect(self._toggle_all)
        self._layout.addWidget(self._all)
        self._stop = OneStop(self, (self._all,))

    @property
    def classes(self) -> tuple[int, ...]:
        """The classes that are on, ascending; the first is y = 0."""
        return self._chosen

    def chip(self, label: int) -> QToolButton:
        """The switch of a class."""
        return self._chips[label]

    @property
    def all_button(self) -> QToolButton:
        """The button for all classes."""
        return self._all

    def set_classes(self, names: Sequence[str], chosen: Sequence[int]) -> None:
        """Offer the classes `names`, with those at the positions `chosen` on; tells nothing."""
        if tuple(names) != self._names:
            self._names = tuple(names)
            self._pair = (0, 1)
            self._build()
        self._take(tuple(chosen))

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        self._theme = theme
        self.list.set_theme(theme)
        self._show()

    def open_list(self) -> None:
        """Let classes be ticked in the list, where there is one."""
        if self._is_list:
            self.list.pop_up(self.list_button.mapToGlobal(self.list_button.rect().bottomLeft()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._needs_list() != self._is_list:
            self._build()
            self._show()

    def _least_width(self, name: str) -> int:
        bold = self.font()
        bold.setBold(True)
        return min(_READABLE, max(_NARROWEST, QFontMetrics(bold).horizontalAdvance(name) + 8))

    def _needs_list(self) -> bool:
        widths = [self._least_width(name) for name in self._names]
        return sum(widths) + _GAP * len(widths) + _ALL_WIDTH > self.width()

    def _build(self) -> None:
        for chip in self._chips:
            self._layout.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        self._chips = []
        self._is_list = self._needs_list()
        self.list_button.setVisible(self._is_list)
        for label, name in enumerate(() if self._is_list else self._names):
            chip = QToolButton()
            chip.setCheckable(True)
            chip.setText(name)
            # narrow enough for ten in a row; words share the rest of it
            chip.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            chip.setMinimumWidth(self._least_width(name))
            chip.setFixedHeight(20)
            chip.clicked.connect(lambda _checked=False, label=label: self._toggle(label))
            self._layout.insertWidget(label + 1, chip)
            self._chips.append(chip)
        self._stop.set_members((*self._chips, self._all))
        self._all.setFixedSize(_ALL_WIDTH, 20)

    def _toggle(self, label: int) -> None:
        if label not in self._chosen:
            self._choose((*self._chosen, label))
        elif len(self._chosen) > _LEAST:
            self._choose(tuple(other for other in self._chosen if other != label))
        else:
            self._show()
            name = self._names[label]
            self.message.emit(
                f"Two classes are the least to tell apart: switch another one on before you switch {name} off."
            )

    def _toggle_all(self) -> None:
        everything = tuple(range(len(self._names)))
        self._choose(self._pair if self._chosen == everything else everything)

    def _choose(self, classes: tuple[int, ...]) -> None:
        self._take(classes)
        self.chosen.emit(self._chosen)

    def _take(self, classes: tuple[int, ...]) -> None:
        self._chosen = tuple(sorted(classes))
        if len(self._chosen) == _LEAST:
            self._pair = self._chosen
        self._show()

    def _show(self) -> None:
        theme = self._theme
        for label, chip in enumerate(self._chips):
            is_on = label in self._chosen
            chip.setChecked(is_on)
            y = self._chosen.index(label) if is_on else None
            state = "not used" if y is None else f"y = {y}"
            chip.setAccessibleName(f"Class {self._names[label]}")
            chip.setAccessibleDescription(state)
            chip.setToolTip(f"Class {self._names[label]}: {state}\nClick to use it or leave it out; starts over")
            color = theme.muted if y is None else class_color(theme, y)
            chip.setStyleSheet(_chip_style(theme, color, is_on))
        is_all = len(self._chosen) == len(self._names)
        self._all.setText("two" if is_all else "all")
        self._all.setAccessibleName("Only two classes" if is_all else "All classes")
        back = " and ".join(self._names[label] for label in self._pair if label < len(self._names))
        self._all.setToolTip(f"Only {back}; starts over" if is_all else "Use all classes (softmax); starts over")
        self._all.setStyleSheet(_chip_style(theme, theme.accent, False))
        self._show_list(self._all.text())

    def _show_list(self, all_text: str) -> None:
        if not self._is_list:
            return
        count = f"{len(self._chosen)} of {len(self._names)}"
        self.list_button.setText(f"{count} classes  ▾")
        self.list_button.setAccessibleName("Classes")
        self.list_button.setAccessibleDescription(f"{count} are used")
        self.list_button.setToolTip("Choose the classes that are learnt; starts over")
        self.list_button.setStyleSheet(_chip_style(self._theme, self._theme.text, False))
        self.list.show_classes(self._names, self._chosen, "All classes" if all_text == "all" else "Only two")


def _chip_style(theme: Theme, color: str, is_on: bool) -> str:
    border = color if is_on else theme.panel_border
    weight = "bold" if is_on else "normal"
    return (
        f"QToolButton {{ color: {color}; background: {theme.field}; border: 1px solid {border}; border-radius: 4px;"
        f" padding: 0; font-weight: {weight}; }}"
        f"QToolButton:hover {{ border-color: {theme.muted if not is_on else color}; }}"
    )
