"""What is written at the maps of the flow: how their numbers come about, and which part of the weights is shown."""

from __future__ import annotations

from core.trace import Trace
from ui.cell_ref import sample_array
from ui.flow.bug_formulas import bug_formulas
from ui.flow.fonts import FlowFonts
from ui.flow.formulas import formulas, operation
from ui.flow.layout import FlowLayout, Options, Rect, Tile
from ui.number_format import class_words

__all__ = ["Captions"]

_FORMULA_ALONE = 1  # the writing without a "="


class Captions:
    """Texts for a layout, longest first; of one row all maps of the blocks are written in the same style."""

    def __init__(
        self, layout: FlowLayout, fonts: FlowFonts, options: Options, trace: Trace, class_names: tuple[str, ...]
    ) -> None:
        self._layout, self._fonts, self._options = layout, fonts, options
        self._trace, self._class_names = trace, class_names
        self._plainness = {backward: self._plainness_of_row(backward) for backward in (False, True)}

    def formulas(self, name: str) -> tuple[str, ...]:
        """How the numbers of an array come about, in fewer and fewer letters; () for what is given."""
        if self._options.difference and name != "x":
            return ("B − A",)
        trace = self._trace
        return self._of_bug(name) or formulas(name, trace.blocks, trace.activation == "softmax", label=int(trace.y[0]))

    def is_wrong(self, name: str) -> bool:
        """Whether the bug that is on computes an array wrongly, as its caption says."""
        return not self._options.difference and bool(self._of_bug(name))

    def _of_bug(self, name: str) -> tuple[str, ...]:
        return bug_formulas(name, self._trace.backward_names, self._options.bug)

    def room(self, tile: Tile) -> Rect:
        """The line under the name of a map."""
        m, caption = self._layout.metrics, tile.caption
        clear = m.px(8 if caption.width > m.caption_width + m.px(16) else 2)  # from what stands over the next
        return Rect(caption.x, caption.y + m.caption, caption.width - clear, m.line)

    def under(self, name: str) -> tuple[str, ...]:
        """What may stand there."""
        row = self._plainness[name.startswith("d")] if name != "x" else 0
        first = row if self._is_of_block(name) else min(row, _FORMULA_ALONE)
        return tuple(text for texts in self._writings(name)[first:] for text in texts)

    def _is_of_block(self, name: str) -> bool:
        """Whether a map is written as its row is; where numbers only change their places, one word says it all."""
        return name.removeprefix("d")[0] in "zAP" and name != f"dP{self._trace.blocks}"

    def _writings(self, name: str) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
        """The formula of a map with its "=", the formula alone, the operation in words."""
        texts = self.formulas(name)
        words = ("bug",) if self.is_wrong(name) else operation(name, self._trace.blocks)
        return tuple(f"= {text}" for text in texts), texts, words

    def _plainness_of_row(self, backward: bool) -> int:
        """The first of these writings that all maps of the blocks have room for."""
        needed = 0
        for name, tile in self._layout.tiles.items():
            if tile.kind == "stage" and name.startswith("d") is backward and self._is_of_block(name):
                writings, width = self._writings(name), self.room(tile).width
                fits = [bool(self._fonts.fitting(texts, self._fonts.formula, width)) for texts in writings]
                needed = max(needed, fits.index(True) if True in fits else len(writings) - 1)
        return needed

    def beside_kernels(self, name: str) -> tuple[str, ...]:
        """How weights or their derivatives come about, and which part is shown where it is not all of them."""
        trace, options = self._trace, self._options
        texts = tuple(f"= {text}" for text in self.formulas(name)) or operation(name, trace.blocks)
        own = int(name.removeprefix("d")[1:])
        part = ""
        if own > trace.blocks and len(self._layout.tiles[name].maps) == 1 and self._filters(trace.blocks) > 1:
            part = f"filter {options.chosen[trace.blocks - 1]}"
            texts = (*(f"{text}, {part}" for text in texts), part)
        if own > trace.blocks and trace.activation == "softmax":
            # "filter 0 → 0" would be read as two filters, so where there is no room for both it is the class
            output = class_words(self._class_names[options.output])
            into = (f"to {output}", output)
            return (f"{part} to {output}", *into, part, *texts) if part else (*into, *texts)
        if own <= trace.blocks and sample_array(trace, name).shape[1] > 1:
            label = f"filter {options.chosen[own - 1]}"
            return *(f"{text}, {label}" for text in texts), label
        return texts

    def _filters(self, block: int) -> int:
        return self._layout.tiles[f"b{block}"].maps[0].cols
