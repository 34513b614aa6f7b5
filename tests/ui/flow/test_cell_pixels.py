"""All cells coloured in one pass look as each cell coloured by itself."""

from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage

from core.trace import Trace
from tests.ui.flow.snapshots import SETTINGS, snapshot_of
from ui.cell_ref import sample_array
from ui.flow.arrange import arrange
from ui.flow.cell_pixels import CellPixels, image_pixels, shown_values
from ui.flow.heatmap import Scales, color_indices, color_table, is_signed, peak
from ui.flow.layout import Architecture, FlowLayout, Metrics, Options
from ui.theme import DARK


def drawn(layout: FlowLayout, trace: Trace, scales: Scales) -> np.ndarray:
    """The pixels of a picture whose ground is nothing but cells."""
    ground, frame = (QImage(layout.width, layout.height, QImage.Format.Format_ARGB32_Premultiplied) for _ in range(2))
    ground.fill(QColor(0, 0, 0, 0))
    cells = CellPixels(layout, DARK, ground, frame, trace)
    scales.update(cells.gather(trace))
    cells.draw(scales, tuple(name for name, tile in layout.tiles.items() if tile.has_colors))
    return image_pixels(frame).copy()


def check(layout: FlowLayout, trace: Trace) -> None:
    scales = Scales()
    pixels = drawn(layout, trace, scales)
    for name, tile in layout.tiles.items():
        if not tile.has_colors:
            continue
        values = sample_array(trace, name)
        largest, finite = peak(values)
        assert scales.limit(name) == largest
        shown = shown_values(tile, values)
        colors = color_table(DARK, is_signed(name))[color_indices(shown, largest, is_signed(name), finite)]
        for number, part in enumerate(tile.maps):
            x, y, width, height = part.rect
            own = colors[number * part.rows : (number + 1) * part.rows]
            expected = own.repeat(part.cell_height, axis=0).repeat(part.cell_width, axis=1)
            np.testing.assert_array_equal(pixels[y : y + height, x : x + width], expected)


@pytest.mark.parametrize("all_filters", [False, True])
@pytest.mark.parametrize("name", SETTINGS)
def test_every_cell_has_the_colour_of_its_number(qapp, name, all_filters) -> None:
    trace = snapshot_of(name).trace
    check(arrange(Architecture.of(trace), 900, 600, Metrics(), Options(all_filters=all_filters)), trace)


def test_numbers_that_are_not_finite_change_no_other_cell(qapp) -> None:
    trace = snapshot_of("four filters").trace
    arrays = {name: array.copy() for name, array in trace.arrays.items()}
    arrays["z1"][0, 0, 3] = np.nan
    arrays["dw1"][0, 0, 1, 1] = -np.inf
    arrays["dz1"][:] = 0.0
    broken = replace(trace, arrays=MappingProxyType(arrays))
    check(arrange(Architecture.of(trace), 900, 600, Metrics(), Options()), broken)
