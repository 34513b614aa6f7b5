"""The pretrained networks that come with the program, each with a card; `tools/train_pretrained.py` makes both."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from pathlib import Path

from playground.errors import ModelFileError
from playground.model_file import Model, load_model
from playground.notation.numbers import percent

__all__ = ["FOLDER", "LARGEST_BYTES", "Card", "load_pretrained", "shipped"]

FOLDER = Path(__file__).parent
LARGEST_BYTES = 200_000
"""The largest file of weights that is shipped."""


@dataclass(frozen=True)
class Card:
    """Where a network comes from: what it was trained on, how well it does there, and how it can be made again."""

    name: str
    title: str
    trained_on: str
    epochs: int
    test_accuracy: float
    test_images: int
    command: str
    seed: int

    @property
    def path(self) -> Path:
        """The file of its weights."""
        return FOLDER / f"{self.name}.safetensors"

    @property
    def sentence(self) -> str:
        """The card in words."""
        return (
            f"Trained on {self.trained_on}, for {self.epochs} epochs from seed {self.seed}: "
            f"{percent(self.test_accuracy, 1)} of {self.test_images} test images are right."
        )


def shipped() -> tuple[Card, ...]:
    """The cards of all networks that come with the program; raises ModelFileError naming one that is damaged."""
    return tuple(_card(path) for path in sorted(FOLDER.glob("*.json")))


def load_pretrained(card: Card) -> Model:
    """The network of a card; raises ModelFileError if its file is missing or damaged."""
    return load_model(card.path)


def _card(path: Path) -> Card:
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        return Card(name=path.stem, **values)
    except (OSError, ValueError, TypeError) as error:
        known = ", ".join(field.name for field in fields(Card))
        raise ModelFileError(
            f"{path} is damaged; restore it from the repository. A card has {known} ({error})."
        ) from error
