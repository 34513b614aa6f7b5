"""A quiz as it goes: the present question, what was answered, score and streak."""

from __future__ import annotations

from dataclasses import dataclass

from playground.laboratory.quiz.generate import AnyQuestion, draw_questions
from playground.laboratory.quiz.material import Material

__all__ = ["QUESTIONS", "Quiz", "Result"]

QUESTIONS = 10
_EITHER_OR = 2
"""Of so many choices a second try would give the answer away."""


@dataclass(frozen=True)
class Result:
    """How a question went; `given` is None if it was skipped, `again` says that it was the second try."""

    given: float | None
    right: bool
    hinted: bool = False
    again: bool = False


class Quiz:
    """Asks each question once: a right answer closes it, or the second wrong one; of two choices the first does.

    The numbers stay those of the step it began at.
    """

    def __init__(self, material: Material, level: str, seed: int, count: int = QUESTIONS) -> None:
        self.level, self.seed, self.step = level, seed, material.step
        self.questions: tuple[AnyQuestion, ...] = draw_questions(material, level, seed, count)
        self.results: list[Result | None] = [None] * len(self.questions)
        self.place = 0
        self._hinted = False
        self.tried: float | None = None
        self.is_ended = False

    @property
    def question(self) -> AnyQuestion:
        """The present question; the last one when all are done."""
        return self.questions[self.place]

    @property
    def result(self) -> Result | None:
        """How the present question went, None while it is open."""
        return self.results[self.place]

    @property
    def is_over(self) -> bool:
        """True when the last question has been answered or skipped, or the quiz was ended before."""
        return self.is_ended or self.results[-1] is not None

    def end(self) -> None:
        """Ask no more; what was answered stays as it is."""
        self.is_ended = True

    @property
    def score(self) -> int:
        """Right answers so far."""
        return sum(result is not None and result.right for result in self.results)

    @property
    def answered(self) -> int:
        """Questions that are done, skipped ones too."""
        return sum(result is not None for result in self.results)

    @property
    def hints(self) -> int:
        """Right answers that needed a hint."""
        return sum(result is not None and result.right and result.hinted for result in self.results)

    @property
    def streak(self) -> int:
        """Right first answers in a row up to now; a skipped question ends it as a wrong answer does."""
        streak = 0
        for result in self.results[: self.answered]:
            streak = streak + 1 if result is not None and result.right and not result.again else 0
        return streak

    def hint(self) -> None:
        """A hint is looked at."""
        self._hinted = True

    def answer(self, given: float) -> Result:
        """How an answer went; the question stays open for a second try, kept in `tried` until the next question.

        Raises ValueError if it is closed.
        """
        result = Result(given, self.question.is_right(given), self._hinted, self.tried is not None)
        if result.right or result.again or self.question.choices == _EITHER_OR or self.result is not None:
            return self._close(result)
        self.tried = given
        return result

    def skip(self) -> Result:
        """Close the present question without an answer; raises ValueError if it is closed."""
        return self._close(Result(None, right=False, hinted=self._hinted, again=self.tried is not None))

    def go_on(self) -> None:
        """The next question, if the present one is closed and there is one."""
        if self.result is not None and self.place + 1 < len(self.questions):
            self.place += 1
            self._hinted, self.tried = False, None

    def _close(self, result: Result) -> Result:
        if self.result is not None:
            raise ValueError("this question has been answered; go on to the next one")
        self.results[self.place] = result
        return result
