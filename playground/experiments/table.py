"""Results of runs as a table of plain values, for the window and for CSV files."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from playground.atomic_file import replacing
from playground.errors import PlaygroundError
from playground.experiments.recording import Recording
from playground.experiments.values import VARIED

__all__ = ["COLUMNS", "as_csv", "row_of", "write_csv"]

_RESULTS = ("step", "train_loss", "train_accuracy", "test_loss", "test_accuracy", "seconds", "diverged")
COLUMNS = ("dataset", *VARIED, *_RESULTS)
"""Names of the columns: the settings of a run by their names in `Settings`, then what came of it."""


def row_of(recording: Recording) -> dict[str, str]:
    """One run as text by column; the figures of a run that still goes on are empty."""
    settings, final = recording.settings, recording.final
    row = {"dataset": settings.own.name if settings.own is not None else settings.dataset}
    row |= {name: varied.write(getattr(settings, name)) for name, varied in VARIED.items()}
    row |= {"step": str(recording.step), "seconds": f"{recording.seconds:.3f}", "diverged": recording.diverged}
    for name in ("train_loss", "train_accuracy", "test_loss", "test_accuracy"):
        row[name] = "" if final is None else f"{getattr(final, name):.6g}"
    return row


def as_csv(recordings: Sequence[Recording]) -> str:
    """All runs, a line each under a line of names."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS)
    writer.writeheader()
    writer.writerows(row_of(recording) for recording in recordings)
    return text.getvalue()


def write_csv(path: Path, recordings: Sequence[Recording]) -> None:
    """Write the table to a file, whole or not at all. Raises PlaygroundError naming the path."""
    try:
        with replacing(path) as file:
            file.write(as_csv(recordings).encode())
    except OSError as error:
        raise PlaygroundError(
            f"The table could not be written to {path}: {error.strerror or error}. Choose another folder."
        ) from error
