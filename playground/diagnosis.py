"""What is wrong with a run, in one sentence and with one thing to try; nothing if nothing is.

Pure functions of the curves and of a few observations. Cautious: a learner who is warned about a healthy run stops
believing the warnings, so every rule asks for a clear effect over many steps.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playground.history import OBSERVED, History
from playground.notation.names import display_name
from playground.notation.numbers import chosen_number, percent, significant_number

__all__ = ["DEAD", "Diagnosis", "Observations", "diagnose"]

DEAD = "dead-network"
"""The kind of a run that cannot go on: every filter of a block is dead, or so many that no gradient arrives."""

_RECENT = 50
"""Steps over which the present state is taken: the loss of one batch says little."""
_STUCK = 45
"""Of those, the steps without any gradient that make a run one that stands still."""
_PLATEAU = 300
_LARGE_GRADIENT, _GROWTH = 10.0, 100.0
_VANISHED = 1e-7
_OVERFITTING_EVALUATIONS = 5


@dataclass(frozen=True)
class Diagnosis:
    """What is wrong with the run in one sentence, and the one thing to try. `kind` is a fixed word, e.g. "diverged".

    way_back: what going back to where all was well does, in words, "" if that is not what to do.
    """

    kind: str
    sentence: str
    suggestion: str
    way_back: str = ""


@dataclass(frozen=True)
class Observations:
    """What a look at the network found.

    classes: how many there are; filters: of each block. non_finite: name of the first array that is no longer finite.
    dead_filters: (block, filter), counted from 1, whose z is ≤ 0 everywhere in every image looked at; unmoved: those of
    them that have their first weights still, so that no step has killed them.
    saturated_share: share of the images to whose true class the network gives less than 0.1 %.
    """

    classes: int
    filters: tuple[int, ...]
    non_finite: str | None = None
    dead_filters: tuple[tuple[int, int], ...] = ()
    saturated_share: float = 0.0
    unmoved: frozenset[tuple[int, int]] = frozenset()

    @property
    def chance_loss(self) -> float:
        """The loss of a network that gives every class the same probability: ln of their number."""
        return math.log(self.classes)


def diagnose(history: History, observations: Observations) -> Diagnosis | None:
    """The most serious thing that is wrong, or None. Steps before the last change of a setting do not count."""
    return next((found for rule in _RULES if (found := rule(history, observations)) is not None), None)


def _diverged(_history: History, observations: Observations) -> Diagnosis | None:
    if observations.non_finite is None:
        return None
    return Diagnosis(
        "diverged",
        f"Training diverged: {_plain_name(observations.non_finite)} is no longer finite.",
        "Go back to the last good weights with a learning rate ten times smaller.",
    )


def _exploding_loss(history: History, observations: Observations) -> Diagnosis | None:
    losses = _since_change(history, "batch_loss")[-_RECENT:]
    first = history.series["train_loss"].read().first_values[:1]
    start = max(observations.chance_loss, *first, 0.0)
    if len(losses) < _RECENT or np.median(losses) <= 3 * start:
        return None
    return Diagnosis(
        "exploding-loss",
        f"The loss is {_shown(np.median(losses))}, far above the {_shown(start)} of guessing: the steps are too large.",
        "Divide the learning rate by ten, and reset if the loss does not come down.",
    )


def _shown(value: float) -> str:
    return significant_number(value, 3)


def _all_filters_dead(_history: History, observations: Observations) -> Diagnosis | None:
    for block, count in enumerate(observations.filters, start=1):
        dead = [found for found in observations.dead_filters if found[0] == block]
        if len(dead) == count:
            at_first = observations.unmoved.issuperset(dead)
            follows = "nothing before it can learn" if block > 1 else "no gradient gets to its kernels"
            return Diagnosis(
                DEAD,
                f"Every filter of block {block} is dead{_AT_FIRST if at_first else ''}: {_plain_name(f'z{block}')} ≤ 0 "
                f"in all images, so {follows}.",
                "Draw other first weights with another seed."
                if at_first
                else "Reset with a smaller learning rate, or draw new weights with another seed.",
            )
    return None


def _no_gradient(history: History, observations: Observations) -> Diagnosis | None:
    dead = observations.dead_filters
    is_good = _last(history, "train_loss") < 0.5 * observations.chance_loss
    norms = [_since_change(history, f"|{name}|")[-_RECENT:] for name in history.gradient_names]
    if is_good or observations.unmoved.issuperset(dead) or not norms or any(len(of) < _RECENT for of in norms):
        return None
    if np.count_nonzero(np.all(np.stack(norms) == 0, axis=0)) < _STUCK:
        return None
    until = "and" if len(norms) == 2 else "to"
    gradients = f"{display_name(history.gradient_names[0])} {until} {display_name(history.gradient_names[-1])}"
    return Diagnosis(
        DEAD,
        f"No gradient reaches the weights: {len(dead)} of {sum(observations.filters)} filters are dead, and "
        f"{gradients} were all 0 in at least {_STUCK} of the last {_RECENT} steps.",
        "Reset with a smaller learning rate, or draw new weights with another seed.",
    )


def _saturated(_history: History, observations: Observations) -> Diagnosis | None:
    if observations.saturated_share < 0.1:
        return None
    return Diagnosis(
        "saturated",
        f"The output is saturated: in {percent(observations.saturated_share, 0)} of the images it is sure of a wrong "
        "class.",
        "Divide the learning rate by ten, and reset if the output stays so.",
    )


def _vanishing_gradient(history: History, observations: Observations) -> Diagnosis | None:
    name = history.gradient_names[0] if history.gradient_names else ""
    norms = _since_change(history, f"|{name}|")[-_RECENT:] if name else np.empty(0)
    is_good = _last(history, "train_loss") < 0.5 * observations.chance_loss
    if len(norms) < _RECENT or is_good or norms.max() > _VANISHED:
        return None
    return Diagnosis(
        "vanishing-gradient",
        f"The gradient vanishes: {_norm_name(name)} is below {chosen_number(_VANISHED)} for {_RECENT} steps; "
        "the first filters stand still.",
        "Reset with another seed or fewer blocks.",
    )


def _exploding_gradient(history: History, _observations: Observations) -> Diagnosis | None:
    for name in history.gradient_names:
        first = history.series[f"|{name}|"].read().first_values[:_RECENT]
        norms = _since_change(history, f"|{name}|")[-_RECENT:]
        if len(norms) < _RECENT:
            continue
        now = float(np.median(norms))
        if now > _LARGE_GRADIENT and now > _GROWTH * np.median(first):
            return Diagnosis(
                "exploding-gradient",
                f"The gradient explodes: {_norm_name(name)} is {_shown(now)}, over {chosen_number(_GROWTH)} times what "
                "it was at first.",
                "Divide the learning rate by ten.",
            )
    return None


def _plateau(history: History, observations: Observations) -> Diagnosis | None:
    losses = _since_change(history, "batch_loss")
    if len(losses) < 2 * _PLATEAU:
        return None
    before, now = losses[-2 * _PLATEAU : -_PLATEAU], losses[-_PLATEAU:]
    noise = math.sqrt((before.var() + now.var()) / _PLATEAU)
    has_moved = before.mean() - now.mean() > max(2 * noise, 0.005 * before.mean())
    is_bad = min(now.mean(), _last(history, "train_loss")) > 0.6 * observations.chance_loss
    if has_moved or not is_bad:
        return None
    return Diagnosis(
        "plateau",
        f"The loss stays near {_shown(now.mean())} for {2 * _PLATEAU} steps "
        f"(guessing: {_shown(observations.chance_loss)}).",
        "Try a learning rate three times larger, another seed, or more filters.",
    )


def _dead_filters(_history: History, observations: Observations) -> Diagnosis | None:
    if not observations.dead_filters:
        return None
    block, number = observations.dead_filters[0]
    others = len(observations.dead_filters) - 1
    more = f" ({others} more like it)" if others else ""
    at_first, suggestion = "", "to revive it, reset with a smaller learning rate or another seed."
    if (block, number) in observations.unmoved:
        at_first, suggestion = _AT_FIRST, "another seed draws other first weights."
        if block > 1:
            suggestion = f"it may come alive as training changes what it reads, and {suggestion}"
    return Diagnosis(
        "dead-filter",
        f"Filter {number} of block {block} is dead{at_first}: its {_plain_name(f'z{block}')} ≤ 0 in all images, "
        f"so it gets no gradient{more}.",
        f"The others can go on without it; {suggestion}",
    )


def _overfitting(history: History, _observations: Observations) -> Diagnosis | None:
    test, train = (_since_change(history, name) for name in ("test_loss", "train_loss"))
    if len(test) <= _OVERFITTING_EVALUATIONS or len(test) != len(train):
        return None
    best = int(np.argmin(test))
    later = test[best + 1 :]
    if len(later) < _OVERFITTING_EVALUATIONS:
        return None
    recent = float(np.median(later[-_OVERFITTING_EVALUATIONS:]))
    recent_train = float(np.median(train[-_OVERFITTING_EVALUATIONS:]))
    if recent < test[best] * 1.2 + 0.02 or recent_train > 0.8 * train[best]:
        return None
    return Diagnosis(
        "overfitting",
        f"Overfitting: test loss rose from {_shown(test[best])} to {_shown(recent)} as train loss fell to "
        f"{_shown(recent_train)}.",
        "Stop here; more images, or augmentation, help, and so may a smaller network.",
    )


_AT_FIRST = " from its first weights on"

_RULES: tuple[Callable[[History, Observations], Diagnosis | None], ...] = (
    _diverged,
    _exploding_loss,
    _all_filters_dead,
    _no_gradient,
    _saturated,
    _vanishing_gradient,
    _exploding_gradient,
    _plateau,
    _overfitting,
    _dead_filters,
)
"""Most serious first."""


def _since_change(history: History, name: str) -> NDArray[np.float64]:
    """Values of a curve after the last event, such as a new learning rate; of a long time the newest."""
    curve = history.series[name].read()
    changes = [event for event in history.events if event.kind != OBSERVED]
    return curve.after(changes[-1].step) if changes else curve.y


def _plain_name(name: str) -> str:
    """The name of an array as it is written everywhere on screen: "z1" → "z₁"."""
    return display_name(name) if name[1:].isdigit() else name


def _norm_name(gradient: str) -> str:
    """The length of a gradient as it is written everywhere on screen: "dw1" → "‖∂L/∂w₁‖"."""
    return f"‖{display_name(gradient)}‖"


def _last(history: History, name: str) -> float:
    """The newest value of a curve; infinite if there is none."""
    last = history.series[name].last
    return last[1] if last else math.inf
