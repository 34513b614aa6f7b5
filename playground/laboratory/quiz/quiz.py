"""A quiz as it goes: the present question, what was answered, score and streak."""

from __future__ import annotations

from dataclasses import dataclass

from playground.laboratory.quiz.generate import Material, draw_questions
from playground.laboratory.quiz.questions import Question

__all__ = ["QUESTIONS", "Quiz", "Result"]

QUESTIONS = 10


@dataclass(frozen=True)
class Result:
    """How a question went; `given` is None if it was skipped."""

    given: float | None
    right: bool
    hinted: bool = False


class Quiz:
    """Asks each question once: an answer closes it, right or wrong. The numbers stay those of the step it began at."""

    def __init__(self, material: Material, level: str, seed: int, count: int = QUESTIONS) -> None:
        self.level, self.seed, self.step = level, seed, material.step
        self.questions: tuple[Question, ...] = draw_questions(material, level, seed, count)
        self.results: list[Result | None] = [None] * len(self.questions)
        self.place = 0
        self._hinted = False

    @property
    def question(self) -> Question:
        """The present question; the last one when all are done."""
        return self.questions[self.place]

    @property
    def result(self) -> Result | None:
        """How the present question went, None while it is open."""
        return self.results[self.place]

    @property
    def is_over(self) -> bool:
        """True when the last question has been answered or skipped."""
        return self.results[-1] is not None

    @property
    def is_hinted(self) -> bool:
        """Whether a hint was asked for the present question."""
        return self._hinted if self.result is None else self.result.hinted

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
        """Right answers in a row up to now; a skipped question ends it as a wrong one does."""
        streak = 0
        for result in self.results[: self.answered]:
            streak = streak + 1 if result is not None and result.right else 0
        return streak

    def hint(self) -> None:
        """A hint is looked at."""
        self._hinted = True

    def answer(self, given: float) -> Result:
        """Close the present question; raises ValueError if it is closed."""
        return self._close(Result(given, self.question.is_right(given), self._hinted))

    def skip(self) -> Result:
        """Close the present question without an answer; raises ValueError if it is closed."""
        return self._close(Result(None, right=False, hinted=self._hinted))

    def go_on(self) -> None:
        """The next question, if the present one is closed and there is one."""
        if self.result is not None and self.place + 1 < len(self.questions):
            self.place += 1
            self._hinted = False

    def _close(self, result: Result) -> Result:
        if self.result is not None:
            raise ValueError("this question has been answered; go on to the next one")
        self.results[self.place] = result
        return result
