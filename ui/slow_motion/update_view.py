"""The update of each parameter: before, gradient, what is added, after, on one scale of colours."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QHelpEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QToolTip, QWidget

from playground.batch_step import BatchStep
from playground.notation.rules import cell_label
from playground.notation.updates import update_rule
from ui.cell_ref import CellRef
from ui.colors import ink_on
from ui.flow.heatmap import HeatImage, color_indices, color_table, peak
from ui.number_format import fit_number, format_scale
from ui.slow_motion.faint import faint_words, paint_words
from ui.slow_motion.stages import parameter_part
from ui.slow_motion.updates import UpdateBlock, loss_sentence, update_blocks, update_words
from ui.theme import DARK, Theme, number_font

__all__ = ["UpdateView"]

_TINIEST_SIDE, _SIDE, _LARGEST_SIDE, _GAP, _TITLE, _CAPTION = 16, 30, 150, 9, 14, 11
_WIDE = 52  # a block of pictures this large is still two to a row in a small window
_NUMBER_WIDTH = 30  # of a cell that can carry a number


class UpdateView(QWidget):
    """The blocks in rows, as large as the room allows; point at a cell to read its update."""

    is_picture = True

    cell_pointed = Signal(object)
    """The CellRef under the mouse, of the parameter or of its derivative; None if there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = DARK
        self._decimals = 4
        self._step: BatchStep | None = None
        self._blocks: tuple[UpdateBlock, ...] = ()
        self._filters: tuple[int, ...] = ()
        self._output = 0
        self._own_scales = False
        self._room = QSize(560, 70)
        self._images: dict[tuple[int, int], HeatImage] = {}
        self._title, self._small = QFont(self.font()), QFont(self.font())
        self._title.setPixelSize(12)
        self._title.setBold(True)
        self._small.setPixelSize(10)
        self._number = number_font()
        self._number.setPixelSize(10)
        self.setMouseTracking(True)
        self.setAccessibleName("Update of the parameters")

    def show_step(self, step: BatchStep, filters: tuple[int, ...], output: int) -> None:
        """Show the update of a step."""
        self._step, self._filters, self._output = step, filters, output
        self._blocks = update_blocks(step, filters, output)
        words = (f"{block.title}: {block.ratio_text}" for block in self._blocks)
        self.setAccessibleDescription(f"{loss_sentence(step)}. {'; '.join(words)}")
        self._renew()

    def set_own_scales(self, own: bool) -> None:
        """Give the gradient and the update each a scale of its own, or all four the same."""
        self._own_scales = own
        self._renew()

    def set_decimals(self, decimals: int) -> None:
        """Decimals of the numbers, as far as there is room."""
        self._decimals = decimals
        self._renew()

    def set_theme(self, theme: Theme) -> None:
        """Follow the theme."""
        self._theme = theme
        self._renew()

    def fit(self, room: QSize) -> None:
        """Lay out for the visible room."""
        if room != self._room:
            self._room = room
            self._renew()

    def _renew(self) -> None:
        self._images.clear()
        self.setMinimumHeight(max((self.block_rect(i).bottom() for i in range(len(self._blocks))), default=0) + 2)
        self.update()

    def limits(self, block: UpdateBlock) -> tuple[float, float, float, float]:
        """The values at the ends of the four pictures' scales."""
        peaks = [peak(array)[0] for array in block.arrays]
        weights = max(peaks[0], peaks[3])
        if self._own_scales:
            return weights, peaks[1], peaks[2], weights
        shared = max(weights, peaks[2])
        # a gradient far beyond the weights would leave them without colour: it is cut off at their scale
        return shared, shared, shared, shared

    # --- geometry --------------------------------------------------------------------------------------------------

    def side(self) -> int:
        """Height of the pictures."""
        per_row = self._per_row()
        rows = -(-len(self._blocks) // per_row) or 1
        spare = self._room.height() // rows - _TITLE - _CAPTION - 4
        if spare < _SIDE:  # the rows do not fit: each as high as the room
            spare = self._room.height() - self._title_height() - self._caption_height() - 4
        wide = (self._room.width() // per_row - self._block_width(0)) // 4
        least = _TINIEST_SIDE if self._is_low() else _SIDE
        return min(max(least, min(spare, wide)), _LARGEST_SIDE)

    def _is_low(self) -> bool:
        """True where only the pictures have room: their name stands before them, all else is in the tooltips."""
        return self._room.height() < _TITLE + _SIDE + _CAPTION + 4

    def _caption_height(self) -> int:
        return 0 if self._is_low() else _CAPTION

    def _title_height(self) -> int:
        return 0 if self._is_low() else _TITLE

    def _title_width(self) -> int:
        """Of the names that stand before the pictures, 0 where they stand above."""
        metrics = QFontMetrics(self._title)
        names = (metrics.horizontalAdvance(block.title) for block in self._blocks)
        return max(names, default=0) + 8 if self._is_low() else 0

    def _per_row(self) -> int:
        least = self._block_width(_TINIEST_SIDE if self._is_low() else _WIDE)
        return max(1, min(self._room.width() // least, len(self._blocks)))

    def _block_width(self, side: int) -> int:
        return self._title_width() + 4 * side + 3 * _GAP + 18

    def _part_width(self) -> int:
        return max(self.side(), _TINIEST_SIDE if self._is_low() else _WIDE) + _GAP

    def block_rect(self, number: int) -> QRect:
        """The place of a block."""
        side = self.side()
        width = self._block_width(side if self._is_low() else max(side, _WIDE))
        row, column = divmod(number, self._per_row())
        height = self._title_height() + side + self._caption_height() + 5
        return QRect(column * width, row * height, width - 18, height - 5)

    def cell_grid(self, number: int, part: int) -> tuple[QRect, int, int]:
        """The picture `part` (0 to 3) of a block in whole cells, and its rows and columns."""
        block, place, side = self._blocks[number], self.block_rect(number), self.side()
        rows, cols = block.arrays[part].shape
        unit_width = max(1, side // cols)
        unit_height = max(1, min(side // rows, max(unit_width, 16)))
        left = place.left() + self._title_width() + part * self._part_width()
        top = place.top() + self._title_height()
        grid = QRect(left, top, unit_width * cols, unit_height * rows)
        if grid.width() > side:
            grid.setWidth(side)
        grid.moveTop(top + (side - grid.height()) // 2)
        return grid, rows, cols

    # --- painting --------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """The blocks that are visible."""
        painter = QPainter(self)
        for number in range(len(self._blocks)):
            if self.block_rect(number).adjusted(-2, -2, 18, 6).intersects(event.rect()):
                self._paint_block(painter, number)

    def _paint_block(self, painter: QPainter, number: int) -> None:
        block, theme, place, side = self._blocks[number], self._theme, self.block_rect(number), self.side()
        painter.setFont(self._title)
        painter.setPen(QColor(theme.text))
        title = QRect(place.left(), place.top(), place.width(), side if self._is_low() else _TITLE)
        where = Qt.AlignmentFlag.AlignVCenter if self._is_low() else Qt.AlignmentFlag.AlignTop
        painter.drawText(title, int(Qt.AlignmentFlag.AlignLeft | where), block.title)
        used = QFontMetrics(self._title).horizontalAdvance(block.title) + 8
        painter.setFont(self._small)
        painter.setPen(QColor(theme.muted))
        rest = QRect(place.left() + used, place.top(), place.width() - used, self._title_height())
        limits = self.limits(block)
        scale = "" if self._own_scales else format_scale(limits[0], True)
        metrics = QFontMetrics(self._small)
        texts = (f"{block.ratio_text} · {scale}".removesuffix(" · "), block.ratio_text)
        text = next((text for text in texts if metrics.horizontalAdvance(text) <= rest.width()), "")
        if self._is_low():
            text = ""
        painter.drawText(rest, int(Qt.AlignmentFlag.AlignRight), text)
        for part in range(4):
            grid, rows, cols = self.cell_grid(number, part)
            self._paint_picture(painter, (number, part), grid, rows * cols, limits[part])
            step = self._part_width()
            if self._caption_height():
                caption = QRect(place.left() + part * step, place.top() + _TITLE + side, step - 1, _CAPTION)
                painter.setFont(self._small)
                words = self._caption(block, part, limits[part])
                painter.setPen(QColor(theme.backward if "∂" in words else theme.muted))
                text = metrics.elidedText(words, Qt.TextElideMode.ElideRight, step - 1)
                painter.drawText(caption, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), text)
            if part:
                painter.setPen(QColor(theme.muted))
                sign = QRect(grid.left() - _GAP, place.top() + self._title_height(), _GAP, side)
                painter.drawText(sign, int(Qt.AlignmentFlag.AlignCenter), {1: "", 2: "", 3: "="}[part])

    def _caption(self, block: UpdateBlock, part: int, limit: float) -> str:
        if self._own_scales and part in (1, 2):
            return format_scale(limit, True)
        return block.captions[part]

    def _paint_picture(self, painter: QPainter, key: tuple[int, int], grid: QRect, cells: int, limit: float) -> None:
        values = self._blocks[key[0]].arrays[key[1]]
        table = color_table(self._theme, signed=True)
        indices = color_indices(values, limit, signed=True, finite=bool(np.isfinite(values).all()))
        image = self._images.get(key)
        if image is None:
            image = self._images[key] = HeatImage(*values.shape)
            image.fill(indices, table)
        painter.drawImage(grid, image.image)
        painter.setPen(QColor(self._theme.panel_border))
        painter.drawRect(grid.adjusted(-1, -1, 0, 0))
        rows, cols = values.shape
        if words := faint_words(values, limit, signed=True):
            painter.setFont(self._small)
            painter.setPen(QColor(self._theme.text))
            # of a narrow or shallow picture they may stand over its edges
            room = QRect(0, 0, self._part_width() - 2, max(grid.height(), painter.fontMetrics().height()))
            room.moveCenter(grid.center())
            paint_words(painter, words, room)
            return
        width, height = grid.width() / cols, grid.height() / rows
        if width < _NUMBER_WIDTH or height < 12 or cells > 64:
            return
        painter.setFont(self._number)
        characters = int(width - 3) // QFontMetrics(self._number).horizontalAdvance("0")
        for (row, col), value in np.ndenumerate(values):
            painter.setPen(QColor(ink_on(int(table[int(indices[row, col])]))))
            cell = QRect(
                grid.left() + round(col * width), grid.top() + round(row * height), round(width), round(height)
            )
            painter.drawText(
                cell, int(Qt.AlignmentFlag.AlignCenter), fit_number(float(value), characters, self._decimals)
            )

    # --- reading ---------------------------------------------------------------------------------------------------

    def reading_at(self, point: QPoint) -> str:
        """The update of the cell at a point in numbers, '' beside cells."""
        ref, step = self.cell_at(point), self._step
        if ref is None or step is None:
            return ""
        name = ref.name.removeprefix("d")
        words = update_words(step, name, ref.index, self._decimals)
        head, rule = cell_label(step.trace, name, ref.index), update_rule(step.rule)
        return f"{head} {words}" if words.startswith("←") else f"{head}: {rule}\n{words}"

    def _found(self, point: QPoint) -> tuple[int, int, int, int] | None:
        """Block, part, row and column at a point."""
        for number in range(len(self._blocks)):
            for part in range(4):
                grid, rows, cols = self.cell_grid(number, part)
                if grid.contains(point):
                    row = (point.y() - grid.top()) * rows // grid.height()
                    return number, part, row, (point.x() - grid.left()) * cols // grid.width()
        return None

    def cell_at(self, point: QPoint) -> CellRef | None:
        """The cell at a point: of the parameter before and after, of its derivative between."""
        found = self._found(point)
        if found is None or self._step is None:
            return None
        number, part, row, col = found
        name = self._blocks[number].name
        shape = self._step.weights[name].shape
        cut, _ = parameter_part(self._step, name, self._filters, self._output)
        place = int(cut(np.arange(np.prod(shape)).reshape(shape))[row, col])
        index = tuple(int(axis) for axis in np.unravel_index(place, shape))
        return CellRef(f"d{name}" if part in (1, 2) else name, index)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell the cell under the mouse."""
        super().mouseMoveEvent(event)
        self.cell_pointed.emit(self.cell_at(event.position().toPoint()))

    def leaveEvent(self, event: QEvent) -> None:
        """No cell is pointed at."""
        super().leaveEvent(event)
        self.cell_pointed.emit(None)

    def event(self, event: QEvent) -> bool:
        """The tooltip of a cell is its update."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            text = self.reading_at(event.pos()) or "Point at a cell to read its update"
            QToolTip.showText(event.globalPos(), text, self)
            return True
        return super().event(event)
