"""The images of a session in its file, where they are the user's own."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from playground.own_data.description import MAX_CLASSES, MAX_NAME, OwnData
from playground.own_data.image_set import MAX_BYTES, ImageSet, clean_names
from playground.own_data.source import MAX_IMAGES
from playground.sessions.parts import DamagedError, Packing, Unpacking, text, whole

__all__ = ["pack_own", "unpack_own"]


def pack_own(images: ImageSet, packing: Packing) -> dict[str, Any]:
    """What it is called and how it was made; the images go to `packing`, without those that were removed."""
    images = images.compact()
    packing.put("own/images", images.images)
    packing.put("own/labels", images.labels.astype(np.uint8))
    packing.put("own/in_test", images.in_test.view(np.uint8))
    packing.put("own/excluded", images.excluded.view(np.uint8))
    return {
        "name": images.name,
        "class_names": list(images.class_names),
        "class_colors": list(images.colors),
        "shape": list(images.images.shape),
        "preparation": images.preparation,
        "inverted": images.inverted,
    }


def unpack_own(plain: Mapping[str, Any], unpacking: Unpacking) -> ImageSet:
    """The data set; DamagedError, or another ValueError, if it cannot be."""
    shape = tuple(whole(side, 1, MAX_IMAGES, "a side of its images") for side in plain["shape"])
    if len(shape) != 4 or math.prod(shape) > MAX_BYTES:
        raise DamagedError(f"its images have the shape {shape}")
    names = tuple(text(name, MAX_NAME, "a class") for name in plain["class_names"][: MAX_CLASSES + 1])
    # refuses what no data set is
    known = OwnData(plain["name"], names, shape[2], shape[1], plain["preparation"], plain["inverted"])
    if shape[2] != shape[3] or clean_names([known.name])[0] != known.name or clean_names(names) != names:
        raise DamagedError("its images are not square, or have no proper name")
    count = shape[:1]
    # files of earlier programs do not say them
    colors = tuple(plain.get("class_colors", ())[: MAX_CLASSES + 1])
    images = ImageSet(
        known.name,
        names,
        unpacking.take("own/images", shape, "U8"),
        unpacking.take("own/labels", count, "U8").astype(np.int64),
        unpacking.take("own/in_test", count, "U8") != 0,
        unpacking.take("own/excluded", count, "U8") != 0,
        known.preparation,
        known.inverted,
        colors,
    )
    _ = images.classes  # refuses what is no colour
    return images
