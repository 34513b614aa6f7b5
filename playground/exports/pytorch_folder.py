"""A folder with which PyTorch goes on where the playground stands: script, weights, images and one checked sample."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import safetensors.numpy
from numpy.typing import NDArray

from core.training import logits_of
from playground.atomic_file import folder_appears, told
from playground.counting import grouped
from playground.datasets import Dataset
from playground.errors import ExportError, ModelFileError
from playground.exports.pytorch_script import DATA_FILE, SCRIPT_FILE, WEIGHTS_FILE, script_text
from playground.images import Images
from playground.model_file import Model, save_model

__all__ = ["LARGEST_SPLIT", "export_pytorch"]

LARGEST_SPLIT = 64 * 2**20
"""Bytes of pixels that are written of one split; of a larger one a part, which the script says."""

_SAMPLE_IMAGES = 4


@dataclass(frozen=True, eq=False)
class _Part:
    """Images of a split that are written, (n, c, h, w), and how many there are in all."""

    x: NDArray[Any]
    y: NDArray[np.int64]
    total: int


def export_pytorch(folder: str | Path, model: Model, dataset: Dataset) -> None:
    """Write train.py, weights.safetensors and data.safetensors into a new or empty folder.

    dataset: what the script trains on; its images must fit the model. Raises ExportError if that cannot be written;
    nothing is left then.
    """
    folder = Path(folder)
    train = _part(dataset.x_train, dataset.y_train, model.settings.seed)
    test = _part(dataset.x_test, dataset.y_test, model.settings.seed)
    sample = dataset.x_test[:_SAMPLE_IMAGES]
    tensors = {
        "x_train": train.x,
        "y_train": train.y,
        "x_test": test.x,
        "y_test": test.y,
        "sample_x": sample,
        "sample_logits": logits_of(model.network, sample),
    }
    content = safetensors.numpy.save({name: np.ascontiguousarray(values) for name, values in tensors.items()})
    text = script_text(model.settings, model.class_names, _notes(model, dataset, (train, test)))
    with told(folder, ExportError), folder_appears(folder) as place:
        try:
            save_model(place / WEIGHTS_FILE, model.settings, model.network.state_dict(), step=model.step)
        except ModelFileError as error:
            # it names the folder by the name that it has while it is filled
            raise (error.__cause__ if isinstance(error.__cause__, OSError) else error) from None
        (place / DATA_FILE).write_bytes(content)
        (place / SCRIPT_FILE).write_text(text, encoding="utf-8")


def _part(images: Images, labels: NDArray[np.int64], seed: int) -> _Part:
    """All images, or as many as fit LARGEST_SPLIT, drawn by the seed and in their order."""
    total = len(images)
    count = min(total, LARGEST_SPLIT // (int(np.prod(images.shape[1:])) * images.bytes_a_value))
    rows = np.arange(total)
    if count < total:
        rows = np.sort(np.random.default_rng([seed, 7]).choice(total, count, replace=False))
    return _Part(images.stored(rows), labels[rows], total)


def _notes(model: Model, dataset: Dataset, parts: tuple[_Part, _Part]) -> tuple[str, ...]:
    settings = model.settings
    lines = [
        f"{dataset.name}: {', '.join(model.class_names)}; {grouped(model.step)} steps of training so far.",
        f"The optimiser ({settings.optimizer}) begins with fresh averages; batches come in PyTorch's random order.",
    ]
    for split, part in zip(("training", "test"), parts, strict=True):
        if len(part.x) < part.total:
            lines.append(
                f"{DATA_FILE} holds {grouped(len(part.x))} of {grouped(part.total)} {split} images, "
                f"drawn by seed {settings.seed}."
            )
    if settings.augmentation.is_on:
        lines.append("The playground augmented the training images; this script takes them as they are.")
    return tuple(lines)
