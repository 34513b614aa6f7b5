"""Small specimens for the tests of the laboratory."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from playground.batch_step import BatchOfImages
from playground.flaw import Substitute
from playground.laboratory.specimen import Specimen
from playground.own_data.description import OwnData
from playground.own_data.run_settings import settings_for
from playground.prediction import make_network
from playground.settings import Settings

SIZE = 16


def settings_of(blocks: int, classes: int) -> Settings:
    """Networks of one or two blocks, with sigmoid (2 classes) or softmax, on images of 16×16."""
    own = OwnData("patches", tuple("abcdef"[:classes]), SIZE, 1)
    return settings_for(own).changed(filters=(4, 6)[:blocks], kernel_size=3, seed=2)


def specimen_of(blocks: int = 1, classes: int = 2, m: int = 3, substitute: Substitute | None = None) -> Specimen:
    """Images that are even in one part, so that pooling windows are tied, and noise elsewhere.

    With this seed some filters are off in whole windows, so that each bug of the backward pass has something to spoil.
    """
    settings = settings_of(blocks, classes)
    rng = np.random.default_rng(settings.seed)
    x = rng.random((3, 1, SIZE, SIZE)).astype(np.float32)[:m]
    x[:, :, :12, :12] = 0.75
    weights = make_network(settings).state_dict()
    for name, array in weights.items():
        if name.endswith("bias"):
            weights[name] = rng.uniform(-0.3, 0.3, array.shape).astype(array.dtype)
    images = BatchOfImages(None, "train", np.arange(m), x, np.arange(m) % classes)
    return replace(Specimen(run_id=1, step=7, settings=settings, images=images, weights=weights), substitute=substitute)
