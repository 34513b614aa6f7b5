"""Training with the window against the same run without it, and what the window shows meanwhile."""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from benchmarks.window.probes import LatenessProbe, PaintProbe, percentile
from benchmarks.window.quietness import undisturbed
from benchmarks.window.rig import Rig, open_rig
from core.trace import trace
from playground.prediction import make_loss, make_network
from playground.session import Session
from playground.snapshot import Snapshot

TABS = {"overview": 0, "chain rule": 1, "one batch": 2, "cell": 3}


def measure(rig: Rig, probe: PaintProbe, rounds: int, seconds: float, *, pointed: bool) -> dict[str, Any]:
    """Alternate rounds without and with the window; every number is a median over the rounds, or over all of them.

    What the window takes from training is measured while nothing watches it: a timer of 5 ms and a look at each
    painted view would count as the window's. What it shows, and when, is measured after that.
    """
    costs: list[dict[str, float]] = []
    seen: list[_Seen] = []
    for _ in range(rounds):
        costs.append(undisturbed(lambda: _cost(rig, seconds, pointed=pointed)))
        seen.append(undisturbed(lambda: _watch(rig, probe, seconds)))
    late = [milliseconds for each in seen for milliseconds in each.late]
    ages = {view: [age for each in seen for age in each.ages.get(view, ())] for view in seen[0].pictures}
    medians = {key: statistics.median(cost[key] for cost in costs) for key in costs[0]}
    return {
        **medians,
        "shares": [cost["share"] for cost in costs],
        "pictures/s": {view: statistics.median(each.pictures.get(view, 0.0) for each in seen) for view in ages},
        "age ms": {
            view: [percentile(found, 50), percentile(found, 99), max(found, default=0)] for view, found in ages.items()
        },
        "late ms": [percentile(late, 50), percentile(late, 99), percentile(late, 99.9), max(late)],
        "histogram": _histogram(late),
        "seconds": rounds * seconds,
        "checks": {key: sum(each.checks[key] for each in seen) for key in seen[0].checks},
    }


def _cost(rig: Rig, seconds: float, *, pointed: bool) -> dict[str, float]:
    """Steps a second without and with the window, and where the time goes."""
    alone = _rate_alone(rig, seconds)
    _show(rig, pointed)
    begin, gui_begin, trainer_begin = time.perf_counter(), time.thread_time(), rig.trainer_seconds
    snapshots_begin, steps = rig.loop.snapshot_seconds, rig.steps
    rig.run(seconds)
    took = time.perf_counter() - begin
    with_window = (rig.steps - steps) / took
    return {
        "share": with_window / alone,
        "alone": alone,
        "with window": with_window,
        "gui ms/s": 1000 * (time.thread_time() - gui_begin) / took,
        "trainer ms/s": 1000 * (rig.trainer_seconds - trainer_begin) / took,
        "snapshots ms/s": 1000 * (rig.loop.snapshot_seconds - snapshots_begin) / took,
    }


@dataclass(frozen=True)
class _Seen:
    """What was watched for some seconds: lateness in ms, pictures a second and ages in ms by view, checks made."""

    late: list[float]
    pictures: dict[str, float]
    ages: dict[str, list[float]]
    checks: dict[str, int]


def _watch(rig: Rig, probe: PaintProbe, seconds: float) -> _Seen:
    """The window as it is, watched."""
    lateness = LatenessProbe()
    begin = time.perf_counter()
    lateness.start()
    probe.start()
    rig.run(seconds)
    probe.stop()
    lateness.stop()
    took = time.perf_counter() - begin
    return _Seen(
        late=lateness.milliseconds,
        pictures={view: count / took for view, count in probe.pictures.items()},
        ages=dict(probe.ages),
        checks={
            "frames": probe.frames,
            "mixed": probe.mixed,
            "cells": probe.cells_checked,
            "wrong cells": probe.wrong_cells,
        },
    )


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
