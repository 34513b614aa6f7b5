"""Small data sets, and the files that hold them."""

from __future__ import annotations

import gzip
import struct
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from playground.own_data.image_set import ImageSet
from playground.own_data.importing import ImportOptions, Loaded, load, suggested_options
from playground.own_data.opening import open_source
from playground.own_data.png import png_bytes
from ui.classify.image_files import read_picture_file

__all__ = ["idx", "pictures", "read", "some_set", "write_folder", "write_idx_set"]


def pictures(count: int = 12, size: int = 10, channels: int = 1, seed: int = 0) -> NDArray[np.uint8]:
    """Noise (count, channels, size, size) that no two pictures share, on a black border."""
    images = np.random.default_rng(seed).integers(1, 256, (count, channels, size, size), np.uint8)
    for edge in (np.s_[..., 0, :], np.s_[..., -1, :], np.s_[..., 0], np.s_[..., -1]):
        images[edge] = 0
    return images


def some_set(count: int = 12, size: int = 10, channels: int = 1, classes: int = 3) -> ImageSet:
    """`count` training images and a third as many test images, classes taking turns."""
    total = count + count // 3
    return ImageSet(
        "some",
        tuple("abcdefgh"[:classes]),
        pictures(total, size, channels),
        np.arange(total) % classes,
        np.arange(total) >= count,
    )


def idx(values: NDArray[np.generic], kind: int = 8, packed: bool = True) -> bytes:
    """An IDX file."""
    content = bytes([0, 0, kind, values.ndim]) + struct.pack(f">{values.ndim}I", *values.shape) + values.tobytes()
    return gzip.compress(content, mtime=0) if packed else content


def write_idx_set(folder: Path, packed: bool = True, prefix: str = "") -> ImageSet:
    """Four files as MNIST has them, and the data set in them."""
    data = some_set(classes=3)
    folder.mkdir(exist_ok=True)
    for split, rows in (("train", ~data.in_test), ("t10k", data.in_test)):
        ending = ".gz" if packed else ""
        images, labels = data.images[rows][:, 0], data.labels[rows].astype(np.uint8)
        (folder / f"{prefix}{split}-images-idx3-ubyte{ending}").write_bytes(idx(images, packed=packed))
        (folder / f"{prefix}{split}-labels-idx1-ubyte{ending}").write_bytes(idx(labels, packed=packed))
    return data


def write_folder(folder: Path, data: ImageSet) -> None:
    """A PNG for each image in a folder of its class."""
    for number, (image, label) in enumerate(zip(data.images, data.labels, strict=True)):
        place = folder / data.class_names[label]
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{number}.png").write_bytes(png_bytes(image))


def read(path: Path, **changes: object) -> Loaded:
    """The data set at a path with the suggested options, changed."""
    source = open_source(path, read_picture_file)
    options: ImportOptions = suggested_options(source)
    return load(source, options.changed(**changes))
