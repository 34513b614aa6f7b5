"""A pretrained network for another task: its conv blocks, and a dense layer that knows nothing yet."""

from __future__ import annotations

from core.arrays import Array
from playground.errors import SettingsError
from playground.model_file import Model
from playground.own_data.image_set import ImageSet
from playground.own_data.run_settings import settings_for
from playground.prediction import make_network
from playground.settings import Settings

__all__ = ["task_settings", "with_new_head"]


def task_settings(
    model: Model, images: ImageSet, *, seed: int, frozen: int = 0, learning_rate: float = 0.05, batch_size: int = 8
) -> Settings:
    """Settings of a run on a new task with a network of the shape of `model` but for its outputs.

    Raises SettingsError if the images are of another shape than those that the model was trained on.
    """
    if (images.channels, images.image_size, images.image_size) != model.settings.image_shape:
        channels, side, _ = model.settings.image_shape
        raise SettingsError(
            f"The network takes {side}×{side} images with {channels} channel{'s' if channels > 1 else ''}; those of "
            f"{images.name} are {images.image_size}×{images.image_size} with {images.channels}. Choose other data."
        )
    return settings_for(
        images.description,
        kernel_size=model.settings.kernel_size,
        filters=model.settings.filters,
        seed=seed,
        frozen=frozen,
        learning_rate=learning_rate,
        batch_size=batch_size,
    )


def with_new_head(model: Model, settings: Settings) -> dict[str, Array]:
    """The first weights of a run with `settings`: conv blocks from the model, the dense layer new, from the seed."""
    state = make_network(settings).state_dict()
    trained = model.network.state_dict()
    return {name: trained[name] if name.startswith("conv") else value for name, value in state.items()}
