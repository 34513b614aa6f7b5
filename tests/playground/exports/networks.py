"""Small models, as the tests of exports use them."""

from __future__ import annotations

import numpy as np

from core.arrays import Array
from playground.model_file import Model
from playground.own_data.description import OwnData
from playground.prediction import make_network
from playground.settings import Settings

__all__ = ["ARCHITECTURES", "some_images", "some_model"]

ARCHITECTURES = {
    "one block, two classes": Settings(filters=(3,)),
    "two blocks, five classes": Settings(classes=(0, 1, 2, 3, 4), filters=(3, 4), kernel_size=3),
    "three blocks": Settings(dataset="shapes", classes=(2, 0, 1), filters=(2, 3, 4), kernel_size=2),
    "colour": Settings(
        dataset="own",
        classes=(0, 2),
        filters=(4,),
        own=OwnData("pets", ("cat", "dog", "cow"), image_size=13, channels=3),
    ),
}


def some_model(settings: Settings, step: int = 12) -> Model:
    """A model with weights, and biases, of any size."""
    network = make_network(settings)
    generator = np.random.default_rng(4)
    state = {name: v + generator.normal(0, 0.1, v.shape).astype(v.dtype) for name, v in network.state_dict().items()}
    network.load_state_dict(state)
    names = settings.own.class_names if settings.own is not None else tuple("0123456789")
    return Model(settings, tuple(names[label] for label in settings.classes), step, network)


def some_images(settings: Settings, count: int = 5) -> Array:
    """(count, c, h, w) of noise from 0 to 1."""
    return np.random.default_rng(6).random((count, *settings.image_shape), np.float32)
