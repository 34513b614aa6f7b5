"""A document as Markdown, with its mathematics in LaTeX between dollar signs."""

from __future__ import annotations

import re

from playground.notation.latex import latex_of, matrix_latex
from playground.take_home.document import Block, Document, Equation, Heading, Numbers, Paragraph, Picture

__all__ = ["markdown_text"]

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|$])")


def markdown_text(document: Document) -> str:
    """The text of a .md file."""
    parts = [f"# {_title(document.title)}"]
    parts += [f"> **Note:** {_plain(warning)}" for warning in document.warnings]
    parts.append("\n".join(f"- **{name}:** {_plain(value)}" for name, value in document.facts))
    parts += [_block(block) for block in document.blocks]
    return "\n\n".join(parts) + "\n"


def _block(block: Block) -> str:
    match block:
        case Heading():
            return f"{'#' * block.level} {_title(block.text)}"
        case Paragraph():
            return _plain(block.text)
        case Equation():
            return f"$$\n{block.aligned()}\n$$"
        case Picture():  # text only: what can be said of its numbers follows
            _, rows, columns = block.pixels.shape
            ends = f", {block.ends[0]} to {block.ends[1]}" if block.scale is not None else ""
            return f"${latex_of(block.caption)}$: a picture of {rows}×{columns} in the PDF and HTML{ends}"
        case Numbers():
            return f"$$\n{latex_of(block.caption)} = {matrix_latex(block.rows)}\n$$"


def _title(text: str) -> str:
    """A heading, in which derivatives are mathematics."""
    return re.sub(r"∂\S+?/∂[^\s,:]+", lambda found: f"${latex_of(found[0])}$", text)


def _plain(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)
