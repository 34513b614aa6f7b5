"""A question in words: what is asked, a hint, and what is right, with its terms."""

from __future__ import annotations

from core.explain import Gate, Output, Pooling, Term
from playground.counting import grouped
from playground.laboratory.quiz.answers import TOLERANCE
from playground.laboratory.quiz.concept import Concept
from playground.laboratory.quiz.excerpts import Excerpt
from playground.laboratory.quiz.generate import AnyQuestion
from playground.laboratory.quiz.questions import Part, Question
from playground.laboratory.quiz.quiz import Quiz, Result
from playground.notation.rules import cell_label, formula_text, is_parameter
from ui.number_format import display_name, percent, significant_number

__all__ = [
    "GATE_CHOICES",
    "INTRODUCTION",
    "choice_names",
    "excerpt_title",
    "given_answer",
    "hint",
    "parts_text",
    "progress",
    "prompt",
    "right_answer",
    "solution",
]

GATE_CHOICES = ("Open", "Closed")
_PLURALS = {"sample": "samples", "channel": "channels", "filter": "filters", "row": "rows", "place": "places"}
_NOTHING = 1e-3  # of the greatest part: what is less does not show in an answer

CLICK_IT = "Click it, or press its number."

INTRODUCTION = (
    "Questions about the numbers of this moment; they stay as they are while the network trains on. Numbers have four "
    f"digits that count, and an answer within {percent(TOLERANCE, 0)} of the true one is right; 0 only where it is 0. "
    "Type 0.25, 0,25 or 1/4; after a wrong answer there is a second try. The same seed asks the same of the same "
    "numbers. Until the quiz is over or the network trains on, the views that show its numbers are covered."
)


def prompt(question: AnyQuestion) -> str:
    """What is asked, with the numbers that no picture shows, and the answers to choose from where those are words."""
    if isinstance(question, Concept):
        options = "\n".join(f"{number}  {option}" for number, option in enumerate(question.options, start=1))
        return f"{question.asked}\n{options}"
    name = _cell(question)
    if question.kind == "gate":
        z = display_name(question.name[1:])
        coming = display_name(f"dA{question.name[2:]}")
        return f"Does the gate of the ReLU let {coming} pass at the marked cell of {z}?"
    if question.kind == "winner":
        number = question.name[1:]
        handed = cell_label(question.trace, f"dP{number}", question.index)
        value = significant_number(question.trace.arrays[f"dP{number}"][question.index])
        window = f"this window of {display_name(f'A{number}')}"
        if question.is_tied:
            largest = f"{question.equal} largest cells" if question.equal < question.choices else "cells"
            asked = f"{handed} = {value} comes back to {window}, whose {largest} are equal. Which gets it on a tie?"
        else:
            asked = f"{handed} = {value} comes back to {window}. Which cell gets it?"
        return f"{asked} {CLICK_IT}"
    text = f"What is {name}{_of_batch(question)}?{_label(question)}"
    if question.parts:
        return f"{text} {parts_text(question)}"
    return text


def parts_text(question: Question) -> str:
    """'Its samples add: 0: 0.01, 1: −0.02 …' for terms that are taken together."""
    told = [part for part in question.parts if part.what != "bias"]
    what = told[0].what if told else ""
    least = _NOTHING * max((abs(part.total) for part in told), default=0.0)
    listed = "; ".join(_part(part, least) for part in told)
    alone = [significant_number(part.total) for part in question.parts if part.what == "bias"]
    bias = f", and the bias {alone[0]}" if alone else ""
    share = ", each with its 1/m" if what == "sample" else ""
    return f"Its {_PLURALS.get(what, what)} add{share}: {listed}{bias}."


def _part(part: Part, least: float) -> str:
    if part.what != "rest":
        return f"{part.number}: {significant_number(part.total)}"
    others = "the other one" if part.number == 1 else f"the other {part.number}"
    return f"{others}: {'next to nothing' if abs(part.total) < least else significant_number(part.total)}"


def _of_batch(question: Question) -> str:
    """Which sample of how many, or that it is the whole batch's."""
    if question.samples == 1:
        return ""
    if is_parameter(question.name):
        return f" over the batch of {question.samples}"
    return f" of sample {question.index[0]} of the batch"


def _label(question: Question) -> str:
    """The label and 1/m, where the rule has them."""
    note = question.found.note
    if not isinstance(note, Output) or note.label is None:
        return ""
    mean = f", m = {note.samples}" if note.samples > 1 else ""
    return f" The label is y = {note.label}{mean}."


def _cell(question: Question) -> str:
    return cell_label(question.trace, question.name, question.index)


def choice_names(question: AnyQuestion) -> tuple[str, ...]:
    """What stands on the choices."""
    if isinstance(question, Question) and question.kind == "gate":
        return GATE_CHOICES
    return tuple(str(number + 1) for number in range(question.choices))


