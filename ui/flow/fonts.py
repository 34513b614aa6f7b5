"""The fonts of the flow view, in device pixels."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtGui import QFont, QFontMetrics

from ui.flow.layout import Metrics
from ui.theme import number_font

__all__ = ["FlowFonts"]


class FlowFonts:
    """The fonts of the view in device pixels, and what the layout must know about their sizes."""

    def __init__(self, base: QFont, unit: float, class_names: tuple[str, ...]) -> None:
        self.name = self._sized(base, 13 * unit, bold=True)
        self.heading = self._sized(base, 11 * unit, bold=True)
        self.formula = self._sized(base, 11 * unit)
        self.small = self._sized(number_font(), 10 * unit)
        self.tiny = self._sized(number_font(), 9 * unit)
        self.large = self._sized(number_font(), 14 * unit)
        self.cell = self._sized(number_font(), 11 * unit)
        self.value = self._sized(number_font(), 14 * unit, bold=True)
        small = QFontMetrics(self.small)
        name = QFontMetrics(self.name)
        self.metrics = Metrics(
            unit=unit,
            caption=name.height(),
            line=max(small.height(), QFontMetrics(self.formula).height()),
            char=small.horizontalAdvance("0"),
            caption_width=name.horizontalAdvance("∂L/∂A₂ "),
            class_width=max((len(text) for text in class_names), default=1),
        )

    @staticmethod
    def _sized(base: QFont, pixels: float, bold: bool = False) -> QFont:
        font = QFont(base)
        font.setPixelSize(max(1, round(pixels)))
        font.setBold(bold)
        return font

    def fitting(self, texts: Iterable[str], font: QFont, width: int) -> str:
        """The first of the texts that fits into `width`, '' if none does."""
        metrics = QFontMetrics(font)
        return next((text for text in texts if metrics.horizontalAdvance(text) <= width), "")
