"""Train the networks that come with the program, with their cards: python -m tools.train_pretrained [NAME …]

Everything random comes from the seed of each, and the data are those of the repository: the same files come out.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass, replace
from pathlib import Path

from threadpoolctl import threadpool_limits

from playground.atomic_file import replacing
from playground.model_file import save_model
from playground.pretrained.shelf import FOLDER, LARGEST_BYTES
from playground.session import Session
from playground.settings import Settings


@dataclass(frozen=True)
class Recipe:
    """How one network is made: what its card calls it, and the run."""

    title: str
    trained_on: str
    settings: Settings
    epochs: int


_DIGITS = "MNIST's handwritten {digits}, the {count} training images a digit that come with this program"
# a seed of its own: a comparison begins with seeds 1, 2 … and must not meet the weights these began with
_SHAPE = Settings(seed=101, kernel_size=5, filters=(8, 24), batch_size=32, learning_rate=0.02, optimizer="momentum")

RECIPES = {
    "digits-0-4": Recipe(
        "Digits 0 to 4",
        _DIGITS.format(digits="digits 0 to 4", count=1320),
        replace(_SHAPE, dataset="digits", classes=(0, 1, 2, 3, 4)),
        8,
    ),
    "digits": Recipe(
        "All ten digits",
        _DIGITS.format(digits="digits", count=1320),
        replace(_SHAPE, dataset="digits", classes=tuple(range(10))),
        8,
    ),
    "shapes": Recipe(
        "Shapes",
        "circles, squares, triangles and crosses that this program draws, 300 training images a shape",
        replace(_SHAPE, dataset="shapes", classes=(0, 1, 2, 3)),
        20,
    ),
}


def main() -> int:
    """Train those that are named, or all, and write them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition(":")[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(RECIPES)}; all if none is named")
    names = parser.parse_args().names or list(RECIPES)
    with threadpool_limits(limits=1, user_api="blas"):
        for name in names:
            _make(name, RECIPES[name])
    return 0


def _make(name: str, recipe: Recipe) -> None:
    session = Session(recipe.settings)
    for _ in range(recipe.epochs * session.steps_per_epoch):
        session.step()
    figures = session.evaluate()
    path = Path(FOLDER) / f"{name}.safetensors"
    save_model(path, recipe.settings, session.state_dict(), step=session.step_count)
    size = path.stat().st_size
    if size > LARGEST_BYTES:
        raise SystemExit(f"{path} takes {size} bytes; at most {LARGEST_BYTES} are shipped.")
    card = {
        "title": recipe.title,
        "trained_on": recipe.trained_on,
        "epochs": recipe.epochs,
        "test_accuracy": figures.test_accuracy,
        "test_images": figures.test_images,
        "command": f"python -m tools.train_pretrained {name}",
        "seed": recipe.settings.seed,
    }
    with replacing(path.with_suffix(".json")) as file:
        file.write((json.dumps(card, indent=2) + "\n").encode())
    sys.stdout.write(f"{path.name}: {figures.test_accuracy:.2%} of {figures.test_images} test images, {size} bytes\n")


if __name__ == "__main__":
    sys.exit(main())
