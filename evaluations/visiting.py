"""The inspection at the school: its parts are filled in on the spot, field by field, and finished one by one.

Each field is saved by itself, with what its page showed before (`base`): two inspectors at different fields do not disturb
each other, and at the same field the second is told what the first wrote. Nothing is asked from the school that its
teachers' work records hold already.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Prefetch
from django.urls import reverse

from assignments.access import has_on, insist
from assignments.models import Placement, School, Secondment, Teacher
from assignments.telling import people_of_schools
from evaluations.choices import FindingKind, InspectionState, PartState, RespondentKind
from evaluations.duties import PAIRS, archive_of
from evaluations.models import (
    Briefing,
    BriefingPoint,
    Feedback,
    Finding,
    HomeVisit,
    Inspection,
    Questionnaire,
    QuestionnaireCount,
    RecordsReview,
    ReviewedItem,
    Survey,
)
from evaluations.questionnaires.personal import find_personal
from evaluations.rounds import CHECKLIST
from zhijiao import attachments, clock
from zhijiao.accounts import audit
from zhijiao.accounts.models import AuditEntry
from zhijiao.dates import parse_day, school_year_of
from zhijiao.notices.models import Notice
from zhijiao.refusals import Refused, atomically
from zhijiao.wordlists import WordListField, split_words

EDIT = "inspection.edit"
WRITTEN = "填写检查"
QUIET = dt.timedelta(minutes=10)  # what one person types into one field within it stands in the trail once
OPEN_STATES = (InspectionState.UNDER_WAY, InspectionState.FEEDBACK)
PARTS: dict[str, tuple[str, type[models.Model]]] = {
    "briefing": ("汇报座谈", Briefing), "records": ("资料检查", RecordsReview), "survey": ("问卷走访", Survey), "feedback": ("反馈", Feedback),
}  # fmt: skip
FOLLOWED = ("briefing", "records", "survey")  # the letter of the feedback is the bureau's
OF_SCHOOL = ("考勤表", "课程表", "会议纪要", "管理制度", "安全记录")  # not one teacher's
# What a line of the checklist is called in the archive, where it has another name there.
IN_ARCHIVE = {
    "公开课材料": ("公开课", "示范课"), "师徒材料": (PAIRS,), "教研活动": ("教研活动", "教研组活动"), "讲座材料": ("专题讲座",),
}  # fmt: skip
TOLD_KINDS = {"身份证号", "电话", "邮箱", "微信或 QQ", "长号码", "姓名"}
OF_FAMILIES = ("同学", "爸爸", "妈妈", "爸", "妈", "爷爷", "奶奶")


class Clash(Exception):  # noqa: N818  # told to the person, who chooses
    """Somebody else wrote into the same field meanwhile: what stands there now, and who wrote it."""

    def __init__(self, theirs: str, who: str) -> None:
        super().__init__(f"{who or '别人'}刚写成“{theirs}”")
        self.theirs, self.who = theirs, who


class Unreadable(ValueError):  # noqa: N818  # told to the person
    """What was typed cannot be that field, in a sentence that names it."""


@dataclass(frozen=True)
class Kind:
    """Rows of a part that are filled in: `find` gives the row of a key, or a new one."""

    part: str
    model: type[Any]
    fields: tuple[str, ...]
    find: Callable[[Inspection, list[str]], Any]
    nameless: tuple[str, ...] = ()  # where no child's name may stand


def _sole(model: Any) -> Callable[[Inspection, list[str]], Any]:
    return lambda inspection, key: model.objects.get_or_create(
        inspection=inspection, defaults={"county_id": inspection.county_id, "state": PartState.OPEN}
    )[0]


def _by_number(model: Any) -> Callable[[Inspection, list[str]], Any]:
    def find(inspection: Inspection, key: list[str]) -> Any:
        number = key[0] if key else ""
        row = model.objects.filter(inspection=inspection, pk=number).first() if _is_number(number) else None
        if row is None:
            raise Refused("这一条已经删去了，请刷新页面")
        return row

    return find


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 19


def _item(inspection: Inspection, key: list[str]) -> ReviewedItem:
    """Of a teacher ("0": of the school) and a line of the checklist; made when first something is written of it."""
    teacher, category, *_ = [*key, "", ""]
    known = {str(one.pk) for one in teachers_at(inspection)} | {"0"}
    if teacher not in known or not category or len(category) > 20:
        raise Refused("没有这一项资料，请刷新页面")
    whose = None if teacher == "0" else int(teacher)
    row = ReviewedItem.objects.filter(inspection=inspection, teacher=whose, category=category).first()
    return row or ReviewedItem(
        inspection=inspection, county_id=inspection.county_id, teacher_id=whose, category=category, number=0, is_seen=False,
        available=available(inspection).get((whose, category)),
    )  # fmt: skip


def _count(inspection: Inspection, key: list[str]) -> QuestionnaireCount:
    """Counted on paper at the school; what the questionnaires of the system count comes by itself."""
    kind = key[0] if key else ""
    if kind not in RespondentKind.values:
        raise Refused("没有这一类问卷对象")
    row = QuestionnaireCount.objects.filter(inspection=inspection, respondents=kind).first()
    return row or QuestionnaireCount(inspection=inspection, county_id=inspection.county_id, respondents=kind, issued=0)


KINDS: dict[str, Kind] = {
    "briefing": Kind("briefing", Briefing, ("day", "place", "heard", "leaders_heard", "teachers_heard", "seconded_heard", "private_interviews", "topics"), _sole(Briefing)),
    "point": Kind("briefing", BriefingPoint, ("speaker", "topic", "text", "quality", "teacher", "is_private"), _by_number(BriefingPoint)),
    "records": Kind("records", RecordsReview, ("day", "place", "impression"), _sole(RecordsReview)),
    "item": Kind("records", ReviewedItem, ("is_seen", "number", "missing", "quality", "remark"), _item),
    "survey": Kind("survey", Survey, ("day", "home_visits", "interviewers"), _sole(Survey)),
    "count": Kind("survey", QuestionnaireCount, ("issued", "returned", "valid", "satisfied", "fairly_satisfied", "dissatisfied"), _count),
    "visit": Kind("survey", HomeVisit, ("day", "visitor", "way", "grade", "relation", "opinion", "needs_action", "outcome"), _by_number(HomeVisit), ("grade", "relation", "opinion", "outcome")),
    "feedback": Kind("feedback", Feedback, (), _sole(Feedback)),
    "finding": Kind("feedback", Finding, ("kind", "text", "teacher", "due_on"), _by_number(Finding)),
    "inspection": Kind("feedback", Inspection, ("conclusion",), lambda inspection, key: inspection),
}  # fmt: skip
ADDED = {
    "point": ("speaker", "text"),
    "visit": (),
    "finding": ("kind", "text"),
}  # rows one adds, and what they must have


# --- who, and whether --------------------------------------------------------------------------------------------------


def may_edit(user: Any, inspection: Inspection) -> bool:
    """The inspectors of the team that goes there."""
    return has_on(user, EDIT, inspection)


def _locked(inspection: Inspection, by: Any) -> Inspection:
    rows = Inspection.objects.select_for_update(of=("self",)).select_related("school", "round", "team")
    row = rows.filter(pk=inspection.pk).first()
    if row is None:
        raise Refused("这次检查已经移出日程")
    insist(by, row, EDIT)
    return row


def why_not_written(inspection: Inspection, part: str) -> str:
    """Why nothing can be written into this part now; empty: it can."""
    if inspection.state == InspectionState.PLANNED:
        return "检查还没有开始，请先点“开始检查”"
    if inspection.state not in OPEN_STATES:
        return "反馈意见书已经印发，检查记录不再改动"
    row: Any = PARTS[part][1]._default_manager.filter(inspection=inspection).first()
    if part in FOLLOWED and row is not None and row.state == PartState.DONE:
        return f"{PARTS[part][0]}已经完成；要改请先重新打开"
    return ""


# --- the way of an inspection --------------------------------------------------------------------------------------------


def start(inspection: Inspection, *, by: Any, today: dt.date | None = None) -> Inspection:
    """The team is there. Its parts are open from now on."""
    with atomically():
        row = _locked(inspection, by)
        if row.state != InspectionState.PLANNED:
            raise Refused(f"这次检查现在是“{row.get_state_display()}”，已经开始了")
        row.state = InspectionState.UNDER_WAY
        row.save(update_fields=["state"])
        for _, model in PARTS.values():
            part: Any = model
            part.objects.get_or_create(
                inspection=row, defaults={"county_id": row.county_id, "state": PartState.OPEN, "day": None if part is Feedback else today or clock.today()}
            )  # fmt: skip
        audit.record(by, "开始检查", row, after={"学校": str(row.school)})
    return row


def follow(inspection: Inspection) -> None:
    """The state of an inspection follows from its parts: with the three at the school done it waits for the letter."""
    if inspection.state not in OPEN_STATES:
        return
    done = all(
        PARTS[part][1]._default_manager.filter(inspection=inspection, state=PartState.DONE).exists()
        for part in FOLLOWED
    )
    state = InspectionState.FEEDBACK if done else InspectionState.UNDER_WAY
    if state != inspection.state:
        inspection.state = state
        inspection.save(update_fields=["state"])


def finish(inspection: Inspection, part: str, *, by: Any) -> None:
    """One part is complete. What is missing is told."""
    with atomically():
        row = _locked(inspection, by)
        if part not in FOLLOWED:
            raise Refused(f"{PARTS[part][0]}由教育局印发反馈意见书时完成")
        if why_not := why_not_written(row, part) or missing(row, part):
            raise Refused(why_not)
        found: Any = KINDS[part].find(row, [])
        found.state, found.done_by = PartState.DONE, by
        found.day = found.day or clock.today()
        found.save()
        follow(row)
        audit.record(by, f"完成{PARTS[part][0]}", row)


def reopen(inspection: Inspection, part: str, *, by: Any) -> None:
    """Something is to be mended, as long as the letter is not out."""
    with atomically():
        row = _locked(inspection, by)
        if row.state not in OPEN_STATES:
            raise Refused(
                "反馈意见书已经印发，检查记录不再改动" if row.state != InspectionState.PLANNED else "检查还没有开始"
            )
        found: Any = KINDS[part].find(row, [])
        if part not in FOLLOWED or found.state != PartState.DONE:
            raise Refused(f"{PARTS[part][0]}没有完成，不用重新打开")
        found.state, found.done_by = PartState.OPEN, None
        found.save()
        follow(row)
        audit.record(by, f"重新打开{PARTS[part][0]}", row)


def missing(inspection: Inspection, part: str) -> str:
    """What a part lacks to be complete; empty: nothing."""
    if part == "briefing":
        heard = Briefing.objects.filter(inspection=inspection).first()
        if not (heard and heard.heard) and not inspection.briefing_points.exists():
            return "还没有写座谈对象，也没有记要点；写一样再完成"
    if part == "records" and not inspection.reviewed_items.filter(is_seen=True).exists():
        return "还没有看过一项资料；看了哪几项，先点“看了”"
    if part == "survey":
        asked = Questionnaire.objects.filter(inspection=inspection).exists()
        if not asked and not inspection.questionnaire_counts.exists() and not inspection.home_visits.exists():
            return "还没有问卷，也没有走访；至少登记一样再完成"
    if part == "feedback" and not inspection.findings.exists():
        return "还没有写反馈意见：优点、问题、建议至少写一条"
    return ""


# --- one field -----------------------------------------------------------------------------------------------------------


def text_of(row: Any, name: str) -> str:
    """A field as it stands on the page."""
    value = getattr(row, row._meta.get_field(name).attname)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    return "、".join(value) if isinstance(value, list) else str(value)


def parse_name(name: str) -> tuple[str, list[str], str]:
    """`item:12:教案:number` → its kind, the key of its row, its field. Refused where there is no such field."""
    kind, *key, field = name.split(":")
    if kind not in KINDS or field not in KINDS[kind].fields:
        raise Refused("没有这一栏，请刷新页面")
    return kind, key, field


def save_field(inspection: Inspection, name: str, base: str, value: str, *, by: Any) -> str:
    """Write one field, and give it as it stands now. Clash where somebody else wrote there; Unreadable where it cannot be."""
    kind, key, field = parse_name(name)
    with atomically():
        row = _locked(inspection, by)
        if why_not := why_not_written(row, KINDS[kind].part):
            raise Refused(why_not)
        found = KINDS[kind].find(row, key)
        if kind == "point" and found.is_private and found.noted_by_id not in (None, by.pk):
            raise Refused("背对背谈话的记录由记录人自己改")
        now = text_of(found, field)
        if now != base and now != value and found.pk:
            raise Clash(now, _last_writer(row, kind, found, field, by))
        if found.pk and now == value:
            return now
        _write(row, found, kind, {field: value})
        _note(row, kind, found, field, by)
        return text_of(found, field)


def add(inspection: Inspection, kind: str, values: Mapping[str, str], *, by: Any) -> Any:
    """A new point, home visit or finding."""
    if kind not in ADDED:
        raise Refused("没有这一栏，请刷新页面")
    with atomically():
        row = _locked(inspection, by)
        if why_not := why_not_written(row, KINDS[kind].part):
            raise Refused(why_not)
        model: Any = KINDS[kind].model
        found = model(inspection=row, county_id=row.county_id)
        if kind == "point":
            found.noted_by = by
        if kind == "visit":
            found.number = str(_next_number(row))
        for name in ADDED[kind]:
            if not values.get(name, "").strip():
                raise Unreadable(f"请写{model._meta.get_field(name).verbose_name}")
        _write(row, found, kind, {name: text for name, text in values.items() if name in KINDS[kind].fields})
        audit.record(by, f"登记{model._meta.verbose_name}", _part_of(row, kind), after={"编号": str(found.pk)})
    return found


def remove(inspection: Inspection, kind: str, key: str, *, by: Any) -> None:
    """Take away a row that was added by mistake."""
    if kind not in ADDED:
        raise Refused("没有这一栏，请刷新页面")
    with atomically():
        row = _locked(inspection, by)
        if why_not := why_not_written(row, KINDS[kind].part):
            raise Refused(why_not)
        found = KINDS[kind].find(row, [key])
        if kind == "point" and found.is_private and found.noted_by_id not in (None, by.pk):
            raise Refused("背对背谈话的记录由记录人自己改")
        audit.record(by, f"删去{found._meta.verbose_name}", _part_of(row, kind), before={"编号": key})
        found.delete()


def _next_number(inspection: Inspection) -> int:
    numbers = [int(one) for one in inspection.home_visits.values_list("number", flat=True) if _is_number(one)]
    return max(numbers, default=0) + 1


def _write(inspection: Inspection, found: Any, kind: str, values: Mapping[str, str]) -> None:
    for name, text in values.items():
        setattr(found, found._meta.get_field(name).attname, _read(inspection, found, name, text))
        if name in KINDS[kind].nameless:
            _nameless(found, name, text)
    if kind == "item" and "is_seen" not in values:
        found.is_seen = True  # whoever writes of it has looked at it
    found.full_clean()
    found.save()


def _read(inspection: Inspection, found: Any, name: str, text: str) -> Any:
    """What was typed as the field holds it."""
    field = found._meta.get_field(name)
    label, text = str(field.verbose_name), text.strip()
    match field:
        case WordListField():
            return split_words(text)
        case models.BooleanField():
            return text == "1"
        case models.ForeignKey():
            known = {str(one.pk): one.pk for one in teachers_at(inspection)}
            if text and text not in known:
                raise Unreadable("只能选在这所学校的支教教师")
            return known.get(text)
        case models.DateField():
            try:
                return parse_day(text)
            except ValueError as problem:
                raise Unreadable(f"“{label}”{problem}") from None
        case models.IntegerField():
            if not text and not field.null:
                return 0
            if text and not (text.isascii() and text.isdecimal() and len(text) < 6):
                raise Unreadable(f"“{label}”要写数字，如 12；“{text[:10]}”不是")
            return int(text) if text else None
    if not text and not field.blank:
        raise Unreadable(f"“{label}”不能空着；不要这一条的，请删去")
    if field.choices and text and text not in dict(field.choices):
        raise Unreadable(f"“{label}”请从列表里选")
    if field.max_length and len(text) > field.max_length:
        raise Unreadable(f"“{label}”最多 {field.max_length} 个字，现在有 {len(text)} 个")
    return text


def _nameless(found: Any, name: str, text: str) -> None:
    """Of a family nothing is written down by which it could be found."""
    for one in find_personal(text):
        words = text[one.start : one.end]
        if one.kind in TOLD_KINDS or words.endswith(OF_FAMILIES):
            raise Unreadable(
                f"“{found._meta.get_field(name).verbose_name}”里的“{words}”像是{one.kind}；走访不记孩子和家长的姓名、电话"
            )


def _note(inspection: Inspection, kind: str, found: Any, field: str, by: Any) -> None:
    """In the trail of the part: who filled in what, without what it says; typing on for a while is one entry."""
    part, label = _part_of(inspection, kind), _label(found, field)
    lately = _written(part).filter(by=by, at__gte=clock.now() - QUIET)
    if not any(entry.after.get("栏目") == label for entry in lately.order_by("-pk")[:50]):
        audit.record(by, WRITTEN, part, after={"栏目": label})


def _last_writer(inspection: Inspection, kind: str, found: Any, field: str, by: Any) -> str:
    label = _label(found, field)
    rows = _written(_part_of(inspection, kind)).exclude(by=by).select_related("by")
    return next((str(one.by) for one in rows.order_by("-pk")[:200] if one.after.get("栏目") == label), "")


def _part_of(inspection: Inspection, kind: str) -> Any:
    return KINDS[KINDS[kind].part].find(inspection, [])


def _written(part: Any) -> Any:
    return AuditEntry.objects.filter(subject_type=part._meta.label_lower, subject_id=str(part.pk), verb=WRITTEN)


def _label(found: Any, field: str) -> str:
    """教案（沈若兰）：抽查数量, 座谈要点 138：要点, 汇报座谈：座谈地点."""
    column = found._meta.get_field(field).verbose_name
    if isinstance(found, ReviewedItem):
        return f"{found.category}（{found.teacher or '学校'}）：{column}"
    number = f" {found.pk}" if any(isinstance(found, KINDS[kind].model) for kind in ADDED) else ""
    return f"{found._meta.verbose_name}{number}：{column}"


# --- what is there already -----------------------------------------------------------------------------------------------


def secondments_at(inspection: Inspection) -> list[Secondment]:
    """Those who were seconded to the school on that day, by name, with their work records."""
    day = inspection.start or clock.today()
    stays = Placement.objects.filter(receiving_school=inspection.school_id)
    rows = Secondment.objects.filter(
        placements__in=stays, county=inspection.county_id, state__in=("on_post", "appraised", "completed", "ended_early"), start__lte=day,
    ).exclude(end__lt=day).exclude(ended_on__lt=day)  # fmt: skip
    return list(rows.select_related("teacher").distinct().order_by("teacher__name", "pk"))


def teachers_at(inspection: Inspection) -> list[Teacher]:
    known = getattr(inspection, "_teachers_at", None)
    if known is None:
        known = inspection._teachers_at = [one.teacher for one in secondments_at(inspection)]  # type: ignore[attr-defined]
    return list(known)


def checklist_of(inspection: Inspection) -> list[str]:
    """What is looked at: as the round says it, else the usual."""
    return list((inspection.round.checklist if inspection.round else None) or CHECKLIST)


def available(inspection: Inspection) -> dict[tuple[int | None, str], int]:
    """How much of each line of the checklist the work records hold, by teacher."""
    rows = Secondment.objects.filter(pk__in=[one.pk for one in secondments_at(inspection)]).prefetch_related(
        "work_records", "lessons", "lectures", Prefetch("mentorships")
    )
    found: dict[tuple[int | None, str], int] = {}
    for one in rows:
        held: Counter[str] = archive_of(
            one.work_records.all(), one.lessons.all(), one.lectures.all(), one.mentorships.all()
        )
        for line in checklist_of(inspection):
            number = sum(held.get(name, 0) for name in IN_ARCHIVE.get(line, (line,)))
            if number and line not in OF_SCHOOL:
                found[(one.teacher_id, line)] = number
    return found


@dataclass(frozen=True)
class Asked:
    """What a school was asked for this term: by how many inspections, questionnaires and reminders."""

    inspections: int
    questionnaires: int
    reminders: int


def asked_of(school: School, day: dt.date) -> Asked:
    """Since the first of September, or of February."""
    first = school_year_of(day)
    since = dt.date(first + 1, 2, 1) if dt.date(first + 1, 2, 1) <= day else dt.date(first, 9, 1)
    people = [one.pk for one in people_of_schools([school.pk]).get(school.pk, ())]
    reminded = Notice.objects.filter(user__in=people, kind__startswith="owed_", created_at__date__gte=since)
    return Asked(
        Inspection.objects.filter(school=school, start__gte=since, start__lte=day).count(),
        Questionnaire.objects.filter(school=school, opens_at__date__gte=since).count(),
        reminded.values("kind", "title").distinct().count(),
    )


def findings_of(inspection: Inspection) -> dict[str, int]:
    """How many of each kind."""
    kinds = inspection.findings.values_list("kind", flat=True)
    counted = Counter(kinds)
    return {FindingKind(kind).label: counted[kind] for kind in FindingKind.values if counted[kind]}


# What photos hang on, and the part in which it is written.
PICTURED: dict[type[models.Model], str] = {Briefing: "briefing", ReviewedItem: "records", Feedback: "feedback"}


def connect() -> None:
    """Photos hang on the talk, on what was looked at, and on the feedback; not on the visits to families."""
    for model in PICTURED:
        attachments.register(model, _may_see, _may_add, _page)


def _may_see(user: Any, row: Any) -> bool:
    return bool(type(row)._default_manager.visible_to(user).filter(pk=row.pk).exists())


def _may_add(user: Any, row: Any) -> bool:
    """As long as the part can be written."""
    return may_edit(user, row.inspection) and not why_not_written(row.inspection, PICTURED[type(row)])


def _page(row: Any) -> str:
    """Where the photos of it stand."""
    address = reverse("evaluations:inspection_visit", args=[row.inspection_id, PICTURED[type(row)]])
    whose = f"?who={row.teacher_id or 0}" if isinstance(row, ReviewedItem) else ""
    return f"{address}{whose}#photos-{row.pk}"
