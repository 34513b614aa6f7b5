"""Trained networks as safetensors files: weights under PyTorch's names, settings as metadata; never pickle."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from core.arrays import Array, ShapeError
from core.network import Network
from playground.atomic_file import check_replaceable
from playground.datasets import class_names_of
from playground.errors import ModelFileError, SettingsError, reason_of
from playground.prediction import class_probabilities, make_loss, make_network
from playground.settings import Settings
from playground.tensor_file import Limits, check_folder, open_tensors, write_tensors

__all__ = ["FORMAT_VERSION", "MAX_FILE_BYTES", "Model", "check_can_save", "load_model", "model_of", "save_model"]

FORMAT_VERSION = 1
MAX_FILE_BYTES = 32 * 2**20
"""The largest network that settings allow takes under 2 MB."""

_MAX_NAME_LENGTH = 100
_LIMITS = Limits(
    "model",
    ModelFileError,
    version=FORMAT_VERSION,
    file_bytes=MAX_FILE_BYTES,
    header_bytes=256 * 2**10,
    tensors=64,
    dtypes=("F32", "F64"),
    required=("settings", "class_names"),
)


@dataclass(frozen=True, eq=False)
class Model:
    """A network with all that is needed to use it or to train on. step: training steps it has behind it."""

    settings: Settings
    class_names: tuple[str, ...]
    step: int
    network: Network

    def predict(self, x: Array) -> Array:
        """Probability of each class, (m, classes), for images (m, c, h, w) as `preparation.prepared` makes them."""
        return class_probabilities(self.network, make_loss(self.settings), x)


def model_of(settings: Settings, class_names: tuple[str, ...], state: Mapping[str, Array], *, step: int = 0) -> Model:
    """The model of a run by now. Raises ModelFileError if the weights do not fit the settings or are not finite."""
    return Model(settings, class_names, step, _fitted_network(settings, state, "the network"))


def save_model(path: str | Path, settings: Settings, state: Mapping[str, Array], *, step: int = 0) -> None:
    """Write a model file, or leave whatever was there untouched: the file appears, complete, under its name at the end.

    state: the weights by PyTorch's names; step: training steps behind them. Raises ModelFileError if they do not fit
    `settings` or are not finite, or if the file cannot be written.
    """
    path = Path(path)
    _fitted_network(settings, state, f"the model for {path}")
    metadata = {
        "settings": json.dumps(settings.to_dict()),
        "class_names": json.dumps([class_names_of(settings)[label] for label in settings.classes]),
        "step": str(step),
    }
    write_tensors(path, state, metadata, _LIMITS)


def check_can_save(path: str | Path) -> None:
    """Raise ModelFileError if `save_model` could not write there, so that a long run does not end in vain."""
    path = Path(path)
    try:
        if path.is_dir():
            raise ModelFileError(f"{path} is a folder; name a file in it, for example {path / 'model.safetensors'}.")
        target = path.resolve()
        check_folder(path, target, ModelFileError)
        check_replaceable(target)
        probe = target.with_name(f".{secrets.token_hex(4)}.tmp")
        probe.touch(exist_ok=False)
        probe.unlink()
    except (OSError, ValueError, RuntimeError) as error:
        raise ModelFileError(f"{path} cannot be written ({reason_of(error)}); choose another place.") from error


def load_model(path: str | Path) -> Model:
    """The model in a file, complete and checked; raises ModelFileError saying what is wrong with the file."""
    path = Path(path)
    with open_tensors(path, _LIMITS) as file:
        settings = _settings(path, file.metadata)
        class_names = _class_names(path, file.metadata, len(settings.classes))
        step = file.metadata.get("step", "0")
        if not (step.isascii() and step.isdigit() and len(step) <= 15):
            raise ModelFileError(f"{path} is damaged: its step is {step[:30]!r} instead of a whole number.")
        state = {name: file.read(name) for name in file.tensors}
    return Model(settings, class_names, int(step), _fitted_network(settings, state, str(path)))


def _settings(path: Path, metadata: Mapping[str, str]) -> Settings:
    try:
        values = _parsed(path, metadata["settings"])
        if not isinstance(values, dict):
            raise ModelFileError(f"{path} is damaged: its settings are not a table of names and values.")
        return Settings.from_dict(values)
    except (SettingsError, TypeError) as error:
        raise ModelFileError(f"{path} has settings that cannot be used: {str(error)[:300]}") from error


def _class_names(path: Path, metadata: Mapping[str, str], count: int) -> tuple[str, ...]:
    names = _parsed(path, metadata["class_names"])
    is_right = (
        isinstance(names, list)
        and len(names) == count
        and all(isinstance(name, str) and 0 < len(name) <= _MAX_NAME_LENGTH for name in names)
        and len(set(names)) == count
    )
    if not is_right:
        raise ModelFileError(f"{path} is damaged: it must name its {count} classes, each once; save the model again.")
    return tuple(names)


def _parsed(path: Path, text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ModelFileError(
            f"{path} is damaged: its metadata cannot be read ({reason_of(error)}); save the model again."
        ) from error


def _fitted_network(settings: Settings, state: Mapping[str, Array], source: str) -> Network:
    network = make_network(settings)
    for name, values in state.items():
        if not np.isfinite(values).all():
            raise ModelFileError(f"{source} cannot be used: {name[:60]} has values that are not finite; train again.")
    try:
        network.load_state_dict(state)
    except ShapeError as error:
        raise ModelFileError(f"{source} does not hold the network that its settings describe: {error}") from error
    return network
