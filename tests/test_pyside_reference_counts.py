"""PySide6 6.12 is built for Python 3.12 and later; on 3.11 it drops references to True and None until Python aborts."""

from __future__ import annotations

import sys

import pytest
from PySide6.QtCore import QObject, Signal

CALLS = 1000
UNRELATED = 100

pytestmark = pytest.mark.skipif(sys.version_info >= (3, 12), reason="True and None have no reference count any more")


class _Sender(QObject):
    sent = Signal()


def test_emitting_a_signal_keeps_the_reference_count_of_true() -> None:
    sender = _Sender()
    before = sys.getrefcount(True)
    for _ in range(CALLS):
        sender.sent.emit()
    assert abs(sys.getrefcount(True) - before) < UNRELATED


def test_a_call_that_returns_nothing_keeps_the_reference_count_of_none() -> None:
    sender = QObject()
    before = sys.getrefcount(None)
    for _ in range(CALLS):
        sender.setObjectName("name")
    assert abs(sys.getrefcount(None) - before) < UNRELATED
