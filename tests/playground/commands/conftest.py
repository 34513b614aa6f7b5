"""A model on the disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from playground.model_file import save_model
from playground.prediction import make_network
from playground.settings import Settings


@pytest.fixture
def model_path(tmp_path: Path) -> Path:
    settings = Settings(filters=(2,))
    save_model(tmp_path / "model.safetensors", settings, make_network(settings).state_dict())
    return tmp_path / "model.safetensors"
