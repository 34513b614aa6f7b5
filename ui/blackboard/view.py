"""A page of the board: typeset letters with their numbers beneath, large enough to project."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFont, QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QToolTip, QWidget

from ui.blackboard.layout import NUMBER_SHARE, Layout, Placed, lay_out
from ui.blackboard.lines import Section
from ui.cell_ref import CellRef
from ui.flow.cell_editor import is_editable
from ui.formula import Typesetter, draw_formula
from ui.theme import DARK, Theme, number_font

__all__ = ["BoardView"]


class BoardView(QWidget):
    """Shows a page; point at a letter or a number to see its cell in the flow, double-click one to change it."""

    cell_pointed = Signal(object)
    """The CellRef under the mouse, None where there is none."""
    edit_requested = Signal(object)
    """The CellRef of a pixel, a weight or a bias that was double-clicked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = DARK
        self._section: Section | None = None
        self._visible_height = 200.0
        self._layout: Layout | None = None
        self._pointed: CellRef | None = None
        self.marks: Mapping[CellRef, str] = {}
        """Cells whose signs are outlined, each with its colour."""
        self._typesetter = Typesetter(self)
        self._typesetter.ready.connect(self._place_anew)
        self.setMouseTracking(True)
        self.setAccessibleName("Blackboard")

    @property
    def section(self) -> Section | None:
        """The page on screen."""
        return self._section

    @property
    def layout_of_page(self) -> Layout:
        """Where everything stands at the present width."""
        if self._layout is None:
            self._layout = lay_out(self._section, self.width(), self._visible_height) if self._section else Layout(14.0)
        return self._layout

    def show_section(self, section: Section) -> None:
        """Show a page; newer numbers of the same page move nothing."""
        if section == self._section:
            return
        self._section = section
        self._typesetter.request(token.latex for block in section.blocks for token in block.tokens)
        lines = [block.text for block in section.blocks]
        self.setAccessibleDescription("\n".join([*lines, section.remark]))
        self._place_anew()

    def set_visible_height(self, height: float) -> None:
        """The height that is seen of the page without scrolling."""
        if height != self._visible_height:
            self._visible_height = height
            self._place_anew()

    def set_theme(self, theme: Theme) -> None:
        """Follow the theme."""
        self._theme = theme
        self.update()

    def set_marks(self, marks: Mapping[CellRef, str]) -> None:
        """Outline the signs of cells, until the next call."""
        if marks != self.marks:
            self.marks = marks
            self.update()

    @Slot()
    def _place_anew(self) -> None:
        self._layout = None
        height = round(self.layout_of_page.height) + 4
        if height != self.minimumHeight():
            self.setMinimumHeight(height)
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """More width makes the letters larger."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._place_anew()

    def minimumSizeHint(self) -> QSize:
        """Any width; as high as the page."""
        return QSize(300, 60)

    # --- painting --------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """The signs that are visible."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        layout = self.layout_of_page
        font = number_font()
        font.setPixelSize(max(11, round(layout.size * NUMBER_SHARE)))
        bold = QFont(font)
        bold.setBold(True)
        self._paint_frames(painter, layout, font)
        exposed = QRectF(event.rect())
        for placed in layout.placed:
            if placed.room.intersects(exposed):
                self._paint_token(painter, placed, bold if placed.is_head else font, layout.size)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for placed in layout.placed if self.marks else ():
            color = self.marks.get(placed.token.ref) if placed.token.ref else None
            if color:
                painter.setPen(QPen(QColor(color), 1.5))
                painter.drawRoundedRect(placed.room.adjusted(-3, -1, 3, 1), 4, 4)

    def _paint_token(self, painter: QPainter, placed: Placed, font: QFont, size: float) -> None:
        token, theme = placed.token, self._theme
        derivative = token.ref is not None and token.ref.name.startswith("d")
        ink = theme.muted if token.quiet else theme.backward if derivative else theme.text
        if not draw_formula(painter, token.latex, placed.letter, size, ink):
            painter.setFont(font)
            painter.setPen(QColor(ink))
            painter.drawText(placed.letter, token.text)
        painter.setFont(font)
        painter.setPen(QColor(theme.accent if placed.is_head else theme.muted if token.quiet else theme.text))
        painter.drawText(placed.number, token.number)

    def _paint_frames(self, painter: QPainter, layout: Layout, font: QFont) -> None:
        theme, reach = self._theme, 0.3 * layout.size
        painter.setPen(QPen(QColor(theme.muted), 1, Qt.PenStyle.DashLine))
        for room in layout.windows:
            painter.drawRoundedRect(room, 5, 5)
        painter.setPen(QPen(QColor(theme.text), 1.5))
        for room in layout.brackets:
            for side, inward in ((room.left(), reach), (room.right(), -reach)):
                corners = (
                    QPointF(side + inward, room.top()),
                    QPointF(side, room.top()),
                    QPointF(side, room.bottom()),
                    QPointF(side + inward, room.bottom()),
                )
                painter.drawPolyline(QPolygonF(corners))
        painter.setFont(font)
        for at, _text in layout.arrows:
            end = QPointF(at.x() + 1.1 * layout.size, at.y())
            painter.setPen(QPen(QColor(theme.backward), 2))
            painter.drawLine(at, end)
            tip = 0.28 * layout.size
            painter.drawPolyline(QPolygonF((end + QPointF(-tip, -tip), end, end + QPointF(-tip, tip))))

    # --- mouse -----------------------------------------------------------------------------------------------------

    def cell_at(self, point: QPointF) -> CellRef | None:
        """The cell that the sign at a point names."""
        found = (placed.token.ref for placed in self.layout_of_page.placed if placed.room.contains(point))
        return next((ref for ref in found if ref is not None), None)

    @staticmethod
    def words_of(ref: CellRef) -> str:
        """What the cell of a sign is called in the other views, and what can be done with it."""
        words = f"{ref} elsewhere, where places count from 0" if ref.index else f"{ref}"
        return words + ("\nDouble-click to change it." if is_editable(ref.name) else "")

    def place_of(self, ref: CellRef) -> QRectF:
        """Where a cell is first written; empty if it is not on the page."""
        rooms = (placed.room for placed in self.layout_of_page.placed if placed.token.ref == ref)
        return next(rooms, QRectF())

    def _point(self, ref: CellRef | None) -> None:
        if ref != self._pointed:
            self._pointed = ref
            self.update()
            self.cell_pointed.emit(ref)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The cell of the sign under the mouse is outlined, here and in the flow."""
        self._point(self.cell_at(event.position()))
        super().mouseMoveEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """No sign is pointed at."""
        self._point(None)
        super().leaveEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Ask for a given number to be changed."""
        ref = self.cell_at(event.position())
        if ref and is_editable(ref.name) and event.button() == Qt.MouseButton.LeftButton:
            self.edit_requested.emit(ref)
        super().mouseDoubleClickEvent(event)

    def event(self, event: QEvent) -> bool:
        """The tooltip says what can be done with a sign."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            ref = self.cell_at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), self.words_of(ref) if ref else "", self)
            return True
        return super().event(event)
