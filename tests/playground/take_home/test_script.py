"""A script that is taken home: it runs with NumPy alone and gets the numbers of the playground."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.initialization import INITIALIZATIONS
from playground.augmentation import Augmentation
from playground.errors import ExportError
from playground.flaw import Flaw
from playground.settings import Settings
from playground.take_home.script import script_text
from tests.playground.take_home.moments import moment_of, step_of, trained
from tests.ui.flow.snapshots import snapshot_of, with_array

NETWORKS = ["one filter", "two blocks, ten classes", "three blocks", "blackboard 3x3", "colours, two blocks"]
RUNS = {
    "plain SGD": Settings(filters=(2, 3), kernel_size=3),
    "momentum": Settings(filters=(4,), optimizer="momentum", learning_rate=0.02),
    "Adam": Settings(filters=(4,), optimizer="adam", learning_rate=0.003),
    "Adam, ten classes, three blocks": Settings(
        classes=tuple(range(10)), filters=(3, 4, 5), kernel_size=3, optimizer="adam", learning_rate=0.003
    ),
    "momentum, first block frozen": Settings(filters=(3, 4), kernel_size=3, optimizer="momentum", frozen=1),
    "Adam, all blocks frozen": Settings(filters=(3, 4), kernel_size=3, optimizer="adam", frozen=2),
    "shapes, one image a step": Settings(dataset="shapes", classes=(0, 1, 2), filters=(3,), batch_size=1),
    "a large batch": Settings(filters=(2,), batch_size=256),
    "augmented": Settings(filters=(2,), augmentation=Augmentation(shift=0.1, rotation=10)),
    "blackboard": Settings(dataset="blackboard-5x5", classes=(0, 1), kernel_size=2, filters=(2,), batch_size=1),
}


def run(text: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a script where NumPy can be imported, and nothing of the playground."""
    path = folder / "step.py"
    path.write_text(text, encoding="utf-8")
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    return subprocess.run(
        [sys.executable, "-I", str(path)], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def compared(done: subprocess.CompletedProcess[str]) -> set[str]:
    """The names of what a script has compared."""
    assert done.returncode == 0, done.stderr
    assert not done.stderr
    end = " is what the playground shows"
    return {line.removesuffix(end).strip() for line in done.stdout.splitlines() if line.endswith(end)}


@pytest.mark.parametrize("name", NETWORKS)
def test_the_script_runs_with_numpy_alone_and_gets_every_number(name: str, tmp_path: Path) -> None:
    moment, step = moment_of(name), step_of(name)
    done = run(script_text(moment, step), tmp_path)
    parameters = moment.trace.parameter_names
    wanted = {*moment.trace.forward_names, *moment.trace.backward_names, "batch L"} - {"x"}
    wanted |= {f"batch d{parameter}" for parameter in parameters} | {f"new {parameter}" for parameter in parameters}
    assert compared(done) == wanted
    assert done.stdout.splitlines()[-1] == "every number of step 0 is as the playground has it"


@pytest.mark.parametrize("steps", [0, 1, 25])
@pytest.mark.parametrize("run_name", RUNS)
def test_the_script_takes_the_step_of_every_optimiser_on_the_whole_batch(
    run_name: str, steps: int, tmp_path: Path
) -> None:
    moment, step = trained(RUNS[run_name], steps)
    done = run(script_text(moment, step), tmp_path)
    assert {f"new {parameter}" for parameter in moment.trace.parameter_names} < compared(done)
    assert f"step {steps} is as" in done.stdout


@pytest.mark.parametrize("initialization", INITIALIZATIONS)
def test_the_script_of_each_kind_of_first_weights_runs(initialization: str, tmp_path: Path) -> None:
    moment, step = trained(Settings(filters=(3,), initialization=initialization, batch_size=8), 0)
    assert "new w1" in compared(run(script_text(moment, step), tmp_path))


def test_an_update_that_is_not_the_optimiser_s_is_found(tmp_path: Path) -> None:
    for optimizer in ("sgd", "momentum", "adam"):
        moment, step = trained(Settings(filters=(2,), optimizer=optimizer), 3)
        wrong = {**step.weights_after, "w1": step.weights_after["w1"] + 1e-3}
        done = run(script_text(moment, replace(step, weights_after=wrong)), tmp_path)
        assert done.returncode == 1
        assert "new w1 is off by" in done.stderr


def test_a_gradient_of_the_batch_that_is_not_the_mean_is_found(tmp_path: Path) -> None:
    moment, step = trained(Settings(filters=(2,), optimizer="adam"), 3)
    wrong = {**step.gradients, "b1": step.gradients["b1"] * step.m}
    done = run(script_text(moment, replace(step, gradients=wrong)), tmp_path)
    assert done.returncode == 1
    assert "batch db1 is off by" in done.stderr


def test_another_number_on_screen_is_found(tmp_path: Path) -> None:
    moment = moment_of("four filters")
    wrong = np.array(moment.trace.dw1)
    wrong[2, 0, 1, 3] += 0.1
    shown = with_array(snapshot_of("four filters"), "dw1", wrong)
    done = run(script_text(replace(moment, trace=shown.trace), step_of("four filters")), tmp_path)
    assert done.returncode == 1
    assert "dw1 is off by" in done.stderr


def test_a_moved_gradient_is_found(tmp_path: Path) -> None:
    moved = np.roll(snapshot_of("four filters").trace.dz1, 1, axis=-1)
    done = run(
        script_text(
            replace(moment_of("four filters"), trace=with_array(snapshot_of("four filters"), "dz1", moved).trace),
            step_of("four filters"),
        ),
        tmp_path,
    )
    assert done.returncode == 1
    assert "dz1 is off by" in done.stderr


def test_the_script_says_which_step_it_is() -> None:
    text = script_text(replace(moment_of("blackboard 3x3"), step=1234), step_of("blackboard 3x3"))
    assert text.startswith('"""Step 1\u202f234 of a network of the CNN playground')
    assert "Sample: test image 0" in text


def test_no_script_is_written_while_a_mistake_is_switched_on() -> None:
    flawed = replace(moment_of("one filter"), flaw=Flaw("no ReLU mask", 3, is_on=True))
    with pytest.raises(ExportError, match="no ReLU mask"):
        script_text(flawed, step_of("one filter"))


def test_a_script_of_a_run_that_had_a_mistake_says_so() -> None:
    flawed = replace(moment_of("one filter"), flaw=Flaw("no ReLU mask", 3, is_on=False))
    assert "NOTE: The laboratory's mistake" in script_text(flawed, step_of("one filter"))


def test_no_script_is_written_of_numbers_that_are_not_finite() -> None:
    overflown = with_array(
        snapshot_of("four filters"), "z1", np.full_like(snapshot_of("four filters").trace.z1, np.inf)
    )
    with pytest.raises(ExportError, match="not finite"):
        script_text(replace(moment_of("four filters"), trace=overflown.trace), step_of("four filters"))
