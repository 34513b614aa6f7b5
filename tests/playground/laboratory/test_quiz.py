"""Questions of every level, on networks of several kinds: what counts as right is what the trace holds."""

from __future__ import annotations

import itertools
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from core.explain import explain
from playground.datasets import suggested_settings
from playground.errors import PlaygroundError
from playground.laboratory.quiz.answers import TOLERANCE
from playground.laboratory.quiz.concept import Concept
from playground.laboratory.quiz.generate import LEVELS, draw_questions
from playground.laboratory.quiz.material import Material
from playground.laboratory.quiz.questions import MOST_PARTS, Question, value_question
from playground.laboratory.quiz.quiz import Quiz
from playground.session import Session
from playground.settings import Settings

SMALL = Settings(dataset="shapes", classes=(0, 1), kernel_size=5, filters=(4,), batch_size=8, seed=5)
RUNS = {
    "one block, sigmoid": SMALL,
    "one block, softmax": SMALL.changed(classes=(0, 1, 2)),
    "two blocks, sigmoid": SMALL.changed(kernel_size=3, filters=(3, 4)),
    "two blocks, softmax": SMALL.changed(classes=(0, 1, 2, 3), kernel_size=3, filters=(3, 4), batch_size=40),
    "large kernel": SMALL.changed(kernel_size=9, filters=(2,)),
    **{name: Settings().changed(**suggested_settings(name)) for name in ("blackboard-3x3", "blackboard-5x5")},
}


@cache
def material(run: str) -> Material:
    session = Session(RUNS[run])
    for _ in range(3):
        session.step()
    batch = session.prepare_batch_step().trace
    trace = session.trace_sample(session.first_sample)
    return Material(session.step_count, trace, batch, session.settings, session.steps_per_epoch)


@cache
def questions(run: str, level: str) -> tuple[Question, ...]:
    return draw_questions(material(run), level, seed=1, count=30)


def cells(run: str, level: str) -> list[Question]:
    """Those about one cell; the others are of concept."""
    return [question for question in questions(run, level) if isinstance(question, Question)]


def from_excerpts(question: Question) -> set[float]:
    """All numbers that stand in the excerpts and are not hidden."""
    return {float(value) for excerpt in question.excerpts if not excerpt.hidden for value in excerpt.values.ravel()}


EVERY = pytest.mark.parametrize(("run", "level"), [(run, level) for run in RUNS for level in LEVELS])


@EVERY
def test_what_counts_as_right_is_what_the_trace_holds(run, level):
    for question in cells(run, level):
        array, index = question.trace.arrays[question.name], question.index
        if question.kind == "value":
            assert question.answer == array[index]
        elif question.kind == "gate":
            z = question.trace.arrays[question.name[1:]][index]
            assert question.answer == (0.0 if z > 0 else 1.0)
        else:
            number = int(question.name[1:])
            n, f, i, j = index
            window = question.trace.arrays[f"A{number}"][n, f, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2]
            assert question.answer == window.argmax()
            assert question.choices == 4
        assert question.is_right(question.answer)
        wrong = (question.answer + 1) % question.choices if question.choices else question.answer * 1.05 + 1e-9
        assert not question.is_right(wrong)


@EVERY
def test_every_level_has_questions_for_every_network_and_asks_none_twice(run, level):
    asked = [(question.name, question.index, question.kind) for question in cells(run, level)]
    assert len(asked) == len(set(asked)) >= 4


@EVERY
def test_what_is_shown_is_enough_to_reckon_the_answer_from_four_digits(run, level):
    for question in cells(run, level):
        if question.kind != "value":
            continue
        if question.parts:
            assert len(question.parts) <= MOST_PARTS + 1
            shown = sum(float(f"{part.total:.4g}") for part in question.parts)
        else:
            shown = 0.0
            visible = from_excerpts(question)
            for term in question.found.terms:
                product = 1.0
                for factor in term.factors:
                    assert factor.symbol or factor.value in visible
                    product *= float(f"{factor.value:.4g}")
                shown += product
        assert shown == pytest.approx(question.answer, rel=TOLERANCE, abs=1e-12)


@pytest.mark.parametrize("run", RUNS)
def test_hard_questions_are_about_the_batch_and_ask_for_the_first_kernels(run):
    found = cells(run, "hard")
    assert {question.samples for question in found} == {len(material(run).batch.y)}
    assert any(question.name == "dw1" for question in found)


