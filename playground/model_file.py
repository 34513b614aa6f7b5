"""Trained networks as safetensors files: weights under PyTorch's names, settings as metadata; never pickle."""

from __future__ import annotations

import json
import secrets
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import safetensors.numpy
from safetensors import SafetensorError

from core.arrays import Array, ShapeError
from core.network import Network
from playground.atomic_file import replacing
from playground.datasets import class_names_of
from playground.errors import ModelFileError, SettingsError
from playground.prediction import class_probabilities, make_loss, make_network
from playground.settings import Settings

__all__ = ["FORMAT_VERSION", "MAX_FILE_BYTES", "Model", "check_can_save", "load_model", "save_model"]

FORMAT_VERSION = 1
MAX_FILE_BYTES = 32 * 2**20
"""The largest network that settings allow takes under 2 MB."""

_MAX_HEADER_BYTES = 256 * 2**10
_MAX_TENSORS = 64
_MAX_NAME_LENGTH = 100
_DTYPES = ("F32", "F64")
_PROGRAM = "cnn-playground"


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


def save_model(path: str | Path, settings: Settings, state: Mapping[str, Array], *, step: int = 0) -> None:
    """Write a model file, or leave whatever was there untouched: the file appears, complete, under its name at the end.

    state: the weights by PyTorch's names; step: training steps behind them. Raises ModelFileError if they do not fit
    `settings` or are not finite, or if the file cannot be written.
    """
    path = Path(path)
    _fitted_network(settings, state, f"the model for {path}")
    metadata = {
        "program": _PROGRAM,
        "format_version": str(FORMAT_VERSION),
        "settings": json.dumps(settings.to_dict()),
        "class_names": json.dumps([class_names_of(settings)[label] for label in settings.classes]),
        "step": str(step),
    }
    content = safetensors.numpy.save({name: np.ascontiguousarray(v) for name, v in state.items()}, metadata=metadata)
    try:
        # a link stays a link: its target is what is replaced
        target = path.resolve()
        _check_folder(path, target)
        with replacing(target) as file:
            file.write(content)
    except (OSError, ValueError, RuntimeError) as error:
        raise ModelFileError(
            f"{path} cannot be written ({_reason(error)}); nothing was changed. Choose another place."
        ) from error


def check_can_save(path: str | Path) -> None:
    """Raise ModelFileError if `save_model` could not write there, so that a long run does not end in vain."""
    path = Path(path)
    try:
        if path.is_dir():
            raise ModelFileError(f"{path} is a folder; name a file in it, for example {path / 'model.safetensors'}.")
        target = path.resolve()
        _check_folder(path, target)
        probe = target.with_name(f".{secrets.token_hex(4)}.tmp")
        probe.touch(exist_ok=False)
        probe.unlink()
    except (OSError, ValueError, RuntimeError) as error:
        raise ModelFileError(f"{path} cannot be written ({_reason(error)}); choose another place.") from error


def _check_folder(path: Path, target: Path) -> None:
    if not target.parent.is_dir():
        raise ModelFileError(f"{path} cannot be written: there is no folder {target.parent}; make it first.")


def _reason(error: Exception) -> str:
    """Why in words: the system's reason without its number and the name of the temporary file."""
    return error.strerror if isinstance(error, OSError) and error.strerror else str(error)


def load_model(path: str | Path) -> Model:
    """The model in a file, complete and checked; raises ModelFileError saying what is wrong with the file."""
    path = Path(path)
    content = _bounded_content(path)
    metadata = _checked_header(path, content)
    settings = _settings(path, metadata)
    class_names = _class_names(path, metadata, len(settings.classes))
    step = metadata.get("step", "0")
    if not (step.isascii() and step.isdigit() and len(step) <= 15):
        raise ModelFileError(f"{path} is damaged: its step is {step[:30]!r} instead of a whole number.")
    try:
        state = safetensors.numpy.load(content)
    except (SafetensorError, ValueError, KeyError, TypeError) as error:
        raise ModelFileError(f"{path} is damaged or incomplete ({error}); save the model again.") from error
    return Model(settings, class_names, int(step), _fitted_network(settings, state, str(path)))


def _bounded_content(path: Path) -> bytes:
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise ModelFileError(f"{path} is a folder; name a .safetensors file in it.")
        if not stat.S_ISREG(mode):
            raise ModelFileError(f"{path} is not a regular file; name a .safetensors file.")
        with path.open("rb") as file:
            content = file.read(MAX_FILE_BYTES + 1)
    except FileNotFoundError as error:
        raise ModelFileError(f"{path} does not exist; check the name.") from error
    except (OSError, ValueError) as error:
        raise ModelFileError(
            f"{path} cannot be read ({_reason(error)}); check the name and the permissions."
        ) from error
    if len(content) > MAX_FILE_BYTES:
        raise ModelFileError(f"{path} is larger than {MAX_FILE_BYTES // 2**20} MB, which no model of this program is.")
    return content


def _checked_header(path: Path, content: bytes) -> Mapping[str, str]:
    """The metadata of a safetensors file whose header is small and declares only tensors that we could read."""
    length = int.from_bytes(content[:8], "little")
    is_plausible = len(content) > 8 and 2 <= length <= _MAX_HEADER_BYTES
    if not is_plausible or content[8:9] != b"{":
        raise ModelFileError(f"{path} is not a safetensors file; name one that this program saved.")
    if len(content) < 8 + length:
        raise ModelFileError(f"{path} is damaged or incomplete; save the model again.")
    try:
        header = json.loads(content[8 : 8 + length])
    except (ValueError, RecursionError) as error:
        raise ModelFileError(f"{path} is not a safetensors file; name one that this program saved.") from error
    metadata = header.pop("__metadata__", None)
    if not isinstance(metadata, dict) or not {"settings", "class_names", "format_version"} <= metadata.keys():
        raise ModelFileError(
            f"{path} holds tensors but no settings: it was not saved by this program, or was converted."
        )
    if not all(isinstance(value, str) for value in metadata.values()):
        raise ModelFileError(f"{path} is damaged: its metadata must be text; save the model again.")
    if len(header) > _MAX_TENSORS:
        raise ModelFileError(f"{path} holds {len(header)} tensors; a model of this program has at most {_MAX_TENSORS}.")
    for name, entry in header.items():
        if not isinstance(entry, dict) or entry.get("dtype") not in _DTYPES:
            raise ModelFileError(
                f"{path}: tensor {name[:60]!r} is not of type {' or '.join(_DTYPES)}; convert it first."
            )
    return metadata


def _settings(path: Path, metadata: Mapping[str, str]) -> Settings:
    version = metadata["format_version"]
    if version != str(FORMAT_VERSION):
        raise ModelFileError(
            f"{path} has format version {version[:20]!r}, this program reads {FORMAT_VERSION}; use a newer program."
        )
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
            f"{path} is damaged: its metadata cannot be read ({error}); save the model again."
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
