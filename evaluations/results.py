"""What a closed questionnaire says: of all its classes together and of each of them, and only what tells of no small group.

What may be shown is decided by `suppression`; here it is put together from the counters.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import Sum

from evaluations.choices import Opinion, QuestionKind, QuestionnaireState
from evaluations.models import OptionCount, Question, Questionnaire, QuestionnaireClass, QuestionOption
from evaluations.suppression import LEAST, is_small, parts_are_shown

CLOSED = (QuestionnaireState.CLOSED, QuestionnaireState.RELEASED)
PLEASED = (Opinion.SATISFIED, Opinion.FAIRLY)
__all__ = ["LEAST"]


@dataclass(frozen=True)
class Share:
    """How many chose an option, and how many of a hundred."""

    option: QuestionOption
    number: int
    answered: int

    @property
    def per_cent(self) -> int:
        return int((Decimal(self.number) * 100 / self.answered).quantize(Decimal(1), ROUND_HALF_UP))

    @property
    def width(self) -> str:
        """Of its bar."""
        return f"{self.per_cent}%"


@dataclass(frozen=True)
class ClassResult:
    """One class that may be told."""

    name: str
    shares: tuple[Share, ...]


@dataclass(frozen=True)
class QuestionResult:
    """One question: how many chose each option. Fewer than `LEAST` answers: nothing but that."""

    question: Question
    counts: tuple[tuple[QuestionOption, int], ...]
    classes: tuple[ClassResult, ...] = ()  # none where one of them is too small to be told

    @property
    def answered(self) -> int:
        return sum(number for _, number in self.counts)

    @property
    def is_hidden(self) -> bool:
        return self.answered < LEAST

    @property
    def shares(self) -> list[Share]:
        return [] if self.is_hidden else [Share(option, number, self.answered) for option, number in self.counts]

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
        return "，".join(f"{share.option.text} {share.number}（{share.per_cent}%）" for share in self.shares)


# --- one questionnaire -------------------------------------------------------------------------------------------------


def why_hidden(questionnaire: Questionnaire, valid: int) -> str:
    """Why nothing is shown; empty: there is something to show."""
    if questionnaire.state not in CLOSED:
        return "截止以前谁也看不到结果"
    return f"有效答卷少于 {LEAST} 份，结果不公开" if valid < LEAST else ""


def why_no_classes(classes: Sequence[QuestionnaireClass]) -> str:
    """What is said where the classes are not told one by one; empty: they are, or there is one only."""
    small = [one.name for one in classes if is_small(one.valid or 0)]
    if not small or sum(bool(one.valid) for one in classes) < 2:
        return ""
    return f"{'、'.join(small)}的有效答卷少于 {LEAST} 份，不单独列出；其他班也不分班列出，不然用合计一减，就知道这{'个班' if len(small) == 1 else '几个班'}是怎么答的。"


def valid_of(questionnaire: Questionnaire) -> int:
    """Valid answers of all classes; only known once it is closed."""
    return sum(number or 0 for number in questionnaire.classes.values_list("valid", flat=True))


def results_of(questionnaire: Questionnaire) -> list[QuestionResult]:
    """Every question that is not answered in words, in its order. Ask `why_hidden` first. Four queries."""
    classes = list(questionnaire.classes.order_by("pk"))
    counted: dict[tuple[int, int], int] = defaultdict(int)
    rows = OptionCount.objects.filter(questionnaire_class__in=classes)
    for one, option, number in rows.values_list("questionnaire_class", "option", "number"):
        counted[one, option] = number
    questions = Question.objects.filter(question_set=questionnaire.question_set_id).exclude(kind=QuestionKind.TEXT)
    return [
        _result(question, list(question.options.all()), classes, counted)
        for question in questions.prefetch_related("options").order_by("number")
    ]


def _result(
    question: Question,
    options: list[QuestionOption],
    classes: Sequence[QuestionnaireClass],
    counted: dict[tuple[int, int], int],
) -> QuestionResult:
    parts = [[counted[one.pk, option.pk] for option in options] for one in classes]
    totals = [sum(column) for column in zip(*parts, strict=True)] if parts else [0] * len(options)
    told: tuple[ClassResult, ...] = ()
    if parts_are_shown(parts, [one.valid or 0 for one in classes]):
        told = tuple(
            ClassResult(
                one.name,
                tuple(Share(option, number, sum(part)) for option, number in zip(options, part, strict=True)),
            )
            for one, part in zip(classes, parts, strict=True)
            if sum(part)
        )
    return QuestionResult(question, tuple(zip(options, totals, strict=True)), told)


def overall(results: Iterable[QuestionResult]) -> QuestionResult | None:
    """The question that asks for satisfaction, where enough answered it."""
    asked = next((result for result in results if result.question.tells_satisfaction), None)
    return None if asked is None or asked.is_hidden else asked


def rate_of(results: Iterable[QuestionResult], valid: int) -> Decimal | None:
    """(满意 + 基本满意) ÷ 有效份数, in per cent to one place; None where no question asks it, or it is hidden."""
    asked = overall(results)
    if asked is None or valid < LEAST:
        return None
    return _rate(sum(number for option, number in asked.counts if option.opinion in PLEASED), valid)


def _rate(pleased: int, valid: int) -> Decimal:
    return (Decimal(pleased) * 100 / valid).quantize(Decimal("0.1"), ROUND_HALF_UP)


# --- several together --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Summary:
    """One closed questionnaire in numbers: how many valid, and what they said over all where that may be told."""

    questionnaire: int
    respondents: str
    issued: int
    returned: int
    valid: int
    opinions: dict[str, int] | None  # None: nobody is asked for satisfaction, or too few said it

    @property
    def pleased(self) -> int:
        return sum((self.opinions or {}).get(opinion, 0) for opinion in PLEASED)

    @property
    def rate(self) -> Decimal | None:
        return None if self.opinions is None else _rate(self.pleased, self.valid)


def summaries(questionnaires: Any) -> list[Summary]:
    """Of those that are closed; two queries, however many."""
    classes = QuestionnaireClass.objects.filter(questionnaire__in=questionnaires, questionnaire__state__in=CLOSED)
    numbers = (
        classes.order_by("questionnaire")
        .values("questionnaire", "questionnaire__question_set__respondents")
        .annotate(out=Sum("issued"), back=Sum("returned"), good=Sum("valid"))
    )
    said: dict[int, dict[str, int]] = defaultdict(dict)
    options = OptionCount.objects.filter(
        questionnaire_class__in=classes, option__question__tells_satisfaction=True
    ).order_by()
    for pk, opinion, number in options.values_list("questionnaire_class__questionnaire", "option__opinion").annotate(
        n=Sum("number")
    ):
        said[pk][opinion] = number
    return [
        Summary(
            row["questionnaire"], row["questionnaire__question_set__respondents"], row["out"] or 0, row["back"] or 0,
            row["good"] or 0, _tellable(said[row["questionnaire"]], row["good"] or 0),
        )
        for row in numbers
    ]  # fmt: skip


def _tellable(said: dict[str, int], valid: int) -> dict[str, int] | None:
    return dict(said) if said and valid >= LEAST and sum(said.values()) >= LEAST else None


def satisfaction(secondment: Any, *, respondents: str = "") -> Decimal | None:
    """满意率 of a secondment: of its closed questionnaires that may be told, all kinds of people together or one kind."""
    told = _told(secondment, respondents)
    valid = sum(one.valid for one in told)
    return _rate(sum(one.pleased for one in told), valid) if valid else None


def valid_number(secondment: Any, *, respondents: str = "") -> int:
    """Of how many valid answers `satisfaction` is made."""
    return sum(one.valid for one in _told(secondment, respondents))


def _told(secondment: Any, respondents: str) -> list[Summary]:
    rows = Questionnaire.objects.filter(secondment=secondment)
    if respondents:
        rows = rows.filter(question_set__respondents=respondents)
    return [one for one in summaries(rows.values("pk")) if one.opinions is not None]
