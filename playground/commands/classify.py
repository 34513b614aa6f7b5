"""`classify`: what a saved model says about pictures, and how often it is right on a data set."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from playground.counting import grouped
from playground.errors import DataError, ImageError
from playground.model_file import Model, load_model
from playground.notation.numbers import percent
from playground.own_data.accuracy import Accuracy, accuracy_on
from playground.own_data.opening import KINDS, is_data, loose_pictures, open_source
from playground.own_data.source import ReadPicture
from playground.preparation import prepared

__all__ = ["add_options", "run"]


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of `classify`."""
    parser.add_argument("--model", type=Path, required=True, metavar="FILE", help="a .safetensors file of this program")
    parser.add_argument("--json", action="store_true", help="print one JSON list instead of lines")
    parser.add_argument(
        "images", nargs="+", type=Path, metavar="PATH", help=f"a picture, a folder of pictures, or a data set: {KINDS}"
    )


def run(options: argparse.Namespace, read_picture: ReadPicture) -> int:
    """Print class and probabilities of every picture, and the accuracy on every data set.

    Returns 1 if any could not be used (the others are still classified). Raises ModelFileError if the model cannot be
    loaded.
    """
    threadpool_limits(limits=1, user_api="blas")
    model = load_model(options.model)
    results = [_result(model, one, read_picture) for path in options.images for one in _each(path)]
    if options.json:
        sys.stdout.write(json.dumps(results, indent=2) + "\n")
    for result in results:
        for note in result.get("notes", []):
            sys.stderr.write(f"note: {note}\n")
        if "error" in result:
            sys.stderr.write(f"error: {result['error']}\n")
        elif not options.json:
            sys.stdout.write(_lines(result))
    return 1 if any("error" in result for result in results) else 0


def _each(path: Path) -> list[Path]:
    """The pictures of a folder of loose ones, else the path itself."""
    try:
        return loose_pictures(path) or [path]
    except DataError:
        return [path]  # what is wrong with it is said when it is opened


def _result(model: Model, path: Path, read_picture: ReadPicture) -> dict[str, Any]:
    """What is known about one path: "file", and what `_lines` says, or "error"."""
    try:
        if is_data(path):
            found = accuracy_on(model, open_source(path, read_picture))
            return {"file": str(path), **_as_plain(found)}
        seen = prepared(read_picture(path), model.settings)
    except (ImageError, DataError) as error:
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


def _as_plain(found: Accuracy) -> dict[str, Any]:
    return {
        "split": found.split,
        "images": found.images,
        "right": found.right,
        "accuracy": round(found.share, 6),
        "classes": {name: {"images": images, "right": right} for name, images, right in found.classes},
        "notes": list(found.notes),
    }


def _lines(result: dict[str, Any]) -> str:
    if "class" in result:
        shares = "  ".join(f"{name} {percent(share, 1)}" for name, share in result["probabilities"].items())
        return f"{result['file']}: {result['class']}  ({shares})\n"
    which = f"{result['split']} images" if result["split"] else "images"
    shares = "  ".join(f"{name} {grouped(c['right'])}/{grouped(c['images'])}" for name, c in result["classes"].items())
    right = f"{percent(result['accuracy'], 2)} of {grouped(result['images'])} {which} are right"
    return f"{result['file']}: {right}  ({shares})\n"
