"""Settings for a run on the user's own data."""

from __future__ import annotations

from typing import Any

from playground.datasets import suggested_settings
from playground.errors import SettingsError
from playground.own_data.description import OwnData
from playground.settings import OWN, Settings

__all__ = ["settings_for", "settings_for_newer"]

_TWO_BLOCKS_FROM = 20
"""Sides of images from which on two blocks of kernel size 5 leave more than one cell."""


def settings_for(own: OwnData, **changes: Any) -> Settings:
    """Settings that suit a data set: all its classes, and two conv blocks where they fit."""
    fits = own.image_size >= _TWO_BLOCKS_FROM
    suggested: dict[str, Any] = {
        "dataset": OWN,
        "own": own,
        "classes": tuple(range(len(own.class_names))),
        "kernel_size": 5 if fits else 3,
        "filters": (8, 16) if fits else (8,),
    }
    return Settings(**{**suggested, **changes})


def _chosen_network(present: Settings) -> dict[str, Any]:
    """Kernel size and filters, where they are not those that the present data would be given; of a board none."""
    network = {"kernel_size": present.kernel_size, "filters": present.filters}
    if present.dataset.startswith("blackboard"):
        return {}
    suggested = suggested_settings(present.dataset) if present.own is None else vars(settings_for(present.own))
    return {} if all(suggested[name] == value for name, value in network.items()) else network


def settings_for_newer(own: OwnData, present: Settings) -> Settings:
    """The present settings, if they are for an older state of this data set; else those that suit it.

    A class that came is used too if all were used before. A network of another shape than suits the present data was
    chosen, and is kept for others that it fits.
    """
    before = present.own
    if before is None or (before.name, before.image_size, before.channels) != (own.name, own.image_size, own.channels):
        suited = settings_for(own, seed=present.seed)
        try:
            return suited.changed(**_chosen_network(present))
        except SettingsError:  # it does not fit these images
            return suited
    everything = tuple(range(len(own.class_names)))
    still_there = tuple(label for label in present.classes if label in everything)
    if present.classes == tuple(range(len(before.class_names))) or len(still_there) < 2:
        still_there = everything
    return present.changed(own=own, classes=still_there)
