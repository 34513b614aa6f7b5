"""Which parts of a flow picture show what is chosen: a filter of each block, and an output."""

from __future__ import annotations

from ui.flow.layout import FlowLayout, Options, Rect, Tile

__all__ = ["chosen_rects"]


def chosen_rects(layout: FlowLayout, options: Options) -> list[Rect]:
    """Around the chosen filter in w, ∂L/∂w, b and its maps, and the chosen output in the tables."""
    result = []
    for name, tile in layout.tiles.items():
        plain = name.removeprefix("d")
        if plain not in ("x", "L"):
            result += _of_tile(layout, options, plain, tile)
    return result


def _of_tile(layout: FlowLayout, options: Options, plain: str, tile: Tile) -> list[Rect]:
    blocks = sum(name[0] == "P" for name in layout.tiles)
    own = int(plain[1:]) if plain[1:] else blocks
    if plain != "F" and own == blocks + 1 and tile.kind != "kernel":
        part = tile.maps[0]
        return [part.cell(*divmod(options.output, part.cols))] if part.rows * part.cols > 1 else []
    chosen = options.chosen[min(own, blocks) - 1]
    if plain == "F":
        # the pooled maps of all filters: one map each, or one map each cell where F is a column of few values
        filters = layout.tiles[f"b{blocks}"].maps[0].cols
        share = len(tile.maps) // filters
        first, last = tile.maps[chosen * share].rect, tile.maps[(chosen + 1) * share - 1].rect
        return [first.united(last)] if filters > 1 else []
    if tile.kind == "strip":
        return [tile.maps[0].cell(0, chosen)] if tile.maps[0].cols > 1 else []
    if tile.kind == "kernel" and own <= blocks and tile.maps[0].prefix[0] == tile.maps[-1].prefix[0]:
        return []  # the channels of the chosen filter: all of them belong to it
    several = len(tile.maps) > 1 and tile.kind in ("stage", "kernel")
    return [tile.maps[chosen].rect] if several and chosen < len(tile.maps) else []
