"""A name in as many lines as there is room for."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetricsF

__all__ = ["broken_lines"]


def broken_lines(name: str, metrics: QFontMetricsF, width: float, height: float) -> list[str]:
    """The lines of a name in width × height pixels, words kept whole where they fit; what is cut ends in …"""
    lines, words = [""], name.split()
    most = max(1, int(height // metrics.height()))
    while words:
        longer = f"{lines[-1]} {words[0]}".strip()
        if not lines[-1] or metrics.horizontalAdvance(longer) <= width:
            lines[-1] = longer
            words.pop(0)
        elif len(lines) < most:
            lines.append("")
        else:
            lines[-1] = " ".join([lines[-1], *words])
            break
    return [metrics.elidedText(line, Qt.TextElideMode.ElideRight, width) for line in lines]
