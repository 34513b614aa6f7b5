"""`classify`: what a saved model says about picture files."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.datasets import is_like_mnist
from playground.digit_image import prepare
from playground.errors import ImageError
from playground.model_file import Model, load_model

__all__ = ["ReadImage", "add_options", "run"]

ReadImage = Callable[[Path], NDArray[np.uint8]]
"""Reads a picture file as brightness (rows, columns); raises ImageError. The caller brings it, since it needs Qt."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of `classify`."""
    parser.add_argument("--model", type=Path, required=True, metavar="FILE", help="a .safetensors file of this program")
    parser.add_argument("--json", action="store_true", help="print one JSON list instead of lines")
    parser.add_argument("images", nargs="+", type=Path, metavar="IMAGE", help="PNG, JPEG, BMP, GIF or WebP picture")


def run(options: argparse.Namespace, read_image: ReadImage) -> int:
    """Print class and probabilities of every picture; 1 if any could not be used (the others are still classified).

    Raises ModelFileError if the model cannot be loaded.
    """
    model = load_model(options.model)
    results = [_classified(model, path, read_image) for path in options.images]
    if options.json:
        sys.stdout.write(json.dumps(results, indent=2) + "\n")
    for result in results:
        if "error" in result:
            sys.stderr.write(f"error: {result['error']}\n")
        elif not options.json:
            shares = "  ".join(f"{name} {share:.1%}" for name, share in result["probabilities"].items())
            sys.stdout.write(f"{result['file']}: {result['class']}  ({shares})\n")
    return 1 if any("error" in result for result in results) else 0


def _classified(model: Model, path: Path, read_image: ReadImage) -> dict[str, Any]:
    """What is known about one file: "file" and either "class" and "probabilities" by class, or "error"."""
    side = model.settings.image_size
    try:
        seen = prepare(read_image(path), (1, side, side), is_like_mnist(model.settings.dataset))
    except ImageError as error:
        # sentences about the picture itself do not name the file
        sentence = str(error) if str(path) in str(error) else f"{path}: {error}"
        return {"file": str(path), "error": sentence}
    probabilities = model.predict(seen[np.newaxis])[0]
    return {
        "file": str(path),
        "class": model.class_names[int(probabilities.argmax())],
        "probabilities": {
            name: round(float(share), 6) for name, share in zip(model.class_names, probabilities, strict=True)
        },
    }
