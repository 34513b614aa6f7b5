"""The samples of a batch side by side: a picture of each at the present stage, its class and its loss."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFont,
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from core.arrays import Array
from playground.batch_step import BatchStep
from playground.sample_ref import SampleRef
from ui.colors import ink_on
from ui.flow.heatmap import HeatImage, color_indices, color_table, is_signed, peak
from ui.number_format import class_words, display_name, fit_number, format_number, format_scale
from ui.slow_motion.faint import faint_words, paint_words
from ui.slow_motion.stages import Pictures
from ui.theme import DARK, Theme, class_color, number_font

__all__ = ["BatchGrid"]

_TINIEST, _SMALLEST, _LARGEST, _CAPTION, _GAP = 24, 38, 96, 13, 8
_WHOLE_GAP = 16
_TIP = "Click a sample to see it in the flow above"


class BatchGrid(QWidget):
    """One cell a sample, in rows; a click or the arrow keys choose one. Only what is visible is painted."""

    is_picture = True

    sample_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = DARK
        self._decimals = 4
        self._step: BatchStep | None = None
        self._pictures: Pictures | None = None
        self._class_names: tuple[str, ...] = ()
        self._chosen: SampleRef | None = None
        self._images: dict[int, HeatImage] = {}
        self._limit, self._whole_limit, self._finite = 0.0, 0.0, True
        self._side, self._caption = _SMALLEST, _CAPTION
        self._room = QSize(0, 0)
        self._font = number_font()
        self._font.setPixelSize(10)
        self._small = QFont(self.font())
        self._small.setPixelSize(10)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Samples of the batch")

    @property
    def limit(self) -> float:
        """The value at the end of the colour scale, one for the pictures of all samples."""
        return self._limit

    @property
    def whole_limit(self) -> float | None:
        """The value at the end of the scale of their sum, None where they do not add up."""
        return self._whole_limit if self._pictures is not None and self._pictures.whole is not None else None

    def show_pictures(
        self, step: BatchStep, pictures: Pictures, class_names: tuple[str, ...], chosen: SampleRef | None
    ) -> None:
        """Show a stage of a batch; `chosen` is outlined if it is in it."""
        self._step, self._pictures, self._class_names, self._chosen = step, pictures, class_names, chosen
        self._images.clear()
        self._limit, finite = peak(pictures.samples)
        # samples that agree add up to far more than each: a common scale would leave them without colour
        self._whole_limit, whole_finite = peak(pictures.whole) if pictures.whole is not None else (0.0, True)
        self._finite = finite and whole_finite
        self._fit_height()
        self.update()

    def choose(self, chosen: SampleRef | None) -> None:
        """Outline another sample."""
        if chosen != self._chosen:
            self._chosen = chosen
            self.update()

    def fit(self, room: QSize) -> None:
        """Make the pictures as large as all have room, or as one row of them where that would be too small.

        In a very low room they have no captions.
        """
        self._room = room
        self._fit_height()
        self.update()

    def set_decimals(self, decimals: int) -> None:
        """Decimals of the numbers, as far as there is room."""
        self._decimals = decimals
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Follow the theme."""
        self._theme = theme
        self._images.clear()
        self.update()

    # --- geometry --------------------------------------------------------------------------------------------------

    def _whole_width(self) -> int:
        has_whole = self._pictures is not None and self._pictures.whole is not None
        return self._side + _WHOLE_GAP if has_whole else 0

    def _columns(self) -> int:
        return max(1, (self.width() - 4 - self._whole_width() + _GAP) // (self._side + _GAP))

    def _height(self) -> int:
        rows = -(-(self._step.m if self._step else 0) // self._columns())
        return max(1, rows) * (self._side + self._caption + 3) + 2

    def _fit_height(self) -> None:
        seen = self._room.height()
        self._caption = _CAPTION if seen >= _SMALLEST + _CAPTION + 5 else 0
        for self._side in range(_LARGEST, _SMALLEST - 1, -2):
            if self._height() <= seen:
                break
        else:
            side = seen - self._caption - 5
            self._side = min(max(_SMALLEST if self._caption else _TINIEST, side), _LARGEST)
        self.setMinimumHeight(self._height())

    def minimumSizeHint(self) -> QSize:
        """One cell and the sum."""
        return QSize(2 * self._side + _WHOLE_GAP + 4, self._side + self._caption + 5)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width has other rows."""
        self._fit_height()
        super().resizeEvent(event)

    def cell(self, number: int) -> QRect:
        """The picture of sample `number`; −1 is the sum."""
        if number < 0:
            return QRect(2, 2, self._side, self._side)
        row, column = divmod(number, self._columns())
        left = 2 + self._whole_width() + column * (self._side + _GAP)
        return QRect(left, 2 + row * (self._side + self._caption + 3), self._side, self._side)

    def _sample_at(self, point: QPoint) -> int | None:
        count = self._step.m if self._step else 0
        place = (
            number for number in range(count) if self.cell(number).adjusted(0, 0, 0, self._caption).contains(point)
        )
        return next(place, None)

    # --- painting --------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """The cells that need it."""
        step, pictures = self._step, self._pictures
        if step is None or pictures is None:
            return
        painter = QPainter(self)
        if pictures.whole is not None:
            self._paint_whole(painter, pictures.whole)
        for number in range(step.m):
            if self.cell(number).adjusted(-3, -3, 3, self._caption + 3).intersects(event.rect()):
                self._paint_sample(painter, step, pictures, number)

    def _paint_whole(self, painter: QPainter, whole: Array) -> None:
        place = self.cell(-1)
        self._paint_picture(painter, -1, whole, place)
        painter.setPen(QPen(QColor(self._theme.backward), 2))
        painter.drawRect(place.adjusted(-1, -1, 0, 0))
        painter.setFont(self._small)
        if self._caption:
            painter.setPen(QColor(self._theme.text))
            under = QRect(0, place.bottom() + 2, place.width() + 4, self._caption)
            scale, metrics = format_scale(self._whole_limit, True), QFontMetrics(self._small)
            texts = (f"sum {scale}", f"Σ {scale}", "sum") if whole.size > 1 else ("sum",)
            text = next((text for text in texts if metrics.horizontalAdvance(text) <= under.width()), "Σ")
            painter.drawText(under, int(Qt.AlignmentFlag.AlignCenter), text)
        painter.setPen(QColor(self._theme.muted))
        sign = QRect(place.right() + 1, place.top(), _WHOLE_GAP, self._side)
        painter.drawText(sign, int(Qt.AlignmentFlag.AlignCenter), "=" if self._has_all() else "≠")

    def _has_all(self) -> bool:
        return self._step is not None and self._pictures is not None and len(self._pictures.samples) == self._step.m

    def _paint_sample(self, painter: QPainter, step: BatchStep, pictures: Pictures, number: int) -> None:
        place, theme = self.cell(number), self._theme
        if number < len(pictures.samples):
            self._paint_picture(painter, number, pictures.samples[number], place)
        else:
            painter.setPen(QColor(theme.muted))
            painter.drawText(place, int(Qt.AlignmentFlag.AlignCenter), "–")
        chosen = step.images.refs[number] == self._chosen
        painter.setPen(QPen(QColor(theme.accent), 2) if chosen else QPen(QColor(theme.panel_border), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(place.adjusted(-1, -1, 0, 0))
        if self._caption:
            self._paint_caption(painter, step, number, QRect(place.left(), place.bottom() + 2, self._side, _CAPTION))

    def _paint_caption(self, painter: QPainter, step: BatchStep, number: int, room: QRect) -> None:
        label = int(step.images.y[number])
        metrics = QFontMetrics(self._font)
        digit = metrics.horizontalAdvance("0")
        name = self._class_names[label] if label < len(self._class_names) else str(label)
        if len(name) > 2:
            name = str(label)  # the colour and the tooltip say which class that is
        painter.setFont(self._font)
        painter.setPen(QColor(class_color(self._theme, label)))
        painter.drawText(room, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), name)
        painter.setPen(QColor(self._theme.muted))
        loss = fit_number(float(step.sample_losses[number]), room.width() // digit - 2, min(3, self._decimals))
        painter.drawText(room, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), loss)

    def _paint_picture(self, painter: QPainter, number: int, values: Array, place: QRect) -> None:
        pictures = self._pictures
        assert pictures is not None
        signed = is_signed(pictures.name) and pictures.name != "L"
        table = color_table(self._theme, signed)
        limit = self._limit if number >= 0 else self._whole_limit
        indices = color_indices(values, limit, signed, self._finite)
        image = self._images.get(number)
        if image is None:
            image = self._images[number] = HeatImage(*values.shape)
            image.fill(indices, table)
        painter.fillRect(place, QColor(self._theme.field))
        rows, cols = values.shape
        unit = min(place.width() / cols, place.height() / rows) if rows * cols > 1 else place.width()
        room = QRect(0, 0, max(1, round(cols * unit)), max(1, round(rows * unit)))
        room.moveCenter(place.center())
        painter.drawImage(room, image.image)
        if rows * cols > 1 and (words := faint_words(values, limit, signed=signed)):
            painter.setFont(self._small)
            painter.setPen(QColor(self._theme.text))
            paint_words(painter, words, place)
        if rows * cols == 1:
            shade = int(table[int(indices.reshape(-1)[0])])
            painter.setFont(self._font)
            painter.setPen(QColor(ink_on(shade)))
            characters = min(8, place.width() // QFontMetrics(self._font).horizontalAdvance("0"))
            painter.drawText(
                place, int(Qt.AlignmentFlag.AlignCenter), fit_number(float(values[0, 0]), characters, self._decimals)
            )

    # --- mouse and keys --------------------------------------------------------------------------------------------

    def describe(self, number: int) -> str:
        """A sample in words: where it comes from, its class, its loss, and its value if it is one number."""
        step, pictures = self._step, self._pictures
        assert step is not None
        assert pictures is not None
        ref, label = step.images.refs[number], int(step.images.y[number])
        loss = format_number(step.sample_losses[number], self._decimals)
        text = f"{ref.words}, {class_words(self._class_names[label])}, loss {loss}"
        if number < len(pictures.samples) and pictures.samples[number].size <= 10:
            values = ", ".join(format_number(value, self._decimals) for value in np.ravel(pictures.samples[number]))
            text += f": {values}"
        return text

    def describe_whole(self) -> str:
        """The batch's own picture in words."""
        step, pictures = self._step, self._pictures
        assert step is not None
        assert pictures is not None
        scale = format_scale(self._whole_limit, True)
        return f"{display_name(pictures.name)} of the batch: the sum over its {step.m} samples, scale {scale}"

    def _is_whole(self, point: QPoint) -> bool:
        return self._whole_width() > 0 and self.cell(-1).adjusted(0, 0, 0, self._caption).contains(point)

    def _choose_number(self, number: int) -> None:
        step = self._step
        if step is not None and 0 <= number < step.m:
            self._chosen = step.images.refs[number]
            self.setAccessibleDescription(self.describe(number))
            self.update()
            self.sample_chosen.emit(self._chosen)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Say which sample is chosen of how many."""
        super().focusInEvent(event)
        step = self._step
        refs = () if step is None else step.images.refs
        chosen = f"{self.describe(refs.index(self._chosen))}. " if self._chosen in refs else ""
        self.setAccessibleDescription(f"{chosen}{len(refs)} images; arrow keys choose one")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click chooses a sample, which the flow then shows."""
        number = self._sample_at(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and number is not None:
            self._choose_number(number)
        super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows go from sample to sample."""
        moves = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: -self._columns(),
            Qt.Key.Key_Down: self._columns(),
        }
        move = moves.get(Qt.Key(event.key()))
        if move is None or self._step is None:
            super().keyPressEvent(event)
            return
        refs = self._step.images.refs
        self._choose_number(refs.index(self._chosen) + move if self._chosen in refs else 0)

    def event(self, event: QEvent) -> bool:
        """The tooltip of a sample says what it is."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            number = self._sample_at(event.pos())
            text = self.describe_whole() if number is None and self._is_whole(event.pos()) else _TIP
            text = text if number is None else self.describe(number)
            QToolTip.showText(event.globalPos(), text, self)
            return True
        return super().event(event)