def test_parts_tell_the_samples_of_a_batch_apart_and_sum_to_the_cell():
    batch = material("two blocks, softmax").batch
    question = value_question(batch, "dw1", (1, 0, 2, 0))
    per_sample = np.einsum("nij,nij->n", batch.dz1[:, 1], batch.x[:, 0, 2:, :-2])
    largest = sorted(np.abs(per_sample).argsort()[-5:].tolist())
    *told, rest = question.parts
    assert [(part.what, part.number) for part in told] == [("sample", number) for number in largest]
    assert (rest.what, rest.number) == ("rest", 35)
    assert told[0].total == pytest.approx(per_sample[largest[0]], rel=1e-4)
    assert rest.total == pytest.approx(per_sample.sum() - per_sample[largest].sum(), rel=1e-3)
    assert sum(part.total for part in question.parts) == pytest.approx(float(batch.dw1[1, 0, 2, 0]), rel=1e-4)


def test_parts_of_a_convolution_over_many_cells_are_its_channels_and_the_bias():
    record = material("two blocks, softmax").trace
    question = value_question(record, "z2", (0, 1, 2, 3))
    named = {(part.what, part.number) for part in question.parts}
    assert named == {("channel", 0), ("channel", 1), ("channel", 2), ("bias", 0)}
    large = value_question(material("large kernel").trace, "z1", (0, 1, 2, 3))
    assert [part.what for part in large.parts] == ["row"] * 5 + ["rest", "bias"]
    assert {part.number for part in large.parts[:5]} < set(range(2, 11))
    assert large.parts[5].number == 4


def test_where_too_many_numbers_would_be_needed_parts_are_given_and_other_cells_come_first():
    record = material("one block, sigmoid").trace
    dense = replace(record, arrays={**record.arrays, "x": np.ones_like(record.x)})
    crowded = value_question(dense, "z1", (0, 0, 4, 4))
    assert len(crowded.excerpts) == 1
    assert len(crowded.parts) == 5 + 1
    shown = [question for question in cells("one block, sigmoid", "medium") if question.name == "z1"]
    assert not any(question.parts for question in shown)


def test_a_cell_of_which_only_the_bias_is_left_is_not_asked():
    record = material("one block, sigmoid").trace
    dark = replace(record, arrays={**record.arrays, "x": np.zeros_like(record.x)})
    assert not value_question(dark, "z1", (0, 0, 4, 4)).is_answerable


def test_the_hidden_cell_stands_among_its_neighbours():
    record = material("one block, sigmoid").trace
    excerpt = value_question(record, "z1", (0, 2, 0, 5)).excerpts[0]
    assert excerpt.hidden
    assert (excerpt.top, excerpt.left, excerpt.values.shape) == (0, 4, (2, 3))
    assert excerpt.marked == ((0, 1),)
    assert excerpt.values[excerpt.marked[0]] == record.z1[0, 2, 0, 5]


def test_the_same_seed_repeats_a_quiz_and_another_does_not():
    def asked(seed: int) -> list[object]:
        quiz = Quiz(material("one block, sigmoid"), "medium", seed)
        return [
            (question.asked if isinstance(question, Concept) else question.found.index) for question in quiz.questions
        ]

    assert asked(4) == asked(4)
    assert asked(4) != asked(5)


def test_easy_questions_have_open_and_closed_gates_and_windows_with_a_tie_and_without():
    found = cells("one block, sigmoid", "easy")
    assert {question.answer for question in found if question.kind == "gate"} == {0.0, 1.0}
    assert {question.is_tied for question in found if question.kind == "winner"} == {False, True}


@EVERY
def test_no_question_gives_away_what_another_asks(run, level):
    asked = [question for question in cells(run, level) if question.kind == "value"]
    for question in asked:
        for other in questions(run, level):
            for excerpt in other.excerpts:
                place = excerpt.place_of(question.trace, question.index) if excerpt.name == question.name else None
                covered = excerpt.veiled + (excerpt.marked if excerpt.hidden else ())
                assert place is None or place in covered


def task_of(question: Question | Concept) -> str:
    if isinstance(question, Concept):
        return "concept"
    if question.kind == "winner":
        return "tie" if question.is_tied else "winner"
    if question.parts and question.samples > 1:
        return "sum"
    return question.kind if question.kind == "gate" else question.found.rule


@EVERY
def test_no_task_comes_twice_in_a_row_while_there_is_another(run, level):
    tasks = [task_of(question) for question in questions(run, level)]
    for place, (one, other) in enumerate(itertools.pairwise(tasks)):
        assert one != other or set(tasks[place:]) == {one}


