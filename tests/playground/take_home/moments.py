"""Moments of real networks: the same snapshots as the tests of the flow view, and trained sessions."""

from __future__ import annotations

from datetime import datetime

from playground.take_home.moment import Moment
from tests.ui.flow.snapshots import snapshot_of

TAKEN = datetime(2026, 11, 24, 20, 30)


def moment_of(name: str) -> Moment:
    return Moment.of(snapshot_of(name), TAKEN)
