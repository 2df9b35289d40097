"""The page of an inspection: its four parts, and what came of them."""

from __future__ import annotations

from typing import Any

from django.db.models import CharField, Q
from django.db.models.functions import Cast
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from assignments.access import within
from assignments.views.reading import Reading
from evaluations import visiting
from evaluations.choices import FindingKind, InspectionState
from evaluations.models import Briefing, Feedback, Inspection, RecordsReview, ReviewedItem, Survey, tellable_among
from evaluations.suppression import LEAST
from evaluations.views.contributions import inspection_badge, points_told
from zhijiao.access import has, needs
from zhijiao.attachments.models import Attachment
from zhijiao.detail import Col, Page, Section, Table
from zhijiao.quantities import plain


def inspections_of(user: Any) -> Any:
    """Those that this person may open."""
    mine = within(Inspection.objects.all(), user, "inspection.view").values("pk")
    return Inspection.objects.visible_to(user).filter(pk__in=mine)


@needs("inspection.view")
def inspection_detail(request: HttpRequest, pk: int) -> HttpResponse:
    inspections = inspections_of(request.user).select_related(
        "county", "round", "school_year", "school", "inspecting_school"
    )
    inspection = get_object_or_404(inspections, pk=pk)
    reading = Reading(request)
    page = Page(
        [
            _facts(reading, inspection),
            _briefing(reading, inspection),
            _records_review(reading, inspection),
            _survey(reading, inspection),
            _feedback(reading, inspection),
        ]
    )
    context = {
        "inspection": inspection,
        "school_link": reading.tell.link(inspection.school),
        "badge": inspection_badge(inspection),
        "page": page,
        "photos": _photos(request, inspection),
        "notice": inspection.round_id
        if inspection.state == InspectionState.PLANNED and has(request.user, "round_notice.download")
        else None,
        "may_see_feedback": has(request.user, "feedback.view"),
        "may_edit": visiting.may_edit(request.user, inspection),
    }
    return render(request, "evaluations/inspection_detail.html", context)


def _photos(request: HttpRequest, inspection: Inspection) -> list[tuple[str, list[Attachment]]]:
    """What was photographed at the school, in the order of the parts; of what this person may see."""
    if not has(request.user, "attachment.download"):
        return []
    hangs_on, rows_of = Q(), {}
    for model in visiting.PICTURED:
        known: Any = model
        rows_of[model] = known.objects.visible_to(request.user).filter(inspection=inspection)
        keys = rows_of[model].order_by().annotate(as_text=Cast("pk", CharField())).values("as_text")
        hangs_on |= Q(subject_type=model._meta.label_lower, subject_id__in=keys)
    found: dict[tuple[str, str], list[Attachment]] = {}
    for one in Attachment.objects.present().pictures().filter(hangs_on).order_by("pk"):
        found.setdefault((one.subject_type, one.subject_id), []).append(one)
    told: dict[str, list[Attachment]] = {}
    for model, rows in rows_of.items():
        kind = model._meta.label_lower
        keys = [key for subject, key in found if subject == kind]
        shown = rows.filter(pk__in=keys).order_by("pk") if keys else rows.none()
        for row in shown.select_related("teacher") if model is ReviewedItem else shown:
            told.setdefault(_pictured(row, visiting.PICTURED[model]), []).extend(found[kind, str(row.pk)])
    return list(told.items())


def _pictured(row: Any, part: str) -> str:
    if not isinstance(row, ReviewedItem):
        return visiting.PARTS[part][0]
    return f"{row.category}（{row.teacher}）" if row.teacher else row.category


def _part(reading: Reading, model: Any, inspection: Inspection) -> Any:
    return model.objects.visible_to(reading.user).filter(inspection=inspection).first()


def _facts(reading: Reading, inspection: Inspection) -> Section:
    facts = reading.tell.facts(
        inspection,
        Col("school"),
        Col("when"),
        Col("school_year"),
        Col("round"),
        Col("round.list_number"),
        Col("round.notice_document"),
        Col("round.announced_on", "通知日期"),
        Col("half_day") if inspection.state == InspectionState.PLANNED else Col(lambda row: "", "时段"),
        Col("round.contents", "检查内容"),
        Col("round.checklist", "资料检查清单"),
        Col(lambda row: row.inspecting_school or row.county.bureau_name, "检查单位"),
        Col("leader"),
        Col("inspectors"),
        Col("conclusion"),
    )
    return Section("facts", "检查情况", [facts])


def _briefing(reading: Reading, inspection: Any) -> Section:
    tell = reading.tell
    facts = tell.facts(
        _part(reading, Briefing, inspection),
        Col("day"),
        Col("place"),
        Col("heard"),
        Col("leaders_heard", "校领导", unit="人"),
        Col("teachers_heard", "本校教师", unit="人"),
        Col("seconded_heard", "支教教师", unit="人"),
        Col("private_interviews", "个别谈话", unit="人"),
        Col("topics"),
    )
    points = list(inspection.briefing_points.visible_to(reading.user).order_by("id"))
    table = tell.table(points, "speaker", "topic", "text", Col("quality", css="nw"), caption="要点")
    return Section("briefing", "汇报座谈", [facts, table], "第一部分")


