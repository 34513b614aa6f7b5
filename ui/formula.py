"""Typeset mathematics: LaTeX → outlines (ziamath, no network, no TeX) → crisp images in any colour and size.

Setting a formula costs some 15 ms and the first one a quarter of a second for the font, so a `Typesetter` does it
beside the event loop, once a formula; drawing what is set costs well under one.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from concurrent.futures import Future
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock, Thread

from PySide6.QtCore import QByteArray, QEvent, QObject, QPointF, QRectF, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QColor, QFont, QFontMetrics, QImage, QPainter, QPaintEvent
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.theme import DARK, Theme
from ui.vectors import draws_vectors

__all__ = ["Formula", "FormulaLabel", "Typesetter", "draw_formula", "formula_image", "known_formula", "typeset"]

_EM = 100.0
_MARGIN = 6.0
_POLL_MS = 15
_VIEW_BOX = re.compile(r'viewBox="([-\d.]+) ([-\d.]+) ([-\d.]+) ([-\d.]+)"')


@dataclass(frozen=True)
class Formula:
    """The outlines of a formula, black on nothing. Measures are in units of the font size, from the baseline."""

    svg: bytes
    left: float
    width: float
    ascent: float
    descent: float


_set: dict[str, Formula] = {}
_setting = Lock()


def typeset(latex: str) -> Formula:
    """Set a formula, or return what was set before. Slow the first time: see the module."""
    with _setting:
        found = _set.get(latex)
        if found is None:
            found = _set[latex] = _outlines(latex)
    return found


def known_formula(latex: str) -> Formula | None:
    """The formula if it was set before."""
    return _set.get(latex)


def _outlines(latex: str) -> Formula:
    from ziamath.config import config  # noqa: PLC0415  loads a font, and only the window needs it
    from ziamath.zmath import Latex  # noqa: PLC0415

    config.svg2 = False  # Qt draws no <symbol>
    svg = Latex(latex, size=_EM, color="#000000").svg()
    box = _VIEW_BOX.search(svg)
    if box is None:
        raise ValueError(f"{latex!r} gave a picture without a viewBox; check the formula.")
    # glyphs reach a little over the box that their widths add up to
    left, top = float(box[1]) - _MARGIN, float(box[2]) - _MARGIN
    width, height = float(box[3]) + 2 * _MARGIN, float(box[4]) + 2 * _MARGIN
    wider = f'viewBox="{left:.2f} {top:.2f} {width:.2f} {height:.2f}"'
    return Formula(
        _VIEW_BOX.sub(wider, svg, count=1).encode(), left / _EM, width / _EM, -top / _EM, (top + height) / _EM
    )


@lru_cache(maxsize=512)
def formula_image(latex: str, font_size: float, color: str, ratio: float = 1.0) -> QImage:
    """The formula at `font_size` logical pixels in `color`, transparent around it, for `ratio` device pixels a pixel.

    Its baseline is a whole device pixel, `ascent`·font_size rounded up, under the top.
    """
    formula = typeset(latex)
    unit = font_size * ratio
    rise, fall = math.ceil(formula.ascent * unit), math.ceil(formula.descent * unit)
    image = QImage(
        max(1, math.ceil(formula.width * unit)), max(1, rise + fall), QImage.Format.Format_ARGB32_Premultiplied
    )
    image.fill(0)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    room = QRectF(0.0, rise - formula.ascent * unit, formula.width * unit, (formula.ascent + formula.descent) * unit)
    QSvgRenderer(QByteArray(formula.svg)).render(painter, room)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
    painter.fillRect(image.rect(), QColor(color))
    painter.end()
    image.setDevicePixelRatio(ratio)
    return image


def draw_formula(painter: QPainter, latex: str, place: QPointF, font_size: float, color: str) -> bool:
    """Draw a formula with the left end of its baseline at `place`; False, and nothing drawn, if it is not set yet."""
    formula = known_formula(latex)
    if formula is None:
        return False
    if draws_vectors(painter):
        height = (formula.ascent + formula.descent) * font_size
        room = QRectF(place.x(), place.y() - formula.ascent * font_size, formula.width * font_size, height)
        QSvgRenderer(QByteArray(formula.svg.replace(b"#000000", color.encode()))).render(painter, room)
        return True
    ratio = painter.device().devicePixelRatioF()
    rise = math.ceil(formula.ascent * font_size * ratio)
    # on whole device pixels, or the strokes blur
    left, top = round(place.x() * ratio), round(place.y() * ratio) - rise
    painter.drawImage(QPointF(left / ratio, top / ratio), formula_image(latex, font_size, color, ratio))
    return True


class Typesetter(QObject):
    """Sets formulas in a thread of its own; `ready` tells each time that some more of those asked for can be drawn."""

    ready = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._work: list[tuple[str, Future[Formula]]] = []
        # asking for results from here, not a signal from the thread: nothing arrives at a deleted object
        self._poll = QTimer(self)
        self._poll.setInterval(_POLL_MS)
        self._poll.timeout.connect(self._collect)

    def request(self, formulas: Iterable[str]) -> None:
        """Set those that are not set yet, in this order."""
        asked = {latex for latex, _ in self._work}
        wanted = [latex for latex in dict.fromkeys(formulas) if latex not in _set and latex not in asked]
        new: list[tuple[str, Future[Formula]]] = [(latex, Future()) for latex in wanted]
        if new:
            self._work += new
            Thread(target=_set_all, args=(new,), name="typesetter", daemon=True).start()
            self._poll.start()

    @Slot()
    def _collect(self) -> None:
        done = [(latex, future) for latex, future in self._work if future.done()]
        self._work = [(latex, future) for latex, future in self._work if not future.done()]
        if not self._work:
            self._poll.stop()
        if done:
            self.ready.emit()
        for _, future in done:
            future.result()


def _set_all(work: list[tuple[str, Future[Formula]]]) -> None:
    for latex, future in work:
        try:
            future.set_result(typeset(latex))
        except Exception as error:  # noqa: BLE001  not swallowed: `result()` raises it again in the GUI thread
            future.set_exception(error)


class FormulaLabel(QWidget):
    """One formula, in the middle of its height; `text` is shown until it is set and read aloud by screen readers."""

    def __init__(self, font_size: float = 15.0, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._font_size = font_size
        self._theme = DARK
        self._latex = self._text = ""
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self._typesetter = Typesetter(self)
        self._typesetter.ready.connect(self._renew)

    @property
    def latex(self) -> str:
        """What is shown."""
        return self._latex

    def set_formula(self, latex: str, text: str) -> None:
        """Show a formula; text: the same in plain signs, "∂L/∂w₁"."""
        if (latex, text) == (self._latex, self._text):
            return
        self._latex, self._text = latex, text
        self.setAccessibleName(text)
        self.setToolTip(text)
        self._typesetter.request((latex,) if latex else ())
        self._renew()

    def set_font_size(self, pixels: float) -> None:
        """How large it is."""
        if pixels != self._font_size:
            self._font_size = pixels
            self._renew()

    def set_theme(self, theme: Theme) -> None:
        """Colours of the theme."""
        self._theme = theme
        self.update()

    @Slot()
    def _renew(self) -> None:
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """The room of the formula, or of its text before it is set."""
        formula = known_formula(self._latex)
        if formula is None:
            metrics = QFontMetrics(self._fallback())
            return QSize(metrics.horizontalAdvance(self._text), metrics.height())
        size = self._font_size
        return QSize(math.ceil(formula.width * size) + 1, math.ceil((formula.ascent + formula.descent) * size) + 1)

    def minimumSizeHint(self) -> QSize:
        """All of it."""
        return self.sizeHint()

    def _fallback(self) -> QFont:
        font = QFont(self.font())
        font.setPixelSize(max(8, round(self._font_size * 0.8)))
        return font

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The formula."""
        painter = QPainter(self)
        formula = known_formula(self._latex)
        if formula is None:
            painter.setFont(self._fallback())
            painter.setPen(QColor(self._theme.text))
            painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter), self._text)
            return
        baseline = self.height() / 2 + (formula.ascent - formula.descent) / 2 * self._font_size
        draw_formula(painter, self._latex, QPointF(0.0, baseline), self._font_size, self._theme.text)

    def changeEvent(self, event: QEvent) -> None:
        """Another font changes the room of the plain text."""
        if event.type() == QEvent.Type.FontChange:
            self._renew()
        super().changeEvent(event)
