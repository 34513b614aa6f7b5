"""A document as a PDF: words and numbers as text that can be searched, rules typeset as mathematics, as outlines."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QRect, QRectF, QSizeF, Qt, QUrl
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QColor,
    QFont,
    QImage,
    QPageLayout,
    QPageSize,
    QPaintDevice,
    QPainter,
    QPalette,
    QPdfWriter,
    QPyTextObject,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextFrameFormat,
    QTextImageFormat,
    QTextLength,
    QTextTableFormat,
)
from PySide6.QtSvg import QSvgRenderer

from playground.take_home.document import Block, Document, Equation, Heading, Numbers, Paragraph, Picture
from ui.formula import typeset
from ui.theme import number_font

__all__ = ["page_image", "pdf_bytes"]

_RESOLUTION = 600
_MARGIN_MM = 18.0
_TEXT, _WORKING, _MATH = 10.0, 8.0, 11.0  # points
_HEADINGS = {1: 18.0, 2: 14.0, 3: 11.5}
_FORMULA = int(QTextFormat.ObjectTypes.UserObject) + 1
_LATEX = int(QTextFormat.Property.UserProperty) + 1
_WIDEST = _LATEX + 1
_PICTURE_SIDE, _PICTURE_PIXELS = 150, 500
_BAR = (110.0, 8.0)
_PX = 96 / 72  # lengths in a text's formats are in pixels of 96 to the inch, whatever it is printed on


def pdf_bytes(document: Document) -> bytes:
    """The file. Its formulas are set for the first time here, so it takes a second or two: not on the GUI thread."""
    memory = QByteArray()
    buffer = QBuffer(memory)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setTitle(document.title)
    writer.setResolution(_RESOLUTION)
    margins = QMarginsF(_MARGIN_MM, _MARGIN_MM, _MARGIN_MM, _MARGIN_MM)
    page = QPageSize(QPageSize.PageSizeId.A4)
    writer.setPageLayout(QPageLayout(page, QPageLayout.Orientation.Portrait, margins, QPageLayout.Unit.Millimeter))
    text, _handler = _laid_out(document, writer, writer.pageLayout().paintRectPixels(_RESOLUTION).size().toSizeF())
    text.print_(writer)
    buffer.close()
    return bytes(memory.data())


def page_image(document: Document, number: int, dots_per_inch: int) -> QImage:
    """A page of the file (from 0) as it is printed, on white."""
    size = QPageSize(QPageSize.PageSizeId.A4).sizePixels(dots_per_inch)
    margin = round(_MARGIN_MM / 25.4 * dots_per_inch)
    image = QImage(size, QImage.Format.Format_RGB32)
    image.setDotsPerMeterX(round(dots_per_inch / 0.0254))
    image.setDotsPerMeterY(round(dots_per_inch / 0.0254))
    image.fill(QColor("white"))
    room = QSizeF(size.width() - 2 * margin, size.height() - 2 * margin)
    text, _handler = _laid_out(document, image, room)
    painter = QPainter(image)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
    painter.translate(margin, margin - number * room.height())
    context = QAbstractTextDocumentLayout.PaintContext()
    black = QPalette()
    black.setColor(QPalette.ColorRole.Text, QColor("black"))  # whatever the theme of the window is
    context.palette, context.clip = black, QRectF(0, number * room.height(), room.width(), room.height())
    painter.setClipRect(context.clip)
    text.documentLayout().draw(painter, context)
    painter.end()
    return image


def _laid_out(document: Document, device: QPaintDevice, room: QSizeF) -> tuple[QTextDocument, QPyTextObject]:
    """The text in pages of `room`, and what draws its formulas, which has to be kept as long as it is drawn."""
    text = QTextDocument()
    text.setDocumentMargin(0)
    text.setDefaultFont(QFont("DejaVu Sans", round(_TEXT)))
    text.documentLayout().setPaintDevice(device)
    text.setPageSize(room)
    formulas = _FormulaObject(device.logicalDpiX())
    text.documentLayout().registerHandler(_FORMULA, formulas)
    _PdfText(text, room.width()).write(document)
    _keep_headings(text)
    return text, formulas


def _keep_headings(text: QTextDocument) -> None:
    """No heading stays behind at the foot of a page: what it is about begins on the next, a table as a whole."""
    layout, height = text.documentLayout(), text.pageSize().height()
    block = text.begin()
    while block.isValid():
        following = block.next()
        if block.blockFormat().headingLevel() and following.isValid():
            table = QTextCursor(following).currentTable()
            last = table.lastCursorPosition().block() if table is not None else following
            pages = [int(layout.blockBoundingRect(part).bottom() // height) for part in (block, last)]
            if pages[0] != pages[1]:
                form = block.blockFormat()
                form.setPageBreakPolicy(QTextFormat.PageBreakFlag.PageBreak_AlwaysBefore)
                QTextCursor(block).setBlockFormat(form)
        block = following


def _joined(block: Equation) -> str:
    return " ".join(part for row in block.latex for part in row if part)


def _is_working(block: Equation) -> bool:
    """A cell's numbers, in several rows, or a number by itself."""
    return len(block.rows) > 1 or not any(character.isalpha() for character in block.rows[0][1])


