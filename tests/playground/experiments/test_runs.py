"""Runs in lockstep and sweeps: the same runs as in the window, on any executor, and ended when they are not wanted."""

import csv
import dataclasses
import io
import multiprocessing
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from playground.errors import Cancelled, PlaygroundError, SettingsError
from playground.experiments.lockstep import Progress, run_in_lockstep, what_differs
from playground.experiments.recording import Recorder
from playground.experiments.sweep import Sweep, processes, run_sweep, run_trial
from playground.experiments.table import COLUMNS, as_csv, write_csv
from playground.experiments.values import Variation
from playground.session import Session
from playground.settings import Settings

SMALL = Settings("shapes", (0, 1), kernel_size=3, filters=(2,), batch_size=32)


class AtOnce(Executor):
    """Runs everything where it is submitted."""

    def submit(self, fn, /, *args, **kwargs):
        future: Future = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - an executor hands errors on
            future.set_exception(error)
        return future


def ignore(_step: int, _progress: Callable[[], Progress]) -> None:
    return None


def recorders(*runs: Settings) -> list[Recorder]:
    return [Recorder(run) for run in runs]


def test_a_recorded_run_is_the_run_of_the_window_bit_for_bit() -> None:
    alone, recorder = Session(SMALL), Recorder(SMALL)
    for _ in range(20):
        alone.step()
        recorder.step()
    recording = recorder.recording()
    assert np.array_equal(recording.moments[20], alone.network.parameters()["conv1.weight"])
    assert np.array_equal(recording.curves["batch_loss"].y, alone.history.series["batch_loss"].read().y)


def test_runs_in_lockstep_are_at_the_same_step_whenever_one_looks() -> None:
    seen: list[Progress] = []
    runs = recorders(SMALL, SMALL.changed(learning_rate=0.5))
    end = run_in_lockstep(runs, 40, lambda _step, progress: seen.append(progress()))
    assert [{recording.step for recording in progress.recordings} for progress in seen] == [{0}, {16}, {32}]
    assert [recording.step for recording in end.recordings] == [40, 40]
    assert all(recording.final.step == 40 for recording in end.recordings)
    first, other = (recording.moments for recording in end.recordings)
    assert first.keys() == other.keys()
    assert np.array_equal(first[0], other[0])
    assert not np.array_equal(first[40], other[40])


def test_runs_in_lockstep_end_when_they_are_not_wanted_any_more() -> None:
    def give_up(step: int, _progress: Callable[[], Progress]) -> None:
        if step >= 16:
            raise Cancelled("Given up.")

    with pytest.raises(Cancelled):
        run_in_lockstep(recorders(SMALL, SMALL), 10**9, give_up)


def test_kernels_are_kept_at_even_steps_the_first_and_the_last_always() -> None:
    recorder = Recorder(SMALL)
    for _ in range(301):
        recorder.step()
    steps = list(recorder.recording().moments)
    assert steps == [*range(0, 301, 4), 301]


def test_a_run_that_diverges_keeps_its_curves_and_says_why() -> None:
    recorder = Recorder(SMALL)
    recorder.step()
    recorder.session.network.parameters()["conv1.weight"][:] = np.inf
    recorder.step()
    recorder.step()
    recording = recorder.recording()
    assert "diverged at step 2" in recording.diverged
    assert recording.step == 1
    assert len(recording.curves["batch_loss"]) == 1


def test_runs_are_named_by_what_differs() -> None:
    other = SMALL.changed(learning_rate=0.5)
    assert what_differs((SMALL, other)) == ("η 0.1", "η 0.5")
    assert what_differs((SMALL, other.changed(kernel_size=5))) == ("η 0.1, k 3", "η 0.5, k 5")
    assert what_differs((SMALL, SMALL)) == ("run 1", "run 2")


def test_a_sweep_runs_every_combination_from_every_seed() -> None:
    sweep = Sweep(
        SMALL, (Variation("learning_rate", (0.05, 0.5)), Variation("batch_size", (32, 64))), seeds=(1, 2), epochs=1
    )
    with processes(2) as executor:
        found = {trial.values: recording for trial, recording in run_sweep(sweep, executor)}
    assert found.keys() == {(rate, m, seed) for rate in (0.05, 0.5) for m in (32, 64) for seed in (1, 2)}
    for (rate, m, seed), recording in found.items():
        settings = recording.settings
        assert (settings.learning_rate, settings.batch_size, settings.seed) == (rate, m, seed)
        assert recording.final.step == recording.step == Session(settings).steps_per_epoch


