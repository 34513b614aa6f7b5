"""Small models, as the tests of exports use them."""

from __future__ import annotations

import numpy as np
from hypothesis import assume
from hypothesis import strategies as st

from core.arrays import Array
from playground.datasets import class_names_of, suggested_settings
from playground.model_file import Model
from playground.own_data.description import OwnData
from playground.prediction import make_network
from playground.settings import Settings

__all__ = ["ARCHITECTURES", "any_settings", "some_images", "some_model"]

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


@st.composite
def any_settings(draw: st.DrawFn) -> Settings:
    """Settings that the controls can make, of any data set, with any of the choices that matter for a network."""
    dataset = draw(st.sampled_from(["digits", "shapes", "own", "blackboard-3x3", "blackboard-5x5"]))
    if dataset.startswith("blackboard"):
        return Settings(**{"dataset": dataset, **suggested_settings(dataset)})
    own = None
    count = {"digits": 10, "shapes": 4}.get(dataset, 0)
    if dataset == "own":
        count = draw(st.integers(2, 12))
        names = tuple(f"class {number}" for number in range(count))
        own = OwnData("mine", names, image_size=draw(st.integers(8, 64)), channels=draw(st.sampled_from([1, 3])))
    classes = draw(st.lists(st.integers(0, count - 1), min_size=2, max_size=count, unique=True))
    blocks = draw(st.integers(1, 3))
    filters = tuple(draw(st.integers(1, 32 if blocks == 1 else 8)) for _ in range(blocks))
    size = 28 if own is None else own.image_size
    fitting = [k for k in range(1, 12) if _fits(size, k, blocks)]
    assume(fitting)
    return Settings(
        dataset=dataset,
        classes=tuple(classes),
        kernel_size=draw(st.sampled_from(fitting)),
        filters=filters,
        optimizer=draw(st.sampled_from(["sgd", "momentum", "adam"])),
        frozen=draw(st.integers(0, blocks)),
        own=own,
    )


def _fits(size: int, kernel_size: int, blocks: int) -> bool:
    for _ in range(blocks):
        size = (size - kernel_size + 1) // 2
    return size >= 1


def some_model(settings: Settings, step: int = 12) -> Model:
    """A model with weights, and biases, of any size."""
    network = make_network(settings)
    generator = np.random.default_rng(4)
    state = {name: v + generator.normal(0, 0.1, v.shape).astype(v.dtype) for name, v in network.state_dict().items()}
    network.load_state_dict(state)
    names = class_names_of(settings)
    return Model(settings, tuple(names[label] for label in settings.classes), step, network)


def some_images(settings: Settings, count: int = 5) -> Array:
    """(count, c, h, w) of noise from 0 to 1."""
    return np.random.default_rng(6).random((count, *settings.image_shape), np.float32)
