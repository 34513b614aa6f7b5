"""The new tasks that a pretrained network can be tried on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from playground.own_data.image_set import ImageSet
from playground.pretrained.few_images import task_of
from playground.settings import Settings

__all__ = ["Task", "tasks"]


@dataclass(frozen=True, eq=False)
class Task:
    """A name for the list, and where the images come from."""

    name: str
    images: Callable[[], ImageSet]


def tasks(own: ImageSet | None) -> tuple[Task, ...]:
    """Those that come with the program, and the user's own data that the main window learns."""
    built_in = (
        Task("Digits 5 to 9", lambda: task_of(Settings("digits", (5, 6, 7, 8, 9)))),
        Task("Digits 0 to 4", lambda: task_of(Settings("digits", (0, 1, 2, 3, 4)))),
        Task("All ten digits", lambda: task_of(Settings("digits", tuple(range(10))))),
        Task("Shapes", lambda: task_of(Settings("shapes", (0, 1, 2, 3)))),
    )
    return built_in if own is None else (*built_in, Task(f"{own.name} (yours)", lambda: own))
