"""Images are stored once, as bytes where they came as bytes, and served as the floats that a network takes."""

from __future__ import annotations

import numpy as np
import pytest

from playground.images import Images, RunningMeans

STORE = np.random.default_rng(0).integers(0, 256, (6, 3, 4, 5), np.uint8)


def test_bytes_become_float32_from_0_to_1() -> None:
    found = Images(STORE)[:]
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, STORE.astype(np.float32) / np.float32(255))


def test_floats_stay_what_they_are() -> None:
    store = STORE.astype(np.float32) / 300
    np.testing.assert_array_equal(Images(store)[1:3], store[1:3])


@pytest.mark.parametrize("key", [2, -1, slice(1, 3), np.array([3, 0, 0])])
def test_rows_choose_and_order_what_is_served(key: object) -> None:
    images = Images(STORE, np.array([5, 1, 4, 0]))
    assert (len(images), images.shape) == (4, (4, 3, 4, 5))
    np.testing.assert_array_equal(images[key], (STORE[[5, 1, 4, 0]].astype(np.float32) / np.float32(255))[key])


def test_choices_of_one_store_share_its_memory() -> None:
    assert np.shares_memory(Images(STORE)._store, Images(STORE, np.array([1]))._store)


@pytest.mark.parametrize("at_once", [1, 3, 100])
def test_the_mean_image_of_a_class_is_the_mean_of_its_images(at_once: int) -> None:
    images, labels = Images(STORE, np.array([5, 1, 4, 0])), np.array([2, 0, 2, 0])
    means = RunningMeans(images, labels, 3)
    while not means.advance(at_once):
        pass
    for label, rows in ((0, [1, 0]), (2, [5, 4])):
        np.testing.assert_allclose(means.result()[label], STORE[rows].mean(axis=0) / 255, atol=1e-6)
    assert not means.result()[1].any()


def test_bytes_are_served_as_they_came_and_floats_rounded() -> None:
    rows = np.array([3, 0])
    np.testing.assert_array_equal(Images(STORE).as_bytes(rows), STORE[rows])
    np.testing.assert_array_equal(Images(STORE / np.float32(255)).as_bytes(rows), STORE[rows])
