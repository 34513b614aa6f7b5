"""Where each array of a forward and backward pass stands: geometry only, in whole device pixels, without Qt.

A tile shows one array. It consists of maps; a map is a grid of cells of one size (a feature map, one channel of a
kernel, a column of class scores). The layout depends on the architecture, the size of the widget and the filters that
are shown, never on values, so nothing moves while training.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NamedTuple

from core.trace import Trace

__all__ = [
    "SCALE_APART",
    "SCALE_CHARACTERS",
    "Architecture",
    "Arrow",
    "Block",
    "FlowLayout",
    "Map",
    "Metrics",
    "Options",
    "Page",
    "Rect",
    "Tile",
]

SCALE_CHARACTERS = 10
"""Of the longest end of a colour scale, such as 0…0.0093, with two spaces before it: one would part thousands."""
SCALE_APART = 6
"""Logical pixels from there to the frame around the next picture."""


class Rect(NamedTuple):
    """Left, top, width, height in device pixels."""

    x: int
    y: int
    width: int
    height: int

    @property
    def right(self) -> int:
        """First column to the right of the rectangle."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """First row beneath the rectangle."""
        return self.y + self.height

    def contains(self, x: float, y: float) -> bool:
        """True if the point is inside."""
        return self.x <= x < self.right and self.y <= y < self.bottom

    def overlaps(self, other: Rect) -> bool:
        """True if the two share a pixel."""
        return self.x < other.right and other.x < self.right and self.y < other.bottom and other.y < self.bottom

    def united(self, other: Rect) -> Rect:
        """The smallest rectangle around both."""
        x, y = min(self.x, other.x), min(self.y, other.y)
        return Rect(x, y, max(self.right, other.right) - x, max(self.bottom, other.bottom) - y)


NOWHERE = Rect(0, 0, 0, 0)
BLACKBOARD_ROWS = 8
"""Images of no more rows are blackboard examples: each cell carries its number."""


@dataclass(frozen=True)
class Block:
    """Shapes of one conv block: z and A are (maps, *convolved), P (maps, *pooled), w (maps, channels, *kernel)."""

    maps: int
    channels: int
    kernel: tuple[int, int]
    convolved: tuple[int, int]
    pooled: tuple[int, int]


@dataclass(frozen=True)
class Architecture:
    """All shapes of a network as the flow view needs them."""

    image: tuple[int, int, int]
    blocks: tuple[Block, ...]
    features: int
    outputs: int

    @classmethod
    def of(cls, trace: Trace) -> Architecture:
        """The architecture that a trace was made with."""
        arrays = trace.arrays
        blocks = []
        for number in range(1, trace.blocks + 1):
            maps, channels, *kernel = arrays[f"w{number}"].shape
            convolved, pooled = arrays[f"z{number}"].shape[-2:], arrays[f"P{number}"].shape[-2:]
            blocks.append(Block(maps, channels, (kernel[0], kernel[1]), convolved, pooled))
        outputs, features = arrays[f"w{trace.blocks + 1}"].shape
        channels, height, width = arrays["x"].shape[-3:]
        return cls((channels, height, width), tuple(blocks), features, outputs)

    @property
    def dense(self) -> int:
        """The number of the dense layer: its arrays are w2, z2, A2 behind one conv block."""
        return len(self.blocks) + 1

    @property
    def is_small(self) -> bool:
        """True for a blackboard example: its numbers are printed in the cells."""
        return max(self.image[1:]) <= BLACKBOARD_ROWS

    def shape(self, name: str) -> tuple[int, ...]:
        """Of one sample's x, F, z1, A1, P1 … or of w1 …, and of their derivatives."""
        plain = name.removeprefix("d")
        if plain == "F":
            return (self.features,)
        if plain == "x":
            return self.image
        if int(plain[1:]) == self.dense:
            return (self.outputs, self.features) if plain[0] == "w" else (self.outputs,)
        block = self.blocks[int(plain[1:]) - 1]
        size = {"P": block.pooled, "w": (block.channels, *block.kernel)}.get(plain[0], block.convolved)
        return (block.maps, *size)


