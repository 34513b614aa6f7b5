"""Colours and their meaning, in one place: the light and the dark theme and the colour maps of the heatmaps.

One colour, one meaning: forward green, backward orange, the class with y = 0 blue, the one with y = 1 orange; signed
values on a diverging map (orange positive, blue negative, symmetric about 0), activations and images on a sequential
map. The name of a derivative by itself is written as what goes backward, all other names and every number as text: a
number in orange or blue would tell a sign.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from playground.notation.color_maps import NEGATIVE, POSITIVE, ZERO, color_map, unsigned_map

__all__ = [
    "DARK",
    "LIGHT",
    "SLIM_SCROLL_BAR",
    "Theme",
    "Themed",
    "apply_theme",
    "checked_button_style",
    "class_color",
    "compact",
    "diverging_map",
    "name_color",
    "number_font",
    "palette_color",
    "sequential_map",
    "slim_scroll_bar",
]


@dataclass(frozen=True)
class Theme:
    """Colours as "#rrggbb". `positive` and `negative` are the ends of the diverging map, `zero` its middle.

    `source` outlines the cells that a cell is made from, `reader` those that are made from it. `classes` are those
    that were chosen for the classes of the run, y = 0 first; none: the palette's.
    """

    name: str
    window: str
    panel: str
    panel_border: str
    field: str
    text: str
    muted: str
    accent: str
    accent_text: str
    forward: str
    backward: str
    warning: str
    error: str
    train: str
    test: str
    grid: str
    positive: str
    negative: str
    zero: str
    selection: str
    source: str
    reader: str
    classes: tuple[str, ...] = ()

    def with_classes(self, colors: tuple[str, ...]) -> Theme:
        """The same with other colours for the classes of the run."""
        return self if colors == self.classes else replace(self, classes=colors)

    @property
    def is_dark(self) -> bool:
        """True for a light-on-dark theme."""
        return QColor(self.window).lightness() < 128


class Themed(Protocol):
    """What is drawn in the colours of a theme."""

    def set_theme(self, theme: Theme) -> None:
        """Follow the theme."""


DARK = Theme(
    name="dark",
    window="#0f1318",
    panel="#1a1f26",
    panel_border="#2b323c",
    field="#232a33",
    text="#e8ebef",
    muted="#98a2af",
    accent="#5ba7ff",
    accent_text="#0b1016",
    forward="#55c08a",
    backward="#f2a03d",
    warning="#f2c14e",
    error="#ff7b72",
    train="#f2a03d",
    test="#5ba7ff",
    grid="#39424e",
    positive="#ffa63d",
    negative="#58a6ff",
    zero="#1d232b",
    selection="#ffffff",
    source="#3fe0d0",
    reader="#ff86d4",
)

LIGHT = Theme(
    name="light",
    window="#eef1f5",
    panel="#ffffff",
    panel_border="#d3d9e1",
    field="#f4f6f9",
    text="#1a212b",
    muted="#586474",
    accent="#1769c9",
    accent_text="#ffffff",
    forward="#157d3c",
    backward="#b05109",
    warning="#92600a",
    error="#c0262d",
    train="#ab5609",
    test="#1769c9",
    grid="#dfe4ea",
    positive=POSITIVE,
    negative=NEGATIVE,
    zero=ZERO,
    selection="#000000",
    source="#007b71",
    reader="#b81f86",
)

# Okabe and Ito's palette ("Color Universal Design", 2008), blue and orange first; tells apart for colour-blind eyes.
_CLASS_COLORS = {
    "dark": (
        "#5ba7ff",
        "#f2a03d",
        "#2fbf95",
        "#f0e442",
        "#d58fc0",
        "#e8743b",
        "#8fd0f5",
        "#b3bac4",
        "#b79cff",
        "#9acd5a",
    ),
    "light": (
        "#1769c9",
        "#ab5609",
        "#00785a",
        "#7f7000",
        "#a8457f",
        "#b0300f",
        "#2377a5",
        "#5f6875",
        "#6b4bd0",
        "#4d7c1e",
    ),
}


def class_color(theme: Theme, position: int) -> str:
    """The colour of the class at `position` of the run's classes: the chosen one, else y = 0 blue, y = 1 orange …"""
    return theme.classes[position] if position < len(theme.classes) else palette_color(theme, position)


def name_color(theme: Theme, name: str) -> str:
    """The colour of the name of an array by itself, 'dz1' or '∂L/∂z₁': a derivative's is that of what goes backward."""
    return theme.backward if name.startswith(("d", "∂")) else theme.text


def palette_color(theme: Theme, place: int) -> str:
    """One of the colours that are told apart by most eyes, over and over again: blue, orange, green …"""
    colors = _CLASS_COLORS[theme.name]
    return colors[place % len(colors)]


@cache
def diverging_map(theme: Theme) -> NDArray[np.uint8]:
    """(255, 3) RGB: index 0 the most negative, 127 exactly zero, 254 the most positive."""
    return color_map((theme.negative, theme.zero, theme.positive))


