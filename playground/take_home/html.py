"""A document as one HTML file that needs nothing else: its mathematics is MathML, which every browser draws itself."""

from __future__ import annotations

import re
from base64 import b64encode
from html import escape

import numpy as np
from latex2mathml.converter import convert
from numpy.typing import NDArray

from playground.notation.latex import latex_of
from playground.own_data.png import png_bytes
from playground.take_home.document import Block, Document, Equation, Heading, Numbers, Paragraph, Picture

__all__ = ["html_text"]

_STYLE = """
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60em; margin: 2em auto; padding: 0 1em; }
h1 { font-size: 1.7em; } h2 { margin-top: 2em; border-bottom: 1px solid #8886; } h3 { margin-top: 1.6em; }
math { font-size: 1.1em; } .equation { overflow-x: auto; margin: .7em 0; }
mtd { padding: .18em .15em; } .equation > math > mtable > mtr > mtd:first-child { text-align: right; }
.equation > math > mtable > mtr > mtd { text-align: left; }
dl { display: grid; grid-template-columns: max-content auto; gap: .2em 1em; } dt { font-weight: 600; } dd { margin: 0; }
.note { border-left: 4px solid #c60; padding: .4em 1em; background: #c602; }
figure { margin: .7em 0; overflow-x: auto; } figcaption { margin-bottom: .2em; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
img { image-rendering: pixelated; border: 1px solid #8886; } img.map { width: 14em; display: block; }
img.bar { width: 8em; height: .7em; } .scale { margin-top: .3em; font-size: .85em; font-variant-numeric: tabular-nums; }
td { border: 1px solid #8886; padding: .15em .5em; text-align: right; min-width: 3.6em; }
@media print { h2, h3, figcaption { break-after: avoid; } tr, figure { break-inside: avoid; } }
"""
_ATTRIBUTES = re.compile(r"^<math[^>]*>|</math>$")


def html_text(document: Document) -> str:
    """The text of a .html file."""
    notes = "".join(f'<p class="note"><strong>Note:</strong> {escape(text)}</p>\n' for text in document.warnings)
    facts = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>\n" for name, value in document.facts)
    body = "\n".join(_block(block) for block in document.blocks)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(document.title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f"<h1>{_words(document.title)}</h1>\n{notes}<dl>\n{facts}</dl>\n{body}\n</body>\n</html>\n"
    )


def _block(block: Block) -> str:
    match block:
        case Heading():
            return f"<h{block.level}>{_words(block.text)}</h{block.level}>"
        case Paragraph():
            return f"<p>{escape(block.text)}</p>"
        case Equation():
            rows = "".join(f"<mtr><mtd>{_row(left)}</mtd><mtd>{_row(right)}</mtd></mtr>" for left, right in block.latex)
            table = f'<mtable displaystyle="true" columnalign="right left">{rows}</mtable>'
            return f'<div class="equation"><math>{table}</math></div>'
        case Picture():
            image = _image(block.pixels, f"{block.caption} as a picture", "map")
            scale = ""
            if block.scale is not None:
                bar = _image(block.scale, "its colours from the least to the largest value", "bar")
                low, high = map(escape, block.ends)
                scale = f'<div class="scale">{low} {bar} {high}</div>'
            return f"<figure><figcaption>{_words(block.caption)}</figcaption>{image}{scale}</figure>"
        case Numbers():
            cells = "\n".join(
                "<tr>" + "".join(f"<td>{escape(number)}</td>" for number in row) + "</tr>" for row in block.rows
            )
            return f"<figure><figcaption>{_words(block.caption)}</figcaption><table>\n{cells}\n</table></figure>"


def _image(pixels: NDArray[np.uint8], words: str, kind: str) -> str:
    png = b64encode(png_bytes(pixels)).decode()
    return f'<img class="{kind}" alt="{escape(words)}" src="data:image/png;base64,{png}">'


def _words(text: str) -> str:
    """Words, in which cells and derivatives are mathematics."""
    parts = re.split(r"(∂\S+?/∂[^\s,:]+|\b[A-Za-z][₀-₉]+)", text)
    return "".join(
        f"<math>{_row(latex_of(part))}</math>" if place % 2 else escape(part) for place, part in enumerate(parts)
    )


def _row(latex: str) -> str:
    """What stands inside of <math>, its operators spaced as in display."""
    return _ATTRIBUTES.sub("", convert(latex)) if latex else ""