def _records_review(reading: Reading, inspection: Any) -> Section:
    tell = reading.tell
    facts = tell.facts(_part(reading, RecordsReview, inspection), Col("day"), Col("place"), Col("impression"))
    items = list(inspection.reviewed_items.visible_to(reading.user).select_related("teacher"))
    table = tell.table(
        items,
        "category",
        "teacher",
        Col(lambda row: f"{row.number} {row.unit}", "抽查", css="nw"),
        Col(lambda row: f"{row.missing} {row.unit}" if row.missing else "", "缺少", css="nw"),
        Col("quality", css="nw"),
        "remark",
    )
    return Section("records", "资料检查", [facts, table], "第二部分")


def _survey(reading: Reading, inspection: Any) -> Section:
    tell = reading.tell
    survey = _part(reading, Survey, inspection)
    facts = tell.facts(survey, Col("day"), Col("home_visits", unit="户"), Col("interviewers"))
    counts = list(inspection.questionnaire_counts.visible_to(reading.user))
    visits = list(inspection.home_visits.visible_to(reading.user))
    return Section(
        "survey",
        "问卷走访",
        [facts, _questionnaires(reading, inspection, counts), _home_visits(reading, visits)],
        "第三部分",
    )


def _questionnaires(reading: Reading, inspection: Inspection, counts: list[Any]) -> Table:
    """The bureau reads what was recorded; the school nothing that tells of fewer than five."""
    access = reading.access
    is_bureau = access.everything or inspection.county_id in access.districts
    hidden = [] if is_bureau else [one for one in counts if one not in tellable_among(counts)]
    for one in hidden:
        one.satisfied = one.fairly_satisfied = one.dissatisfied = None
    return reading.tell.table(
        counts,
        "respondents",
        Col("issued", css="r"),
        Col("returned", css="r"),
        Col("valid", css="r"),
        Col(lambda row: _rate(row.returned, row.issued), "回收率", css="r"),
        Col(lambda row: _rate(row.valid, row.issued), "有效率", css="r"),
        Col("satisfied", css="r"),
        Col("fairly_satisfied", css="r"),
        Col("dissatisfied", css="r"),
        Col(lambda row: "" if row.satisfaction is None else f"{row.satisfaction:.1f}%", "满意率", css="r"),
        caption="问卷（份）",
        foot=_questionnaires_foot(counts, hidden),
    )


def _questionnaires_foot(counts: list[Any], hidden: list[Any]) -> str:
    told = ["满意率 =（满意 + 基本满意）÷ 有效份数"] if any(row.satisfaction is not None for row in counts) else []
    if hidden:
        kinds = "、".join(one.get_respondents_display() for one in hidden)
        told.append(f"{kinds}的满意情况不公开：有的对象有效答卷少于 {LEAST} 份，写出来就能猜到是谁怎么答的")
    return "。".join(told)


def _rate(part: int | None, whole: int) -> str:
    return "" if part is None or not whole else f"{plain(round(part * 100 / whole, 1))}%"


def _home_visits(reading: Reading, visits: list[Any]) -> Table:
    return reading.tell.table(
        visits,
        Col("number"),
        Col("day", css="nw"),
        "visitor",
        "way",
        "grade",
        "relation",
        "opinion",
        Col(lambda row: "需处理" if row.needs_action else "", "处理", css="nw"),
        "outcome",
        caption="走访",
    )


def _feedback(reading: Reading, inspection: Any) -> Section:
    tell = reading.tell
    facts = tell.facts(
        _part(reading, Feedback, inspection),
        Col("day"),
        Col("recipients"),
        Col("points", "意见条数", unit="条"),
        Col("document", "意见书文号"),
        Col("answered_on"),
    )
    findings = list(inspection.findings.visible_to(reading.user).select_related("teacher").order_by("id"))
    blocks: list[Any] = [facts]
    for kind in FindingKind:
        of_kind = [finding for finding in findings if finding.kind == kind]
        blocks.append(
            tell.table(
                of_kind,
                Col("text"),
                "teacher",
                Col("due_on", css="nw"),
                "done",
                Col("done_on", css="nw"),
                Col("checked_on", css="nw"),
                Col(_rectified if kind == FindingKind.PROBLEM else lambda _row: "", "整改", css="nw"),
                caption=f"{kind.label} {len(of_kind)} 条",
            )
        )
    return Section("feedback", "反馈", blocks, points_told(findings) or "第四部分")


def _rectified(finding: Any) -> str:
    if finding.is_closed:
        return "已销号"
    return "已整改" if finding.done or finding.done_on else "待整改"
