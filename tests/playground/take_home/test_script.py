"""A script that is taken home: it runs with NumPy alone and gets the numbers of the playground."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.trace import trace
from playground.errors import ExportError
from playground.flaw import Flaw
from playground.session import Session
from playground.settings import Settings
from playground.snapshot import SampleRef
from playground.take_home.moment import Moment
from playground.take_home.script import script_text
from tests.playground.take_home.moments import TAKEN, moment_of
from tests.ui.flow.snapshots import snapshot_of, with_array

NETWORKS = ["one filter", "two blocks, ten classes", "three blocks", "blackboard 3x3", "colours, two blocks"]


def run(text: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a script where NumPy can be imported, and nothing of the playground."""
    path = folder / "step.py"
    path.write_text(text, encoding="utf-8")
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    return subprocess.run(
        [sys.executable, "-I", str(path)], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def trained(settings: Settings, steps: int, image: int) -> Moment:
    session = Session(settings)
    for _ in range(steps):
        session.step()
    x, y = session.dataset.x_test[image : image + 1], session.dataset.y_test[image : image + 1]
    record = trace(session.network, session.loss, x, y)
    return Moment(record, settings, ("3", "8"), steps, 0, SampleRef("test", image), TAKEN)


@pytest.mark.parametrize("name", NETWORKS)
def test_the_script_runs_with_numpy_alone_and_gets_every_number(name: str, tmp_path: Path) -> None:
    done = run(script_text(moment_of(name)), tmp_path)
    assert done.returncode == 0, done.stderr
    compared = {line.split()[0] for line in done.stdout.splitlines() if line.endswith("is what the playground shows")}
    assert compared >= set(moment_of(name).trace.backward_names)
    assert done.stdout.splitlines()[-1] == "every number of step 0 is as the playground has it"


def test_the_script_of_a_trained_network_runs(tmp_path: Path) -> None:
    settings = Settings(filters=(2, 3), kernel_size=3)
    done = run(script_text(trained(settings, 40, image=1)), tmp_path)
    assert done.returncode == 0, done.stderr
    assert "step 40" in done.stdout


def test_another_number_on_screen_is_found(tmp_path: Path) -> None:
    moment = moment_of("four filters")
    wrong = np.array(moment.trace.dw1)
    wrong[2, 0, 1, 3] += 0.1
    shown = with_array(snapshot_of("four filters"), "dw1", wrong)
    done = run(script_text(replace(moment, trace=shown.trace)), tmp_path)
    assert done.returncode == 1
    assert "dw1 is off by" in done.stderr


def test_a_moved_gradient_is_found(tmp_path: Path) -> None:
    moved = np.roll(snapshot_of("four filters").trace.dz1, 1, axis=-1)
    done = run(
        script_text(
            replace(moment_of("four filters"), trace=with_array(snapshot_of("four filters"), "dz1", moved).trace)
        ),
        tmp_path,
    )
    assert done.returncode == 1
    assert "dz1 is off by" in done.stderr


def test_the_script_says_which_step_it_is() -> None:
    text = script_text(replace(moment_of("blackboard 3x3"), step=1234))
    assert text.startswith('"""Step 1234 of a network of the CNN playground')
    assert "Sample: test image 0" in text


def test_no_script_is_written_while_a_mistake_is_switched_on() -> None:
    flawed = replace(moment_of("one filter"), flaw=Flaw("no ReLU mask", 3, is_on=True))
    with pytest.raises(ExportError, match="no ReLU mask"):
        script_text(flawed)


def test_a_script_of_a_run_that_had_a_mistake_says_so() -> None:
    flawed = replace(moment_of("one filter"), flaw=Flaw("no ReLU mask", 3, is_on=False))
    assert "NOTE: The laboratory's mistake" in script_text(flawed)


def test_no_script_is_written_of_numbers_that_are_not_finite() -> None:
    overflown = with_array(
        snapshot_of("four filters"), "z1", np.full_like(snapshot_of("four filters").trace.z1, np.inf)
    )
    with pytest.raises(ExportError, match="not finite"):
        script_text(replace(moment_of("four filters"), trace=overflown.trace))