def test_every_quiz_has_a_question_of_concept_but_an_easy_one_on_a_blackboard():
    # which has a batch of one image, and no shut cell to which a gradient comes
    without = [
        (run, level)
        for run, level in itertools.product(RUNS, LEVELS)
        if not any(isinstance(question, Concept) for question in questions(run, level)[:10])
    ]
    assert without == [("blackboard-3x3", "easy"), ("blackboard-5x5", "easy")]


def test_a_window_with_several_largest_cells_is_a_question_on_ties_only():
    for question in cells("one block, sigmoid", "easy"):
        if question.kind == "winner":
            window = question.found.note.windows[0]
            assert question.is_tied == (sum(value == max(window.values) for value in window.values) > 1)


def test_a_quiz_that_is_ended_asks_no_more_and_keeps_its_results(quiz):
    quiz.answer(quiz.question.answer)
    quiz.go_on()
    quiz.end()
    assert quiz.is_over
    assert (quiz.score, quiz.answered) == (1, 1)


def test_hard_without_a_batch_says_what_to_do():
    of_run = material("one block, sigmoid")
    with pytest.raises(PlaygroundError, match="pause training, then begin"):
        Quiz(replace(of_run, batch=None), "hard", 1)


def test_numbers_that_are_not_finite_are_never_asked():
    session = Session(SMALL)
    session.network.parameters()["conv1.weight"].fill(np.inf)
    found = replace(material("one block, sigmoid"), trace=session.trace_sample(session.first_sample), batch=None)
    with pytest.raises(PlaygroundError, match="Nothing can be asked"):
        draw_questions(found, "medium", 1, 10)


# --- a quiz as it goes -------------------------------------------------------------------------------------------


@pytest.fixture
def quiz() -> Quiz:
    return Quiz(material("one block, sigmoid"), "medium", seed=2, count=4)


def test_right_answers_count_and_make_a_streak_that_a_wrong_one_ends(quiz):
    for expected in (1, 2):
        assert quiz.answer(quiz.question.answer).right
        assert quiz.streak == quiz.score == expected
        quiz.go_on()
    assert not quiz.answer(quiz.question.answer + 1).right
    assert not quiz.answer(quiz.question.answer + 2).right
    assert (quiz.score, quiz.streak, quiz.answered) == (2, 0, 3)
    assert not quiz.is_over


def test_a_question_can_be_answered_once_and_the_next_waits_for_it(quiz):
    first = quiz.question
    quiz.go_on()
    assert quiz.question is first
    quiz.answer(first.answer)
    with pytest.raises(ValueError, match="has been answered"):
        quiz.answer(first.answer)
    quiz.go_on()
    assert quiz.question is not first


def test_a_wrong_answer_leaves_a_second_try_that_counts_and_ends_the_streak(quiz):
    quiz.answer(quiz.question.answer)
    quiz.go_on()
    assert not quiz.answer(quiz.question.answer + 1).right
    assert quiz.result is None
    assert quiz.answer(quiz.question.answer).again
    assert (quiz.score, quiz.streak, quiz.answered) == (2, 0, 2)


def test_of_two_choices_there_is_no_second_try():
    quiz = Quiz(material("one block, sigmoid"), "easy", seed=2)
    while quiz.question.choices != 2:
        quiz.skip()
        quiz.go_on()
    quiz.answer(1 - quiz.question.answer)
    assert quiz.result is not None


def test_a_hint_and_a_skip_are_kept_with_the_result(quiz):
    quiz.hint()
    assert quiz.answer(quiz.question.answer).hinted
    quiz.go_on()
    skipped = quiz.skip()
    assert (skipped.given, skipped.hinted) == (None, False)
    assert (quiz.score, quiz.hints, quiz.answered, quiz.streak) == (1, 1, 2, 0)


def test_a_quiz_is_over_with_its_last_question(quiz):
    for _ in quiz.questions:
        assert not quiz.is_over
        quiz.skip()
        quiz.go_on()
    assert quiz.is_over
    assert quiz.question is quiz.questions[-1]


def test_the_numbers_of_a_quiz_stay_while_the_network_trains():
    session = Session(SMALL)
    quiz = Quiz(
        Material(0, session.trace_sample(session.first_sample), None, SMALL, session.steps_per_epoch), "medium", 2
    )
    asked = [question for question in quiz.questions if isinstance(question, Question)]
    before = [question.answer for question in asked]
    for _ in range(3):
        session.step()
    assert [float(q.trace.arrays[q.name][q.index]) for q in asked] == before
    assert [explain(q.trace, q.name, q.index).value for q in asked] == before
