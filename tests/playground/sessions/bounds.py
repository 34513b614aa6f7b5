"""What reading a file may take, and how a file is refused."""

from __future__ import annotations

import contextlib
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

from playground.errors import SessionFileError


@contextlib.contextmanager
def within(*, seconds: float, megabytes: int) -> Iterator[None]:
    """Fails if what is done in it takes more processor time or, at its peak, more memory."""
    tracemalloc.start()
    begin = time.process_time()
    try:
        yield
    finally:
        taken, peak = time.process_time() - begin, tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert taken < seconds
    assert peak < megabytes * 2**20


def assert_one_sentence(error: SessionFileError, path: Path) -> None:
    """A refusal names the file, in a sentence that fits a banner."""
    sentence = str(error)
    assert str(path) in sentence
    assert "\n" not in sentence
    assert len(sentence) < 600 + len(str(path))
