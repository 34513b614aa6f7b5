"""Pictures of a view in a file: PNG as on the screen, SVG with text as text and lines as lines."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPoint, QRect
from PySide6.QtGui import QColor, QPainter, QPalette, QPixmap, QRegion
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QWidget

from playground.atomic_file import replacing, told
from playground.errors import ExportError
from ui.focus_ring import without_ring
from ui.vectors import drawing_vectors

__all__ = ["KINDS", "write_picture"]

KINDS = (".png", ".svg")
"""The kinds of pictures, by the suffix of the file."""


def write_picture(view: QWidget, path: Path) -> None:
    """Write what a view shows to a file of one of KINDS, or leave whatever was there untouched.

    Raises ExportError if the file cannot be written or is of another kind.
    """
    if path.suffix.lower() not in KINDS:
        raise ExportError(f"{path} is neither .png nor .svg; give the picture one of these endings.")
    with without_ring(view):
        content = _svg(view) if path.suffix.lower() == ".svg" else _png(view)
    with told(path, ExportError), replacing(path.resolve()) as file:
        file.write(content)


def _ground(view: QWidget) -> QColor:
    return view.window().palette().color(QPalette.ColorRole.Window)


def _png(view: QWidget) -> bytes:
    ratio = view.devicePixelRatioF()
    picture = QPixmap(view.size() * ratio)
    picture.setDevicePixelRatio(ratio)
    picture.fill(_ground(view))
    # named in full: a plot, which is a graphics view, has another `render`
    QWidget.render(view, picture, QPoint(0, 0))
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if not picture.save(buffer, "PNG"):
        raise ExportError("The picture could not be put into the form of a PNG file; make the window smaller.")
    return bytes(content.data())


def _svg(view: QWidget) -> bytes:
    content = QByteArray()
    buffer = QBuffer(content)
    # SVG Tiny, the default, knows no clipping
    generator = QSvgGenerator(QSvgGenerator.SvgVersion.Svg11)
    generator.setOutputDevice(buffer)
    generator.setSize(view.size())
    generator.setViewBox(QRect(QPoint(0, 0), view.size()))
    # a user unit is a pixel of the view, as the sizes of fonts in points are turned into pixels by this
    generator.setResolution(view.logicalDpiX())
    generator.setTitle(view.accessibleName() or view.window().windowTitle())
    with drawing_vectors(generator) as painter:
        painter.fillRect(view.rect(), _ground(view))
        _paint(painter, view, view, view.rect())
    return bytes(content.data())


def _paint(painter: QPainter, widget: QWidget, view: QWidget, visible: QRect) -> None:
    """A widget and what lies in it, each cut off where its parent ends: Qt tells a file of that only when asked."""
    # named in full: a graphics view has another `render`, and a view may call a control of its own `size`
    place = QRect(widget.mapTo(view, QPoint(0, 0)), QWidget.size(widget))
    visible = visible.intersected(place)
    if visible.isEmpty():
        return
    painter.save()
    painter.setClipRect(visible)
    QWidget.render(widget, painter, place.topLeft(), QRegion(), QWidget.RenderFlag(0))
    painter.restore()
    for child in widget.children():
        if isinstance(child, QWidget) and child.isVisible() and not child.isWindow():
            _paint(painter, child, view, visible)