class _FormulaObject(QPyTextObject):
    """Draws a formula in a line of text, as outlines."""

    def __init__(self, dots_per_inch: int) -> None:
        super().__init__()
        self._size = _MATH * dots_per_inch / 72

    def intrinsicSize(self, _doc: QTextDocument, _position: int, form: QTextFormat) -> QSizeF:
        """Its size, scaled down to the width of the page."""
        formula = typeset(str(form.property(_LATEX)))
        scale = min(self._size, float(form.property(_WIDEST)) / formula.width)
        return QSizeF(formula.width * scale, (formula.ascent + formula.descent) * scale)

    def drawObject(
        self, painter: QPainter, rect: QRectF | QRect, _doc: QTextDocument, _position: int, form: QTextFormat
    ) -> None:
        """The outlines in their rectangle."""
        formula = typeset(str(form.property(_LATEX)))
        QSvgRenderer(QByteArray(formula.svg)).render(painter, rect)


class _PdfText:
    """Writes blocks at the end of a text document."""

    def __init__(self, text: QTextDocument, width: float) -> None:
        self._cursor = QTextCursor(text)
        self._width = width
        self._begun = False
        self._pictures = 0

    def write(self, document: Document) -> None:
        """All of it, laid out once."""
        self._cursor.beginEditBlock()
        self._line(document.title, _HEADINGS[1], bold=True)
        for warning in document.warnings:
            self._line(f"Note: {warning}", _TEXT, bold=True)
        for name, value in document.facts:
            self._line(f"{name}: {value}", _TEXT, above=1)
        for block in document.blocks:
            self._block(block)
        self._cursor.endEditBlock()

    def _block(self, block: Block) -> None:
        match block:
            case Heading():
                self._line(
                    block.text, _HEADINGS[block.level], bold=True, above=14 if block.level == 2 else 9, keep=True
                )
            case Paragraph():
                self._line(block.text, _TEXT)
            case Equation() if _is_working(block):
                self._working(block)
            case Equation():
                self._paragraph(above=5)
                form = QTextCharFormat()
                form.setObjectType(_FORMULA)
                form.setProperty(_LATEX, _joined(block))
                form.setProperty(_WIDEST, self._width * 0.96)
                form.setVerticalAlignment(QTextCharFormat.VerticalAlignment.AlignMiddle)
                self._cursor.insertText("\ufffc", form)
            case Numbers():
                self._numbers(block)
            case Picture():
                self._line(block.caption, _TEXT, keep=True)
                self._picture(block)
                self._scale(block)

    def _paragraph(self, *, above: float = 4, indent: float = 0, keep: bool = False) -> None:
        form = QTextBlockFormat()
        form.setTopMargin(above * _PX)
        form.setLeftMargin(max(0.0, indent) * _PX)
        form.setTextIndent(min(0.0, -indent) * _PX)
        if keep:
            form.setHeadingLevel(1)
        if self._begun:
            self._cursor.insertBlock(form)
        else:
            self._cursor.setBlockFormat(form)
        self._begun = True

    def _line(self, text: str, size: float, *, bold: bool = False, above: float = 4, keep: bool = False) -> None:
        self._paragraph(above=above, keep=keep)
        form = QTextCharFormat()
        form.setFontPointSize(size)
        form.setFontWeight(QFont.Weight.Bold if bold else QFont.Weight.Normal)
        self._cursor.insertText(text, form)

    def _working(self, block: Equation) -> None:
        font = number_font(_WORKING)
        form = QTextCharFormat()
        form.setFont(font)
        for place, (left, right) in enumerate(block.rows):
            self._paragraph(above=5 if not place else 1, indent=24)
            self._cursor.insertText(f"{left} {right}".strip(), form)

    def _numbers(self, block: Numbers) -> None:
        self._line(block.caption, _TEXT, above=6, keep=True)
        form = QTextTableFormat()
        form.setBorder(0.5 * _PX)
        form.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
        form.setBorderCollapse(True)
        form.setCellSpacing(0)
        form.setCellPadding(2.5 * _PX)
        form.setTopMargin(3 * _PX)
        form.setWidth(QTextLength())
        table = self._cursor.insertTable(len(block.rows), len(block.rows[0]), form)
        right = QTextBlockFormat()
        right.setAlignment(Qt.AlignmentFlag.AlignRight)
        characters = QTextCharFormat()
        characters.setFont(number_font(_WORKING))
        # all of one width, as all signs of this font are: a map with many zeros still looks like one
        widest = max(len(number) for numbers in block.rows for number in numbers)
        for row, numbers in enumerate(block.rows):
            for column, number in enumerate(numbers):
                cell = table.cellAt(row, column).firstCursorPosition()
                cell.setBlockFormat(right)
                cell.insertText(number.rjust(widest, "\N{NO-BREAK SPACE}"), characters)
        self._cursor.movePosition(QTextCursor.MoveOperation.End)

    def _picture(self, block: Picture) -> None:
        _, height, width = block.pixels.shape
        side = _PICTURE_SIDE * min(1.0, width / height)
        self._paragraph(keep=block.scale is not None)
        self._insert(block.pixels, side, side * height / width)

    def _scale(self, block: Picture) -> None:
        """The colours, with the values at their ends."""
        if block.scale is None:
            return
        self._paragraph(above=1)
        form = QTextCharFormat()
        form.setFont(number_font(_WORKING))
        low, high = block.ends
        self._cursor.insertText(f"{low} ", form)
        self._insert(block.scale, *_BAR)
        self._cursor.insertText(f" {high}", form)

    def _insert(self, pixels: NDArray[np.uint8], width: float, height: float) -> None:
        rows, columns = pixels.shape[1:]
        packed = np.ascontiguousarray(np.moveaxis(pixels, 0, 2))
        image = QImage(packed.data, columns, rows, 3 * columns, QImage.Format.Format_RGB888).copy()
        whole = max(1, _PICTURE_PIXELS // max(columns, rows))  # whole pixels, so that none is smoothed
        self._pictures += 1
        name = f"picture {self._pictures}"
        self._cursor.document().addResource(
            QTextDocument.ResourceType.ImageResource, QUrl(name), image.scaled(columns * whole, rows * whole)
        )
        form = QTextImageFormat()
        form.setName(name)
        form.setWidth(width)
        form.setHeight(height)
        self._cursor.insertImage(form)
