"""What is at a path; at one that cannot be looked at, as on a drive that is gone, there is nothing.

`pathlib` raises an OSError there, for a name that is too long or a folder that only others may look into. Whoever reads
or writes there says in words what is wrong with the place.
"""

from __future__ import annotations

from pathlib import Path

__all__ = ["is_file", "is_folder", "is_there"]


def is_file(path: Path) -> bool:
    """True for a file that can be looked at, or a link to one."""
    try:
        return path.is_file()
    except OSError:
        return False


def is_folder(path: Path) -> bool:
    """True for a folder that can be looked at, or a link to one."""
    try:
        return path.is_dir()
    except OSError:
        return False


def is_there(path: Path) -> bool:
    """True for whatever can be looked at."""
    try:
        return path.exists()
    except OSError:
        return False
