"""`export`: a saved model for other programs, as ONNX or as a folder with which PyTorch goes on."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from playground.datasets import load_dataset
from playground.errors import ExportError, SettingsError
from playground.exports.onnx_file import export_onnx
from playground.exports.pytorch_folder import export_pytorch
from playground.model_file import load_model
from playground.own_data.source import ReadPicture

__all__ = ["add_options", "run"]


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of `export`."""
    parser.add_argument("--model", type=Path, required=True, metavar="FILE", help="a .safetensors file of this program")
    parser.add_argument("--onnx", type=Path, metavar="FILE", help="write an ONNX file; needs the package onnx")
    parser.add_argument(
        "--pytorch",
        type=Path,
        metavar="FOLDER",
        help="write a new folder with weights, images and a PyTorch script that trains on",
    )


def run(options: argparse.Namespace, read_picture: ReadPicture) -> int:  # noqa: ARG001 - as every command is called
    """Write what is asked for. Raises ModelFileError if the model cannot be read, ExportError if it cannot be written.

    Raises SettingsError if nothing is asked for.
    """
    if options.onnx is None and options.pytorch is None:
        raise SettingsError("nothing to write; name --onnx FILE, --pytorch FOLDER or both.")
    model = load_model(options.model)
    if options.onnx is not None:
        export_onnx(options.onnx, model)
        _say(options.onnx)
    if options.pytorch is not None:
        if model.settings.own is not None:
            raise ExportError(
                f"{options.model} was trained on {model.settings.own.name}, whose images are not in it; "
                "open the model and that data in the window, and choose File ▸ Export there."
            )
        export_pytorch(options.pytorch, model, load_dataset(model.settings))
        _say(options.pytorch)
    return 0


def _say(path: Path) -> None:
    sys.stdout.write(f"wrote {path}\n")
