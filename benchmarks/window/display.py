"""A display for the benchmarks: the one that is there, else an X server and a window manager of their own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

__all__ = ["a_display"]

_SCREEN = "1920x1200x24"


@contextmanager
def a_display(*, own: bool) -> Iterator[dict[str, str]]:
    """The environment for programs with a window; with `own`, or without a display, on an Xvfb that ends with it."""
    with ExitStack() as stack:
        home = stack.enter_context(tempfile.TemporaryDirectory())
        # preferences of whoever runs this are neither read nor written
        environment = {**os.environ, "HOME": home, "XDG_CONFIG_HOME": home, "QT_QPA_PLATFORM": "xcb"}
        environment.pop("WAYLAND_DISPLAY", None)
        # compiled modules are kept, as they are for a user, whatever this machine keeps
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        environment["PYTHONPYCACHEPREFIX"] = str(Path(home) / "compiled")
        if own or "DISPLAY" not in os.environ:
            environment["DISPLAY"] = stack.enter_context(_server(Path(home)))
            if shutil.which("openbox"):
                stack.enter_context(_running(["openbox"], environment))
        yield environment


@contextmanager
def _server(folder: Path) -> Iterator[str]:
    if not shutil.which("Xvfb"):
        sys.exit("error: there is no display and no Xvfb. On Debian and Ubuntu: apt-get install xvfb openbox")
    # the server chooses a free number and writes it when it is ready
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", _SCREEN, "-nolisten", "tcp"]
    with (folder / "server.log").open("w") as log:
        server = subprocess.Popen(command, pass_fds=(writing,), stderr=log)
    os.close(writing)
    try:
        with os.fdopen(reading) as answer:
            number = answer.readline().strip()
        if not number:
            sys.exit(f"error: the X server did not start: {(folder / 'server.log').read_text()}")
        yield f":{number}"
    finally:
        server.terminate()
        server.wait()


@contextmanager
def _running(command: list[str], environment: dict[str, str]) -> Iterator[None]:
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait()
