"""What the system knows of a secondment that an appraisal asks for: each with its source in words, one click away.

Only what was recorded: where nothing was, nothing is known, and a person says. Why somebody was ill is told to nobody here.

An appraisal counts what falls into its own time (`span_of`): at the end the whole secondment, in the middle the school year up
to its day, for a term or a year just that. Attendance counts by its month, work and honours by their first day, a mentorship
while it lasts, a questionnaire by the day it was opened, an inspection by its day. What has no date counts where its school year
lies whole within that time. What a programme asks of a year says nothing of a part of it, so then nothing is known.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum, auto
from functools import cached_property
from typing import Any

from django.db.models import Case, Count, F, Q, Sum, Value, When
from django.urls import reverse

from assignments.models import AttendanceMonth, Placement, Secondment, Term, YearFacts
from evaluations.choices import (
    GIVEN_LESSONS,
    LECTURE_RECORD,
    PUBLISHED_STATES,
    RECORD_UNITS,
    AppraisalKind,
    HonourLevel,
    ItemKind,
    LessonKind,
    Opinion,
    Quality,
    RespondentKind,
)
from evaluations.duties import PAIRS, archive_of, duties_of
from evaluations.models import (
    Honour,
    Lecture,
    Lesson,
    Mentorship,
    Questionnaire,
    ReviewedItem,
    WorkRecord,
)
from evaluations.results import Summary, summaries
from evaluations.scoring import Item, number_of
from evaluations.work import CONFIRMED
from zhijiao.dates import told as day_told
from zhijiao.quantities import plain

# What a month of attendance counts, in the words in which a rubric asks for it.
ABSENCES = {
    "事假": ("personal_leave", "天"), "病假": ("sick_leave", "天"), "公假": ("official_leave", "天"),
    "其他假": ("other_leave", "天"), "旷工": ("absent", "天"), "迟到": ("late", "次"), "早退": ("left_early", "次"),
    "缺课": ("lessons_missed", "节"),
}  # fmt: skip
OPENLY = tuple(kind for kind in GIVEN_LESSONS if kind not in (LessonKind.ROUTINE, LessonKind.OTHER))
TOGETHER = {"教师和学生": (RespondentKind.COLLEAGUES, RespondentKind.PUPILS)}  # asked together in some rubrics


class Shape(Enum):
    """In which shape a fact comes, so which kinds of items can take it."""

    COUNTS = auto()  # name → number
    NUMBER = auto()
    RATIO = auto()  # own and average
    PERCENT = auto()
    LEVEL = auto()
    OPINIONS = auto()  # group → option → number


TAKEN_BY = {
    Shape.COUNTS: (ItemKind.DEDUCTION, ItemKind.BONUS), Shape.NUMBER: (ItemKind.BANDS,), Shape.RATIO: (ItemKind.RATIO,),
    Shape.PERCENT: (ItemKind.RATING, ItemKind.BANDS), Shape.LEVEL: (ItemKind.LEVEL,), Shape.OPINIONS: (ItemKind.RATING,),
}  # fmt: skip


@dataclass(frozen=True)
class Known:
    """What is known: in the shape in which an item takes it, in words, and where it stands."""

    value: Any
    words: str
    source_url: str


@dataclass(frozen=True)
class Fact:
    """One thing that the system may know of a secondment. `names`: what is counted one by one, where that is fixed."""

    key: str
    label: str
    unit: str
    shape: Shape
    find: Callable[[Material, Secondment], Known | None]
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Span:
    """The days that an appraisal is about, of the school year that holds them."""

    first: dt.date
    last: dt.date
    school_year: Any

    def __contains__(self, day: dt.date) -> bool:
        return self.first <= day <= self.last

    def __str__(self) -> str:
        return f"{day_told(self.first)}到{day_told(self.last)}"

    @property
    def is_part(self) -> bool:
        """Less than the school year."""
        return (self.first, self.last) != (self.school_year.start, self.school_year.end)

    def events(self) -> Q:
        """What happened in it. A record tells its school year: a meeting in late August belongs to the year it prepares."""
        found = Q(school_year=self.school_year.pk) | Q(school_year=None, start__gte=self.first, start__lte=self.last)
        if self.first != self.school_year.start:
            found &= Q(start__gte=self.first)
        if self.last != self.school_year.end:
            found &= Q(start__lte=self.last)
        return found

    def lasting(self) -> Q:
        """What went on during some of it. Of a pair mostly the first day alone is told: it goes on."""
        going = Q(end__gte=self.first) | Q(end=None) | Q(end=F("start"))
        return (Q(start__lte=self.last) & going) | (self.events() & Q(start=None))


TERM_GRACE = dt.timedelta(days=31)  # in the first weeks of a term it is the one before that is appraised


def span_of(kind: str, school_year: Any, day: dt.date | None) -> Span | None:
    """What an appraisal of this kind, opened on this day, is about; None: the whole secondment."""
    if kind == AppraisalKind.FINAL or school_year is None:
        return None
    first, last = school_year.start, school_year.end
    if kind == AppraisalKind.TERM and day is not None:
        first, last = _term(school_year, day)
    elif kind == AppraisalKind.MIDDLE and day is not None:
        last = max(first, min(last, day))
    return Span(first, last, school_year)


def _term(school_year: Any, day: dt.date) -> tuple[dt.date, dt.date]:
    """The term that was over, or nearly, on that day; the first one from the beginning."""
    terms = list(Term.objects.filter(school_year=school_year).order_by("start").values_list("start", "end"))
    begun = [term for term in terms if term[0] + TERM_GRACE <= day]
    found: tuple[dt.date, dt.date] = (begun or terms[:1] or [(school_year.start, school_year.end)])[-1]
    return found


class Material:
    """What was recorded of some secondments, asked for once for all of them, and only when it is needed."""

    def __init__(self, secondments: Iterable[Secondment], span: Span | None = None) -> None:
        self.secondments = list(secondments)
        self.keys = [secondment.pk for secondment in self.secondments]
        self.span = span

    def _of(self, model: Any) -> Any:
        return model._default_manager.filter(secondment__in=self.keys).order_by()

    def _happened(self, model: Any) -> Any:
        """Of records with a day those in the time asked for; of pairs, which last, those that went on then."""
        rows = self._of(model)
        if self.span is None:
            return rows
        return rows.filter(self.span.lasting() if model is Mentorship else self.span.events())

    def during(self, secondment: Secondment, day: dt.date | None) -> bool:
        """Whether a day falls into the secondment, and into the time asked for."""
        last = secondment.ended_on or secondment.end
        is_within = bool(day and secondment.start and last and secondment.start <= day <= last)
        return is_within and (self.span is None or (day is not None and day in self.span))

    def year_of(self, secondment: Secondment) -> int:
        return self.span.school_year.pk if self.span else secondment.school_year_id or 0

    @cached_property
    def attendance(self) -> dict[int, dict[str, Any]]:
        """The sums of all months, how many they are, and how many of them the school confirmed."""
        sums = {field: Sum(field) for field in ("due", "present", *(field for field, _ in ABSENCES.values()))}
        rows = self._of(AttendanceMonth)
        if self.span:
            rows = rows.filter(month__gte=self.span.first.replace(day=1), month__lte=self.span.last)
        rows = rows.values("secondment")
        rows = rows.annotate(months=Count("pk"), confirmed=Count("pk", filter=~Q(confirmed_on=None)), **sums)
        return {row["secondment"]: row for row in rows}

    @cached_property
    def placements(self) -> dict[int, Placement]:
        """Where each teaches, or taught last, and how much; only where that was entered."""
        rows = self._of(Placement).exclude(weekly_periods=None).select_related("receiving_school").order_by("order")
        if self.span:
            begun, going = Q(start=None) | Q(start__lte=self.span.last), Q(end=None) | Q(end__gte=self.span.first)
            rows = rows.filter(begun & going)
        return {row.secondment_id: row for row in rows}

    @cached_property
    def averages(self) -> dict[tuple[int, int], Decimal]:
        """The average load of a school in a year, as the school told it."""
        schools = {row.receiving_school_id for row in self.placements.values()}
        rows = YearFacts.objects.filter(school__in=schools).values_list("school", "school_year", "average_periods")
        return {(school, year): average for school, year, average in rows if school and average is not None}

    @cached_property
    def work(self) -> dict[int, tuple[Counter[str], int]]:
        """How much there is of each kind of record that the school confirmed, and how many wait for it."""
        records, waiting = self._grouped(WorkRecord, "category")
        lessons, unseen = self._grouped(Lesson, "kind")
        lectures, unheard = self._listed(Lecture)
        pairs, unpaired = self._listed(Mentorship)
        waiting += unseen + unheard + unpaired
        found = {*records, *lessons, *lectures, *pairs}
        return {
            key: (archive_of(records[key], lessons[key], lectures[key], pairs[key]), waiting[key])
            for key in found | set(waiting)
        }

    def _grouped(self, model: Any, by: str) -> tuple[dict[int, list[Any]], Counter[int]]:
        """The confirmed ones summed up by kind, and how many others there are."""
        is_confirmed = Case(When(CONFIRMED, then=Value(1)), default=Value(0))
        rows = self._happened(model).annotate(is_confirmed=is_confirmed).values("secondment", by, "is_confirmed")
        found, waiting = defaultdict[int, list[Any]](list), Counter[int]()
        for row in rows.annotate(total=Sum("number"), rows=Count("pk")):
            if row["is_confirmed"]:
                found[row["secondment"]].append(model(**{by: row[by]}, number=row["total"]))
            else:
                waiting[row["secondment"]] += row["rows"]
        return found, waiting

    def _listed(self, model: Any) -> tuple[dict[int, list[Any]], Counter[int]]:
        is_confirmed = Case(When(CONFIRMED, then=Value(1)), default=Value(0))
        rows = self._happened(model).annotate(is_confirmed=is_confirmed).values_list("secondment", "pk", "is_confirmed")
        found, waiting = defaultdict[int, list[Any]](list), Counter[int]()
        for key, pk, is_sure in rows:
            if is_sure:
                found[key].append(pk)
            else:
                waiting[key] += 1
        return found, waiting

    @cached_property
    def programmes(self) -> dict[int, Any]:
        model: Any = Secondment._meta.get_field("programme").related_model
        return dict(model._default_manager.in_bulk({one.programme_id for one in self.secondments}))

    @cached_property
    def quality(self) -> dict[int, list[tuple[str, int]]]:
        """How good the records of a teacher were found, and in which inspection; by teacher, the newest last."""
        rows = ReviewedItem.objects.filter(
            teacher__in={one.teacher_id for one in self.secondments}, inspection__state__in=PUBLISHED_STATES
        ).exclude(quality="")
        found = defaultdict[int, list[Any]](list)
        for row in rows.order_by("inspection__start", "inspection", "pk").values_list(
            "teacher", "quality", "inspection", "inspection__start"
        ):
            found[row[0]].append(row[1:])
        return found

    @cached_property
    def opinions(self) -> dict[int, list[Summary]]:
        """The closed questionnaires about each that tell of satisfaction, the earliest first."""
        rows = self._of(Questionnaire)
        if self.span:
            rows = rows.filter(opens_at__date__gte=self.span.first, opens_at__date__lte=self.span.last)
        of = dict(rows.values_list("pk", "secondment"))
        found = defaultdict[int, list[Summary]](list)
        for summary in summaries(list(of)):
            if summary.opinions is not None:
                found[of[summary.questionnaire] or 0].append(summary)
        return found

    @cached_property
    def honours(self) -> dict[int, list[tuple[str, Any]]]:
        """By teacher: of which level, on which day."""
        found = defaultdict[int, list[tuple[str, Any]]](list)
        rows = Honour.objects.filter(teacher__in={one.teacher_id for one in self.secondments})
        for teacher, level, start in rows.order_by().values_list("teacher", "level", "start"):
            found[teacher].append((level, start))
        return found


# --- one by one ----------------------------------------------------------------------------------------------------------


def _secondment_page(secondment: Secondment, part: str) -> str:
    return f"{reverse('assignments:secondment_detail', args=[secondment.pk])}#{part}"


def _told(counts: Mapping[str, Any], units: Mapping[str, str]) -> str:
    return "、".join(
        f"{name} {plain(number)} {units.get(name, '')}".rstrip() for name, number in counts.items() if number
    )


def _months(row: Mapping[str, Any]) -> str:
    unsure = row["months"] - row["confirmed"]
    return f"{row['months']} 个月考勤" + (f"（其中 {unsure} 个月学校还没有确认）" if unsure else "")


def _attendance(material: Material, secondment: Secondment) -> Known | None:
    row = material.attendance.get(secondment.pk)
    if row is None:
        return None
    counts = {name: row[field] for name, (field, _) in ABSENCES.items()}
    told = _told(counts, {name: unit for name, (_, unit) in ABSENCES.items()}) or "没有缺勤"
    value = {name: plain(number) for name, number in counts.items()}
    return Known(value, f"{_months(row)}：{told}", _secondment_page(secondment, "attendance"))


def _leave_days(material: Material, secondment: Secondment) -> Known | None:
    row = material.attendance.get(secondment.pk)
    if row is None:
        return None
    days = row["personal_leave"] + row["sick_leave"]
    others = _told({"公假": row["official_leave"], "其他假": row["other_leave"]}, {"公假": "天", "其他假": "天"})
    words = f"{_months(row)}：事假、病假共 {plain(days)} 个工作日" + (f"；{others}没有算在内" if others else "")
    return Known(plain(days), words, _secondment_page(secondment, "attendance"))


def _absent_days(material: Material, secondment: Secondment) -> Known | None:
    row = material.attendance.get(secondment.pk)
    if row is None:
        return None
    words = f"{_months(row)}：旷工 {plain(row['absent'])} 天"
    return Known(plain(row["absent"]), words, _secondment_page(secondment, "attendance"))


def _attendance_rate(material: Material, secondment: Secondment) -> Known | None:
    row = material.attendance.get(secondment.pk)
    if row is None or not row["due"]:
        return None
    words = f"{_months(row)}：应出勤 {plain(row['due'])} 天，实出勤 {plain(row['present'])} 天"
    return Known(_per_cent(row["present"], row["due"]), words, _secondment_page(secondment, "attendance"))


def _load(material: Material, secondment: Secondment) -> Known | None:
    place = material.placements.get(secondment.pk)
    if place is None or place.weekly_periods is None:
        return None
    value, page = {"own": plain(place.weekly_periods)}, _secondment_page(secondment, "placement")
    average = material.averages.get((place.receiving_school_id, material.year_of(secondment)))
    own = f"{place.receiving_school}任课：每周 {plain(place.weekly_periods)} 节"
    if average is None:
        return Known(value, f"{own}；全校平均周课时没有登记，请填全校平均", page)
    return Known(value | {"average": plain(average)}, f"{own}，全校平均 {plain(average)} 节", page)


def _load_own(material: Material, secondment: Secondment) -> Known | None:
    known = _load(material, secondment)
    return known and Known(known.value["own"], known.words.partition("；")[0].partition("，")[0], known.source_url)


def _work(material: Material, secondment: Secondment) -> tuple[Counter[str], str, str] | None:
    """What is in the archive, a remark on what is not confirmed, and its page."""
    found = material.work.get(secondment.pk)
    if found is None:
        return None
    archive, waiting = found
    remark = f"（只算学校确认过的，还有 {waiting} 条没有确认）" if waiting else "（学校确认过的）"
    return archive, remark, reverse("evaluations:work_book", args=[secondment.pk])


def _records(material: Material, secondment: Secondment) -> Known | None:
    if (found := _work(material, secondment)) is None:
        return None
    archive, remark, page = found
    counts = dict.fromkeys((*RECORD_UNITS, LECTURE_RECORD, PAIRS), 0) | dict(archive)
    told = _told(archive, {**RECORD_UNITS, PAIRS: "对"}) or "没有记录"
    return Known({name: str(number) for name, number in counts.items()}, f"专项档案{remark}：{told}", page)


def _observed(material: Material, secondment: Secondment) -> Known | None:
    if (found := _work(material, secondment)) is None:
        return None
    archive, remark, page = found
    return Known(str(archive["听课记录"]), f"专项档案{remark}：听课 {archive['听课记录']} 节", page)


def _open_lessons(material: Material, secondment: Secondment) -> Known | None:
    if (found := _work(material, secondment)) is None:
        return None
    archive, remark, page = found
    given = {name: archive[name] for name in ("公开课", "示范课") if archive[name]}
    told = _told(given, RECORD_UNITS) or "没有公开课和示范课"
    return Known(str(sum(given.values())), f"专项档案{remark}：{told}", page)


def _mentorships(material: Material, secondment: Secondment) -> Known | None:
    if (found := _work(material, secondment)) is None:
        return None
    archive, remark, page = found
    return Known(str(archive[PAIRS]), f"师徒结对{remark}：{archive[PAIRS]} 人", page)


def _duties(material: Material, secondment: Secondment) -> Known | None:
    is_part = material.span is not None and material.span.is_part
    if is_part or (found := _work(material, secondment)) is None:
        return None
    archive, remark, page = found
    duties = duties_of(material.programmes[secondment.programme_id], archive)
    if not duties:
        return None
    told = "，".join(f"{one.name} {one.done}/{one.asked} {one.unit}" for one in duties)
    return Known({one.name: str(one.missing) for one in duties}, f"项目要求{remark}：{told}", page)


def _quality(material: Material, secondment: Secondment) -> Known | None:
    found = [row for row in material.quality.get(secondment.teacher_id, ()) if material.during(secondment, row[2])]  # type: ignore[misc]
    if not found:
        return None
    seen = Counter(Quality(row[0]).label for row in found)
    told = "、".join(f"{label} {number} 项" for label, number in seen.items())
    value = next(iter(seen)) if len(seen) == 1 else ""  # which of several holds is for a person to say
    return Known(value, f"督导检查看过的资料：{told}", reverse("evaluations:inspection_detail", args=[found[-1][1]]))


def _satisfaction(material: Material, secondment: Secondment) -> Known | None:
    surveys = material.opinions.get(secondment.pk)
    if not surveys:
        return None
    pleased, valid = sum(one.pleased for one in surveys), sum(one.valid for one in surveys)
    kinds = "、".join(dict.fromkeys(RespondentKind(one.respondents).label for one in surveys))
    rate = _per_cent(pleased, valid)
    words = f"{kinds}问卷：有效 {valid} 份，满意和基本满意 {pleased} 份，满意率 {rate}%"
    return Known(rate, words, reverse("evaluations:questionnaire_detail", args=[surveys[-1].questionnaire]))


def _opinions(material: Material, secondment: Secondment) -> Known | None:
    surveys = material.opinions.get(secondment.pk)
    if not surveys:
        return None
    counted = defaultdict[str, Counter[str]](Counter)
    for one in surveys:
        together = [name for name, kinds in TOGETHER.items() if one.respondents in kinds]
        for group in (RespondentKind(one.respondents).label, *together):
            counted[group] += Counter(one.opinions)
    value = {group: {opinion.label: chosen[opinion] for opinion in Opinion} for group, chosen in counted.items()}
    told = "；".join(
        f"{group}：{_told(chosen, dict.fromkeys(chosen, '人'))}"
        for group, chosen in value.items()
        if group not in TOGETHER
    )
    return Known(
        value, f"问卷的总体评价，{told}", reverse("evaluations:questionnaire_detail", args=[surveys[-1].questionnaire])
    )


def _honours(material: Material, secondment: Secondment) -> Known | None:
    found = [
        level for level, day in material.honours.get(secondment.teacher_id, ()) if material.during(secondment, day)
    ]
    counts = {level.label: found.count(level) for level in HonourLevel}
    told = _told(counts, dict.fromkeys(counts, "项")) or "没有登记荣誉"
    unknown = found.count("")
    words = f"支教期间：{told}" + (f"；另有 {unknown} 项没有写级别" if unknown else "")
    page = reverse("assignments:teacher_detail", args=[secondment.teacher_id])
    return Known({name: str(number) for name, number in counts.items()}, words, page)


def _per_cent(part: Any, of: Any) -> str:
    return plain((Decimal(part) * 100 / Decimal(of)).quantize(Decimal("0.1"), ROUND_HALF_UP))


_ALL = (
    Fact("attendance", "考勤（事假、病假、旷工、迟到等）", "", Shape.COUNTS, _attendance, tuple(ABSENCES)),
    Fact("leave_days", "请假天数（事假和病假）", "天", Shape.NUMBER, _leave_days),
    Fact("absent_days", "旷工天数", "天", Shape.NUMBER, _absent_days),
    Fact("attendance_rate", "出勤率", "%", Shape.PERCENT, _attendance_rate),
    Fact("load", "周课时和全校平均周课时", "节", Shape.RATIO, _load),
    Fact("load_own", "周课时", "节", Shape.NUMBER, _load_own),
    Fact("work", "工作记录（教案、听课、公开课、讲座等）", "", Shape.COUNTS, _records),
    Fact("observed", "听课节数", "节", Shape.NUMBER, _observed),
    Fact("open_lessons", "公开课和示范课节数", "节", Shape.NUMBER, _open_lessons),
    Fact("mentorships", "带徒弟人数", "人", Shape.NUMBER, _mentorships),
    Fact("duties_missing", "项目要求还差多少（听课、公开课、讲座、带徒弟）", "", Shape.COUNTS, _duties, ("听课", "公开课", "讲座", "带徒弟")),
    Fact("quality", "督导检查看到的资料质量", "", Shape.LEVEL, _quality),
    Fact("satisfaction", "问卷满意率", "%", Shape.PERCENT, _satisfaction),
    Fact("opinions", "问卷的总体评价（各类对象的人数）", "人", Shape.OPINIONS, _opinions),
    Fact("honours", "支教期间的荣誉（按级别）", "项", Shape.COUNTS, _honours, tuple(HonourLevel.labels)),
)  # fmt: skip
FACTS: dict[str, Fact] = {fact.key: fact for fact in _ALL}


def known(
    secondments: Iterable[Secondment], keys: Iterable[str] = FACTS, span: Span | None = None
) -> dict[int, dict[str, Known]]:
    """Secondment → fact → what is known, of the whole of it or of a span. As many questions for a county as for one."""
    material, wanted = Material(secondments, span), [FACTS[key] for key in dict.fromkeys(keys) if key in FACTS]
    return {
        secondment.pk: {fact.key: told for fact in wanted if (told := fact.find(material, secondment)) is not None}
        for secondment in material.secondments
    }


def why_not_fitting(item: Item) -> str:
    """Why this fact cannot be filled into this item; empty: it can, or none is."""
    if not item.fact:
        return ""
    fact = FACTS.get(item.fact)
    if fact is None:
        return f"“{item.name}”：系统里没有“{item.fact}”这项数据"
    if item.kind not in TAKEN_BY[fact.shape]:
        return f"“{item.name}”：“{fact.label}”不能用在“{ItemKind(item.kind).label}”里"
    if fact.shape is Shape.PERCENT and item.kind == ItemKind.RATING and number_of(item.rule.get("scale")) != 100:
        return f"“{item.name}”：“{fact.label}”是百分数，计分应写 百分制"
    if fact.shape is Shape.OPINIONS and not item.rule.get("groups"):
        return f"“{item.name}”：“{fact.label}”按各类测评人带入，计分应写 各类测评人的选项和分数"
    asked = [line["name"] for line in item.counts]
    if fact.names and asked and not set(asked) & set(fact.names):
        return f"“{item.name}”：“{fact.label}”里没有{'、'.join(asked)}，有的是{'、'.join(fact.names)}"
    return ""
