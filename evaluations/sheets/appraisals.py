"""考核 and 考核得分."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from assignments.models import Secondment
from assignments.periods import Period
from assignments.sheets.columns import (
    of_secondments,
    of_the_secondment,
    school_year_column,
    secondment_column,
    text,
    when_column,
)
from evaluations.choices import GRADE_ALIASES, AppraisalKind, AppraisalState, Grade
from evaluations.models import Appraisal, AppraisalScore
from zhijiao.workbook.description import Column, Problem, RowValues, Sheet
from zhijiao.workbook.kinds import Choice, Day, Decimal, Reference, Words

KINDS = {
    "中期": "中期考核",
    "期中": "中期考核",
    "半年考核": "中期考核",
    "期满": "期满考核",
    "期末": "期满考核",
    "期末考核": "期满考核",
    "学期": "学期考核",
    "年度": "年度考核",
}
SELECT = (
    "secondment__teacher__school",
    "secondment__sending_school",
    "secondment__programme",
    "secondment__school_year",
    "school_year",
)


def _names(appraisal: Appraisal) -> list[str]:
    """沈若兰, or 沈若兰 期满考核 where there were several."""
    name = appraisal.secondment.teacher.name
    return [name, f"{name} {appraisal.get_kind_display()}", f"{name} {appraisal.get_kind_display()} {appraisal.when}"]


def _final(rows: QuerySet[Appraisal], period: Period) -> QuerySet[Appraisal]:
    """What stands; an appraisal under way has no row in a workbook yet."""
    return of_secondments(rows.filter(state=AppraisalState.FINAL), period)


def _of_period(rows: QuerySet[AppraisalScore], period: Period) -> QuerySet[AppraisalScore]:
    rows = rows.filter(appraisal__state=AppraisalState.FINAL)
    return rows.filter(appraisal__secondment__in=Secondment.objects.filter(period.stays()).values("pk"))


def _check_score(values: RowValues) -> Iterable[Problem]:
    score, maximum = values.get("score"), values.get("maximum")
    if score is not None and maximum is not None and score > maximum:
        yield Problem(f"得分 {score} 超过了满分 {maximum}", "score")


def _prepare(appraisal: Any, values: RowValues, context: Any) -> None:
    of_the_secondment(appraisal, values, context)


APPRAISALS = Sheet(
    name="考核",
    model=Appraisal,
    help="对支教教师的考核，一人一次一行。",
    key=("secondment", "kind", "when"),
    names=_names,
    prepare=_prepare,
    derived=("school_year",),
    export=_final,
    select=SELECT,
    columns=(
        secondment_column(),
        school_year_column(),
        Column("考核类型", "kind", Choice(AppraisalKind, KINDS), default=AppraisalKind.FINAL, sample="期满考核"),
        when_column("考核日期", "2024年6月20日"),
        Column("考核方式", "methods", Words(), sample="名誉测评、座谈、背对背谈话"),
        Column("考核内容", "criteria", Words(), sample="工作态度、考勤、工作成绩"),
        Column("得分", "score", Decimal(min=0, max=120, places=2), sample=93.5),
        Column("受援学校建议等次", "proposed_grade", Choice(Grade, GRADE_ALIASES), sample="优秀"),
        Column("考核等次", "grade", Choice(Grade, GRADE_ALIASES), sample="优秀", aliases=("等次", "考核结果")),
        text("受援学校意见", "receiving_opinion", 200),
        text("派出学校意见", "sending_opinion", 200),
        Column("本人签字日期", "signed_on", Day()),
        text("考核结果文号", "document", 60),
    ),
)

SCORES = Sheet(
    name="考核得分",
    model=AppraisalScore,
    help="考核每一项的得分。",
    key=("appraisal", "item"),
    check=_check_score,
    export=_of_period,
    select=("appraisal__secondment__teacher",),
    columns=(
        Column(
            "考核",
            "appraisal",
            Reference("考核"),
            required=True,
            sample="沈若兰",
            help="教师姓名；考核过几次的，写 沈若兰 期满考核",
            aliases=("教师", "姓名"),
        ),
        text("考核项目", "item", 40, required=True, sample="出勤"),
        Column("满分", "maximum", Decimal(min=0, max=999, places=2), required=True, sample=20),
        Column("得分", "score", Decimal(min=0, max=999, places=2), required=True, sample=19.4),
        text("依据", "source", 100, sample="病假 3 天"),
    ),
)