@dataclass(frozen=True)
class Metrics:
    """Sizes of the text in device pixels, `unit` device pixels a logical pixel."""

    unit: float = 1.0
    caption: int = 15
    line: int = 12
    char: int = 6
    caption_width: int = 46
    class_width: int = 8

    def px(self, logical: float) -> int:
        """Logical to device pixels, at least one."""
        return max(1, round(logical * self.unit))

    def has_text(self, height: int) -> bool:
        """True if a line of text can stand in something of this height."""
        return height >= self.line - self.px(2)


@dataclass(frozen=True)
class Options:
    """What of the arrays is shown: all filters as mosaics or the chosen filter of each block, and the chosen output.

    difference: the numbers are those of two moments, one less the other, so that all but the image have a sign.
    frozen: so many conv blocks, from the first on, get no update, which their kernels say.
    bug: the name of the laboratory's bug that the passes are computed with, which the arrays it spoils say.
    """

    all_filters: bool = False
    chosen: tuple[int, ...] = (0, 0, 0)
    output: int = 0
    decimals: int = 4
    difference: bool = False
    frozen: int = 0
    bug: str = ""


@dataclass(frozen=True)
class Map:
    """A grid of equal cells. The index of a cell is prefix + (row, column), or prefix + (offset + position,) if `flat`.

    A scalar is a flat map without cells in its index: `offset` is -1 and the index is `prefix`.
    """

    rect: Rect
    rows: int
    cols: int
    prefix: tuple[int, ...] = ()
    offset: int = 0
    flat: bool = False

    @property
    def cell_width(self) -> int:
        """Width of a cell in device pixels."""
        return self.rect.width // self.cols

    @property
    def cell_height(self) -> int:
        """Height of a cell in device pixels."""
        return self.rect.height // self.rows

    def cell(self, row: int, col: int) -> Rect:
        """The rectangle of one cell."""
        width, height = self.cell_width, self.cell_height
        return Rect(self.rect.x + col * width, self.rect.y + row * height, width, height)

    def index(self, row: int, col: int) -> tuple[int, ...]:
        """The index of a cell in its array (without the batch axis)."""
        if self.offset < 0:
            return self.prefix
        return (*self.prefix, self.offset + row * self.cols + col) if self.flat else (*self.prefix, row, col)

    def position(self, index: tuple[int, ...]) -> tuple[int, int] | None:
        """Row and column of an index, None if this map does not show it."""
        if index[: len(self.prefix)] != self.prefix:
            return None
        rest = index[len(self.prefix) :]
        if self.offset < 0:
            return (0, 0) if not rest else None
        if self.flat:
            if len(rest) != 1 or not 0 <= rest[0] - self.offset < self.rows * self.cols:
                return None
            row, col = divmod(rest[0] - self.offset, self.cols)
            return row, col
        return (rest[0], rest[1]) if len(rest) == 2 and rest[0] < self.rows and rest[1] < self.cols else None


@dataclass(frozen=True)
class Tile:
    """One array on screen. `kind`: "stage", "kernel", "strip" (a bias), "table" (class scores) or "box" (a number).

    `rect` is around the maps; `caption` and `footer` are the places of the text above and beneath (empty for some),
    `names` that of the names of the classes before a table.
    """

    name: str
    kind: str
    maps: tuple[Map, ...]
    caption: Rect = NOWHERE
    footer: Rect = NOWHERE
    names: Rect = NOWHERE

    def row_at(self, y: float) -> int | None:
        """The row of the first map at a height in device pixels, None above and beneath."""
        part = self.maps[0]
        return int(y - part.rect.y) // part.cell_height if part.rect.y <= y < part.rect.bottom else None

    @property
    def has_colors(self) -> bool:
        """True if its cells have the colours of their values; scores after the activation are bars."""
        return self.kind != "box" and not (self.kind == "table" and self.name.startswith("A"))

    @cached_property
    def rect(self) -> Rect:
        """The rectangle around all maps."""
        result = self.maps[0].rect
        for part in self.maps[1:]:
            result = result.united(part.rect)
        return result

    @cached_property
    def extent(self) -> Rect:
        """The rectangle around maps and all text."""
        result = self.rect
        for part in (self.caption, self.footer, self.names):
            if part.width:
                result = result.united(part)
        return result


