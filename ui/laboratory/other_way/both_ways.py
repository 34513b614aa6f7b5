"""The pictures of both ways side by side, and the outlines that say what belongs together in them."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from playground.laboratory.input_gradient import InputGradient, turned
from ui.elided_label import ElidedLabel
from ui.laboratory.array_picture import ArrayPicture, Outline
from ui.laboratory.other_way.walk import BothWalks
from ui.number_format import display_name
from ui.theme import Theme

__all__ = ["BothWays"]

_TITLES = (
    (
        "Scatter: each output hands its gradient out through the kernel, and what meets is added",
        "Scatter: each output hands its gradient out",
    ),
    (
        "Full convolution: each input collects with the kernel turned by 180°, zeros around the gradient",
        "Full convolution, the kernel turned by 180°",
    ),
)
_NAMES = ("gradient that is spread", "kernel", "result of scatter", "opened gradient", "turned kernel", "result")

Cell = tuple[int, int]


class BothWays(QWidget):
    """`pointed()` when another cell of a result (`cell`) or another output (`output`) is under the mouse."""

    pointed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._ways: InputGradient | None = None
        self._walk = BothWalks(0, 0, (1, 1), 0)
        self.cell: Cell | None = None
        self.output: Cell | None = None
        self.pictures = tuple(ArrayPicture(name.capitalize()) for name in _NAMES)
        self.gradient, self.kernel, self.scattered, self.ground, self.turned, self.collected = self.pictures
        self.titles = (ElidedLabel(muted=True), ElidedLabel(muted=True))
        self.halves = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self.halves.setContentsMargins(0, 0, 0, 0)
        self.halves.setSpacing(14)
        halves = zip(self.titles, _TITLES, (self.pictures[:3], self.pictures[3:]), strict=True)
        for title, (words, short), pictures in halves:
            title.show_text(words, short)
            half = QVBoxLayout()
            half.setSpacing(1)
            half.addWidget(title)
            row = QHBoxLayout()
            row.setSpacing(8)
            for picture in pictures:
                row.addWidget(picture, 2 if picture in (self.kernel, self.turned) else 3)
            half.addLayout(row, 1)
            self.halves.addLayout(half, 1)
        for result in (self.scattered, self.collected):
            result.cell_pointed.connect(self._point_at_cell)
        self.gradient.cell_pointed.connect(self._point_at_output)
        self.ground.cell_pointed.connect(self._point_at_ground)

    def set_stacked(self, stacked: bool) -> None:
        """One way above the other, or side by side."""
        directions = QBoxLayout.Direction
        self.halves.setDirection(directions.TopToBottom if stacked else directions.LeftToRight)

    def set_theme(self, theme: Theme) -> None:
        """Follow the theme."""
        for picture in self.pictures:
            picture.set_theme(theme)

    def show_ways(self, ways: InputGradient, walk: BothWalks, shown: int) -> None:
        """Both ways after so much of their walk; shown: the filter of the gradient and of the kernel."""
        self._ways, self._walk = ways, walk
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
        self._outline()

    # --- pointing --------------------------------------------------------------------------------------------------

    @Slot(object)
    def _point_at_cell(self, cell: Cell | None) -> None:
        self._point(cell, None)

    @Slot(object)
    def _point_at_output(self, output: Cell | None) -> None:
        self._point(None, output)

    @Slot(object)
    def _point_at_ground(self, cell: Cell | None) -> None:
        """A cell of the opened gradient is an output, unless it is one of the zeros around it."""
        if cell is not None and self._ways is not None:
            kh, kw = self._ways.windows.kernel_size
            cell = (cell[0] - kh + 1, cell[1] - kw + 1)
            rows, columns = self._ways.windows.positions
            cell = cell if 0 <= cell[0] < rows and 0 <= cell[1] < columns else None
        self._point(None, cell)

    def _point(self, cell: Cell | None, output: Cell | None) -> None:
        self.cell, self.output = cell, output
        self._outline()
        self.pointed.emit()

    def _outline(self) -> None:
        """Outline what belongs together: an output and its patch, a cell, its window and its outputs."""
        ways, walk = self._ways, self._walk
        if ways is None:
            return
        outlines: dict[ArrayPicture, list[Outline]] = {picture: [] for picture in self.pictures}
        kh, kw = ways.windows.kernel_size
        output = self.output or (None if self.cell else walk.output)
        cell = self.cell or (None if self.output else walk.cell)
        if output is not None:
            role = "reader" if self.output else "accent"
            outlines[self.gradient].append(Outline(*output, role=role))
            outlines[self.scattered].append(Outline(*output, kh, kw, role=role))
            if self.output:
                outlines[self.ground].append(Outline(output[0] + kh - 1, output[1] + kw - 1, role=role))
                outlines[self.collected].append(Outline(*output, kh, kw, role=role))
        if cell is not None and (self.cell or not walk.is_complete):
            role = "source" if self.cell else "accent"
            outlines[self.collected].append(Outline(*cell, role=role))
            outlines[self.ground].append(Outline(*cell, kh, kw, role=role))
            if self.cell:
                outlines[self.scattered].append(Outline(*cell, role=role))
                outlines[self.gradient].append(_readers_of(ways, cell))
        for picture, found in outlines.items():
            picture.show_outlines(found)


def _readers_of(ways: InputGradient, cell: Cell) -> Outline:
    """The outputs whose windows have read a cell of the input."""
    (kh, kw), (rows, columns) = ways.windows.kernel_size, ways.windows.positions
    top, left = max(0, cell[0] - kh + 1), max(0, cell[1] - kw + 1)
    bottom, right = min(rows - 1, cell[0]), min(columns - 1, cell[1])
    return Outline(top, left, bottom - top + 1, right - left + 1, role="source")


def _size(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape))
