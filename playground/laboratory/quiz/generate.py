"""Which questions a quiz asks: drawn by a seed from the numbers of a moment."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from core.trace import Trace
from playground.errors import PlaygroundError
from playground.laboratory.quiz.concept import Concept
from playground.laboratory.quiz.concepts import CONCEPTS
from playground.laboratory.quiz.material import Material
from playground.laboratory.quiz.questions import Question, gate_question, value_question, winner_question

__all__ = ["LEVELS", "AnyQuestion", "draw_questions"]

LEVELS = ("easy", "medium", "hard")
_TRIED = 200
_AT_A_TIME = 40

AnyQuestion = Question | Concept
Maker = Callable[[tuple[int, ...]], Question]


@dataclass(frozen=True, eq=False)
class _Source:
    """Questions of one kind: what one has to do, the shape whose cells can be asked about, what makes one, and which
    are wanted.
    """

    task: str
    shape: tuple[int, ...]
    make: Maker
    wanted: Callable[[Question], bool] = lambda _question: True


@dataclass(eq=False)
class _Pool:
    """Questions of one source that are still to be had, and how often it was drawn from."""

    task: str
    left: Iterator[AnyQuestion]
    drawn: int = field(default=0)


def draw_questions(material: Material, level: str, seed: int, count: int) -> tuple[AnyQuestion, ...]:
    """Up to `count` questions, none twice; the same seed and material give the same ones.

    The same task never comes twice in a row while there is another. A small network has fewer questions. Raises
    PlaygroundError if the level needs a batch and there is none, or if nothing can be asked.
    """
    rng = np.random.default_rng([seed, LEVELS.index(level)])
    pools = [_Pool(source.task, _answerable(source, rng)) for source in _sources(material, level)]
    pools.append(_Pool("concept", _concepts(material, level, rng)))
    questions: list[AnyQuestion] = []
    task = ""
    while pools and len(questions) < count:
        pool = _next_pool(pools, task, rng)
        question = next((one for one in pool.left if not any(_tells(one, other) for other in questions)), None)
        if question is None:
            pools.remove(pool)
            continue
        questions.append(question)
        task, pool.drawn = pool.task, pool.drawn + 1
    if not questions:
        raise PlaygroundError("Nothing can be asked of these numbers; train a step, or choose another sample or level.")
    return _veiled(questions)


def _next_pool(pools: list[_Pool], task: str, rng: np.random.Generator) -> _Pool:
    """One of another task than the last if there is one; of these the task, then the pool, that came least often."""
    others = [pool for pool in pools if pool.task != task] or pools
    of_task = {pool.task: sum(other.drawn for other in others if other.task == pool.task) for pool in others}
    order: list[_Pool] = [others[place] for place in rng.permutation(len(others)).tolist()]
    return min(order, key=lambda pool: (of_task[pool.task], pool.drawn))


def _concepts(material: Material, level: str, rng: np.random.Generator) -> Iterator[Concept]:
    """Those that these numbers give, in drawn order."""
    traces = [trace for trace in (material.trace, material.batch) if trace is not None]
    if not all(np.isfinite(array).all() for trace in traces for array in trace.arrays.values()):
        return
    makers = CONCEPTS[level]
    for place in rng.permutation(len(makers)).tolist():
        concept = makers[place](material, rng)
        if concept is not None:
            yield concept


def _tells(one: AnyQuestion, other: AnyQuestion) -> bool:
    """Whether one of two questions gives away, as a number that it needs, what the other asks."""
    return any(
        excerpt.name == asked.name and excerpt.place_of(asked.trace, asked.index) is not None
        for giving, asked in ((one, other), (other, one))
        if isinstance(asked, Question) and asked.kind == "value"
        for excerpt in giving.excerpts
        if not excerpt.hidden
    )


def _veiled(questions: list[AnyQuestion]) -> tuple[AnyQuestion, ...]:
    """The questions, each with those neighbours of its hidden cell covered that others ask for."""
    found: list[AnyQuestion] = []
    numbers = [question for question in questions if isinstance(question, Question)]
    for question in questions:
        if isinstance(question, Concept):
            found.append(question)
            continue
        first, *others = question.excerpts
        if first.hidden:
            asked = [other.index for other in numbers if other is not question and other.name == first.name]
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
        blocks = [(f"{kind}{number}", kind) for number in _blocks(material.trace) for kind in ("z", "dz")]
        ends = [(name, name) for name in (f"dz{last}", f"dw{last}", "dF")]
        return [_values(material.trace, name, task) for name, task in (*blocks, *ends)]
    if material.batch is None:
        raise PlaygroundError("Hard questions are about a whole batch: pause training, then begin.")
    earlier = [f"dP{number}" for number in _blocks(material.batch)[:-1]]
    weights = [f"d{kind}{number}" for number in _blocks(material.batch) for kind in "wb"]
    sums = [_values(material.batch, name, "sum") for name in (*weights, *earlier)]
    return [*sums, _values(material.batch, f"dz{material.batch.blocks + 1}", "output")]


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
        _Source("gate", values, gate, lambda question: question.answer == 0.0),
        _Source("gate", values, gate, lambda question: question.answer == 1.0),
        _Source("tie", handed.shape, winner, lambda question: question.is_tied and bool(handed[question.index])),
        _Source("winner", handed.shape, winner, lambda question: not question.is_tied and bool(handed[question.index])),
    ]


def _values(trace: Trace, name: str, task: str) -> _Source:
    shape = trace.arrays[name].shape
    # a gate to which nothing comes teaches nothing
    coming = trace.arrays[f"dA{name[2:]}"] if name.startswith("dz") and len(shape) > 2 else np.ones(shape)
    return _Source(
        task,
        shape,
        lambda index: value_question(trace, name, index),
        lambda question: bool(coming[question.index] != 0),
    )
