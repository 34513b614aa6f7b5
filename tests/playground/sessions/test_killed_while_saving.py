"""Killing the program at any moment of a save leaves the old file or the new one, whole."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks processes to kill them quickly")
def test_a_hundred_kills_during_saves_leave_the_old_file_or_the_new_one(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.playground.sessions.killed_while_saving", str(tmp_path), "7", "100"],
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = re.fullmatch(r"(\d+) of 100 were killed halfway, (\d+) different .*\n", done.stdout)
    assert found, done.stdout
    # else the kills would not have hit the saves
    assert int(found[1]) >= 5
    assert int(found[2]) >= 2
