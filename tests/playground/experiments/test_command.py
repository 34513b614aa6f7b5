"""`sweep` in a terminal."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from main import main
from playground.commands import sweep as command
from playground.experiments.recording import Recording
from playground.experiments.sweep import Sweep, Trial, run_trial

SMALL = [
    "sweep",
    "--dataset",
    "blackboard-3x3",
    "--vary",
    "learning_rate=0.1,1",
    "--seeds",
    "1..2",
    "--epochs",
    "1",
    "--workers",
    "2",
    "--quiet",
]


def test_sweep_prints_a_line_for_each_value_and_writes_a_row_for_each_run(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main([*SMALL, "--csv", str(tmp_path / "runs.csv")]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["η", "test", "acc", "mean", "min", "max", "test", "loss", "diverged"]
    assert [line.split()[0] for line in lines[1:3]] == ["0.1", "1"]
    rows = list(csv.DictReader(io.StringIO((tmp_path / "runs.csv").read_text(encoding="utf-8"))))
    assert [(row["learning_rate"], row["seed"]) for row in rows] == [("0.1", "1"), ("0.1", "2"), ("1", "1"), ("1", "2")]


@pytest.mark.parametrize(
    ("vary", "complaint"),
    [
        ("speed=1", "write SETTING=VALUES"),
        ("learning_rate", "write SETTING=VALUES"),
        ("batch-size=0", "batch size is 0"),
    ],
)
def test_what_cannot_be_varied_is_a_usage_error(vary: str, complaint: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*SMALL, "--vary", vary]) == 2
    assert complaint in capsys.readouterr().err


def test_what_is_varied_need_not_fit_the_rest_with_another_value_than_its_own(
    capsys: pytest.CaptureFixture[str],
) -> None:
    # three conv blocks have no room for the usual kernels of 5×5
    three_blocks = [*SMALL[:1], *SMALL[5:], "--dataset", "shapes", "--filters", "2", "2", "2"]
    assert main([*three_blocks, "--vary", "kernel_size=3", "--seeds", "1"]) == 0
    assert capsys.readouterr().out.splitlines()[1].split()[0] == "3"
    assert main([*three_blocks, "--vary", "kernel_size=3, 5"]) == 2
    assert "3 conv blocks with kernel size 5 do not fit" in capsys.readouterr().err


def test_ctrl_c_keeps_the_runs_that_were_done(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(sweep: Sweep, _executor: object, **_: object) -> Iterator[tuple[Trial, Recording]]:
        trial = sweep.trials()[0]
        yield trial, run_trial(trial)
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "run_sweep", interrupted)
    assert main([*SMALL, "--csv", str(tmp_path / "runs.csv")]) == 130
    said = capsys.readouterr()
    assert "Stopped; 1 of 4 runs were done." in said.err
    assert said.out.splitlines()[1].split()[0] == "0.1"
    assert len((tmp_path / "runs.csv").read_text(encoding="utf-8").splitlines()) == 2


def test_a_table_with_no_place_is_refused_before_anything_runs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*SMALL, "--csv", "no/such/folder/runs.csv"]) == 1
    assert "no/such/folder/runs.csv" in capsys.readouterr().err
