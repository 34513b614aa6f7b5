"""Augmented images show what the originals show, a little otherwise each time; everything else stays as it was."""

from __future__ import annotations

import numpy as np
import pytest

from playground.augmentation import AUGMENTATION_RANGES, SUGGESTED_AUGMENTATION, Augmentation, augment
from playground.datasets import load_dataset
from playground.errors import SettingsError
from playground.sample_ref import SampleRef
from playground.session import Session
from playground.settings import Settings

DIGITS = load_dataset(Settings()).x_train[:20]


def centre(x: np.ndarray) -> np.ndarray:
    """(m, 2) centre of mass of each image."""
    mass = x.sum(axis=(1, 2, 3))
    return np.stack([(x.sum(axis=(1, 3)) @ np.arange(28)) / mass, (x.sum(axis=(1, 2)) @ np.arange(28)) / mass], axis=1)


def augmented(seed: int = 0, **how: float) -> np.ndarray:
    return augment(DIGITS, Augmentation(**how), np.random.default_rng(seed))


def test_nothing_is_done_unless_it_is_asked_for() -> None:
    assert augmented() is DIGITS
    assert not Settings().augmentation.is_on


@pytest.mark.parametrize("name", list(AUGMENTATION_RANGES))
def test_each_kind_changes_images_within_0_and_1_and_is_the_same_for_the_same_seed(name: str) -> None:
    how = {name: AUGMENTATION_RANGES[name].maximum / 2}
    found = augmented(**how)
    assert found.dtype == np.float32
    assert found.shape == DIGITS.shape
    assert 0 <= found.min() <= found.max() <= 1 + 1e-6
    assert all(np.abs(image - original).max() > 0.01 for image, original in zip(found, DIGITS, strict=True))
    np.testing.assert_array_equal(found, augmented(**how))
    assert not np.array_equal(found, augmented(seed=1, **how))


def test_originals_are_not_written_to() -> None:
    before = DIGITS.copy()
    augmented(shift=0.2, noise=0.2)
    np.testing.assert_array_equal(DIGITS, before)


def test_a_shift_moves_the_centre_by_no_more_than_it_says() -> None:
    moved = centre(augmented(shift=0.1)) - centre(DIGITS)
    assert np.abs(moved).max() <= 2.8 + 0.1
    assert np.abs(moved).max() > 1.5
    assert len(np.unique(np.round(moved, 3))) > 20


def test_a_shift_by_whole_pixels_is_exact() -> None:
    class Fixed:
        def uniform(self, low: float, high: float, shape: tuple[int, ...]) -> np.ndarray:
            return np.full(shape, high)

    found = augment(DIGITS, Augmentation(shift=2 / 28), Fixed())  # type: ignore[arg-type]
    np.testing.assert_allclose(found[:, :, 2:, 2:], DIGITS[:, :, :-2, :-2], atol=1e-5)


def test_turning_and_scaling_keep_the_centre_and_scaling_the_mass_in_measure() -> None:
    for how in ({"rotation": 20.0}, {"scale": 0.2}):
        found = augmented(**how)
        # digits have their mass half a pixel beside the middle that they turn about
        assert np.abs(centre(found) - centre(DIGITS)).max() < 0.5
    mass = augmented(scale=0.2).sum(axis=(1, 2, 3)) / DIGITS.sum(axis=(1, 2, 3))
    assert 0.6 < mass.min() < 0.95
    assert 1.05 < mass.max() < 1.5


def test_half_a_right_angle_twice_is_a_quarter_turn_clockwise() -> None:
    class Fixed:
        def uniform(self, low: float, high: float, shape: tuple[int, ...]) -> np.ndarray:
            return np.full(shape, high)

    half = augment(DIGITS, Augmentation(rotation=45), Fixed())  # type: ignore[arg-type]
    whole = augment(half, Augmentation(rotation=45), Fixed())  # type: ignore[arg-type]
    clockwise, other = (np.abs(whole - np.rot90(DIGITS, k, axes=(2, 3))).mean() for k in (-1, 1))
    assert clockwise < 0.3 * other


def test_all_channels_of_an_image_move_alike_and_images_of_one_pixel_stay() -> None:
    grey = np.repeat(DIGITS, 3, axis=1)
    found = augment(grey, Augmentation(shift=0.1, rotation=10, scale=0.1), np.random.default_rng(0))
    np.testing.assert_array_equal(found[:, 0], found[:, 2])
    dot = np.full((2, 1, 1, 1), 0.5, np.float32)
    np.testing.assert_array_equal(augment(dot, Augmentation(shift=0.3, rotation=9), np.random.default_rng(0)), dot)


@pytest.mark.parametrize("values", [{"shift": 0.5}, {"rotation": -1}, {"noise": "x"}, {"blur": 1}, 3, None])
def test_what_cannot_be_is_refused(values: object) -> None:
    with pytest.raises(SettingsError):
        Augmentation.from_dict(values)


# --- in a run -------------------------------------------------------------------------------------------------------

AUGMENTED = Settings(augmentation=SUGGESTED_AUGMENTATION)


def test_settings_come_back_from_plain_values_and_are_as_ever_without() -> None:
    assert Settings.from_dict(AUGMENTED.to_dict()) == AUGMENTED
    assert "augmentation" not in Settings().to_dict()
    assert AUGMENTED.same_architecture(Settings())
    with pytest.raises(SettingsError, match="must be an Augmentation"):
        Settings(augmentation=True)  # type: ignore[arg-type]


def test_a_step_taken_apart_is_the_step_that_is_taken() -> None:
    apart, plain = Session(AUGMENTED), Session(AUGMENTED)
    for _ in range(3):
        prepared = apart.prepare_batch_step()
        original = apart.images.rows("train", prepared.images.rows)[0]
        assert not np.array_equal(prepared.images.x, original)
        assert apart.is_next(prepared)
        assert apart.apply_batch_step(prepared) == plain.step()
    for name, values in apart.state_dict().items():
        np.testing.assert_array_equal(values, plain.state_dict()[name])


def test_figures_and_single_samples_are_of_the_images_as_they_are() -> None:
    augmented_, plain = Session(AUGMENTED), Session(Settings())
    assert augmented_.evaluate() == plain.evaluate()
    sample = SampleRef("train", 3)
    np.testing.assert_array_equal(augmented_.prepare_batch_step(sample).images.x, plain.sample(sample)[0])


def test_it_can_be_turned_on_while_training_and_the_curves_say_so() -> None:
    session = Session(Settings())
    session.step()
    session.change(AUGMENTED)
    session.step()
    session.change(Settings())
    assert [event.text for event in session.history.events] == ["augmentation on", "augmentation off"]
    assert session.step_count == 2
