"""Draw, open, drop or paste a picture, and read what the network makes of it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QMimeData, QSize, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup, QColor, QGuiApplication, QPalette, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QWidget

from core.arrays import Array
from playground.digit_image import prepare
from playground.errors import ImageError
from playground.sample_ref import DrawnSample
from playground.snapshot import Snapshot
from ui.classify.canvas import Canvas
from ui.classify.desk import ClassifyDesk
from ui.classify.ink_raster import fit_picture
from ui.classify.picture_loader import PictureLoader
from ui.icons import glyph_icon
from ui.number_format import display_name, format_number
from ui.one_stop import OneStop
from ui.panel import Panel
from ui.theme import DARK, Theme, class_color

__all__ = ["ClassifyPanel"]

_PREPARE_MS = 12
_BRUSHES = (("Thin brush", 14), ("Medium brush", 22), ("Thick brush", 34))


class ClassifyPanel(Panel):
    """The drawing, what the network sees of it, and the probability of each class.

    drawing_changed: the prepared input (1, h, w) float32, or None when there is nothing to classify. open_requested:
    the user wants to choose a file. message: one sentence on input that was refused; the drawing is kept then.
    follow_chosen: whether the drawing is to be what the whole window follows; followed_changed: whether it is.
    """

    drawing_changed = Signal(object)
    open_requested = Signal()
    message = Signal(str)
    follow_chosen = Signal(bool)
    followed_changed = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Classify", parent)
        self._theme = DARK
        self._decimals = 4
        self._image_shape = (1, 28, 28)
        self._like_mnist = True
        self._has_input = self._follows = False
        self.desk = ClassifyDesk()
        self.canvas: Canvas = self.desk.canvas
        self.loader = PictureLoader(self)
        self._buttons: dict[str, QToolButton] = {}
        self.body.addWidget(self.desk, 1)
        self._build_tools()
        # several mouse events may come in one frame: the input is made once for all of them
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_PREPARE_MS)
        self._soon.timeout.connect(self._update_input)
        self._connect()
        self.set_input_shape(self._image_shape, True, ())
        self._snapshot: Snapshot | None = None
        self.set_theme(DARK)

    def _build_tools(self) -> None:
        row = QWidget()
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(1)
        tools: tuple[tuple[str, str, str, Callable[[], None] | None], ...] = (
            ("brush", "Brush size", "Brush size  [ and ] on the canvas", None),
            ("eraser", "Eraser", "Erase instead of draw  E on the canvas, or the right mouse button", None),
            ("undo", "Undo drawing", "Take back the last stroke", self.undo),
            ("redo", "Redo drawing", "Draw the stroke again that was taken back", self.redo),
            ("clear", "Clear drawing", "Clear the drawing  Delete on the canvas", self.clear),
            ("open", "Open a picture", "Open a picture…  Ctrl+Shift+I", self.open_requested.emit),
            ("paste", "Paste a picture", "Paste a picture  Ctrl+V", self.paste),
        )
        for name, spoken, tooltip, slot in tools:
            button = QToolButton()
            button.setAutoRaise(True)
            button.setIconSize(QSize(16, 16))
            button.setFixedSize(22, 20)
            button.setAccessibleName(spoken)
            button.setToolTip(tooltip)
            if slot is not None:
                button.clicked.connect(slot)
            self._buttons[name] = button
            layout.addWidget(button)
        self._buttons["eraser"].setCheckable(True)
        self._build_brush_menu(self._buttons["brush"])
        OneStop(row, tuple(self._buttons.values()))
        self.header.addWidget(row)

    def _build_brush_menu(self, button: QToolButton) -> None:
        menu = QMenu(button)
        self._brushes = QActionGroup(menu)
        for text, size in _BRUSHES:
            action = QAction(text, menu)
            action.setCheckable(True)
            action.setData(size)
            self._brushes.addAction(action)
            menu.addAction(action)
        button.setMenu(menu)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        # the arrow of a menu button would cover the icon at this size
        button.setStyleSheet("QToolButton::menu-indicator { image: none; }")

    def _connect(self) -> None:
        self.canvas.changed.connect(self._on_canvas_changed)
        self.desk.seen.activated.connect(self.toggle_follow)
        self.desk.follow.clicked.connect(self.toggle_follow)
        self.canvas.tool_changed.connect(self._show_tool)
        self.canvas.undo_stack.indexChanged.connect(self._show_tool)
        self._buttons["eraser"].toggled.connect(self.canvas.set_eraser)
        self._brushes.triggered.connect(lambda action: self.canvas.set_brush_size(action.data()))
        self.loader.loaded.connect(self._on_picture)
        self.loader.refused.connect(self.message)
        self.loader.noticed.connect(self.message)
        self._show_tool()

    # what the window calls

    def set_input_shape(self, image_shape: tuple[int, ...], like_mnist: bool, class_names: tuple[str, ...]) -> None:
        """Prepare the drawing for another network: its input (c, h, w), how drawings are fitted, and its classes."""
        channels, height, width = image_shape
        self._image_shape = (channels, height, width)
        self._like_mnist = like_mnist
        self.loader.set_process(functools.partial(_checked_and_fitted, self._image_shape, like_mnist))
        what = "a digit" if like_mnist and all(name.isdecimal() for name in class_names) else "a picture"
        self.canvas.set_hint(f"draw {what} here")
        self._empty_words = f"Draw, open, drop or paste {what}"
        self.desk.bars.set_names(class_names)
        self.desk.show_answer("", "")
        self.desk.arrange()
        self._limit_height()
        self._update_input()

    @Slot(int)
    def set_decimals(self, decimals: int) -> None:
        """Decimals of the network's answer."""
        self._decimals = decimals
        if self._snapshot is not None:
            self.show_snapshot(self._snapshot)

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        self._theme = theme
        self.desk.set_theme(theme)
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.ButtonText, QColor(theme.text))
        self.setPalette(palette)
        for name, button in self._buttons.items():
            button.setIcon(glyph_icon(name, theme.text, theme.grid if theme.is_dark else theme.panel_border))
        if self._snapshot is not None:
            self.show_snapshot(self._snapshot)  # the answer has the colour of its class

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show the probabilities of the drawing, unless they belong to other classes than those shown."""
        self._snapshot = snapshot
        self._show_followed(isinstance(snapshot.sample, DrawnSample))
        probabilities = snapshot.drawing_probabilities
        bars = self.desk.bars
        if probabilities is None or not self._has_input or snapshot.class_names != bars.names:
            return
        bars.show_probabilities([float(value) for value in probabilities])
        winner = bars.winner
        if winner is None:
            self.desk.show_answer("", "no number: training diverged")
            return
        name = bars.names[winner]
        activation = display_name(f"A{snapshot.settings.blocks + 1}")
        # one sigmoid output is the probability of y = 1; of a softmax, the largest is the answer
        sigmoid = len(bars.names) == 2
        value = float(probabilities[1] if sigmoid else probabilities[winner])
        figure = f"{activation} = {format_number(value, self._decimals)}"
        if not sigmoid:
            figure = f"max {figure}"
        self.desk.show_answer(name, figure, class_color(self._theme, winner))

    def load_file(self, path: str | Path) -> None:
        """Read a picture file into the canvas; a refusal is told by `message`."""
        self.loader.load_file(path)

    def paste(self) -> None:
        """Take the picture, or the first file, of the clipboard; a refusal is told by `message`."""
        self.loader.load_mime(QGuiApplication.clipboard().mimeData(), "The clipboard")

    def accept_mime(self, mime: QMimeData) -> bool:
        """True if `drop` could take it."""
        return self.loader.accepts(mime)

    def drop(self, mime: QMimeData) -> None:
        """Take what was dropped on the window; a refusal is told by `message`."""
        self.loader.load_mime(mime, "What was dropped")

    def undo(self) -> None:
        """Undo the last step of the drawing."""
        self.canvas.undo()

    def redo(self) -> None:
        """Redo the step of the drawing that was undone."""
        self.canvas.redo()

    def clear(self) -> None:
        """Clear the drawing."""
        self.canvas.clear()

    def toggle_follow(self) -> None:
        """Let the whole window follow the drawing as it is now, or the image of before again."""
        if self._soon.isActive():
            self._update_input()
        self.follow_chosen.emit(not self._follows)

    def drawing_state(self) -> bytes:
        """The drawing, to be remembered."""
        return self.canvas.state()

    def restore_drawing(self, state: bytes) -> bool:
        """The drawing of an earlier start; returns False, and changes nothing, if it is damaged."""
        return self.canvas.restore(state)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._limit_height()

    # inside

    def _limit_height(self) -> None:
        # what the drawing cannot use is left to the other panels of the column
        layout = self.layout()
        assert layout is not None
        inner = layout.contentsMargins()
        desk_width = self.contentsRect().width() - inner.left() - inner.right()
        frame = self.sizeHint().height() - self.desk.sizeHint().height()
        self.setMaximumHeight(self.desk.useful_height(desk_width) + frame)

    @Slot()
    def _on_canvas_changed(self) -> None:
        if not self._soon.isActive():
            self._soon.start()

    @Slot(object)
    def _on_picture(self, gray: NDArray[np.uint8]) -> None:
        self.canvas.set_image(gray)

    @Slot()
    def _update_input(self) -> None:
        self._soon.stop()
        prepared = self._prepared()
        self._has_input = prepared is not None
        self.desk.seen.show_pixels(None if prepared is None else prepared[0])
        self.desk.follow.setEnabled(prepared is not None)
        if prepared is None:
            self.desk.bars.show_nothing(self._empty_words)
            self.desk.show_answer("", "")
        self.drawing_changed.emit(prepared)

    def _prepared(self) -> Array | None:
        if self.canvas.is_empty:
            return None
        try:
            seen = prepare(self.canvas.gray(), self._image_shape, self._like_mnist)
            # what is drawn has no colours: all channels are alike
            return np.repeat(seen, self._image_shape[0], axis=0)
        except ImageError:
            # what an eraser left is too faint to be a drawing: shown and answered as an empty canvas
            return None

    def _show_followed(self, followed: bool) -> None:
        self.desk.seen.show_followed(followed)
        if followed is not self._follows:
            self._follows = followed
            self.desk.follow.setChecked(followed)
            self.followed_changed.emit(followed)

    @Slot()
    def _show_tool(self) -> None:
        stack = self.canvas.undo_stack
        self._buttons["undo"].setEnabled(stack.canUndo())
        self._buttons["redo"].setEnabled(stack.canRedo())
        self._buttons["eraser"].setChecked(self.canvas.eraser)
        for action in self._brushes.actions():
            action.setChecked(action.data() == self.canvas.brush_size)


def _checked_and_fitted(
    image_shape: tuple[int, int, int], like_mnist: bool, gray: NDArray[np.uint8]
) -> NDArray[np.uint8]:
    """A picture as the canvas takes it; raises ImageError if the network could not be given anything of it."""
    prepare(gray, image_shape, like_mnist)
    return fit_picture(gray)
