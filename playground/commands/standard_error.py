"""What libraries in C write to the terminal by themselves, where the program says it in a sentence of its own."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["without_lines"]

_STDERR = 2


@contextmanager
def without_lines(*beginnings: str) -> Iterator[None]:
    """Leave out of standard error the lines that begin so; all others are written when the block ends.

    A library in C writes past `sys.stderr`, so it is the descriptor that leads elsewhere meanwhile.
    """
    try:
        terminal = os.dup(_STDERR)
    except OSError:
        yield  # there is no standard error, so nothing is seen of it
        return
    with tempfile.TemporaryFile() as caught:
        sys.stderr.flush()
        os.dup2(caught.fileno(), _STDERR)
        try:
            yield
        finally:
            sys.stderr.flush()
            os.dup2(terminal, _STDERR)
            os.close(terminal)
            caught.seek(0)
            for line in caught:
                if not line.startswith(tuple(beginning.encode() for beginning in beginnings)):
                    os.write(_STDERR, line)
