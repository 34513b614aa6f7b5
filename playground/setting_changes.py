"""In words, in what two settings of one network differ: for the marks on the curves, and for the names of branches."""

from __future__ import annotations

from collections.abc import Sequence

from playground.counting import grouped
from playground.history import Event
from playground.notation.numbers import chosen_number
from playground.settings import CHOICE_NAMES, Settings

__all__ = ["setting_changes", "values_used", "why_anew"]

_TO = " → "
_NAMES = {
    "dataset": "data",
    "classes": "classes",
    "kernel_size": "kernel size",
    "filters": "filters",
    "seed": "seed",
    "initialization": "first weights",
}


def setting_changes(old: Settings, new: Settings) -> list[tuple[str, str]]:
    """What is different but for the architecture, as (a fixed word, a few words): ("batch_size", "m 8 → 16")."""
    found = []
    if new.optimizer != old.optimizer:
        names = CHOICE_NAMES["optimizer"]
        found.append(("optimizer", f"optimiser {names[old.optimizer]}{_TO}{names[new.optimizer]}"))
    if new.learning_rate != old.learning_rate:
        found.append(
            (
                "learning_rate",
                f"η {chosen_number(old.learning_rate)}{_TO}{chosen_number(new.learning_rate)}",
            )
        )
    if new.batch_size != old.batch_size:
        found.append(("batch_size", f"m {grouped(old.batch_size)}{_TO}{grouped(new.batch_size)}"))
    if new.frozen != old.frozen:
        blocks = "no conv block" if not new.frozen else f"conv {'1' if new.frozen == 1 else f'1 to {new.frozen}'}"
        found.append(("frozen", f"{blocks} frozen"))
    if new.augmentation != old.augmentation:
        found.append(("augmentation", f"augmentation {'on' if new.augmentation.is_on else 'off'}"))
    return found


def values_used(setting: str, events: Sequence[Event], now: str, step: int) -> tuple[str, ...]:
    """The values of a setting with which the steps up to `step` were taken, in order, as `setting_changes` writes them.

    events: the markers of the run; now: what it is now, which no step may have been taken with yet.
    """
    used, begun = [], 0
    for event in events:
        if event.kind == setting:
            before, _, _ = event.text.partition(" ")[2].partition(_TO)
            if event.step > begun:
                used.append(before)
            begun = event.step
    if step > begun or not used:
        used.append(now)
    return tuple(value for value, earlier in zip(used, (None, *used), strict=False) if value != earlier)


def why_anew(old: Settings, new: Settings) -> str:
    """Why a new network was started: "kernel size and seed changed, so a new network starts from seed 4"."""
    changed = [word for name, word in _NAMES.items() if getattr(old, name) != getattr(new, name)]
    if len(old.filters) != len(new.filters):
        changed[changed.index("filters")] = "blocks"
    listed = " and ".join(filter(None, (", ".join(changed[:-1]), *changed[-1:])))
    return f"{listed} changed, so a new network starts from seed {new.seed}"
