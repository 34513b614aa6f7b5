"""Snapshots of real networks for the tests of the flow view: untrained, of noise, so that nothing has to be loaded."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np

from core.losses import BinaryCrossEntropy, SoftmaxCrossEntropy
from core.network import build_network
from core.trace import trace
from playground.own_data.description import OwnData
from playground.own_data.run_settings import settings_for
from playground.sample_ref import SampleRef
from playground.settings import Settings
from playground.snapshot import RunState, Snapshot

SETTINGS = {
    "one filter": Settings(filters=(1,)),
    "four filters": Settings(filters=(4,)),
    "thirty-two filters": Settings(filters=(32,)),
    "large kernel": Settings(filters=(3,), kernel_size=11),
    "ten classes": Settings(classes=tuple(range(10)), filters=(8,)),
    "two blocks, ten classes": Settings(classes=tuple(range(10)), filters=(8, 16), kernel_size=3),
    "three blocks": Settings(filters=(4, 8, 8), kernel_size=3),
    "three wide blocks, ten classes": Settings(classes=tuple(range(10)), filters=(32, 32, 32), kernel_size=3),
    "blackboard 3x3": Settings(dataset="blackboard-3x3", classes=(0, 1), kernel_size=2, filters=(1,)),
    "lecture 5x5": Settings(dataset="blackboard-5x5", classes=(0, 1), kernel_size=2, filters=(1,)),
    "blackboard 5x5": Settings(dataset="blackboard-5x5", classes=(0, 1), kernel_size=2, filters=(2,)),
    "forty-seven classes": replace(
        settings_for(OwnData("letters", tuple(f"class {n}" for n in range(47)), 28, 1)), filters=(8,)
    ),
    "colours, two blocks": settings_for(OwnData("cats", ("tom", "puss", "kit"), 24, 3)),
}


@cache
def snapshot_of(name: str) -> Snapshot:
    """A snapshot of one of SETTINGS before the first step."""
    settings = SETTINGS[name]
    network = build_network(
        settings.image_shape, settings.kernel_size, settings.filters, settings.outputs, settings.seed
    )
    loss = BinaryCrossEntropy() if settings.outputs == 1 else SoftmaxCrossEntropy()
    x = np.random.default_rng(7).random((1, *settings.image_shape), dtype=np.float32)
    record = trace(network, loss, x, np.array([1]))
    return Snapshot(
        run_id=1,
        sequence=1,
        settings=settings,
        class_names=tuple(str(label) for label in settings.classes),
        state=RunState.PAUSED,
        step=0,
        epoch=0,
        steps_per_epoch=10,
        batch_loss=None,
        steps_per_second=0.0,
        elapsed_seconds=0.0,
        weights=network.state_dict(),
        gradients={},
        sample=SampleRef(),
        trace=record,
        evaluation=None,
        drawing_probabilities=None,
        diagnosis=None,
    )


def with_array(snapshot: Snapshot, name: str, values: np.ndarray) -> Snapshot:
    """The snapshot with one array of its trace replaced, one sequence number later."""
    arrays = {**snapshot.trace.arrays, name: values.astype(np.float32)}
    return replace(snapshot, sequence=snapshot.sequence + 1, trace=replace(snapshot.trace, arrays=arrays))
