"""问卷走访: how many questionnaires went out and came back and how they turned out, and home visits. No child's name."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, ClassVar

from django.db import models
from django.db.models import BooleanField, Exists, F, IntegerField, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from evaluations.choices import RespondentKind, VisitWay
from evaluations.models.inspections import FoundModel, FoundQuerySet, Inspection, InspectionPart
from evaluations.suppression import LEAST, is_small, rest_is_shown


class Survey(InspectionPart):
    """The third part of an inspection; its counts are QuestionnaireCount."""

    inspection = models.OneToOneField(Inspection, models.CASCADE, related_name="survey", verbose_name="督导检查")
    home_visits = models.PositiveSmallIntegerField("走访户数", null=True, blank=True)
    interviewers = models.CharField("走访人", max_length=60, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "问卷走访"

    def __str__(self) -> str:
        return "问卷走访"


ALL = RespondentKind.ALL
_ANSWERED = Coalesce("valid", "returned", "issued")


class CountQuerySet(FoundQuerySet):
    """Numbers of questionnaires, and which of them may be published with what people said."""

    def tellable(self) -> CountQuerySet:
        """Those whose 满意 may be told outside the bureau: of enough answers, and no subtraction from 各类对象 tells of few."""
        others = (
            self.model._default_manager.filter(inspection=OuterRef("inspection")).exclude(respondents=ALL).order_by()
        )
        counted = others.values("inspection").annotate(n=Sum(_ANSWERED)).values("n")
        is_few = others.annotate(n=_ANSWERED).filter(n__gt=0, n__lt=LEAST)
        rows = self.annotate(
            number_answered=_ANSWERED,
            left=F("number_answered") - Coalesce(Subquery(counted, output_field=IntegerField()), Value(0)),
            is_tellable=Value(True, output_field=BooleanField()),
        )
        told = ~Q(number_answered__gt=0, number_answered__lt=LEAST)
        return rows.filter(told).exclude(Q(respondents=ALL) & (Exists(is_few) | Q(left__gt=0, left__lt=LEAST)))


class QuestionnaireCount(FoundModel):
    """Questionnaires to one kind of people in one inspection: given out, returned, valid; satisfied or not."""

    inspection = models.ForeignKey(
        Inspection, models.CASCADE, related_name="questionnaire_counts", verbose_name="督导检查"
    )
    respondents = models.CharField("问卷对象", max_length=12, choices=RespondentKind)
    issued = models.PositiveIntegerField("发放份数")
    returned = models.PositiveIntegerField("收回份数", null=True, blank=True)
    valid = models.PositiveIntegerField("有效份数", null=True, blank=True)
    satisfied = models.PositiveIntegerField("满意", null=True, blank=True)
    fairly_satisfied = models.PositiveIntegerField("基本满意", null=True, blank=True)
    dissatisfied = models.PositiveIntegerField("不满意", null=True, blank=True)

    objects: ClassVar[Any] = CountQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "问卷统计"
        ordering = ["inspection", "respondents"]
        constraints = [
            models.UniqueConstraint(
                fields=["inspection", "respondents"],
                name="questionnaire_once",
                violation_error_message="这次检查的这类问卷已经有了",
            ),
            models.CheckConstraint(
                condition=Q(returned=None) | Q(returned__lte=F("issued")),
                name="questionnaire_returned",
                violation_error_message="收回份数多于发放份数",
            ),
            models.CheckConstraint(
                condition=Q(valid=None)
                | (Q(valid__lte=F("issued")) & (Q(returned=None) | Q(valid__lte=F("returned")))),
                name="questionnaire_valid",
                violation_error_message="有效份数多于收回（发放）份数",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_respondents_display()}问卷{self.issued}份"

    @property
    def satisfaction(self) -> Decimal | None:
        """(满意 + 基本满意) ÷ valid, in per cent; None where it was not counted or nothing was valid."""
        if self.satisfied is None or not self.valid:
            return None
        return Decimal(self.satisfied + (self.fairly_satisfied or 0)) * 100 / self.valid

    @property
    def answered(self) -> int:
        """How many answers it tells of, as far as that is known."""
        return next(number for number in (self.valid, self.returned, self.issued) if number is not None)


def tellable_among(counts: Sequence[QuestionnaireCount]) -> list[QuestionnaireCount]:
    """Of all the counts of one inspection those whose 满意 may be told; as `tellable` finds them in the database."""
    others = [one for one in counts if one.respondents != ALL]
    told = [one for one in others if not is_small(one.answered)]
    whole = [one for one in counts if one.respondents == ALL and not is_small(one.answered)]
    is_safe = len(told) == len(others)
    return told + [one for one in whole if is_safe and rest_is_shown(one.answered, (each.answered for each in others))]


class HomeVisit(FoundModel):
    """One visit to a pupil's family."""

    inspection = models.ForeignKey(Inspection, models.CASCADE, related_name="home_visits", verbose_name="督导检查")
    number = models.CharField("走访编号", max_length=20)
    day = models.DateField("走访日期", null=True, blank=True)
    visitor = models.CharField("走访人", max_length=50, blank=True)
    grade = models.CharField("学生年级", max_length=20, blank=True)
    relation = models.CharField("与学生关系", max_length=20, blank=True)
    way = models.CharField("走访方式", max_length=8, choices=VisitWay, default=VisitWay.HOME)
    opinion = models.CharField("意见", max_length=300, blank=True)
    needs_action = models.BooleanField("是否需处理", default=False)
    outcome = models.CharField("处理结果", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "走访记录"
        ordering = ["inspection", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["inspection", "number"],
                name="home_visit_once",
                violation_error_message="这次检查的这个走访编号已经有了",
            )
        ]

    def __str__(self) -> str:
        return f"走访{self.number}"
