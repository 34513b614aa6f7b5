"""Moments of real networks: the same snapshots as the tests of the flow view, and trained ones, with a step each."""

from __future__ import annotations

from datetime import datetime

import numpy as np

from playground.batch_step import BatchOfImages, BatchStep, take_apart
from playground.learner import make_optimizer
from playground.prediction import make_loss, make_network
from playground.sample_ref import SampleRef
from playground.session import Session
from playground.settings import Settings
from playground.take_home.moment import Moment
from tests.ui.flow.snapshots import snapshot_of

TAKEN = datetime(2026, 11, 24, 20, 30)


def moment_of(name: str) -> Moment:
    return Moment.of(snapshot_of(name), TAKEN)


def step_of(name: str, m: int = 3) -> BatchStep:
    """A step on noise under the weights of `moment_of(name)`."""
    snapshot, rng = snapshot_of(name), np.random.default_rng(11)
    settings = snapshot.settings
    network = make_network(settings)
    network.load_state_dict(snapshot.weights)
    x = rng.random((m, *settings.image_shape), dtype=np.float32)
    y = rng.integers(0, max(2, settings.outputs), m)
    images = BatchOfImages(None, "train", np.arange(m), x, y)
    return take_apart(
        network, make_loss(settings), make_optimizer(settings), images, step=1, optimizer_name=settings.optimizer
    )


def trained(settings: Settings, steps: int, image: int = 0) -> tuple[Moment, BatchStep]:
    """A test image under a network that has been trained, and the step that comes next."""
    session = Session(settings)
    for _ in range(steps):
        session.step()
    sample = SampleRef("test", image)
    names = session.dataset.class_names
    moment = Moment(session.trace_sample(sample), session.settings, names, steps, 0, sample, TAKEN)
    return moment, session.prepare_batch_step()
