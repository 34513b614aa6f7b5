"""What the page "Break" says of a bug and of what the check has found."""

from __future__ import annotations

import html
from dataclasses import dataclass

from playground.laboratory.bugs import Bug
from playground.laboratory.checking import Station
from playground.laboratory.race import Race
from playground.laboratory.specimen import Specimen
from playground.notation.numbers import chosen_number
from playground.settings import Settings
from ui.number_format import display_name, grouped
from ui.theme import Theme

__all__ = ["NO_BUG_WORDS", "Findings", "bug_words", "code_words", "loss_words", "verdict"]

_LARGE_RATE = {"sgd": 0.1, "momentum": 0.01, "adam": 0.01}
"""Above these a loss that does not fall is laid to too large steps."""

NO_BUG_WORDS = (
    "The engine's own backward pass. Choose a bug: what the check would find of it is shown here; the switch puts it "
    "into the running network."
)


@dataclass(frozen=True, eq=False)
class Findings:
    """What was found of one bug (None: of the engine itself) at one step."""

    specimen: Specimen
    bug: Bug | None
    stations: tuple[Station, ...]


def bug_words(bug: Bug | None) -> str:
    """What people get wrong, and what comes of it."""
    return NO_BUG_WORDS if bug is None else f"{bug.mistake} {bug.shows} {bug.shows_when}".strip()


def loss_words(bug: Bug | None, race: Race | None, settings: Settings) -> str:
    """What the loss does in the curves that are shown; "" before they are there, or if there is nothing to say."""
    if race is None:
        return ""
    clean, broken = race.falls(len(settings.classes))
    if not clean:
        without = "" if bug is None else " without the bug" if broken else " without the bug either"
        other = "a smaller η" if settings.learning_rate > _LARGE_RATE[settings.optimizer] else "another η"
        why = " to see what the bug does" if bug is not None else ""
        return f"With η = {chosen_number(settings.learning_rate)} the loss does not fall{without}: choose {other}{why}."
    if bug is not None and not broken:
        return "Here the loss falls without the bug, and does not with it."
    return bug.loss_shows if bug is not None else ""


def code_words(bug: Bug, theme: Theme) -> str:
    """The line of code, right and wrong, as HTML."""
    return (
        f'<span style="color:{theme.forward}">right&nbsp;&nbsp;</span>{_code(bug.right)}<br>'
        f'<span style="color:{theme.error}">wrong&nbsp;&nbsp;</span>{_code(bug.wrong)}'
    )


def _code(line: str) -> str:
    return html.escape(line).replace("  ", "&nbsp; ")


def verdict(found: Findings, step: int, running: str = "") -> tuple[str, bool | None]:
    """One sentence on what was found, and whether it is good (None: nothing shows).

    step: where the run is now; running: the name of the bug that it computes with, "" if there is none.
    """
    where = f"step {grouped(found.specimen.step)}, next batch, m\u00a0=\u00a0{found.specimen.m}"
    where += f" (the run is at {grouped(step)})" if step != found.specimen.step else ""
    red = [station for station in found.stations if not station.check.passed]
    guilty = [display_name(station.name) for station in found.stations if not station.rule_holds]
    if not red and not guilty:
        if found.bug is None:
            return _all_right(found.stations, where, running)
        hint = found.bug.shows_when or "With these numbers it makes no difference."
        return f"Nothing shows of this bug here ({where}). {hint}", None
    followers = [display_name(station.name) for station in red if station.rule_holds]
    words = f"✗ It goes wrong at {', '.join(guilty)}" if guilty else "✗ Wrong"
    words += f", and {', '.join(followers)} downstream" if followers else ""
    return f"{words} ({where}).", False


def _all_right(stations: tuple[Station, ...], where: str, running: str) -> tuple[str, bool | None]:
    """Of the engine's own backward pass, which is not what a run with a bug computes with."""
    kinked = [display_name(station.name) for station in stations if not station.check.cells]
    if len(kinked) == len(stations):
        return f"No derivative could be compared: every cell is at a kink ({where}).", None
    all_but = f" but {', '.join(kinked)}" if kinked else ""
    left_out = f" Not compared: {', '.join(kinked)}, all at a kink; take a step (→)." if kinked else ""
    agrees = f"derivative{all_but} agrees with its difference quotient ({where})"
    if running:
        return f"Without the bug every {agrees}.{left_out} The run computes with it on: {running}.", None
    return f"✓ Every {agrees}.{left_out}", True
