"""An appraisal of the whole county is opened: for each secondment a draft with what is known."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from assignments.access import insist_for_county
from assignments.choices import SecondmentState
from assignments.models import Secondment
from evaluations import facts, rubrics
from evaluations.appraisal.lines import span_of, take_known
from evaluations.choices import AppraisalKind, AppraisalState
from evaluations.models import Appraisal, AppraisalScore, Rubric
from evaluations.telling import appraisals as telling
from zhijiao import clock
from zhijiao.accounts import audit
from zhijiao.dates import ApproximateDate
from zhijiao.locks import lock
from zhijiao.refusals import Refused, atomically

OPENED_IN = (SecondmentState.ON_POST, SecondmentState.APPRAISED, SecondmentState.COMPLETED, SecondmentState.ENDED_EARLY)


def to_open(school_year: Any, kind: str, county: Any) -> Any:
    """The secondments of a year that were carried out and have no such appraisal yet."""
    known = Appraisal.objects.filter(kind=kind, school_year=school_year, county=county)
    if kind == AppraisalKind.TERM:  # one a term, so another after the first is final
        known = known.exclude(state=AppraisalState.FINAL)
    rows = Secondment.objects.filter(county=county, school_year=school_year, state__in=OPENED_IN)
    return rows.exclude(pk__in=known.values("secondment"))


def open_year(
    school_year: Any, kind: str, rubric: Rubric, secondments: Iterable[Secondment], *, by: Any
) -> list[Appraisal]:
    """The bureau opens the appraisal of these secondments: a draft of each at its school, filled in with what is known."""
    keys = {one.pk for one in secondments}
    with atomically():
        rows = lock(Secondment.objects.filter(pk__in=keys))
        if not rows:
            raise Refused("请至少选一位教师")
        county = rows[0].county_id
        insist_for_county(by, county, "evaluation.open")
        if any(row.county_id != county for row in rows) or rubric.county_id not in (None, county):
            raise Refused("只能考核本县的支教教师，用本县的或者现成的考核办法")
        open_ones = set(to_open(school_year, kind, county).values_list("pk", flat=True))
        if others := [row for row in rows if row.pk not in open_ones]:
            names = "、".join(str(row.teacher) for row in others[:5])
            raise Refused(f"{names}没有在这个学年支教，或者已经有了{AppraisalKind(kind).label}，请重新选")
        used = rubrics.freeze(rubric, by=by)
        made = [_drafted(row, school_year, kind, used) for row in rows]
        _fill(made, used)
        after = {"考核类型": AppraisalKind(kind).label, "考核办法": str(used)}
        for row in made:
            audit.record(by, "开展考核", row, after=after)
        telling.tell_opened(made, by=by)
    return made


def _drafted(secondment: Secondment, school_year: Any, kind: str, rubric: Rubric) -> Appraisal:
    row = Appraisal(
        county_id=secondment.county_id, secondment=secondment, school_year=school_year, kind=kind, rubric=rubric,
        state=AppraisalState.DRAFT,
    )  # fmt: skip
    row.when = ApproximateDate.day(clock.today())
    row.save()
    return row


def _fill(rows: list[Appraisal], rubric: Rubric) -> None:
    """The lines of all of them, with what the system knows already."""
    items = sorted(rubric.items.all(), key=lambda one: (one.number, one.pk))
    span = span_of(rows[0])  # opened together: of one kind, one year, one day
    known = facts.known([row.secondment for row in rows], [one.fact for one in items if one.fact], span)
    lines = []
    for row in rows:
        for one in items:
            line = AppraisalScore(
                county_id=row.county_id, appraisal=row, item=one.name, maximum=one.maximum, rubric_item=one
            )
            take_known(line, rubrics.item_of(one), known[row.secondment_id])
            lines.append(line)
    AppraisalScore.objects.bulk_create(lines)
