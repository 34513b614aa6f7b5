"""The page "Other way": ∂L/∂input of a convolution by scatter and by full convolution, step by step."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, QTimer, Slot
from PySide6.QtGui import QFontMetrics, QHideEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
)

from playground.laboratory.input_gradient import InputGradient, turned
from playground.snapshot import Snapshot
from ui.controls import CalmComboBox
from ui.elided_label import ElidedLabel
from ui.laboratory.array_picture import ArrayPicture, Outline
from ui.laboratory.other_way.walk import BothWalks
from ui.laboratory.other_way.words import difference_sentence, patch_sentence, sum_sentence, terms_sentence
from ui.laboratory.page import Page
from ui.number_format import display_name
from ui.pacer import Pacer
from ui.theme import DARK, Theme

__all__ = ["OtherWayPage"]

_REFRESH_MS = 200
_STEP_MS = 350
_LOW = 185  # pixels
_LEFT_TITLE = "Scatter: each output hands its gradient out through the kernel, and what meets is added"
_RIGHT_TITLE = "Full convolution: each input collects with the kernel turned by 180°, zeros around the gradient"
_HINT = "Point at a cell of either result, or at an output, to see what belongs to it."

Cell = tuple[int, int]


class OtherWayPage(Page):
    """Left and right walk together; pointing at a cell of either result shows its outputs and its window in both."""

    title = "Other way"

    def __init__(self) -> None:
        super().__init__()
        self._snapshot: Snapshot | None = None
        self._theme = DARK
        self._decimals = 4
        self.ways: InputGradient | None = None
        self.walk = BothWalks(0, 0, (1, 1), 0)
        self._pointed: Cell | None = None
        self._pointed_output: Cell | None = None
        self._pacer = Pacer(_REFRESH_MS, self)
        self._pacer.due.connect(self._renew)
        self._timer = QTimer(self)
        self._timer.setInterval(_STEP_MS)
        self._timer.timeout.connect(self._advance)
        self._build()
        self._arrange()
        self._connect()

    # --- building --------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self.choice = CalmComboBox()
        self.choice.setAccessibleName("Gradient")
        self.choice.setToolTip("Which gradient: the one that reaches a block before, or, worked out as an extra, ∂L/∂X")
        self.channel = _spin("channel ", "Channel of the input that is shown")
        self.filter = _spin("filter ", "Filter whose gradient and kernel are shown; the sum goes over all of them")
        self.start = _button("|◀", "First", "Before the first step (Home)")
        self.back = _button("◀", "Back", "One step back (←)")
        self.on = _button("Next ▶", "Next", "One step on, left and right (→)")
        self.play = _button("Play", "Play", "Step by step by itself, from the start if all is done")
        self.play.setCheckable(True)
        self.end = _button("▶|", "All", "To the end (End)")
        for button in (self.back, self.on):
            button.setAutoRepeat(True)
        self.progress = ElidedLabel(muted=True)
        names = ("gradient that is spread", "kernel", "result of scatter", "opened gradient", "turned kernel", "result")
        self.pictures = tuple(ArrayPicture(name.capitalize()) for name in names)
        self.gradient, self.kernel, self.scattered, self.ground, self.turned, self.collected = self.pictures
        self.left_title, self.right_title = ElidedLabel(_LEFT_TITLE, muted=True), ElidedLabel(_RIGHT_TITLE, muted=True)
        self.sum_words, self.terms_words = ElidedLabel(), ElidedLabel()
        self.patch_words, self.difference = ElidedLabel(muted=True), ElidedLabel(muted=True)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)

    def _arrange(self) -> None:
        controls = QHBoxLayout()
        controls.setSpacing(5)
        for control in (self.choice, self.channel, self.filter, self.start, self.back, self.on, self.play, self.end):
            controls.addWidget(control)
        controls.addWidget(self.progress, 1)
        self.halves = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self.halves.setSpacing(14)
        for title, pictures in ((self.left_title, self.pictures[:3]), (self.right_title, self.pictures[3:])):
            half = QVBoxLayout()
            half.setSpacing(1)
            half.addWidget(title)
            row = QHBoxLayout()
            row.setSpacing(8)
            for picture in pictures:
                row.addWidget(picture, 2 if "kernel" in picture.accessibleName().lower() else 3)
            half.addLayout(row, 1)
            self.halves.addLayout(half, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 2, 0, 0)
        layout.setSpacing(3)
        layout.addLayout(controls)
        layout.addLayout(self.halves, 1)
        for words in (self.sum_words, self.terms_words, self.patch_words, self.difference):
            layout.addWidget(words)

    def _connect(self) -> None:
        self.choice.currentIndexChanged.connect(lambda _place: self._choose_convolution())
        for spin in (self.channel, self.filter):
            spin.valueChanged.connect(lambda _value: self._renew())
        self.start.clicked.connect(lambda: self.go_to(0))
        self.back.clicked.connect(lambda: self.go_to(self.walk.count - 1))
        self.on.clicked.connect(lambda: self.go_to(self.walk.count + 1))
        self.end.clicked.connect(lambda: self.go_to(self.walk.cells))
        self.play.toggled.connect(self._on_play)
        for result in (self.scattered, self.collected):
            result.cell_pointed.connect(self._point_at_cell)
        self.gradient.cell_pointed.connect(self._point_at_output)
        self.ground.cell_pointed.connect(self._point_at_ground)

    # --- from the window -------------------------------------------------------------------------------------------

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Follow the numbers, a few times a second."""
        before, self._snapshot = self._snapshot, snapshot
        if before is None or before.trace.blocks != snapshot.trace.blocks:
            self._offer(snapshot.trace.blocks)
        if before is None or before.trace is not snapshot.trace:
            if before is None or before.run_id != snapshot.run_id:
                self._pacer.now()
            else:
                self._pacer.request()

    def set_theme(self, theme: Theme) -> None:
        """Follow the theme."""
        self._theme = theme
        for picture in self.pictures:
            picture.set_theme(theme)

    def set_decimals(self, decimals: int) -> None:
        """Decimals of the numbers."""
        self._decimals = decimals
        self._say()

    # --- what is shown ---------------------------------------------------------------------------------------------

    def _offer(self, blocks: int) -> None:
        """The gradients that there are, the last one that reaches a block before first in view."""
        self.choice.blockSignals(True)
        self.choice.clear()
        for number in range(blocks, 0, -1):
            extra = " (extra)" if number == 1 else ""
            self.choice.addItem(display_name("dx" if number == 1 else f"dP{number - 1}") + extra, number)
        widest = max(QFontMetrics(self.choice.font()).horizontalAdvance(self.choice.itemText(i)) for i in range(blocks))
        self.choice.setFixedWidth(widest + 34)
        self.choice.blockSignals(False)
        self._choose_convolution(renew=False)

    def _choose_convolution(self, *, renew: bool = True) -> None:
        self.ways = None  # another walk, at its end
        if renew:
            self._renew()

    @Slot()
    def _renew(self) -> None:
        """Work both ways out anew for the present numbers, at the same place of the walk if it still fits."""
        snapshot = self._snapshot
        if snapshot is None:
            return
        number = int(self.choice.currentData())
        filters, channels = snapshot.trace.arrays[f"w{number}"].shape[:2]
        for spin, count in ((self.channel, channels), (self.filter, filters)):
            spin.blockSignals(True)
            spin.setMaximum(count - 1)
            spin.blockSignals(False)
            spin.setVisible(count > 1)
        before, self.ways = self.ways, InputGradient(snapshot.trace, number, self.channel.value())
        same = before is not None and before.windows == self.ways.windows
        self.walk = BothWalks.through(self.ways, self.walk.count if same else None)
        self._show()

    @Slot(int)
    def go_to(self, count: int) -> None:
        """Stand after so many steps."""
        if self.walk.to(count) != self.walk:
            self.walk = self.walk.to(count)
            self._show()

    def _show(self) -> None:
        ways, walk, shown = self.ways, self.walk, self.filter.value()
        if ways is None:
            return
        name, kernel = display_name(f"dz{ways.number}"), display_name(f"w{ways.number}")
        of = f"filter {shown} of {len(ways.gradient)}" if len(ways.gradient) > 1 else ""
        result = display_name(f"d{ways.source}")
        limit = float(abs(ways.engine).max())
        scattered = ways.scattered(None if walk.spread == walk.outputs else walk.spread)
        collected = ways.collected(None if walk.is_complete else walk.count)
        kernels = ways.kernels[shown, 0]
        self.gradient.show_values(ways.gradient[shown], signed=True, title=name, note=of)
        self.kernel.show_values(kernels, signed=True, title=kernel)
        self.scattered.show_values(scattered, signed=True, title=result, limit=limit, note=_size(scattered.shape))
        self.ground.show_values(ways.opened[shown], signed=True, title=name, note="with its frame of zeros")
        self.turned.show_values(turned(kernels), signed=True, title=kernel, note="turned")
        self.collected.show_values(
            collected, signed=True, title=result, limit=limit, note=_size(collected.shape), blank_from=walk.count
        )
        self.progress.show_text(
            f"output {walk.spread} of {walk.outputs} · input {walk.count} of {walk.cells}".replace(",", "\u202f")
        )
        self.start.setEnabled(walk.count > 0)
        self.back.setEnabled(walk.count > 0)
        self.on.setEnabled(not walk.is_complete)
        self.end.setEnabled(not walk.is_complete)
        self._outline()
        self._say()

    # --- pointing --------------------------------------------------------------------------------------------------

    @Slot(object)
    def _point_at_cell(self, cell: Cell | None) -> None:
        self._pointed, self._pointed_output = cell, None
        self._outline()
        self._say()

    @Slot(object)
    def _point_at_output(self, cell: Cell | None) -> None:
        self._pointed, self._pointed_output = None, cell
        self._outline()
        self._say()

    @Slot(object)
    def _point_at_ground(self, cell: Cell | None) -> None:
        """A cell of the opened gradient is an output, unless it is one of the zeros around it."""
        if cell is not None and self.ways is not None:
            kh, kw = self.ways.windows.kernel_size
            cell = (cell[0] - kh + 1, cell[1] - kw + 1)
            rows, columns = self.ways.windows.positions
            cell = cell if 0 <= cell[0] < rows and 0 <= cell[1] < columns else None
        self._point_at_output(cell)

    def _outline(self) -> None:
        """Outline what belongs together: an output and its patch, a cell, its window and its outputs."""
        ways, walk = self.ways, self.walk
        if ways is None:
            return
        outlines: dict[ArrayPicture, list[Outline]] = {picture: [] for picture in self.pictures}
        kh, kw = ways.windows.kernel_size
        output = self._pointed_output or (None if self._pointed else walk.output)
        cell = self._pointed or (None if self._pointed_output else walk.cell)
        if output is not None:
            role = "reader" if self._pointed_output else "accent"
            outlines[self.gradient].append(Outline(*output, role=role))
            outlines[self.scattered].append(Outline(*output, kh, kw, role=role))
            if self._pointed_output:
                outlines[self.ground].append(Outline(output[0] + kh - 1, output[1] + kw - 1, role=role))
                outlines[self.collected].append(Outline(*output, kh, kw, role=role))
        if cell is not None and (self._pointed or not walk.is_complete):
            role = "source" if self._pointed else "accent"
            outlines[self.collected].append(Outline(*cell, role=role))
            outlines[self.ground].append(Outline(*cell, kh, kw, role=role))
            if self._pointed:
                outlines[self.scattered].append(Outline(*cell, role=role))
                outlines[self.gradient].append(self._readers_of(ways, cell))
        for picture, found in outlines.items():
            picture.show_outlines(found)

    @staticmethod
    def _readers_of(ways: InputGradient, cell: Cell) -> Outline:
        """The outputs whose windows have read a cell of the input."""
        (kh, kw), (rows, columns) = ways.windows.kernel_size, ways.windows.positions
        top, left = max(0, cell[0] - kh + 1), max(0, cell[1] - kw + 1)
        bottom, right = min(rows - 1, cell[0]), min(columns - 1, cell[1])
        return Outline(top, left, bottom - top + 1, right - left + 1, role="source")

    def _say(self) -> None:
        ways, walk, shown = self.ways, self.walk, self.filter.value()
        if ways is None:
            return
        cell, output = self._pointed or walk.cell, self._pointed_output or walk.output
        if self._pointed_output is not None:
            cell = None
        if self._pointed is not None:
            output = None
        self.sum_words.show_text(sum_sentence(ways, *cell, self._decimals) if cell else "")
        self.terms_words.show_text(terms_sentence(ways, *cell, shown, self._decimals) if cell else "")
        self.patch_words.show_text(patch_sentence(ways, *output, shown, self._decimals) if output else _HINT)
        self.difference.show_text(difference_sentence(ways))

    # --- by itself, keys, size -------------------------------------------------------------------------------------

    @Slot(bool)
    def _on_play(self, on: bool) -> None:
        if on and self.walk.is_complete:
            self.go_to(0)
        self._timer.start() if on else self._timer.stop()

    @Slot()
    def _advance(self) -> None:
        self.go_to(self.walk.count + 1)
        if self.walk.is_complete:
            self.play.setChecked(False)

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks: it does not go on by itself."""
        super().hideEvent(event)
        self.play.setChecked(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows step, Home and End go to the ends, wherever in the page the focus is."""
        counts = {
            Qt.Key.Key_Right: self.walk.count + 1,
            Qt.Key.Key_Left: self.walk.count - 1,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: self.walk.cells,
        }
        count = counts.get(Qt.Key(event.key()))
        if count is None or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            super().keyPressEvent(event)
        else:
            self.go_to(count)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a high room the ways stand one above the other; in a low one the pictures take the room of the words."""
        super().resizeEvent(event)
        stacked, low = self.height() > 0.55 * self.width(), self.height() < _LOW
        for words in (self.left_title, self.right_title, self.terms_words, self.patch_words, self.difference):
            words.setHidden(low)
        directions = QBoxLayout.Direction
        self.halves.setDirection(directions.TopToBottom if stacked else directions.LeftToRight)

    def minimumSizeHint(self) -> QSize:
        """Pictures whose cells can be told apart, and the words."""
        return QSize(420, 125)


def _size(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape))


def _button(text: str, name: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setFixedSize(QFontMetrics(button.font()).horizontalAdvance(text) + 18, 24)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setAccessibleName(name)
    button.setToolTip(tip)
    return button


def _spin(prefix: str, tip: str) -> QSpinBox:
    spin = QSpinBox()
    spin.setPrefix(prefix)
    spin.setMaximum(0)
    spin.setAccessibleName(prefix.strip().capitalize())
    spin.setToolTip(tip)
    spin.setFixedWidth(84)
    return spin
