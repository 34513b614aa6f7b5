"""Writing a derivation as the kind of file that its name says, complete or not at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from playground.atomic_file import replacing, told
from playground.errors import ExportError
from playground.take_home.document import Document
from playground.take_home.html import html_text
from playground.take_home.markdown import markdown_text
from ui.take_home.pdf import pdf_bytes

__all__ = ["KINDS", "write_derivation", "write_text"]

_WRITERS: Mapping[str, Callable[[Document], bytes]] = {
    ".pdf": pdf_bytes,
    ".html": lambda document: html_text(document).encode(),
    ".md": lambda document: markdown_text(document).encode(),
}
KINDS = tuple(_WRITERS)
"""The kinds of files, by suffix."""


def write_derivation(document: Document, path: Path) -> None:
    """Write a file of one of KINDS, or leave what is there. Raises ExportError if it cannot be, or is another kind."""
    writer = _WRITERS.get(path.suffix.lower())
    if writer is None:
        raise ExportError(f"{path.name} is neither .pdf, .html nor .md; give the derivation one of these endings.")
    _write(path, writer(document))


def write_text(text: str, path: Path) -> None:
    """Write a text as UTF-8, or leave what is there. Raises ExportError."""
    _write(path, text.encode())


def _write(path: Path, content: bytes) -> None:
    with told(path, ExportError), replacing(path.resolve()) as file:
        file.write(content)
