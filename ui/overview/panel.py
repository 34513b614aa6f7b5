"""Every derivative and parameter in one row each: mean and largest magnitude, share of zeros, histogram."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from core.arrays import Array
from playground.counting import grouped
from playground.snapshot import Snapshot
from ui.overview.rows import TIP, OverviewRows
from ui.theme import Theme

__all__ = ["GradientOverview", "overview_arrays", "source_words"]

_COLUMNS = ("array", "of", "mean |·|", "max |·|", "zeros", "values")


def overview_arrays(snapshot: Snapshot) -> list[tuple[str, str, Array]]:
    """(name, source, values) in the order in which the gradient travels, each parameter behind its gradient.

    source is "batch mean" for parameter gradients of the last training batch, "before edit" if a weight was changed by
    hand since, "this image" for those of the chosen sample (as in the flow), "now" for parameters.
    """
    is_old = any(edit.is_of_weights_since(snapshot.step) for edit in snapshot.edits)
    batch = "before edit" if is_old else "batch mean"
    arrays, gradients, weights = snapshot.trace.arrays, snapshot.gradients, snapshot.weights
    rows: list[tuple[str, str, Array]] = []
    for name, key in _keys(snapshot.trace.backward_names, snapshot.trace.blocks):
        if name[0] != "d":
            rows.append((name, "now", weights.get(key, arrays[name])))
        elif key in gradients:
            rows.append((name, batch, gradients[key]))
        else:
            rows.append((name, "this image", arrays[name]))
    return rows


def source_words(snapshot: Snapshot, source: str) -> str:
    """Of which images and which step the numbers of such a row are, in a sentence."""
    step = grouped(snapshot.step)
    of_batch = f"the mean over the images of the batch of step {step}, under the weights before that step"
    now = f"under the weights after step {step}" if snapshot.step else "under the first weights"
    return {
        "batch mean": f"{of_batch}: what the step was taken with.",
        "before edit": f"{of_batch}; a weight was changed by hand since, which the next step will take in.",
        "this image": f"{snapshot.sample.in_full} alone, {now}, as in the flow.",
        "now": f"the weights as they are, after step {step}." if snapshot.step else "the weights to begin with.",
    }[source]


@lru_cache(maxsize=8)
def _keys(backward_names: tuple[str, ...], blocks: int) -> tuple[tuple[str, str], ...]:
    """The rows by name, and under which key the weights or gradients have those of parameters, "" of all others."""
    layers = [f"conv{number}" for number in range(1, blocks + 1)] + ["fc"]
    rows = []
    for name in backward_names:
        plain = name[1:]
        if plain[0] in "wb":
            key = f"{layers[int(plain[1:]) - 1]}.{'weight' if plain[0] == 'w' else 'bias'}"
            rows += [(name, key), (plain, key)]
        else:
            rows.append((name, ""))
    return tuple(rows)


class _Heading(QWidget):
    """Titles of the columns, above the scrolled rows."""

    def __init__(self, rows: OverviewRows) -> None:
        super().__init__()
        self._rows = rows
        self.setFixedHeight(rows.row_height)
        self.setToolTip(TIP)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """One line."""
        painter = QPainter(self)
        painter.setFont(self._rows._small)
        painter.setPen(QColor(self._rows.theme.muted))
        for half in range(self._rows.halves):
            for (x, width), text in zip(self._rows.columns(half), _COLUMNS, strict=True):
                words = text in ("array", "of", "values")
                side = Qt.AlignmentFlag.AlignLeft if words else Qt.AlignmentFlag.AlignRight
                painter.drawText(QRect(x, 0, width, self.height()), int(side | Qt.AlignmentFlag.AlignVCenter), text)


class GradientOverview(QWidget):
    """The derivatives at a glance; a click on a row, or Enter, tells its array."""

    array_chosen = Signal(str)
    array_pointed = Signal(str)
    """The array of the row under the mouse or the keys, "" if there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows = OverviewRows(self._words_of)
        self.heading = _Heading(self.rows)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the rows take the keys
        scroll.setWidget(self.rows)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(1)
        layout.addWidget(self.heading)
        layout.addWidget(scroll, 1)
        self.rows.chosen.connect(self.array_chosen)
        self.rows.pointed.connect(self.array_pointed)
        self._snapshot: Snapshot | None = None

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show the arrays of a snapshot, if anybody looks: of the same step as in the flow, in every frame."""
        self._snapshot = snapshot
        self._refresh()

    def _words_of(self, source: str) -> str:
        return source_words(self._snapshot, source) if self._snapshot is not None else ""

    def _refresh(self) -> None:
        if self._snapshot is not None and self.isVisible():
            self.rows.show_arrays(overview_arrays(self._snapshot))

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up."""
        super().showEvent(event)
        self._refresh()

    def set_decimals(self, decimals: int) -> None:
        """Decimals of the numbers."""
        self.rows.set_decimals(decimals)
        self.heading.update()

    def set_theme(self, theme: Theme) -> None:
        """Repaint in the colours of a theme."""
        self.rows.theme = theme
        self.rows.update()
        self.heading.update()