def excerpt_title(question: AnyQuestion, excerpt: Excerpt) -> str:
    """'X[0…4,10…14]': the array and where the rectangle lies in it."""
    if excerpt.title:
        return excerpt.title
    rows, columns = excerpt.values.shape
    shape = question.trace.arrays[excerpt.name].shape
    plane = (excerpt.top, excerpt.left) if len(shape) > 1 else (excerpt.left,)
    index = (*excerpt.lead, *plane)
    if rows == columns == 1:
        return cell_label(question.trace, excerpt.name, index)
    lead = excerpt.lead if is_parameter(excerpt.name) else excerpt.lead[1:]
    sides = shape[: len(excerpt.lead)] if is_parameter(excerpt.name) else shape[1 : len(excerpt.lead)]
    places = [str(place) for place, side in zip(lead, sides, strict=True) if side > 1]
    text = display_name(excerpt.name) + (f"[{','.join(places)}]" if places else "")
    spans = [_span(excerpt.left, columns)] if rows == 1 and len(shape) < 3 else [
        _span(excerpt.top, rows),
        _span(excerpt.left, columns),
    ]  # fmt: skip
    sample = f", sample {excerpt.lead[0]}" if excerpt.lead and not is_parameter(excerpt.name) and shape[0] > 1 else ""
    return f"{text}[{','.join(spans)}]{sample}"


def _span(first: int, count: int) -> str:
    return str(first) if count == 1 else f"{first}…{first + count - 1}"


def hint(question: AnyQuestion) -> str:
    """The rule that answers."""
    if isinstance(question, Concept):
        return question.rule
    if question.kind == "gate":
        return "A ReLU lets a gradient through where z > 0; where z ≤ 0, also at 0, it ends."
    if question.kind == "winner":
        return "Pooling hands the gradient to the largest cell of its window; on a tie to the first, row by row."
    rule = f"{_cell(question)} = {formula_text(question.trace, question.found)}"
    if question.samples == 1:
        return rule
    if is_parameter(question.name):
        return f"{rule}, summed over the samples too."
    return f"{rule}, divided by m." if isinstance(question.found.note, Output) else rule


def right_answer(question: AnyQuestion) -> str:
    """What is right, in short."""
    if question.choices:
        return choice_names(question)[int(question.answer)].lower()
    return significant_number(question.answer)


def given_answer(question: AnyQuestion, result: Result) -> str:
    """What was answered, in short."""
    if result.given is None:
        return "skipped"
    if question.choices:
        return choice_names(question)[int(result.given)].lower()
    return significant_number(result.given)


def solution(question: AnyQuestion) -> str:
    """What is right and why: the terms with their numbers."""
    if isinstance(question, Concept):
        return f"Number {int(question.answer) + 1}. {question.because}"
    note = question.found.note
    if question.kind == "gate" and isinstance(note, Gate):
        name = cell_label(question.trace, question.name[1:], question.index)
        sign, state = ("> 0", "open: it passes") if note.open else ("≤ 0", "closed: it ends here")
        return f"{name} = {significant_number(note.z)} {sign}, so the gate is {state}."
    if question.kind == "winner" and isinstance(note, Pooling):
        window = note.windows[0]
        name = cell_label(question.trace, f"A{question.name[1:]}", window.candidates[window.winner])
        values = ", ".join(significant_number(value) for value in window.values)
        tie = f", the first of {window.equal} equal ones, row by row" if window.equal > 1 else ""
        return f"Number {window.winner + 1}, {name}: it is the maximum of {values}{tie}."
    found = question.found
    if found.zero_because and not question.parts:
        gate = f"z{question.name[2:]}"
        return f"{_cell(question)} = 0, since {found.zero_because.replace(gate, display_name(gate))}."
    if found.rule == "relu gradient":
        coming, gate = f"dA{question.name[2:]}", display_name(f"z{question.name[2:]}")
        handed = cell_label(question.trace, coming, question.index)
        return f"{_cell(question)} = {handed} = {significant_number(question.answer)}, since {gate} > 0."
    reckoned, value = _sum(question), significant_number(question.answer)
    return f"{_cell(question)} = {reckoned}" + ("" if reckoned == value else f" = {value}")


def _sum(question: Question) -> str:
    if question.parts:
        return _joined([significant_number(part.total) for part in question.parts])
    return _joined([_product(term) for term in question.found.terms if term.product]) or "0"


def _joined(terms: list[str]) -> str:
    text = terms[0] if terms else ""
    for term in terms[1:]:
        text += f" − {term[1:]}" if term.startswith("−") and "·" not in term else f" + {term}"
    return text


def _product(term: Term) -> str:
    """'0.5·(−0.25)'; a factor of 1 that only says that a gate is open is left out."""
    factors = [factor.value for factor in term.factors if not (factor.value == 1.0 and factor.symbol)]
    written = [significant_number(value) for value in factors] or ["1"]
    if len(written) == 1:
        return written[0]
    return "·".join(f"({text})" if text.startswith("−") else text for text in written)


def progress(quiz: Quiz) -> tuple[str, str]:
    """Where the quiz stands, and the same in fewer words."""
    if quiz.is_ended:
        done = f"Ended: {quiz.score} of {quiz.answered} right."
        return f"{done} Numbers of step {grouped(quiz.step)}, seed {quiz.seed}.", done
    if quiz.is_over:
        hints = f" ({quiz.hints} with a hint)" if quiz.hints else ""
        done = f"Done: {quiz.score} of {len(quiz.questions)} right{hints}."
        return f"{done} Numbers of step {grouped(quiz.step)}, seed {quiz.seed}.", done
    score = f"{quiz.score} right" + (f", {quiz.streak} in a row" if quiz.streak > 1 else "")
    asked = f"Question {quiz.place + 1} of {len(quiz.questions)} · {score}"
    return f"{asked} · numbers of step {grouped(quiz.step)}", asked
