"""What Qt needs from a bare Linux system, and the one message that says so. Imports no Qt, since Qt may not load."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Mapping

__all__ = ["FONT_PACKAGES", "apt_line", "cannot_start_message", "has_display", "missing_packages"]

# Libraries that the wheels of PySide6 expect from the system, in the order in which the linker asks for them, with the
# Debian and Ubuntu packages that hold them. Found with readelf over Qt's libraries and its xcb plugin.
_FOR_IMPORT: Mapping[str, str] = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libxkbcommon.so.0": "libxkbcommon0",
}
_FOR_WINDOW: Mapping[str, str] = {
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-glx.so.0": "libxcb-glx0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
}

FONT_PACKAGES = ("fontconfig", "fonts-dejavu-core")
"""Without any font each letter is an empty box."""


def has_display(environment: Mapping[str, str], platform: str = sys.platform) -> bool:
    """False on a Linux system with neither X nor Wayland and no other choice in QT_QPA_PLATFORM."""
    if not platform.startswith("linux"):
        return True
    return any(environment.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))


def missing_packages(*, window: bool) -> list[str]:
    """The packages whose library the linker does not find; with `window` also those of a window under X."""
    if not sys.platform.startswith("linux"):
        return []
    libraries = {**_FOR_IMPORT, **_FOR_WINDOW} if window else _FOR_IMPORT
    return [package for library, package in libraries.items() if not _loads(library)]


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def apt_line(packages: list[str] | None = None) -> str:
    """The command that installs `packages`, or all that a window needs, on Debian and Ubuntu."""
    names = packages or [*_FOR_IMPORT.values(), *_FOR_WINDOW.values(), *FONT_PACKAGES]
    return "apt-get install --no-install-recommends " + " ".join(names)


def cannot_start_message(reason: str, *, window: bool, heading: str = "error: the window cannot open") -> str:
    """Why Qt cannot start and what to do: install what is missing, or look at `reason`, which Qt or Python gave.

    window: a window was to open; else Qt was only to read or draw pictures. heading: what cannot be done.
    """
    missing = missing_packages(window=window)
    if missing:
        remedy = f"Libraries are missing. On Debian and Ubuntu, as root:\n  {apt_line(missing)}"
    elif "PySide6" in reason and "No module" in reason:
        remedy = "Its requirements are not installed: use `make run`, or pip install -r requirements.txt."
    elif window:
        remedy = (
            "No missing library was found, so look at DISPLAY, WAYLAND_DISPLAY and QT_QPA_PLATFORM.\n"
            "Without any display `python main.py train` works in a terminal, and so does QT_QPA_PLATFORM=offscreen."
        )
    else:
        remedy = f"On Debian and Ubuntu these packages are needed, as root:\n  {apt_line()}"
    return f"{heading}: {reason}\n{remedy}\n"


if __name__ == "__main__":
    # for scripts: what is missing for a window, as words for apt-get
    sys.stdout.write(" ".join(missing_packages(window=True)) + "\n")
