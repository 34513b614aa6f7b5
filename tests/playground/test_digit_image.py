"""MNIST itself is the judge: what comes out must be what MNIST's makers made of the same digit."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from playground.blackboard import WORKED_EXAMPLES
from playground.datasets import read_digits
from playground.digit_image import prepare
from playground.errors import ImageError
from playground.shapes import draw_shapes

SHAPE = (1, 28, 28)
DIGITS = read_digits("test")[:, :20].reshape(-1, 28, 28)


def enlarged(image: NDArray[np.uint8], factor: int = 10) -> NDArray[np.uint8]:
    return image.repeat(factor, axis=0).repeat(factor, axis=1)


def mean_difference(pictures: list[NDArray[np.uint8]], share: float = 1.0) -> float:
    """Mean difference from MNIST's own images; of all pictures the worst, or the worst of the best `share`."""
    seen = np.stack([prepare(picture, SHAPE, like_mnist=True)[0] for picture in pictures])
    return float(np.quantile(np.abs(seen - DIGITS / 255).mean(axis=(1, 2)), share))


def test_the_result_is_a_float32_image_of_the_wanted_shape_from_0_to_1() -> None:
    seen = prepare(enlarged(DIGITS[0]), SHAPE, like_mnist=True)
    assert (seen.shape, seen.dtype) == (SHAPE, np.float32)
    assert seen.min() == 0
    assert seen.max() == 1


def test_an_enlarged_mnist_digit_comes_back_as_mnist_has_it() -> None:
    assert mean_difference([enlarged(image) for image in DIGITS]) < 0.002


def test_dark_ink_on_white_paper_gives_the_same() -> None:
    assert mean_difference([255 - enlarged(image) for image in DIGITS]) < 0.002


def test_the_place_on_the_paper_does_not_matter() -> None:
    assert mean_difference([np.pad(enlarged(image), ((150, 10), (0, 300))) for image in DIGITS]) < 0.002


def test_the_size_of_the_writing_does_not_matter() -> None:
    assert mean_difference([enlarged(image, 3) for image in DIGITS]) < 0.002
    assert mean_difference([enlarged(image, 29) for image in DIGITS]) < 0.002


def test_grey_ink_on_a_grey_ground_is_told_apart_by_the_border() -> None:
    # rounding to fewer levels moves the edge of the faintest digits, so not all come back the same
    assert mean_difference([(90 + image * 0.4).astype(np.uint8) for image in map(enlarged, DIGITS)], 0.9) < 0.01
    assert mean_difference([(200 - image * 0.4).astype(np.uint8) for image in map(enlarged, DIGITS)], 0.9) < 0.01


def test_brightness_as_float_is_the_same_as_bytes() -> None:
    picture = enlarged(DIGITS[0])
    np.testing.assert_allclose(
        prepare(picture / np.float32(255), SHAPE, like_mnist=True), prepare(picture, SHAPE, like_mnist=True), atol=1e-6
    )


def test_a_tall_stroke_keeps_its_aspect() -> None:
    picture = np.zeros((300, 300), np.uint8)
    picture[50:250, 140:160] = 255
    rows, columns = np.nonzero(prepare(picture, SHAPE, like_mnist=True)[0])
    assert np.ptp(rows) + 1 == 20
    assert np.ptp(columns) + 1 == 2


def test_the_centre_of_mass_goes_to_the_middle_not_the_centre_of_the_box() -> None:
    picture = np.zeros((200, 200), np.uint8)
    picture[20:60, 20:180] = 255
    picture[60:180, 20:60] = 255
    seen = prepare(picture, SHAPE, like_mnist=True)[0]
    centre = np.array([seen.sum(1) @ np.arange(28), seen.sum(0) @ np.arange(28)]) / seen.sum()
    assert np.abs(centre - 14).max() <= 0.5


def test_ink_far_from_its_centre_of_mass_is_moved_but_never_cut() -> None:
    picture = np.zeros((200, 200), np.uint8)
    picture[180:199, 1:199] = 255
    picture[1:180, 100] = 60
    seen = prepare(picture, SHAPE, like_mnist=True)[0]
    assert np.ptp(np.nonzero(seen)[0]) + 1 == 20


def test_a_single_dot_becomes_ink_in_the_middle() -> None:
    picture = np.zeros((100, 100), np.uint8)
    picture[3, 90] = 255
    seen = prepare(picture, SHAPE, like_mnist=True)[0]
    assert seen[13:15, 13:15].min() == 1


@pytest.mark.parametrize("level", [0, 128, 255])
@pytest.mark.parametrize("like_mnist", [True, False])
def test_an_empty_picture_is_no_digit(level: int, like_mnist: bool) -> None:
    with pytest.raises(ImageError, match="no ink"):
        prepare(np.full((50, 50), level, np.uint8), SHAPE, like_mnist=like_mnist)


def test_faint_noise_is_an_empty_picture() -> None:
    noise = np.random.default_rng(0).integers(250, 256, (50, 50)).astype(np.uint8)
    with pytest.raises(ImageError, match="no ink"):
        prepare(noise, SHAPE, like_mnist=True)


@pytest.mark.parametrize("shape", [(0, 5), (5, 0), (5,), (5, 5, 3)])
def test_what_is_no_grey_picture_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ImageError, match="must be grey"):
        prepare(np.ones(shape, np.uint8), SHAPE, like_mnist=True)


def test_brightness_that_is_not_finite_is_refused() -> None:
    picture = np.zeros((9, 9), np.float32)
    picture[4, 4] = np.nan
    with pytest.raises(ImageError, match="not finite"):
        prepare(picture, SHAPE, like_mnist=True)


@pytest.mark.parametrize("name", list(WORKED_EXAMPLES))
def test_an_enlarged_blackboard_comes_back_cell_by_cell(name: str) -> None:
    image = WORKED_EXAMPLES[name].image
    picture = enlarged(np.round(image * 254).astype(np.uint8), 37)
    seen = prepare(picture, (1, *image.shape), like_mnist=False)
    np.testing.assert_allclose(seen[0], image, atol=0.01)


def test_a_shape_keeps_its_place_and_size_on_the_paper() -> None:
    image = draw_shapes(train=1, test=1)[0][0, 0]
    dark_on_white = enlarged(np.round(255 - image * 255).astype(np.uint8))
    np.testing.assert_allclose(prepare(dark_on_white, SHAPE, like_mnist=False)[0], image, atol=0.01)


def test_a_wide_picture_is_padded_not_squeezed() -> None:
    picture = np.zeros((100, 200), np.uint8)
    picture[25:75, 75:125] = 255
    rows, columns = np.nonzero(prepare(picture, SHAPE, like_mnist=False)[0])
    assert (rows.min(), rows.max()) == (10, 17)
    assert (columns.min(), columns.max()) == (10, 17)
