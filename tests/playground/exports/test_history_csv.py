"""The CSV file holds every point of the curves, in full."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from playground.errors import ExportError
from playground.exports.history_csv import export_history
from playground.history import Event, History
from playground.series import EXACT_FIRST, EXACT_POINTS
from playground.session import Session
from playground.settings import Settings

SETTINGS = Settings("blackboard-3x3", (0, 1), 2, (1,), 4)


def read(path: Path) -> tuple[list[str], list[dict[str, str]]]:
    """(the lines of the head, the rows by name of the column)."""
    lines = path.read_text(encoding="utf-8").splitlines()
    head = [line for line in lines if line.startswith("#")]
    return head, list(csv.DictReader(lines[len(head) :]))


def test_every_curve_of_a_run_reads_back_bit_for_bit(tmp_path: Path) -> None:
    session = Session(SETTINGS)
    for _ in range(30):
        session.step()
    export_history(tmp_path / "h.csv", session.history, SETTINGS)
    _, rows = read(tmp_path / "h.csv")
    for name, series in session.history.series.items():
        curve = series.read()
        if len(curve):
            found = {float(row["step"]): float(row[name]) for row in rows if row[name]}
            assert found == dict(zip(curve.x.tolist(), curve.y.tolist(), strict=True)), name


def test_the_head_names_data_network_and_training(tmp_path: Path) -> None:
    export_history(tmp_path / "h.csv", History(), SETTINGS)
    head, rows = read(tmp_path / "h.csv")
    assert rows == []
    for word in ("blackboard-3x3", "kernel size 2", "batch size 4", "sgd", "learning rate 0.1", "seed 3"):
        assert any(word in line for line in head), word


def test_markers_stand_in_the_row_of_their_step_and_a_step_done_anew_has_its_newer_value(tmp_path: Path) -> None:
    history = History()
    for step, value in ((1, 3.0), (2, 2.0), (2, 1.5)):
        history.series["batch_loss"].append(step, value)
    history.mark(Event(2, "learning_rate", "η 0.1 → 0.01"))
    history.mark(Event(7, "diverged", 'it is, "really", not finite'))
    export_history(tmp_path / "h.csv", history, SETTINGS)
    _, rows = read(tmp_path / "h.csv")
    assert [(row["step"], row["batch_loss"], row["event"]) for row in rows] == [
        ("1", "3.0", ""),
        ("2", "1.5", "η 0.1 → 0.01"),
        ("7", "", 'it is, "really", not finite'),
    ]


def test_a_long_curve_is_told_to_be_thinned_and_keeps_its_ends_and_its_peaks(tmp_path: Path) -> None:
    history = History()
    count = 4 * EXACT_POINTS
    values = np.random.default_rng(0).random(count)
    values[10_000] = 7.0
    for step, value in enumerate(values.tolist(), 1):
        history.series["batch_loss"].append(step, value)
    export_history(tmp_path / "h.csv", history, SETTINGS)
    head, rows = read(tmp_path / "h.csv")
    kept = len(history.series["batch_loss"].read().x)
    assert any(f"the first {EXACT_FIRST} and the newest {kept} of {count} points are exact" in line for line in head)
    exact = {int(row["step"]): float(row["batch_loss"]) for row in rows if row["batch_loss"]}
    assert set(exact) == {*range(1, EXACT_FIRST + 1), *range(count - kept + 1, count + 1)}
    assert all(values[step - 1] == value for step, value in exact.items())
    buckets = [row for row in rows if row["batch_loss_min"]]
    for row in buckets:
        inside = values[int(row["step"]) - 1 : int(row["last_step"])]
        assert (float(row["batch_loss_min"]), float(row["batch_loss_max"])) == (inside.min(), inside.max())
    assert max(float(row["batch_loss_max"]) for row in buckets) == 7.0
    covered = {step for row in buckets for step in range(int(row["step"]), int(row["last_step"]) + 1)}
    assert covered | set(exact) == set(range(1, count + 1))


def test_numpy_reads_the_file(tmp_path: Path) -> None:
    history = History()
    for step in range(1, 50):
        history.series["batch_loss"].append(step, 1 / step)
    export_history(tmp_path / "h.csv", history, SETTINGS)
    table = np.genfromtxt(tmp_path / "h.csv", delimiter=",", names=True, skip_header=2, usecols=(0, 1))
    np.testing.assert_array_equal(table["batch_loss"], 1 / np.arange(1, 50))


def test_a_place_that_cannot_be_written_to_is_named(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=r"h\.csv cannot be written"):
        export_history(tmp_path / "nothing" / "h.csv", History(), SETTINGS)
