"""The built-in data: balanced, in the order of the chosen classes, read-only, and small enough to ship."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest

from playground.blackboard import WORKED_EXAMPLES
from playground.datasets import CLASS_NAMES, DATA_FOLDER, data_in_words, load_dataset, read_digits, suggested_settings
from playground.errors import DataError
from playground.idx import idx_bytes
from playground.settings import CHOICES, Settings
from playground.shapes import draw_shapes


def suggested(dataset: str, **changes: object) -> Settings:
    return Settings(**{**suggested_settings(dataset), **changes})  # type: ignore[arg-type]


ALL_DATASETS = pytest.mark.parametrize("name", list(CHOICES["dataset"]))


@ALL_DATASETS
def test_the_suggested_settings_of_every_data_set_are_valid_and_name_it(name: str) -> None:
    assert suggested(name).dataset == name


@ALL_DATASETS
def test_images_are_float32_from_0_to_1_in_the_shape_of_the_settings(name: str) -> None:
    data, side = load_dataset(suggested(name)), suggested(name).image_size
    for x in (data.x_train[:], data.x_test[:]):
        assert x.dtype == np.float32
        assert x.shape[1:] == (1, side, side)
        assert 0 <= x.min() < x.max() <= 1


@ALL_DATASETS
def test_every_class_has_the_same_number_of_images(name: str) -> None:
    data = load_dataset(suggested(name))
    for y in (data.y_train, data.y_test):
        assert y.dtype == np.int64
        assert len(set(np.bincount(y, minlength=len(data.class_names)))) == 1


@ALL_DATASETS
def test_any_first_part_of_the_images_is_balanced(name: str) -> None:
    data = load_dataset(suggested(name))
    classes = len(data.class_names)
    assert sorted(data.y_train[:classes]) == sorted(data.y_train[classes : 2 * classes]) == list(range(classes))


@ALL_DATASETS
def test_nobody_can_change_what_other_runs_see(name: str) -> None:
    data = load_dataset(suggested(name))
    arrays = [data.x_train.rows, data.y_train, data.x_test.rows, data.y_test, *(data.initial_state or {}).values()]
    assert not any(array.flags.writeable for array in arrays)
    data.x_train[0][...] = 7
    assert data.x_train[0].max() <= 1


@ALL_DATASETS
def test_no_test_image_is_also_a_training_image(name: str) -> None:
    data = load_dataset(suggested(name))
    train = {image.tobytes() for image in data.x_train}
    assert not any(image.tobytes() in train for image in data.x_test)


@ALL_DATASETS
def test_the_first_chosen_class_is_y_0(name: str) -> None:
    one, other = (load_dataset(suggested(name, classes=classes)) for classes in ((0, 1), (1, 0)))
    assert other.class_names == one.class_names[::-1] == CLASS_NAMES[name][1::-1]
    for label in (0, 1):
        np.testing.assert_array_equal(one.x_train[one.y_train == label], other.x_train[other.y_train == 1 - label])


def test_ten_digits_are_1320_training_and_200_test_images_each() -> None:
    data = load_dataset(Settings(classes=tuple(range(10))))
    np.testing.assert_array_equal(np.bincount(data.y_train), [1320] * 10)
    np.testing.assert_array_equal(np.bincount(data.y_test), [200] * 10)


def test_digits_are_centred_by_mass_and_shapes_are_not() -> None:
    assert load_dataset(Settings()).like_mnist
    assert not load_dataset(suggested("shapes")).like_mnist


def test_a_one_is_thinner_than_a_zero_so_the_labels_fit_the_images() -> None:
    data = load_dataset(Settings(classes=(0, 1)))
    ink = data.x_train[:].mean(axis=(1, 2, 3))
    assert ink[data.y_train == 0].mean() > 2 * ink[data.y_train == 1].mean()


def test_the_shipped_files_are_within_two_and_a_half_megabytes() -> None:
    assert sum(path.stat().st_size for path in DATA_FOLDER.iterdir()) <= 2_500_000


def test_loading_again_gives_the_very_same_data_set() -> None:
    assert load_dataset(Settings()) is load_dataset(Settings(batch_size=1, learning_rate=1.0))


def test_reading_the_shipped_digits_takes_a_fraction_of_a_second() -> None:
    begin = time.process_time()
    read_digits("train")
    assert time.process_time() - begin < 0.5


def test_an_unknown_data_set_has_no_suggestions() -> None:
    with pytest.raises(DataError, match="'letters'; choose one of digits"):
        suggested_settings("letters")


@pytest.mark.parametrize(
    ("images", "labels", "message"),
    [
        (np.zeros((20, 28, 28), np.uint8), np.zeros(20, np.uint8), "labels of each digit in order"),
        (np.zeros((20, 28, 28), np.uint8), np.repeat(np.arange(10, dtype=np.uint8), 3), "holds images of shape"),
        (np.zeros((20, 8, 8), np.uint8), np.repeat(np.arange(10, dtype=np.uint8), 2), "holds images of shape"),
        (np.zeros((0, 28, 28), np.uint8), np.zeros(0, np.uint8), "holds images of shape"),
    ],
    ids=["one digit only", "too few images", "wrong size", "nothing"],
)
def test_shipped_files_that_do_not_belong_together_are_refused(
    tmp_path: Path, images: np.ndarray, labels: np.ndarray, message: str
) -> None:
    (tmp_path / "digits-train-images-idx3-ubyte.gz").write_bytes(idx_bytes(images))
    (tmp_path / "digits-train-labels-idx1-ubyte.gz").write_bytes(idx_bytes(labels))
    with pytest.raises(DataError, match=message):
        read_digits("train", tmp_path)


@pytest.mark.parametrize("name", list(WORKED_EXAMPLES))
@pytest.mark.parametrize("classes", [(0, 1), (1, 0)])
def test_the_worked_example_is_the_first_training_image(name: str, classes: tuple[int, int]) -> None:
    data = load_dataset(suggested(name, classes=classes))
    np.testing.assert_array_equal(data.x_train[0][0], WORKED_EXAMPLES[name].image)
    assert data.class_names[data.y_train[0]] == "falling"


@pytest.mark.parametrize("name", list(WORKED_EXAMPLES))
@pytest.mark.parametrize("change", [{"filters": (2,)}, {"kernel_size": 1}])
def test_another_network_than_the_lecture_has_no_fixed_start(name: str, change: dict[str, object]) -> None:
    assert load_dataset(suggested(name)).initial_state is not None
    assert load_dataset(suggested(name, **change)).initial_state is None


def test_shapes_are_the_same_in_every_run_and_all_different() -> None:
    train, test = draw_shapes(train=20, test=5)
    np.testing.assert_array_equal(train, draw_shapes(train=20, test=5)[0])
    assert len({image.tobytes() for image in [*train.reshape(-1, 28, 28), *test.reshape(-1, 28, 28)]}) == 100


def test_shapes_stay_inside_the_image_and_have_smooth_edges() -> None:
    images = draw_shapes()[0].reshape(-1, 28, 28)
    border = np.concatenate([images[:, 0], images[:, -1], images[:, :, 0], images[:, :, -1]])
    assert border.max() == 0
    between = (images > 0.05) & (images < 0.7)
    assert between.any(axis=(1, 2)).all()


def test_data_is_named_in_a_few_words() -> None:
    assert data_in_words(Settings()) == "Digits 3 vs 8 · 28×28"
    assert data_in_words(Settings(classes=tuple(range(10)))) == "Digits · 10 classes · 28×28"
