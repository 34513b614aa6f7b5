import numpy as np
import pytest

from ui.flow.heatmap import NOT_FINITE, ZERO, HeatImage, ScaleRule, Scales, color_indices, color_table, is_signed, peak
from ui.theme import DARK, LIGHT, diverging_map


def test_zero_and_tiny_values_of_either_sign_share_the_middle_colour():
    indices = color_indices(np.array([-1e-7, 0.0, 1e-7], np.float32), 1.0, signed=True)
    assert indices.tolist() == [ZERO] * 3


def test_the_limits_are_the_ends_of_the_map():
    assert color_indices(np.array([-2.0, 2.0, 5.0]), 2.0, signed=True).tolist() == [0, 254, 254]
    assert color_indices(np.array([0.0, 2.0]), 2.0, signed=False).tolist() == [0, 254]


def test_nan_and_infinity_get_the_colour_of_their_own():
    values = np.array([np.nan, np.inf, -np.inf, 1.0])
    largest, finite = peak(values)
    assert (largest, finite) == (1.0, False)
    assert color_indices(values, largest, True, finite).tolist() == [NOT_FINITE] * 3 + [254]


@pytest.mark.parametrize("limit", [0.0, 1e-40, 3e38])
def test_extreme_limits_keep_the_middle(limit):
    assert color_indices(np.zeros(3, np.float32), limit, signed=True).tolist() == [ZERO] * 3


def test_a_theme_swaps_the_table_only():
    red, green, blue = diverging_map(LIGHT)[200]
    assert color_table(LIGHT, True)[200] == 0xFF000000 | int(red) << 16 | int(green) << 8 | int(blue)
    assert (color_table(DARK, True) != color_table(LIGHT, True)).any()


def test_an_image_holds_one_pixel_a_cell():
    image = HeatImage(2, 3)
    table = color_table(DARK, True)
    image.fill(np.arange(6, dtype=np.uint8), table)
    assert [[image.image.pixel(col, row) for col in range(3)] for row in range(2)] == table[:6].reshape(2, 3).tolist()


def test_a_smooth_scale_rises_at_once_and_falls_slowly():
    scales = Scales()
    scales.update({"z1": 1.0})
    scales.update({"z1": 4.0})
    assert scales.limit("z1") == 4.0
    scales.update({"z1": 2.0})
    assert 3.5 < scales.limit("z1") < 4.0


def test_a_smooth_scale_never_hides_numbers_that_are_there():
    scales = Scales()
    scales.update({"dz1": 4.0})
    scales.update({"dz1": 1e-4})
    assert scales.limit("dz1") == pytest.approx(4e-4)
    assert scales.peak("dz1") == 1e-4
    scales.update({"dz1": 0.0})
    assert scales.limit("dz1") == 0.0


def test_at_rest_a_smooth_scale_is_that_of_what_is_shown():
    scales = Scales()
    scales.update({"z1": 4.0})
    scales.update({"z1": 2.0}, at_rest=True)
    assert scales.limit("z1") == 2.0


def test_the_frame_rule_follows_every_snapshot():
    scales = Scales()
    scales.rule = ScaleRule.FRAME
    scales.update({"z1": 4.0})
    scales.update({"z1": 2.0})
    assert scales.limit("z1") == 2.0


def test_the_layer_rule_shares_values_and_gradients_of_a_layer():
    scales = Scales()
    scales.rule = ScaleRule.LAYER
    scales.update({"z1": 4.0, "A1": 3.0, "dz1": 0.1, "dA1": 0.2, "z2": 9.0, "w1": 0.7, "dw1": 0.3})
    assert [scales.limit(name) for name in ("A1", "dz1", "z2", "w1", "dw1")] == [4.0, 0.2, 9.0, 0.7, 0.3]


def test_locked_scales_stay():
    scales = Scales()
    scales.update({"z1": 4.0})
    scales.rule = ScaleRule.LOCKED
    scales.update({"z1": 40.0})
    assert scales.limit("z1") == 4.0


def test_activations_are_not_signed():
    assert [is_signed(name) for name in ("x", "A1", "P1", "F", "z1", "dA1", "dF", "w1")] == [False] * 4 + [True] * 4
