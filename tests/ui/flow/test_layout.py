from itertools import combinations

import numpy as np
import pytest

from tests.ui.flow.snapshots import SETTINGS, snapshot_of
from ui.cell_ref import sample_array
from ui.flow.arrange import arrange
from ui.flow.cell_pixels import shown_values
from ui.flow.layout import Architecture, Block, Metrics, Options
from ui.flow.text import shape_text

SIZES = [(498, 367), (758, 497), (1278, 787), (2400, 1500)]


def layout_of(name, size=(758, 497), **options):
    return arrange(Architecture.of(snapshot_of(name).trace), *size, Metrics(), Options(**options))


@pytest.mark.parametrize("all_filters", [False, True])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", SETTINGS)
def test_tiles_do_not_overlap_and_stay_inside(name, size, all_filters):
    layout = layout_of(name, size, all_filters=all_filters)
    tiles = layout.tiles
    overlapping = [(a, b) for a, b in combinations(tiles, 2) if tiles[a].extent.overlaps(tiles[b].extent)]
    outside = [
        name
        for name, tile in tiles.items()
        if tile.extent.x < 0
        or tile.extent.y < 0
        or tile.extent.right > layout.width
        or tile.extent.bottom > layout.height
    ]
    assert (overlapping, outside) == ([], [])


@pytest.mark.parametrize("width", range(498, 760, 20))
@pytest.mark.parametrize("name", SETTINGS)
def test_the_shape_of_an_array_and_the_longest_scale_share_a_line_only_where_both_have_room(name, width):
    metrics, trace = Metrics(), snapshot_of(name).trace
    for array, tile in layout_of(name, (width, 367)).tiles.items():
        if tile.has_colors and tile.footer.width and tile.footer.height < 2 * metrics.line:
            both = f"{shape_text(trace, array)} 0…0.0093"
            assert len(both) * metrics.char <= tile.footer.width, array


@pytest.mark.parametrize("height", [300, 340, 367, 400, 497])
@pytest.mark.parametrize("name", SETTINGS)
def test_no_level_arrow_runs_through_a_caption(name, height):
    layout = layout_of(name, (758, height))
    level = [
        (*sorted((arrow.start[0], arrow.end[0])), arrow.start[1])
        for arrow in layout.arrows
        if arrow.start[1] == arrow.end[1]
    ]
    captions = [tile.caption for tile in layout.tiles.values() if tile.caption is not None]
    struck = [
        (left, right, y, caption)
        for left, right, y in level
        for caption in captions
        if caption.y < y < caption.bottom and left < caption.right and caption.x < right
    ]
    assert struck == []


@pytest.mark.parametrize("name", SETTINGS)
def test_every_array_of_the_trace_has_a_tile(name):
    assert set(layout_of(name).tiles) == set(snapshot_of(name).trace.arrays)


@pytest.mark.parametrize("name", SETTINGS)
def test_every_value_can_be_reached_by_choosing_filters_and_outputs(name):
    snapshot = snapshot_of(name)
    arch = Architecture.of(snapshot.trace)
    missing = {key: np.ones(sample_array(snapshot.trace, key).shape, bool) for key in snapshot.trace.arrays}
    for number in range(max(arch.outputs, *(block.maps for block in arch.blocks))):
        chosen = tuple(min(number, block.maps - 1) for block in arch.blocks) + (0,) * 3
        layout = layout_of(name, chosen=chosen[:3], output=min(number, arch.outputs - 1))
        for key, part in layout.cells():
            for row in range(part.rows):
                for col in range(part.cols):
                    missing[key][part.index(row, col)] = False
    for key in (f"w{arch.dense}", f"dw{arch.dense}"):
        # filter and output are chosen apart: here every output and every feature must have come up
        rows, columns = missing[key].all(axis=1), missing[key].all(axis=0)
        missing[key] = np.concatenate([rows, columns])
    assert [key for key, cells in missing.items() if cells.any()] == []


@pytest.mark.parametrize("size", SIZES[:3])
def test_a_common_network_needs_no_scrolling(size):
    layout = layout_of("four filters", size)
    assert (layout.width, layout.height) == size


@pytest.mark.parametrize("all_filters", [False, True])
@pytest.mark.parametrize("width", [440, 541, 803, 1153])
@pytest.mark.parametrize("name", SETTINGS)
def test_no_network_is_wider_than_the_view(name, width, all_filters):
    arch = Architecture.of(snapshot_of(name).trace)
    long_names = Metrics(class_width=9)
    assert arrange(arch, width, 344, long_names, Options(all_filters=all_filters)).width == width


def test_a_network_that_is_too_wide_is_folded_between_its_blocks():
    layout = layout_of("three wide blocks, ten classes", (541, 344))
    tops = [layout.tiles[name].rect.y for name in ("x", "z1", "A1", "P1", "z2", "A2", "P2", "z3", "A3", "P3", "F")]
    assert tops == sorted(tops)
    assert layout.tiles["z3"].rect.y > layout.tiles["dP2"].extent.bottom


