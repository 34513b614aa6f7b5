"""The chart of the loss, shown."""

from __future__ import annotations

import pytest

from tests.ui.charts.hands import shown
from ui.charts.curves import LossChart
from ui.charts.live_chart import LiveChart
from ui.theme import DARK


@pytest.fixture
def loss(qtbot) -> LiveChart:
    return shown(qtbot, LossChart(DARK))
