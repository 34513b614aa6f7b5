"""The main job without a display: train in the terminal, report the accuracy, leave a picture of the window."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from playground.commands import train
from playground.own_data.source import Pixels
from ui.qt_requirements import cannot_start_message

__all__ = ["run_headless"]

_PICTURE = Path("window.png")
_EPOCHS = 3
_PICTURE_SECONDS = 60.0


def _read_picture(path: Path) -> Pixels:
    """A picture of the user's own data; the built-in data, which is trained on here, has none."""
    from ui.classify.image_files import read_picture_file  # noqa: PLC0415 - loads Qt, which may fail

    return read_picture_file(path)


def run_headless(argv: list[str]) -> int:
    """Train the defaults with a progress bar and draw the window that trained the same run; returns the exit code.

    Where Qt's libraries are missing the picture is left out, and what to install is said.
    """
    _say("No display was found (DISPLAY and WAYLAND_DISPLAY are not set), so the training runs here, in the terminal.")
    parser = argparse.ArgumentParser(prog="main.py")
    train.add_options(parser)
    exit_code = train.run(parser.parse_args(["--epochs", str(_EPOCHS)]), _read_picture)
    if exit_code != 0:
        return exit_code
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    try:
        from ui import offscreen  # noqa: PLC0415 - loads Qt, which may fail
    except ImportError as error:
        heading = "There is no picture of the window"
        sys.stderr.write(cannot_start_message(str(error), window=False, heading=heading))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        picture = offscreen.picture_of_trained_window(argv, Path(folder), epochs=_EPOCHS, seconds=_PICTURE_SECONDS)
    if not picture.save(str(_PICTURE)):
        sys.stderr.write(f"error: {_PICTURE.absolute()} cannot be written; start this in a folder of yours.\n")
        return 1
    _say(f"The window after the same training: {_PICTURE.absolute()}")
    return 0


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
