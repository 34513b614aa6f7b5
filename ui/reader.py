"""The guide and the glossary, pages of docs/, read in a window beside the playground."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QImage, QResizeEvent, QTextDocument
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QTextBrowser, QVBoxLayout, QWidget

__all__ = ["DOCS", "PageReader", "show_page"]

DOCS = Path(__file__).resolve().parent.parent / "docs"
_PAGES = {"guide": "Guide", "glossary": "Glossary"}
_BESIDE = 24  # around a picture


class _Page(QTextBrowser):
    """A page of Markdown with its pictures, none wider than the page."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        self.setOpenExternalLinks(True)

    def loadResource(self, kind: int, name: QUrl | str) -> Any:
        """A picture of the page, as large as there is room for."""
        if kind != QTextDocument.ResourceType.ImageResource.value:
            return super().loadResource(kind, name)
        address = name.toString() if isinstance(name, QUrl) else name
        image = QImage(str(self._folder / address))
        ratio = self.devicePixelRatioF()
        room = round((self.viewport().width() - _BESIDE) * ratio)
        if image.width() > room > 0:
            image = image.scaledToWidth(room, Qt.TransformationMode.SmoothTransformation)
        image.setDevicePixelRatio(ratio)
        return image


class PageReader(QDialog):
    """One page of a folder; where it is missing, what to do about that. Closes with Esc."""

    def __init__(self, page: str, folder: Path = DOCS, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(_PAGES[page])
        self._path = folder / f"{page}.md"
        self.text = _Page(folder)
        self.text.setAccessibleName(_PAGES[page])
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = self._column = QVBoxLayout(self)
        layout.addWidget(self.text)
        layout.addWidget(buttons)
        self.resize(820, 700)
        self._written_for = 0

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Pictures follow the width; the place that is read stays."""
        super().resizeEvent(event)
        self._column.activate()
        width = self.text.viewport().width()
        if width == self._written_for:
            return
        self._written_for = width
        bar = self.text.verticalScrollBar()
        share = bar.value() / max(1, bar.maximum())
        self.text.document().clear()  # forgets the pictures of the other width
        self.text.setMarkdown(self._markdown())
        bar.setValue(round(share * bar.maximum()))

    def _markdown(self) -> str:
        try:
            return self._path.read_text("utf-8")
        except OSError as error:
            reason = error.strerror or str(error)
            return (
                f"**This page cannot be read:** `{self._path}`: {reason}.\n\n"
                "It belongs to the folder `docs` beside `main.py`: copy that folder there again from where the program "
                "came from, then open this page anew. Everything else works without it."
            )


def show_page(window: QWidget, page: str) -> None:
    """Open a page of docs/, "guide" or "glossary", beside the window."""
    reader = PageReader(page, DOCS, window)
    reader.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    reader.show()