def sequential_map(theme: Theme) -> NDArray[np.uint8]:
    """(255, 3) RGB of rising lightness (magma-like): index 0 is zero, 254 the largest activation."""
    del theme  # images are black paper with light ink in both themes, as the network sees them
    return unsigned_map()


@cache
def _number_family() -> str:
    families = set(QFontDatabase.families())
    for family in ("DejaVu Sans Mono", "Menlo", "Consolas", "Noto Sans Mono"):
        if family in families:
            return family
    return QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).family()


def number_font(size: float = 9.0, bold: bool = False) -> QFont:
    """A font with digits of equal width, for figures that change while one looks at them; size in points."""
    font = QFont(_number_family())
    font.setPointSizeF(size)
    font.setBold(bold)
    return font


_COMPACT_POINTS = 9.0


def compact(widget: QWidget) -> None:
    """Letters of 9 points at most, for a row that has no room for a larger font of the desktop."""
    font = widget.font()
    if font.pointSizeF() > _COMPACT_POINTS:
        font.setPointSizeF(_COMPACT_POINTS)
        widget.setFont(font)


SLIM_SCROLL_BAR = 7
"""Width in pixels of what `slim_scroll_bar` describes."""


def slim_scroll_bar(theme: Theme) -> str:
    """The style sheet of a narrow vertical scroll bar, for pictures that stand close together."""
    handle = theme.grid if theme.is_dark else "#b4bdc9"
    return (
        f"QScrollBar:vertical {{ background: transparent; width: {SLIM_SCROLL_BAR}px; margin: 0; }}"
        f"QScrollBar::handle:vertical {{ background: {handle}; border-radius: 2px;"
        " min-height: 18px; margin-left: 3px; }"
        f"QScrollBar::handle:vertical:hover {{ background: {theme.muted}; }}"
        "QScrollBar::handle:vertical:disabled { background: transparent; }"
        "QScrollBar::add-line, QScrollBar::sub-line { height: 0; } QScrollBar::add-page, QScrollBar::sub-page"
        " { background: none; }"
    )


def checked_button_style(theme: Theme) -> str:
    """The style sheet of a button that stands out while it is the chosen one of several."""
    return (
        f"QPushButton:checked {{ color: {theme.accent_text}; background: {theme.accent}; border: 1px solid "
        f"{theme.accent}; border-radius: 4px; }}"
    )


def apply_theme(app: QApplication, theme: Theme) -> None:
    """Give the whole application the theme's palette and the small style sheet for what a palette cannot say."""
    palette = QPalette()
    roles = {
        QPalette.ColorRole.Window: theme.window,
        QPalette.ColorRole.WindowText: theme.text,
        QPalette.ColorRole.Base: theme.field,
        QPalette.ColorRole.AlternateBase: theme.panel,
        QPalette.ColorRole.Text: theme.text,
        QPalette.ColorRole.Button: theme.field,
        QPalette.ColorRole.ButtonText: theme.text,
        QPalette.ColorRole.ToolTipBase: theme.panel,
        QPalette.ColorRole.ToolTipText: theme.text,
        QPalette.ColorRole.PlaceholderText: theme.muted,
        QPalette.ColorRole.Highlight: theme.accent,
        QPalette.ColorRole.HighlightedText: theme.accent_text,
        QPalette.ColorRole.Link: theme.accent,
        QPalette.ColorRole.Accent: theme.accent,
        QPalette.ColorRole.Mid: theme.panel_border,
        QPalette.ColorRole.Light: theme.panel_border,  # the line beneath tabs
    }
    for role, color in roles.items():
        palette.setColor(role, QColor(color))
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(theme.muted))
    app.setPalette(palette)
    boxes = QPalette(palette)
    if theme.is_dark:  # their outline is darker than the ground, so the empty box itself has to be seen
        boxes.setColor(QPalette.ColorRole.Base, QColor(theme.muted).darker(170))
    app.setPalette(boxes, "QCheckBox")  # type: ignore[arg-type]  # the stubs say bytes, which PySide refuses
    app.setStyleSheet(
        f"""
        QFrame#panel {{ background: {theme.panel}; border: 1px solid {theme.panel_border}; border-radius: 8px; }}
        QLabel#panelTitle {{ color: {theme.muted}; font-weight: bold; }}
        QLabel#muted {{ color: {theme.muted}; }}
        QPushButton#primary {{ background: {theme.accent}; color: {theme.accent_text}; border: none; border-radius: 6px;
            padding: 5px 14px; font-weight: bold; }}
        QPushButton#primary:disabled {{ background: {theme.panel_border}; color: {theme.muted}; }}
        QToolButton#pageLink {{ color: {theme.accent}; border: none; padding: 0 3px; font-weight: bold; }}
        QToolButton#pageLink:hover {{ text-decoration: underline; }}
        QToolTip {{ background: {theme.panel}; color: {theme.text}; border: 1px solid {theme.panel_border};
            padding: 4px; }}
        """
    )
