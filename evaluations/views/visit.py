"""/inspections/<id>/visit/<part>/: the four parts at the school, on a phone or a laptop, each field saved as it is typed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from evaluations import visiting
from evaluations.choices import RECORD_UNITS, FindingKind, InspectionState, PartState, Quality, RespondentKind
from evaluations.models import BriefingPoint, HomeVisit, Inspection, Questionnaire, QuestionnaireCount, ReviewedItem
from evaluations.views.inspections import inspections_of
from evaluations.visiting import KINDS, PARTS, Clash, Unreadable, text_of
from zhijiao import clock
from zhijiao.access import needs
from zhijiao.attachments.models import Attachment
from zhijiao.entry import act_once
from zhijiao.refusals import Refused, tells_refusals
from zhijiao.wordlists import WordListField

ORDER = tuple(PARTS)
HELP = {
    "heard": "学校领导、本校教师、支教教师，用“、”隔开", "topics": "工作态度、工作方法、工作效果，用“、”隔开",
    "interviewers": "谁去走访的", "speaker": "身份就可以，如 教导主任", "grade": "如 五年级", "relation": "如 母亲",
}  # fmt: skip
LONG = 100  # from so many letters on a field has several lines


@dataclass(frozen=True)
class Input:
    """A field on the page: `name` is that under which it is saved, `base` what it showed."""

    name: str
    label: str
    look: str  # text, area, number, date, choice, teacher, check
    value: str
    choices: list[tuple[str, str]] = field(default_factory=list)
    help: str = ""
    problem: str = ""
    theirs: str = ""
    base: str = ""

    @property
    def key(self) -> str:
        """For the id of the element; a name holds colons and letters of all kinds."""
        return "f" + "".join(sign if sign.isascii() and sign.isalnum() else f"-{ord(sign):x}-" for sign in self.name)


@dataclass(frozen=True)
class Line:
    """Something that is filled in together: a point, a kind of record of a teacher, a home visit, a finding."""

    title: str
    told: str
    inputs: list[Input]
    is_done: bool = False
    key: str = ""
    row: Any = None
    photos: int = 0
    note: str = ""


# --- what stands on the page ---------------------------------------------------------------------------------------------


class Sheet:
    """The fields of one inspection for one person, with what was typed and could not be saved."""

    def __init__(self, inspection: Inspection, user: Any, typed: dict[str, tuple[str, str, str]] | None = None) -> None:
        self.inspection, self.user = inspection, user
        self.typed = typed or {}  # name → (value, problem, theirs)
        self.teachers = [(str(one.pk), one.name) for one in visiting.teachers_at(inspection)]

    def inputs(self, kind: str, key: str, row: Any, names: Iterable[str] = ()) -> list[Input]:
        return [self.input(kind, key, row, name) for name in names or KINDS[kind].fields]

    def input(self, kind: str, key: str, row: Any, name: str) -> Input:
        column = row._meta.get_field(name)
        full = ":".join(part for part in (kind, key, name) if part)
        now = text_of(row, name) if row.pk or name != "is_seen" else "0"
        value, problem, theirs = self.typed.get(full, (now, "", ""))
        return Input(
            full, str(column.verbose_name), _look(column), value, self._choices(column), HELP.get(name, ""), problem, theirs,
            theirs or now,
        )  # fmt: skip

    def _choices(self, column: Any) -> list[tuple[str, str]]:
        if isinstance(column, models.ForeignKey):
            return [("", "学校"), *self.teachers]
        if isinstance(column, models.BooleanField):
            return [("1", "看了"), ("0", "没看")] if column.name == "is_seen" else [("1", "是"), ("0", "否")]
        return [(str(value), str(label)) for value, label in column.flatchoices]


def _look(column: Any) -> str:
    match column:
        case models.BooleanField():
            return "choice"
        case models.ForeignKey():
            return "teacher"
        case models.DateField():
            return "date"
        case WordListField():
            return "text"
        case models.IntegerField():
            return "number"
    if column.choices:
        return "choice"
    return "area" if column.max_length >= LONG else "text"


def _briefing(sheet: Sheet, sole: Any) -> dict[str, Any]:
    rows = BriefingPoint.objects.visible_to(sheet.user).filter(inspection=sheet.inspection).select_related("noted_by")
    points = []
    for row in rows.order_by("pk"):
        is_mine = not row.is_private or row.noted_by_id in (None, sheet.user.pk)
        told = "、".join(
            part for part in (row.topic, row.get_quality_display(), "背对背" if row.is_private else "") if part
        )
        inputs = sheet.inputs("point", str(row.pk), row) if is_mine else []
        points.append(Line(row.speaker, told or row.text[:24], inputs, True, f"point-{row.pk}", row))
    return {"main": sheet.inputs("briefing", "", sole), "lines": points, "adds": "point", "line_title": "要点"}


def _records(sheet: Sheet, sole: Any, whose: str) -> dict[str, Any]:
    inspection, there = sheet.inspection, visiting.available(sheet.inspection)
    rows = ReviewedItem.objects.visible_to(sheet.user).filter(inspection=inspection)
    known = {(row.teacher_id, row.category): row for row in rows}
    photos = _photos(list(known.values()))
    tabs, lines = [], []
    for key, name in [*sheet.teachers, ("0", "学校")]:
        teacher = None if key == "0" else int(key)
        asked = [one for one in visiting.checklist_of(inspection) if (one in visiting.OF_SCHOOL) == (teacher is None)]
        asked += [category for who, category in known if who == teacher and category not in asked]
        seen = sum((teacher, one) in known and known[(teacher, one)].is_seen for one in asked)
        if asked:
            tabs.append((key, name, f"{seen}/{len(asked)}"))
        if key == whose:
            lines = [
                _item(sheet, key, one, known.get((teacher, one)), there.get((teacher, one), 0), photos) for one in asked
            ]
    return {
        "main": sheet.inputs("records", "", sole),
        "tabs": tabs,
        "lines": lines,
        "whose": whose,
        "asked": _asked(inspection),
    }


def _asked(inspection: Inspection) -> str:
    """What the school was asked for this term, in a sentence."""
    asked = visiting.asked_of(inspection.school, inspection.start or clock.today())
    told = [f"检查 {asked.inspections} 次", f"问卷 {asked.questionnaires} 次", f"催报 {asked.reminders} 次"]
    return f"本学期向{inspection.school}：{'、'.join(told)}。"


def _item(sheet: Sheet, key: str, category: str, row: Any, there: int, photos: dict[str, int]) -> Line:
    unit = RECORD_UNITS.get(category, "份")
    shown = row or ReviewedItem(category=category, number=0, is_seen=False)
    number = photos.get(str(shown.pk), 0)
    if row and row.is_seen:
        of = f"/{there}" if there else ""
        parts = [f"看了 {row.number}{of} {unit}", row.get_quality_display(), f"照片 {number} 张" if number else ""]
        told = "，".join(part for part in parts if part)
    else:
        told = f"档案里有 {there} {unit}，还没看" if there else "档案里没有"
    inputs = sheet.inputs("item", f"{key}:{category}", shown)
    return Line(category, told, inputs, bool(row and row.is_seen), f"item-{key}-{category}", row, number)


def _photos(rows: list[Any]) -> dict[str, int]:
    """How many of each; the rows are of one kind."""
    keys = [str(row.pk) for row in rows]
    kind = rows[0]._meta.label_lower if rows else ""
    found = Attachment.objects.present().filter(subject_type=kind, subject_id__in=keys)
    counted = found.order_by().values("subject_id").annotate(n=models.Count("pk"))
    return {str(one["subject_id"]): one["n"] for one in counted}


def _survey(sheet: Sheet, sole: Any) -> dict[str, Any]:
    user, inspection = sheet.user, sheet.inspection
    asked = list(Questionnaire.objects.visible_to(user).filter(inspection=inspection).select_related("question_set"))
    known = {row.respondents: row for row in QuestionnaireCount.objects.visible_to(user).filter(inspection=inspection)}
    fed = {one.question_set.respondents for one in asked}
    counts = []
    for kind, label in RespondentKind.choices:
        if kind in fed:
            continue
        row = known.get(kind) or QuestionnaireCount(respondents=kind, issued=0)
        told = f"发 {row.issued} 份，有效 {row.valid if row.valid is not None else '—'} 份" if row.pk else "没有"
        counts.append(
            Line(f"{label}（纸质）", told, sheet.inputs("count", kind, row), bool(row.pk), f"count-{kind}", row)
        )
    visits = [
        Line(
            f"第 {row.number} 户", "，".join(part for part in (row.get_way_display(), row.grade, row.opinion[:20]) if part),
            sheet.inputs("visit", str(row.pk), row), True, f"visit-{row.pk}", row,
        )
        for row in HomeVisit.objects.visible_to(user).filter(inspection=inspection).order_by("pk")
    ]  # fmt: skip
    return {
        "main": sheet.inputs("survey", "", sole), "lines": visits, "adds": "visit", "line_title": "走访", "counts": counts,
        "questionnaires": asked, "nameless": True,
    }  # fmt: skip


def _feedback(sheet: Sheet, sole: Any) -> dict[str, Any]:
    rows = sheet.inspection.findings.visible_to(sheet.user).select_related("teacher").order_by("pk")
    lines = [
        Line(
            row.get_kind_display(), f"{row.teacher or '学校'}：{row.text[:24]}", sheet.inputs("finding", str(row.pk), row), True, f"finding-{row.pk}", row,
        )
        for row in rows
    ]  # fmt: skip
    return {
        "main": sheet.inputs("inspection", "", sheet.inspection),
        "lines": lines,
        "adds": "finding",
        "line_title": "意见",
    }


# --- pages ---------------------------------------------------------------------------------------------------------------


def _inspection(request: HttpRequest, pk: int) -> Inspection:
    """One's own to fill in; another's that one may read is refused, anything else does not exist."""
    rows = inspections_of(request.user).select_related("school", "round", "team", "county")
    inspection: Inspection = get_object_or_404(rows, pk=pk)
    if not visiting.may_edit(request.user, inspection):
        raise PermissionDenied("这所学校由检查组的督导员现场填写")
    return inspection


def _part(part: str) -> str:
    if part not in PARTS:
        raise Http404
    return part


def _page_of(inspection: Inspection, part: str) -> str:
    return reverse("evaluations:inspection_visit", args=[inspection.pk, part])


@require_http_methods(["GET", "POST"])
@needs("inspection.edit")
@tells_refusals
def inspection_visit(request: HttpRequest, pk: int, part: str) -> HttpResponse:
    """One part. By script one field comes at a time and JSON goes back; without, the whole page."""
    inspection = _inspection(request, pk)
    _part(part)
    if inspection.state == InspectionState.PLANNED:
        raise Refused("检查还没有开始，请先点“开始检查”")
    if request.method == "POST":
        return _save_one(request, inspection) if "name" in request.POST else _save_all(request, inspection, part)
    return _page(request, inspection, part)


def _save_one(request: HttpRequest, inspection: Inspection) -> HttpResponse:
    sent = request.POST
    try:
        now = visiting.save_field(
            inspection, sent["name"], sent.get("base", ""), sent.get("value", ""), by=request.user
        )
    except Clash as clash:
        return JsonResponse({"theirs": clash.theirs, "who": clash.who or "别人"}, status=409)
    except Unreadable as problem:
        return JsonResponse({"problem": str(problem)}, status=422)
    except ValidationError as problem:
        return JsonResponse({"problem": "；".join(problem.messages)}, status=422)
    except Refused as refused:
        return JsonResponse({"refused": str(refused)}, status=423)
    return JsonResponse({"now": now, "at": f"{timezone.localtime(clock.now()):%H:%M}"})


def _save_all(request: HttpRequest, inspection: Inspection, part: str) -> HttpResponse:
    """What differs from what the page showed; each by itself, so that one that cannot be does not hold up the others."""
    typed: dict[str, tuple[str, str, str]] = {}
    saved = 0
    for name in [key.removeprefix("base:") for key in request.POST if key.startswith("base:")]:
        base, value = request.POST[f"base:{name}"], request.POST.get(name, "")
        if value == base:
            continue
        try:
            visiting.save_field(inspection, name, base, value, by=request.user)
            saved += 1
        except Clash as clash:
            typed[name] = (value, f"{clash.who or '别人'}刚写成“{clash.theirs}”。再保存一次就用您写的。", clash.theirs)
        except Unreadable as problem:
            typed[name] = (value, str(problem), "")
        except ValidationError as problem:
            typed[name] = (value, "；".join(problem.messages), "")
    if typed:
        return _page(
            request, inspection, part, typed, status=409 if any(theirs for _, _, theirs in typed.values()) else 422
        )
    messages.success(request, f"已保存 {saved} 处" if saved else "没有改动")
    whose = request.GET.get("who", "")
    return redirect(_page_of(inspection, part) + (f"?who={whose}" if whose.isdecimal() else ""))


def _page(
    request: HttpRequest, inspection: Inspection, part: str, typed: dict[str, tuple[str, str, str]] | None = None, *,
    status: int = 200, adding: dict[str, Any] | None = None,
) -> HttpResponse:  # fmt: skip
    sheet = Sheet(inspection, request.user, typed)
    states = _states(inspection)
    sole = states[part][1]
    match part:
        case "briefing":
            filled = _briefing(sheet, sole)
        case "records":
            first = sheet.teachers[0][0] if sheet.teachers else "0"
            filled = _records(sheet, sole, request.GET.get("who") or first)
        case "survey":
            filled = _survey(sheet, sole)
        case _:
            filled = _feedback(sheet, sole)
    place = ORDER.index(part)
    pictured = sole if type(sole) in visiting.PICTURED and sole.pk else None
    context = {
        "pictured": pictured, "photos": _photos([pictured]).get(str(pictured.pk), 0) if pictured else 0,
        "inspection": inspection, "part": part, "title": PARTS[part][0], "kinds": FindingKind.choices, "qualities": Quality.choices,
        "parts": [(key, PARTS[key][0], *_dot(inspection, key, states)) for key in ORDER],
        "is_done": part in visiting.FOLLOWED and sole.state == PartState.DONE,
        "why_not": visiting.why_not_written(inspection, part), "missing": visiting.missing(inspection, part),
        "may_finish": part in visiting.FOLLOWED,
        "may_reopen": part in visiting.FOLLOWED and sole.state == PartState.DONE and inspection.state in visiting.OPEN_STATES,
        "previous": ORDER[place - 1] if place else "", "following": ORDER[place + 1] if place + 1 < len(ORDER) else "",
        "following_title": PARTS[ORDER[place + 1]][0] if place + 1 < len(ORDER) else "",
        "teachers": sheet.teachers, "adding": adding or {}, **filled,
    }  # fmt: skip
    return render(request, "evaluations/visit.html", context, status=status)


def _states(inspection: Inspection) -> dict[str, tuple[str, Any]]:
    found = {}
    for part, (_, model) in PARTS.items():
        known: Any = model
        row = known.objects.filter(inspection=inspection).first() or known(inspection=inspection, state=PartState.OPEN)
        found[part] = (row.state, row)
    return found


def _dot(inspection: Inspection, part: str, states: dict[str, tuple[str, Any]]) -> tuple[bool, str]:
    """Whether the part is done, and how far it is in a word."""
    if part == "feedback":
        number = sum(visiting.findings_of(inspection).values())
        return False, f"{number} 条" if number else "未开始"
    return states[part][0] == PartState.DONE, (states[part][0] == PartState.DONE and "已完成") or "填写中"


@require_POST
@needs("inspection.edit")
@tells_refusals
def visit_start(request: HttpRequest, pk: int) -> HttpResponse:
    inspection = _inspection(request, pk)
    return act_once(request, lambda: visiting.start(inspection, by=request.user), to=_page_of(inspection, ORDER[0]))


@require_POST
@needs("inspection.edit")
@tells_refusals
def visit_finish(request: HttpRequest, pk: int, part: str) -> HttpResponse:
    inspection = _inspection(request, pk)
    return act_once(
        request,
        lambda: visiting.finish(inspection, _part(part), by=request.user),
        told=f"{PARTS[part][0]}已完成",
        to=_page_of(inspection, ORDER[min(ORDER.index(part) + 1, len(ORDER) - 1)]),
    )


@require_POST
@needs("inspection.edit")
@tells_refusals
def visit_reopen(request: HttpRequest, pk: int, part: str) -> HttpResponse:
    inspection = _inspection(request, pk)
    return act_once(
        request, lambda: visiting.reopen(inspection, _part(part), by=request.user), to=_page_of(inspection, part)
    )


@require_POST
@needs("inspection.edit")
@tells_refusals
def visit_add(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """A new row; what cannot be kept comes back with its sentence, as it was typed."""
    inspection = _inspection(request, pk)
    if kind not in visiting.ADDED:
        raise Http404
    part = KINDS[kind].part
    values = {name: request.POST[name] for name in KINDS[kind].fields if name in request.POST}
    try:
        return act_once(
            request,
            lambda: visiting.add(inspection, kind, values, by=request.user),
            to=lambda row: f"{_page_of(inspection, part)}#{kind}-{row.pk}",
        )
    except Unreadable as problem:
        return _page(request, inspection, part, adding={**values, "problem": str(problem)})
    except ValidationError as problem:
        return _page(request, inspection, part, adding={**values, "problem": "；".join(problem.messages)})


@require_POST
@needs("inspection.edit")
@tells_refusals
def visit_remove(request: HttpRequest, pk: int, kind: str, row: int) -> HttpResponse:
    inspection = _inspection(request, pk)
    if kind not in visiting.ADDED:
        raise Http404
    return act_once(
        request,
        lambda: visiting.remove(inspection, kind, str(row), by=request.user),
        to=_page_of(inspection, KINDS[kind].part),
    )
