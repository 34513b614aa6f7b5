"""Kills a process that saves a session again and again, at random moments: `python -m … FOLDER SEED COUNT`.

Each time the file must be one of the sessions that were saved, whole: all its parts carry the same number. The
processes are forks of this one, which has no threads and no Qt, so that a kill costs milliseconds.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from playground.sessions.content import SessionContent
from playground.sessions.session_file import read_session, write_session
from tests.playground.sessions.contents import eventful_content

_SAVES = 4.0
"""How many saves a process has time for at most."""


def numbered(content: SessionContent, number: int) -> SessionContent:
    """A session whose step, weights and drawing all tell which one it is."""
    weights = {name: np.full_like(values, number) for name, values in content.state.weights.items()}
    return replace(content, state=replace(content.state, step=number, weights=weights), drawing=bytes([number]) * 2**19)


def number_of(content: SessionContent) -> int:
    """Which one it is; fails if its parts do not agree."""
    number = content.state.step
    assert content.drawing == bytes([number]) * 2**19
    for values in content.state.weights.values():
        assert (values == number).all()
    return number


def main() -> int:
    folder, chance, count = Path(sys.argv[1]), random.Random(int(sys.argv[2])), int(sys.argv[3])
    path = folder / "run.cnnsession"
    contents = [numbered(eventful_content(), number) for number in range(10, 15)]
    begin = time.perf_counter()
    for content in contents:
        write_session(path, content)
    one_save = (time.perf_counter() - begin) / len(contents)
    halfway = 0
    seen = set()
    for _ in range(count):
        child = os.fork()
        if child == 0:
            while True:
                for content in contents:
                    write_session(path, content)
        time.sleep(chance.uniform(0.0, _SAVES * one_save))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        halfway += [*folder.iterdir()] != [path]
        seen.add(number_of(read_session(path)))
        assert [*folder.iterdir()] == [path], "what is left of a save goes when the file is opened"
    sys.stdout.write(f"{halfway} of {count} were killed halfway, {len(seen)} different sessions were there\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
