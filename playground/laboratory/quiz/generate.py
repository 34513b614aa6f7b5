"""Which questions a quiz asks: drawn by a seed from the numbers of a moment."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from core.trace import Trace
from playground.errors import PlaygroundError
from playground.laboratory.quiz.questions import Question, gate_question, value_question, winner_question

__all__ = ["LEVELS", "Material", "draw_questions"]

LEVELS = ("easy", "medium", "hard")
_TRIED = 200
_AT_A_TIME = 40

Maker = Callable[[tuple[int, ...]], Question]


@dataclass(frozen=True, eq=False)
class Material:
    """What a quiz is about: `trace` of the shown image alone, `batch` of the next batch (None while steps run)."""

    step: int
    trace: Trace
    batch: Trace | None


@dataclass(frozen=True, eq=False)
class _Source:
    """Questions of one kind: the shape whose cells can be asked about, what makes one, and which are wanted."""

    shape: tuple[int, ...]
    make: Maker
    wanted: Callable[[Question], bool] = lambda _question: True


def draw_questions(material: Material, level: str, seed: int, count: int) -> tuple[Question, ...]:
    """Up to `count` questions, none twice; the same seed and material give the same ones.

    A small network has fewer. Raises PlaygroundError if the level needs a batch and there is none, or if nothing can
    be asked.
    """
    rng = np.random.default_rng([seed, LEVELS.index(level)])
    pools = [_answerable(source, rng) for source in _sources(material, level)]
    drawn: list[Question] = []
    while pools and len(drawn) < count:
        # every kind in turn, so that a quiz is not ten times the same
        left = []
        for place in rng.permutation(len(pools)).tolist():
            question = next((one for one in pools[place] if not any(_tells(one, other) for other in drawn)), None)
            if question is not None:
                drawn.append(question)
                left.append(pools[place])
        pools = left
    if not drawn:
        raise PlaygroundError("Nothing can be asked of these numbers; train a step, or choose another sample or level.")
    return _veiled(drawn[:count])


def _tells(one: Question, other: Question) -> bool:
    """Whether one of two questions gives away, as a number that it needs, what the other asks."""
    return any(
        excerpt.name == asked.name and excerpt.place_of(asked.trace, asked.index) is not None
        for giving, asked in ((one, other), (other, one))
        if asked.kind == "value"
        for excerpt in giving.excerpts
        if not excerpt.hidden
    )


def _veiled(questions: list[Question]) -> tuple[Question, ...]:
    """The questions, each with those neighbours of its hidden cell covered that others ask for."""
    found = []
    for question in questions:
        first, *others = question.excerpts
        if first.hidden:
            asked = [other.index for other in questions if other is not question and other.name == first.name]
            places = [place for index in asked if (place := first.place_of(question.trace, index)) is not None]
            first = replace(first, veiled=tuple(places))
        found.append(replace(question, excerpts=(first, *others)))
    return tuple(found)


def _answerable(source: _Source, rng: np.random.Generator) -> Iterator[Question]:
    """Questions of one kind in drawn order, those that cannot be reckoned left out.

    Of some cells at a time, those whose terms can be shown come before those whose terms are taken together.
    """
    cells = rng.permutation(int(np.prod(source.shape)))[:_TRIED].tolist()
    for start in range(0, len(cells), _AT_A_TIME):
        together = []
        for cell in cells[start : start + _AT_A_TIME]:
            question = source.make(tuple(int(place) for place in np.unravel_index(cell, source.shape)))
            if not (question.is_answerable and source.wanted(question)):
                continue
            if question.parts:
                together.append(question)
            else:
                yield question
        yield from together


def _sources(material: Material, level: str) -> list[_Source]:
    if level == "easy":
        return [source for number in _blocks(material.trace) for source in _easy(material.trace, number)]
    if level == "medium":
        last = material.trace.blocks + 1
        blocks = [f"{kind}{number}" for number in _blocks(material.trace) for kind in ("z", "dz")]
        return [_values(material.trace, name) for name in (*blocks, f"dz{last}", f"dw{last}", "dF")]
    if material.batch is None:
        raise PlaygroundError("Hard questions are about a whole batch: pause training, then begin.")
    earlier = [f"dP{number}" for number in _blocks(material.batch)[:-1]]
    weights = [f"d{kind}{number}" for number in _blocks(material.batch) for kind in "wb"]
    return [_values(material.batch, name) for name in (*weights, *earlier)]


def _blocks(trace: Trace) -> list[int]:
    return list(range(1, trace.blocks + 1))


def _easy(trace: Trace, number: int) -> list[_Source]:
    """Open gates and closed ones, windows with a tie and without, each for themselves, so that no kind is rare."""
    values, handed = trace.arrays[f"z{number}"].shape, trace.arrays[f"dP{number}"]

    def gate(index: tuple[int, ...]) -> Question:
        return gate_question(trace, number, index)

    def winner(index: tuple[int, ...]) -> Question:
        return winner_question(trace, number, index)

    return [
        _Source(values, gate, lambda question: question.answer == 0.0),
        _Source(values, gate, lambda question: question.answer == 1.0),
        _Source(handed.shape, winner, lambda question: question.is_tied and bool(handed[question.index])),
        _Source(handed.shape, winner, lambda question: not question.is_tied and bool(handed[question.index])),
    ]


def _values(trace: Trace, name: str) -> _Source:
    shape = trace.arrays[name].shape
    # a gate to which nothing comes teaches nothing
    coming = trace.arrays[f"dA{name[2:]}"] if name.startswith("dz") and len(shape) > 2 else np.ones(shape)
    return _Source(
        shape, lambda index: value_question(trace, name, index), lambda question: bool(coming[question.index] != 0)
    )
