"""What happened at a marker, in a few words beside its line, where there is room for them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter

from ui.theme import Theme, number_font

__all__ = ["LabelAt", "MarkerLabels", "placed_labels"]

_GAP, _APART = 3, 12  # pixels between words and their line, and another one, to which they do not belong
_LEAST = 45  # pixels: fewer letters tell nothing
_TO = " → "
_GROUND_OPACITY = 225  # of what keeps curves from striking the words through


@dataclass(frozen=True)
class LabelAt:
    """Words at a line: what is said in full, the line's place in pixels, then what is written and from where on.

    others: how many lines stand on the same pixel.
    """

    full: str
    line: float
    is_error: bool
    text: str = ""
    left: float = 0.0
    others: int = 0


def placed_labels(wanted: Sequence[LabelAt], width: float, metrics: QFontMetrics) -> tuple[LabelAt, ...]:
    """Those that there is room for in `width` pixels, the newest first; `wanted` from left to right.

    Words stand to the right of their line, shortened ("η → 0.5") if they do not fit before the next one, or to the
    left. Rather than be left out they end in "…". Lines of the same pixel share the words of the newest.
    """
    groups = list(_of_a_pixel(wanted))
    placed, limit = [], width
    for number in range(len(groups) - 1, -1, -1):
        label = groups[number]
        before = groups[number - 1].line if number else 0.0
        nearest = 0 if number == len(groups) - 1 else _APART  # the edge of the plot is no line
        found = _fitted(label, limit - label.line - _GAP - nearest, label.line - before - _GAP - _APART, metrics)
        limit = label.line
        if found is None:
            continue
        text, to_the_left = found
        left = label.line + _GAP
        if to_the_left:
            left = label.line - _GAP - metrics.horizontalAdvance(text)
            limit = left
        placed.append(LabelAt(label.full, label.line, label.is_error, text, left))
    return tuple(placed)


def _of_a_pixel(wanted: Sequence[LabelAt]) -> Iterator[LabelAt]:
    """One label for all lines that stand on the same pixel."""
    group: list[LabelAt] = []
    for label in (*wanted, None):
        if group and (label is None or int(label.line) != int(group[0].line)):
            full = "\n".join(one.full for one in group)
            is_error = any(one.is_error for one in group)
            yield LabelAt(full, group[0].line, is_error, group[-1].full, others=len(group) - 1)
            group = []
        if label is not None:
            group.append(label)


def _fitted(label: LabelAt, right: float, left: float, metrics: QFontMetrics) -> tuple[str, bool] | None:
    """The longest words that fit, and whether to the left of the line; None if nothing that tells something does."""
    for room, to_the_left in ((right, False), (left, True)):
        for text in _ways(label):
            if metrics.horizontalAdvance(text) <= room:
                return text, to_the_left
    room = max(right, left)
    if room < _LEAST:
        return None
    return metrics.elidedText(_ways(label)[-1], Qt.TextElideMode.ElideRight, int(room)), left > right


def _ways(label: LabelAt) -> tuple[str, ...]:
    """Its text, with how many others there are, then what is most of it, such as "η → 0.5" or "diverged"."""
    text = label.text
    name, to, after = text.partition(_TO)
    if to:
        head = f"{name.split(' ')[0]}{_TO}{after}"
    else:
        head = next((text.partition(sign)[0] for sign in (": ", ", ") if sign in text), text)
    ways = (text, head)
    return (*(f"{way} (+{label.others})" for way in ways), *ways) if label.others else ways


class MarkerLabels:
    """The words of a plot's markers, in one row of `area`; at its bottom where the curves are at the top."""

    def __init__(self) -> None:
        self._font = number_font(7.0)
        self._theme: Theme | None = None
        self.shown: tuple[LabelAt, ...] = ()
        self._places: tuple[QRect, ...] = ()

    def set_theme(self, theme: Theme) -> None:
        """Follow the theme."""
        self._theme = theme

    def show(self, wanted: Sequence[LabelAt], area: QRect, *, at_bottom: bool, below: int) -> None:
        """Write these labels; `below` pixels of the top are those of the note."""
        metrics = QFontMetrics(self._font)
        self.shown = placed_labels(wanted, area.width(), metrics)
        top = area.bottom() - metrics.height() - 3 if at_bottom else area.top() + below
        self._places = tuple(
            QRect(
                QPoint(round(area.left() + label.left), top),
                QSize(metrics.horizontalAdvance(label.text), metrics.height()),
            )
            for label in self.shown
        )

    @property
    def bounds(self) -> QRect:
        """Where they all are."""
        whole = QRect()
        for rect in self._places:
            whole = whole.united(rect)
        return whole

    def text_at(self, place: QPoint) -> str:
        """What the label there says in full, "" beside labels."""
        found = (label.full for label, rect in zip(self.shown, self._places, strict=True) if rect.contains(place))
        return next(found, "")

    def paint(self, painter: QPainter, painted: QRect, hidden_by: QRect) -> None:
        """Write those within what is painted that nothing lies over."""
        if self._theme is None or not self.shown:
            return
        ground = QColor(self._theme.panel)
        ground.setAlpha(_GROUND_OPACITY)
        painter.setFont(self._font)
        for label, rect in zip(self.shown, self._places, strict=True):
            if rect.intersects(painted) and not rect.intersects(hidden_by):
                painter.fillRect(rect, ground)
                painter.setPen(QColor(self._theme.error if label.is_error else self._theme.muted))
                painter.drawText(rect, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), label.text)
