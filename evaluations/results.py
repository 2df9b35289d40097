"""What a closed questionnaire says: of all its classes together, and only where enough people answered.

Nothing is shown of a single class, and nobody stands in two questionnaires' sums, so subtraction finds nothing that is hidden.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from evaluations.choices import Opinion, QuestionKind, QuestionnaireState
from evaluations.models import OptionCount, Question, Questionnaire, QuestionOption

LEAST = 5  # valid answers, below which nothing is shown
CLOSED = (QuestionnaireState.CLOSED, QuestionnaireState.RELEASED)


@dataclass(frozen=True)
class QuestionResult:
    """One question: how many chose each option. Fewer than `LEAST` answers: nothing but that."""

    question: Question
    counts: tuple[tuple[QuestionOption, int], ...]

    @property
    def answered(self) -> int:
        return sum(number for _, number in self.counts)

    @property
    def is_hidden(self) -> bool:
        return self.answered < LEAST

    @property
    def mean(self) -> Decimal | None:
        """Of the points of the options, to two places; None where an option that was chosen has none."""
        chosen = [(option.points, number) for option, number in self.counts if number]
        if self.is_hidden or any(points is None for points, _ in chosen):
            return None
        total = sum((points * number for points, number in chosen if points is not None), Decimal(0))
        return (total / self.answered).quantize(Decimal("0.01"), ROUND_HALF_UP)

    def told(self) -> str:
        """总是 30（75%），常常 10（25%）."""
        if self.is_hidden:
            return f"答的少于 {LEAST} 份，不公开"
        parts = [f"{option.text} {number}（{number * 100 / self.answered:.0f}%）" for option, number in self.counts]
        return "，".join(parts)


def why_hidden(questionnaire: Questionnaire, valid: int) -> str:
    """Why nothing is shown; empty: there is something to show."""
    if questionnaire.state not in CLOSED:
        return "截止以前谁也看不到结果"
    return f"有效答卷少于 {LEAST} 份，结果不公开" if valid < LEAST else ""


def valid_of(questionnaire: Questionnaire) -> int:
    """Valid answers of all classes; only known once it is closed."""
    return sum(number or 0 for number in questionnaire.classes.values_list("valid", flat=True))


def results_of(questionnaire: Questionnaire) -> list[QuestionResult]:
    """Every question that is not answered in words, in its order. Ask `why_hidden` first."""
    counted = Counter[int]()
    rows = OptionCount.objects.filter(questionnaire_class__questionnaire=questionnaire)
    for option, number in rows.values_list("option", "number"):
        counted[option] += number
    questions = Question.objects.filter(question_set=questionnaire.question_set_id).exclude(kind=QuestionKind.TEXT)
    return [
        QuestionResult(question, tuple((option, counted[option.pk]) for option in question.options.all()))
        for question in questions.prefetch_related("options").order_by("number")
    ]


def satisfaction(results: list[QuestionResult], valid: int) -> Decimal | None:
    """(满意 + 基本满意) ÷ 有效份数, in per cent to one place; None where no question asks it, or it is hidden."""
    asked = next((result for result in results if result.question.tells_satisfaction), None)
    if asked is None or asked.is_hidden or valid < LEAST:
        return None
    pleased = sum(n for option, n in asked.counts if option.opinion in (Opinion.SATISFIED, Opinion.FAIRLY))
    return (Decimal(pleased) * 100 / valid).quantize(Decimal("0.1"), ROUND_HALF_UP)