def test_a_sweep_gives_the_same_bits_on_every_executor() -> None:
    sweep = Sweep(SMALL, (Variation("learning_rate", (0.05, 0.5)),), seeds=(1,), epochs=1)
    with ThreadPoolExecutor(2) as threads:
        one, other = (
            {trial.number: recording.curves["batch_loss"].y for trial, recording in run_sweep(sweep, executor)}
            for executor in (AtOnce(), threads)
        )
    assert one.keys() == other.keys() == {0, 1}
    assert all(np.array_equal(one[number], other[number]) for number in one)


def test_a_cancelled_sweep_ends_what_is_under_way_and_never_begins_the_rest() -> None:
    sweep = Sweep(SMALL, (Variation("learning_rate", (0.05, 0.1, 0.2)),), seeds=(1, 2), epochs=10**6)
    looks: list[int] = []

    def check() -> None:
        looks.append(1)
        if len(looks) > 2:
            raise Cancelled("Given up.")

    with ThreadPoolExecutor(1) as executor:
        with pytest.raises(Cancelled):
            list(run_sweep(sweep, executor, check=check))
        assert executor.submit(threading.active_count).result(timeout=60) >= 1  # its only thread is free again


def test_a_process_that_is_killed_ends_the_sweep_with_a_sentence_and_what_is_done_is_there() -> None:
    sweep = Sweep(SMALL, (Variation("learning_rate", (0.05, 0.1, 0.2)),), seeds=(1,), epochs=1)
    long = dataclasses.replace(sweep, epochs=10**6)
    with processes(1) as executor:
        assert len(list(run_sweep(sweep, executor))) == 3
        worker = multiprocessing.active_children()[-1]
        with pytest.raises(PlaygroundError, match="ended before its run did: it was killed"):
            list(run_sweep(long, executor, check=worker.kill))


def test_a_trial_ends_when_its_stop_file_is_there(tmp_path: Path) -> None:
    trial = Sweep(SMALL, (Variation("kernel_size", (3,)),), seeds=(1,), epochs=10**6).trials()[0]
    stop_file = tmp_path / "stop"
    stop_file.touch()
    with pytest.raises(Cancelled):
        run_trial(trial, stop_file=str(stop_file))


def test_sweeps_that_make_no_sense_are_refused_with_a_sentence() -> None:
    rate = Variation("learning_rate", (0.1, 0.2))
    for variations, seeds, epochs, complaint in (
        ((), (1,), 1, "Vary one setting"),
        ((rate, rate), (1,), 1, "two different ones"),
        ((Variation("seed", (1, 2)),), (1,), 1, "repeated over the seeds anyway"),
        ((rate,), (), 1, "no seed"),
        ((rate,), (1,), 0, "epochs is 0"),
        ((rate,), tuple(range(300)), 1, "600 runs; at most 500"),
    ):
        with pytest.raises(SettingsError, match=complaint):
            Sweep(SMALL, variations, seeds, epochs)


def test_combinations_that_do_not_fit_each_other_are_refused_before_anything_runs() -> None:
    with pytest.raises(SettingsError, match="do not fit"):
        Sweep(SMALL, (Variation("kernel_size", (3, 11)), Variation("filters", ((2,), (2, 2, 2)))), (1,), 1)


def test_the_table_holds_settings_and_results_of_every_run(tmp_path: Path) -> None:
    end = run_in_lockstep(recorders(SMALL, SMALL.changed(filters=(2, 3))), 5, ignore)
    write_csv(tmp_path / "runs.csv", end.recordings)
    rows = list(csv.DictReader(io.StringIO((tmp_path / "runs.csv").read_text(encoding="utf-8"))))
    assert tuple(rows[0]) == COLUMNS
    assert [row["filters"] for row in rows] == ["2", "2+3"]
    for row, recording in zip(rows, end.recordings, strict=True):
        assert float(row["test_accuracy"]) == pytest.approx(recording.final.test_accuracy, rel=1e-5)
        assert row["step"] == "5"


def test_a_table_that_cannot_be_written_names_the_path(tmp_path: Path) -> None:
    with pytest.raises(PlaygroundError, match="nowhere"):
        write_csv(tmp_path / "nowhere" / "runs.csv", ())
    assert as_csv(()).strip() == ",".join(COLUMNS)
