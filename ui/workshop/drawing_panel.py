"""The large canvas, beside it what the network would get, and the key that keeps it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize, Qt, QTimer, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from core.arrays import Array
from playground.errors import ImageError
from playground.preparation import prepared_as
from ui.classify.canvas import Canvas
from ui.classify.pixel_view import PixelView
from ui.controls import CalmToolButton
from ui.icons import glyph_icon
from ui.panel import Panel
from ui.theme import DARK, Theme
from ui.workshop.class_column import color_of
from ui.workshop.workshop import Workshop

__all__ = ["DrawingPanel"]

_PREPARE_MS = 12
_SEEN = 86  # three screen pixels for each of 28, and the frame
_CANVAS = 200


class DrawingPanel(Panel):
    """`keep` puts the drawing into the chosen class and clears the canvas for the next."""

    def __init__(self, workshop: Workshop, parent: QWidget | None = None) -> None:
        super().__init__("Draw", parent)
        self._workshop = workshop
        self._theme = DARK
        self.canvas = Canvas()
        self.canvas.keeps_arrows = True  # nothing else in this window steps by them
        self.canvas.setMinimumSize(_CANVAS, _CANVAS)
        self.seen = PixelView()
        self.seen.setFixedSize(_SEEN, _SEEN)
        self.seen.setAccessibleName("What the network gets")
        self.caption = QLabel()
        self.keep_button = QPushButton()
        self.keep_button.clicked.connect(self.keep)
        self._tools: dict[str, CalmToolButton] = {}
        self._build()
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_PREPARE_MS)
        self._soon.timeout.connect(self._show_seen)
        self.canvas.changed.connect(self._on_drawn)
        self.canvas.tool_changed.connect(self._show_tool)
        workshop.opened.connect(self.show_class)
        workshop.changed.connect(self.show_class)
        workshop.class_chosen.connect(self.show_class)
        self.show_class()
        self._show_seen()

    def _build(self) -> None:
        for name, spoken, tip in (
            ("eraser", "Eraser", "Erase instead of draw (E on the canvas, or the right mouse button)"),
            ("clear", "Clear canvas", "Clear the canvas (Del on the canvas)"),
        ):
            button = CalmToolButton()
            button.setAutoRaise(True)
            button.setIconSize(QSize(18, 18))
            button.setFixedSize(28, 24)
            button.setAccessibleName(spoken)
            button.setToolTip(tip)
            self._tools[name] = button
            self.header.addWidget(button)
        self._tools["eraser"].setCheckable(True)
        self._tools["eraser"].toggled.connect(self.canvas.set_eraser)
        self._tools["clear"].clicked.connect(self.canvas.clear)
        self.caption.setObjectName("muted")
        self.caption.setWordWrap(True)
        font = self.font()
        font.setPointSizeF(8.0)
        self.caption.setFont(font)
        beside = QVBoxLayout()
        beside.setSpacing(6)
        beside.addWidget(self.keep_button)
        beside.addWidget(self.caption)
        beside.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.seen)
        row.addLayout(beside, 1)
        self.body.addWidget(self.canvas, 1)
        self.keep_button.setMinimumHeight(34)
        self.body.addLayout(row)

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        self._theme = theme
        self.canvas.set_theme(theme)
        self.seen.set_theme(theme)
        for name, button in self._tools.items():
            button.setIcon(glyph_icon(name, theme.text))
        self.show_class()

    def prepared(self) -> Array | None:
        """The drawing as the network would get it, (c, h, w) from 0 to 1; None if there is nothing to keep."""
        if self.canvas.is_empty:
            return None
        collection = self._workshop.collection
        channels, height, width = collection.images.shape[1:]
        try:
            return prepared_as(
                self.canvas.gray(), collection.preparation, (channels, height, width), collection.inverted
            )
        except ImageError:
            # what an eraser left is too faint to be a drawing
            return None

    @Slot()
    def keep(self) -> None:
        """Keep the drawing for the chosen class; an empty canvas keeps nothing."""
        seen = self.prepared()
        if seen is not None and self._workshop.chosen_class is not None:
            pixels: NDArray[np.uint8] = np.rint(seen * 255).astype(np.uint8)
            if self._workshop.add_drawing(pixels):
                # with a fresh history: the strokes of the last sample are not undone on this one
                self.canvas.restore(b"")
                self._show_seen()

    @Slot()
    def show_class(self) -> None:
        """Say for which class the drawing would be kept."""
        known = self._workshop.chosen_class
        name = known.name if known is not None else ""
        short = self.keep_button.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, 150)
        shown = short.replace("&", "&&")
        self.keep_button.setText(f"Keep for {shown}  ⏎" if known else "Add a class first")
        self.keep_button.setAccessibleName(f"Keep the drawing for {name}" if known else "Keep the drawing")
        self.keep_button.setToolTip(
            f"Keep the drawing for {name} and clear the canvas for the next (Enter); 1 to 9 choose another class"
        )
        if known is not None:
            self.keep_button.setStyleSheet(
                f"QPushButton {{ border: 2px solid {color_of(self._theme, known)}; border-radius: 6px;"
                f" background: {self._theme.field}; padding: 3px; }}"
                f"QPushButton:disabled {{ border-color: {self._theme.panel_border}; color: {self._theme.muted}; }}"
            )
            self.canvas.set_hint(f"draw {name} here, then press Enter")
        side = self._workshop.collection.images.shape[2]
        keys = "1 to 9 choose the class"
        self.caption.setText(f"← the {side}×{side} pixels that the network gets; {keys}")
        self.seen.setToolTip("The drawing as it is kept and as the network gets it: fitted, and centred if need be")
        self._enable_keep()

    def _enable_keep(self) -> None:
        self.keep_button.setEnabled(not self.canvas.is_empty and self._workshop.chosen_class is not None)

    @Slot()
    def _on_drawn(self) -> None:
        if not self._soon.isActive():
            self._soon.start()
        self._enable_keep()

    @Slot()
    def _show_seen(self) -> None:
        seen = self.prepared()
        self.seen.show_pixels(None if seen is None else seen[0])
        self._enable_keep()

    @Slot()
    def _show_tool(self) -> None:
        self._tools["eraser"].setChecked(self.canvas.eraser)