@dataclass(frozen=True)
class Arrow:
    """A straight arrow; `forward` is the direction of the pass that it belongs to."""

    start: tuple[int, int]
    end: tuple[int, int]
    forward: bool


class Page(NamedTuple):
    """A part of the passes that is seen at once where not all is: its first line, and the arrays at its two ends."""

    heading: Rect
    first: str
    last: str


@dataclass(frozen=True)
class FlowLayout:
    """The finished geometry. `height` may exceed what was asked for if tiles would become too small."""

    width: int
    height: int
    tiles: Mapping[str, Tile]
    arrows: tuple[Arrow, ...]
    forward_heading: Rect
    backward_heading: Rect
    legend: Rect
    side: int = 0
    metrics: Metrics = field(default_factory=Metrics)
    pages: tuple[Page, ...] = ()

    def cells(self) -> Iterator[tuple[str, Map]]:
        """Every map with the name of its array."""
        for name, tile in self.tiles.items():
            for part in tile.maps:
                yield name, part

    def cell_at(self, x: float, y: float) -> tuple[str, tuple[int, ...]] | None:
        """Name and index of the cell at a point in device pixels, None between cells."""
        for name, tile in self.tiles.items():
            if not tile.rect.contains(x, y):
                continue
            for part in tile.maps:
                if part.rect.contains(x, y):
                    col, row = int(x - part.rect.x) // part.cell_width, int(y - part.rect.y) // part.cell_height
                    return name, part.index(row, col)
        return None

    def cell_rect(self, name: str, index: tuple[int, ...]) -> Rect | None:
        """Where a cell stands, None if it is not on screen (a filter that is not shown, an unknown name)."""
        found = self.find(name, index)
        return found[0].cell(*found[1]) if found else None

    def find(self, name: str, index: tuple[int, ...]) -> tuple[Map, tuple[int, int]] | None:
        """The map that shows a cell, and its row and column there."""
        tile = self.tiles.get(name)
        for part in tile.maps if tile else ():
            position = part.position(index)
            if position:
                return part, position
        return None

    def neighbour(self, cell: Rect, dx: int, dy: int) -> tuple[str, tuple[int, ...]] | None:
        """The cell that an arrow key reaches from the edge of a map: nearest in the direction, least aside."""
        x, y = cell.x + cell.width / 2, cell.y + cell.height / 2
        best: tuple[float, str, tuple[int, ...]] | None = None
        for name, part in self.cells():
            row = min(max(int((y - part.rect.y) // part.cell_height), 0), part.rows - 1)
            col = min(max(int((x - part.rect.x) // part.cell_width), 0), part.cols - 1)
            if dx:
                col = 0 if dx > 0 else part.cols - 1
            else:
                row = 0 if dy > 0 else part.rows - 1
            target = part.cell(row, col)
            across, down = target.x + target.width / 2 - x, target.y + target.height / 2 - y
            ahead, aside = (across * dx, abs(down)) if dx else (down * dy, abs(across))
            cost = ahead + 3 * aside
            if ahead > 0 and (best is None or cost < best[0]):
                best = (cost, name, part.index(row, col))
        return best[1:] if best else None

    def moved(self, dx: int, dy: int) -> FlowLayout:
        """The same layout shifted, its size unchanged."""

        def shift(rect: Rect) -> Rect:
            return Rect(rect.x + dx, rect.y + dy, rect.width, rect.height) if rect.width else rect

        tiles = {
            name: replace(
                tile,
                maps=tuple(replace(part, rect=shift(part.rect)) for part in tile.maps),
                caption=shift(tile.caption),
                footer=shift(tile.footer),
                names=shift(tile.names),
            )
            for name, tile in self.tiles.items()
        }
        arrows = tuple(
            replace(arrow, start=(arrow.start[0] + dx, arrow.start[1] + dy), end=(arrow.end[0] + dx, arrow.end[1] + dy))
            for arrow in self.arrows
        )
        return replace(
            self,
            tiles=tiles,
            arrows=arrows,
            pages=tuple(page._replace(heading=shift(page.heading)) for page in self.pages),
            forward_heading=shift(self.forward_heading),
            backward_heading=shift(self.backward_heading),
            legend=shift(self.legend),
        )
