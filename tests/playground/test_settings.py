"""Settings: what is allowed, what is refused and in which words, and the way to and from plain values."""

from __future__ import annotations

import dataclasses
import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.errors import SettingsError
from playground.settings import RANGES, Settings, feature_map_sizes


def test_the_defaults_are_the_lecture_binary_task() -> None:
    settings = Settings()
    assert settings.classes == (3, 8)
    assert settings.outputs == 1


def test_more_than_two_classes_have_one_output_each() -> None:
    assert Settings(classes=(0, 1, 2)).outputs == 3


@pytest.mark.parametrize("name", ["learning_rate", "batch_size", "kernel_size", "seed"])
def test_numbers_outside_their_range_are_refused_by_name(name: str) -> None:
    for value in (RANGES[name].minimum - 1, RANGES[name].maximum + 1):
        with pytest.raises(SettingsError, match=rf"^{name.replace('_', ' ')} is .*must be"):
            Settings(**{name: value if name == "learning_rate" else int(value)})


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, "0.1", None, True, 10**400])
def test_a_learning_rate_that_is_no_usable_number_is_refused(value: object) -> None:
    with pytest.raises(SettingsError, match="learning rate"):
        Settings(learning_rate=value)  # type: ignore[arg-type]


def test_a_fraction_is_no_batch_size() -> None:
    with pytest.raises(SettingsError, match=r"batch size is 32\.5; it must be a whole number"):
        Settings(batch_size=32.5)  # type: ignore[arg-type]


@pytest.mark.parametrize("classes", [(), (3,), (3, 3), (3, 10), (-1, 3), [3, 8], 3])
def test_classes_must_be_two_or_more_different_ones_of_the_data(classes: object) -> None:
    with pytest.raises(SettingsError, match="class"):
        Settings(classes=classes)  # type: ignore[arg-type]


@pytest.mark.parametrize("filters", [(), (1, 1, 1, 1), (0,), (33,), [4], 4])
def test_filters_are_one_number_for_each_of_one_to_three_blocks(filters: object) -> None:
    with pytest.raises(SettingsError, match=r"filters|blocks"):
        Settings(filters=filters)  # type: ignore[arg-type]


def test_blocks_that_do_not_fit_the_image_are_refused_with_a_way_out() -> None:
    with pytest.raises(
        SettingsError, match="2 conv blocks with kernel size 11 do not fit images of 28×28; choose a smaller kernel"
    ):
        Settings(kernel_size=11, filters=(4, 4))


def test_the_blackboard_has_no_room_for_a_kernel_of_three_on_three_pixels() -> None:
    with pytest.raises(SettingsError, match="1 conv block with kernel size 3 does not fit images of 3×3"):
        Settings(dataset="blackboard-3x3", classes=(0, 1), kernel_size=3, filters=(1,))


@pytest.mark.parametrize("field", ["dataset", "optimizer"])
def test_an_unknown_word_is_refused_with_the_known_ones(field: str) -> None:
    with pytest.raises(SettingsError, match=f"{field} is 'nothing'; choose one of"):
        Settings(**{field: "nothing"})


def test_feature_maps_shrink_by_the_kernel_and_halve_in_the_pool() -> None:
    assert feature_map_sizes(28, 5, 2) == [(24, 12), (8, 4)]


def test_learning_rate_and_batch_size_keep_the_architecture() -> None:
    settings = Settings()
    assert settings.same_architecture(settings.changed(learning_rate=1, batch_size=1, optimizer="adam"))


@pytest.mark.parametrize("change", [{"kernel_size": 3}, {"filters": (5,)}, {"seed": 4}, {"classes": (8, 3)}])
def test_a_change_of_the_network_or_its_data_is_another_architecture(change: dict[str, object]) -> None:
    assert not Settings().same_architecture(Settings().changed(**change))


def test_an_unknown_field_is_refused_by_name() -> None:
    with pytest.raises(SettingsError, match="unknown setting 'momentum'"):
        Settings.from_dict({"momentum": 0.9})


def test_settings_cannot_be_changed_in_place() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Settings().seed = 4  # type: ignore[misc]


@given(
    classes=st.lists(st.integers(0, 9), min_size=2, max_size=10, unique=True).map(tuple),
    kernel_size=st.integers(1, 6),
    filters=st.lists(st.integers(1, 32), min_size=1, max_size=2).map(tuple),
    batch_size=st.integers(1, 512),
    learning_rate=st.floats(1e-5, 10),
    optimizer=st.sampled_from(["sgd", "momentum", "adam"]),
    seed=st.integers(0, 2**31 - 1),
)
def test_plain_values_in_json_bring_the_same_settings_back(**fields: object) -> None:
    settings = Settings(**fields)  # type: ignore[arg-type]
    assert Settings.from_dict(json.loads(json.dumps(settings.to_dict()))) == settings


def test_a_start_other_than_he_is_kept_in_files_and_begins_a_new_network() -> None:
    glorot = Settings(initialization="glorot")
    assert "initialization" not in Settings().to_dict()
    assert Settings.from_dict(glorot.to_dict()) == glorot
    assert not glorot.same_architecture(Settings())
