"""Training with the window against the same run without it, and what the window shows meanwhile."""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from itertools import pairwise
from typing import Any

import numpy as np

from benchmarks.window.probes import LatenessProbe, PaintProbe, percentile
from benchmarks.window.rig import Rig, open_rig
from core.trace import trace
from playground.prediction import make_loss, make_network
from playground.session import Session
from playground.snapshot import Snapshot

TABS = {"overview": 0, "chain rule": 1, "one batch": 2, "cell": 3}


def measure(rig: Rig, probe: PaintProbe, rounds: int, seconds: float, *, pointed: bool) -> dict[str, Any]:
    """Alternate rounds without and with the window; every number is a median over the rounds, or over all of them."""
    shares, rates, gui, trainer, snapshots = [], [], [], [], []
    lateness = LatenessProbe()
    late: list[float] = []
    pictures: dict[str, list[float]] = {}
    ages: dict[str, list[float]] = {}
    checks = {"frames": 0, "mixed": 0, "cells": 0, "wrong cells": 0}
    for _ in range(rounds):
        alone = _rate_alone(rig, seconds)
        _show(rig, pointed)
        lateness.start()
        probe.start()
        begin, gui_begin, trainer_begin = time.perf_counter(), time.thread_time(), rig.trainer_seconds
        snapshots_begin, steps = rig.loop.snapshot_seconds, rig.steps
        rig.run(seconds)
        took = time.perf_counter() - begin
        with_window = (rig.steps - steps) / took
        probe.stop()
        lateness.stop()
        late += lateness.milliseconds
        rates.append((alone, with_window))
        shares.append(with_window / alone)
        gui.append(1000 * (time.thread_time() - gui_begin) / took)
        trainer.append(1000 * (rig.trainer_seconds - trainer_begin) / took)
        snapshots.append(1000 * (rig.loop.snapshot_seconds - snapshots_begin) / took)
        for view, count in probe.pictures.items():
            pictures.setdefault(view, []).append(count / took)
            ages.setdefault(view, []).extend(probe.ages[view])
        for key, count in zip(checks, (probe.frames, probe.mixed, probe.cells_checked, probe.wrong_cells), strict=True):
            checks[key] += count
    return {
        "share": statistics.median(shares),
        "shares": shares,
        "alone": statistics.median(alone for alone, _ in rates),
        "with window": statistics.median(shown for _, shown in rates),
        "gui ms/s": statistics.median(gui),
        "trainer ms/s": statistics.median(trainer),
        "snapshots ms/s": statistics.median(snapshots),
        "pictures/s": {view: statistics.median(counts) for view, counts in pictures.items()},
        "age ms": {
            view: [percentile(found, 50), percentile(found, 99), max(found, default=0)] for view, found in ages.items()
        },
        "late ms": [percentile(late, 50), percentile(late, 99), percentile(late, 99.9), max(late)],
        "histogram": _histogram(late),
        "seconds": rounds * seconds,
        "checks": checks,
    }


def _rate_alone(rig: Rig, seconds: float) -> float:
    """Steps a second while the window is hidden and asks for nothing: the same run, the same process."""
    rig.window.clock.stop()
    rig.window.hide()
    rig.run(0.3)
    begin, steps = time.perf_counter(), rig.steps
    rig.run(seconds)
    return (rig.steps - steps) / (time.perf_counter() - begin)


def _show(rig: Rig, pointed: bool) -> None:
    rig.window.show()
    rig.window.clock.start()
    rig.run(1.0)
    if pointed:
        rig.hover("dz1", (0, 10, 7))
    rig.run(1.5)  # the clock finds its pace


def _histogram(late: list[float]) -> dict[str, int]:
    edges = [0, 1, 2, 5, 10, 20, 50, float("inf")]
    counts, _ = np.histogram(late, bins=edges)
    names = [f"{low}–{high} ms" if np.isfinite(high) else f"> {low} ms" for low, high in pairwise(edges)]
    return dict(zip(names, counts.tolist(), strict=True))


def mixed_traces(session: Session, kept: list[Snapshot]) -> int:
    """How many of some shown snapshots have a number that is not of their own weights."""
    wrong = 0
    for snapshot in kept:
        network = make_network(snapshot.settings)
        network.load_state_dict(snapshot.weights)
        again = trace(network, make_loss(snapshot.settings), *session.sample(snapshot.sample))
        wrong += not all(np.array_equal(again.arrays[name], snapshot.trace.arrays[name]) for name in again.arrays)
    return wrong


def main() -> None:
    """Measure and write JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=6.0)
    parser.add_argument("--tab", choices=TABS, default="overview")
    parser.add_argument("--pointed", choices=("none", "cell"), default="cell", help="at what the mouse points")
    options = parser.parse_args()
    probe = PaintProbe()
    with open_rig() as rig:
        probe.attach(rig)
        rig.window.tabs.setCurrentIndex(TABS[options.tab])
        rig.train()
        if options.tab == "cell":
            rig.hover("dw1", (0, 0, 1, 2))
            rig.run(0.3)
            rig.window.flow_panel.pin_cell()
        found = measure(rig, probe, options.rounds, options.seconds, pointed=options.pointed == "cell")
        rig.pause()
        found["traces checked"] = len(probe.kept)
        found["mixed traces"] = mixed_traces(rig.loop.session, probe.kept)
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