@pytest.mark.parametrize("name", ["two blocks, ten classes", "three blocks", "three wide blocks, ten classes"])
def test_each_page_of_a_folded_network_shows_both_passes_of_its_blocks(name):
    page = 340  # what a window of 1100×700 has for it
    arch = Architecture.of(snapshot_of(name).trace)
    layout = arrange(arch, 530, 1, Metrics(class_width=1), Options(), page=page)
    assert layout.height == len(layout.pages) * page > page
    assert [part.heading.y for part in layout.pages] == [number * page for number in range(len(layout.pages))]
    extents = {key: tile.extent for key, tile in layout.tiles.items()}
    assert [key for key, extent in extents.items() if extent.y // page != (extent.bottom - 1) // page] == []
    assert [
        key for key in extents if f"d{key}" in extents and extents[key].y // page != extents[f"d{key}"].y // page
    ] == []


@pytest.mark.parametrize(
    ("name", "size", "row"),
    [
        ("ten classes", (544, 340), Metrics().line),  # high enough for numbers
        ("ten classes", (787, 504), Metrics().line),
        ("forty-seven classes", (787, 504), 3),  # for colours at least
        ("forty-seven classes", (1200, 650), 3),
    ],
)
def test_many_classes_leave_the_backward_pass_in_view(name, size, row):
    layout = arrange(Architecture.of(snapshot_of(name).trace), *size, Metrics(class_width=2), Options())
    assert (layout.width, layout.height) == size
    assert min(layout.tiles[key].maps[0].cell_height for key in ("z2", "A2", "dz2", "dA2")) >= row


def test_f_is_as_large_as_its_column_allows():
    layout = layout_of("two blocks, ten classes", (1153, 654))
    tile, room = layout.tiles["F"], layout.tiles["z1"].rect
    assert tile.rect.height > room.height * 0.6
    assert tile.maps[0].cell_width >= 3


@pytest.mark.parametrize("name", SETTINGS)
def test_each_gradient_hangs_under_its_value(name):
    tiles = layout_of(name).tiles
    stages = [key for key in tiles if key[0] in "zAPF"]
    assert all(tiles[f"d{key}"].rect.x == tiles[key].rect.x for key in stages)
    assert all(tiles[f"d{key}"].rect.y > tiles[key].rect.bottom for key in stages)


@pytest.mark.parametrize("all_filters", [False, True])
@pytest.mark.parametrize("name", SETTINGS)
def test_index_and_place_are_inverse(name, all_filters):
    layout = layout_of(name, all_filters=all_filters)
    for key, part in layout.cells():
        for row, col in {(0, 0), (part.rows - 1, part.cols - 1), (part.rows // 2, part.cols // 3)}:
            cell = part.cell(row, col)
            found = layout.cell_at(cell.x + cell.width / 2, cell.y + cell.height / 2)
            assert found == (key, part.index(row, col))
            assert layout.cell_rect(key, part.index(row, col)) == cell


@pytest.mark.parametrize("all_filters", [False, True])
@pytest.mark.parametrize("name", SETTINGS)
def test_the_values_of_a_tile_are_those_of_its_indices(name, all_filters):
    snapshot = snapshot_of(name)
    layout = layout_of(name, all_filters=all_filters, chosen=(0, 0, 0))
    for key, tile in layout.tiles.items():
        array = sample_array(snapshot.trace, key)
        shown = shown_values(tile, array).reshape(-1)
        indices = [part.index(row, col) for part in tile.maps for row in range(part.rows) for col in range(part.cols)]
        assert shown.tolist() == [array[index] for index in indices]


def test_the_chosen_filter_is_what_a_tile_shows():
    layout = layout_of("two blocks, ten classes", chosen=(5, 9, 0))
    assert layout.tiles["z1"].maps[0].prefix == (5,)
    assert layout.tiles["dz2"].maps[0].prefix == (9,)
    assert [part.prefix for part in layout.tiles["w2"].maps] == [(9, channel) for channel in range(8)]


def test_the_layout_does_not_depend_on_the_chosen_filter():
    first, second = layout_of("four filters"), layout_of("four filters", chosen=(3, 0, 0))
    assert all(first.tiles[key].extent == second.tiles[key].extent for key in first.tiles)


def test_cells_of_a_blackboard_example_have_room_for_their_numbers():
    for size in SIZES:
        layout = layout_of("blackboard 3x3", size)
        # five of the small digits, which are a sixth narrower
        assert min(part.cell_width for _, part in layout.cells()) >= 5 * (Metrics().char - 1) + 1


@pytest.mark.parametrize(("width", "outputs", "channels"), [(417, 3, 1), (417, 3, 3), (370, 1, 1), (277, 1, 1)])
def test_no_tile_lies_beyond_the_layout_however_narrow_the_view_is(width: int, outputs: int, channels: int) -> None:
    blocks = (
        Block(16, channels, (3, 3), (26, 26), (13, 13)),
        Block(32, 16, (3, 3), (11, 11), (5, 5)),
    )
    for all_filters in (False, True):
        arch = Architecture((channels, 28, 28), blocks, 32 * 25, outputs)
        layout = arrange(arch, width, 484, Metrics(), Options(all_filters=all_filters))
        for tile in layout.tiles.values():
            assert tile.rect.x >= 0
            assert tile.rect.right <= layout.width, tile.name
            assert tile.rect.bottom <= layout.height, tile.name
