"""Figures of 选派: who went, from where, to where, and the ratios the bureau is held to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Case, F, Max, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Concat

from assignments.choices import Direction, Duty, Education, Location
from assignments.models import (
    Allocation,
    Demand,
    Pairing,
    Placement,
    PublicNotice,
    Secondment,
    SecondmentChange,
    Teacher,
    YearFacts,
)
from reports.figures.asked import Asked
from reports.figures.registry import Number, Reckoned, define

DIMENSIONS = {
    "subject": "placed_subject",
    "stage": "placed_stage",
    "programme": "programme__name",
    "from": "sending_school__name",
    "to": "placed_name",
    "from_location": "sending_school__location",
    "to_location": "placed_location",
    "township": "placed_township",
    "title": "teacher__title",
    "sex": "teacher__sex",
    "education": "teacher__education",
    "political": "teacher__political_status",
    "ethnicity": "teacher__ethnicity",
    "batch": "batch",
    "state": "state",
}
YEARS_UNTIL_DUE = (
    6  # years at one school after which most counties count a teacher as due; 教师〔2014〕4号 leaves it to them
)
AGES = (
    ("30岁及以下", 30), ("31—35岁", 35), ("36—40岁", 40), ("41—45岁", 45), ("46—50岁", 50), ("51—55岁", 55),
)  # fmt: skip
OLDEST = "56岁及以上"
BACHELOR_OR_ABOVE = [Education.DOCTOR, Education.MASTER, Education.BACHELOR]


def seconded(asked: Asked) -> QuerySet[Secondment]:
    return asked.secondments().filter(programme__direction=Direction.OUT)


def teachers_of(asked: Asked) -> QuerySet[Secondment]:
    return seconded(asked).filter(duty=Duty.TEACHER)


def exchanged(asked: Asked) -> QuerySet[Any]:
    return asked.secondments().filter(programme__counts_as_exchange=True)


def swapped(asked: Asked) -> QuerySet[Secondment]:
    """Both halves of each pair."""
    return asked.secondments().filter(swapped_with__isnull=False)


_swap_pairs = Reckoned(
    lambda asked: [(swapped(asked), "teacher", Max("swapped_with"))],
    lambda parts: len({frozenset(pair) for pair in parts[0]}),
)


def _leaving(asked: Asked) -> Q:
    return Q(sending_school__in=asked.viewpoint.schools) if asked.viewpoint.school else Q()


def _arriving(asked: Asked) -> Q:
    there = Placement.objects.filter(receiving_school__in=asked.viewpoint.schools)
    return Q(pk__in=there.values("secondment")) if asked.viewpoint.school else Q()


def _with_age(asked: Asked) -> QuerySet[Any]:
    """Those whose birth date is known, with their age when the period began."""
    start = asked.period.start
    younger = [
        When(teacher__birth_date__gt=start.replace(year=start.year - limit - 1), then=Value(label))
        for label, limit in AGES
    ]
    return seconded(asked).exclude(teacher__birth_date=None).annotate(t_age=Case(*younger, default=Value(OLDEST)))


def _notices(asked: Asked) -> QuerySet[Any]:
    rows = asked.events(PublicNotice)
    schools = asked.viewpoint.schools
    return rows.filter(school=None) if asked.viewpoint.is_county else rows.filter(school__in=schools)


def _shadowing(asked: Asked) -> QuerySet[Secondment]:
    return asked.secondments().filter(programme__direction=Direction.LEARNING)


def placements(asked: Asked) -> QuerySet[Placement]:
    rows = Placement.objects.filter(secondment__in=seconded(asked).values("pk"))
    return rows if asked.viewpoint.is_county else rows.filter(receiving_school__in=asked.viewpoint.schools)


@dataclass(frozen=True)
class Entered:
    """A number that schools gave for the year; the county's own line goes before the sum of its schools'."""

    field: str

    def __call__(self, asked: Asked) -> Number | None:
        told: dict[str, Number] = asked.remember(self, lambda: dict(self.sums(asked)))
        whole = told.get(f"{self.field} of county") if asked.viewpoint.is_county else None
        return told.get(f"{self.field} of schools") if whole is None else whole

    def sums(self, asked: Asked, before: str = "") -> QuerySet[Any]:
        """At most two rows, of the county's own line and of the schools', in the columns of `home.count_together`."""
        rows = asked.of_year(YearFacts).exclude(**{self.field: None})
        newest = rows.order_by("-school_year__code").values("school_year")[:1]  # a calendar year touches two
        whose = Case(When(school=None, then=Value("county")), default=Value("schools"))
        named = (
            rows.filter(school_year=newest).order_by().values(t_key=Concat(Value(f"{before}{self.field} of "), whose))
        )
        found: QuerySet[Any] = named.annotate(t_number=Sum(self.field)).values_list("t_key", "t_number")
        return found


def _working_teachers(asked: Asked) -> QuerySet[Teacher]:
    rows: Any = asked.viewpoint.rows(Teacher, ("school",))
    began = Q(employed_since=None) | Q(employed_since__lte=asked.period.end)
    return rows.working().filter(began, school__is_outside_county=False)


def _due(asked: Asked) -> QuerySet[Teacher]:
    start = asked.period.start
    since = start.replace(year=start.year - YEARS_UNTIL_DUE)
    free = Q(exemptions__isnull=False) & (Q(exemptions__end=None) | Q(exemptions__end__gte=start))
    return (
        _working_teachers(asked)
        .filter(at_school_since__lte=since)
        .exclude(pk__in=Teacher.objects.filter(free).values("pk"))
    )


define(
    "seconded",
    "支教教师",
    "名",
    "在时段内派出或在岗的支教教师，不含跟岗学习和短期指导。",
    rows=seconded,
    by=DIMENSIONS,
    only={"duty": "duty"},
)
define(
    "sent", "派出教师", "名", "本校（本县）派出的支教教师，不含跟岗学习和短期指导。",
    rows=lambda asked: asked.sent().filter(programme__direction=Direction.OUT), by=DIMENSIONS,
)  # fmt: skip
define(
    "received", "接收教师", "名", "本校（本县）接收的支教教师，不含跟岗学习和短期指导。",
    rows=lambda asked: asked.received().filter(programme__direction=Direction.OUT), by=DIMENSIONS,
)  # fmt: skip
define(
    "seconded_teachers",
    "支教教师（不含带队领导）",
    "名",
    "支教教师中职责不是带队、挂职的。",
    rows=teachers_of,
    by=DIMENSIONS,
)
define(
    "team_leaders",
    "带队领导",
    "名",
    "职责为带队领导的。",
    rows=lambda asked: seconded(asked).filter(duty=Duty.LEADER),
    by=DIMENSIONS,
)
define(
    "heads_exchanged", "校长（副校长）交流", "名", "职责为挂职校长、挂职副校长的，或派出前任校长、副校长的。",
    rows=lambda asked: seconded(asked).filter(Q(duty__in=[Duty.HEAD, Duty.DEPUTY]) | Q(post_at_home__contains="校长")), by=DIMENSIONS,
)  # fmt: skip
define("sending_schools", "派出学校", "所", "派出支教教师的学校。", rows=seconded, distinct="sending_school")
define("receiving_schools", "受援学校", "所", "有支教教师任教的学校。", rows=placements, distinct="receiving_school")
define(
    "backbone_seconded", "骨干教师", "名", "派出时持有有效骨干称号的支教教师。",
    rows=lambda asked: seconded(asked).filter(is_backbone=True), by=DIMENSIONS,
)  # fmt: skip
define(
    "class_heads", "派出前任班主任", "名", "支教教师（不含带队领导）中派出前任班主任的。",
    rows=lambda asked: teachers_of(asked).filter(was_class_head=True), by=DIMENSIONS,
)  # fmt: skip
define(
    "class_heads_known", "班主任情况有记录的教师", "名", "支教教师（不含带队领导）中登记了派出前是否班主任的。",
    rows=lambda asked: teachers_of(asked).filter(was_class_head__isnull=False),
)  # fmt: skip
define(
    "class_head_ratio",
    "班主任比例",
    "%",
    "派出前任班主任的占支教教师（不含带队领导）的比例。",
    ratio=("class_heads", "class_heads_known"),
)
define(
    "bachelors", "本科及以上学历", "名", "支教教师中最高学历为大学本科及以上的。",
    rows=lambda asked: seconded(asked).filter(teacher__education__in=BACHELOR_OR_ABOVE),
)  # fmt: skip
define(
    "education_known",
    "学历有记录的教师",
    "名",
    "支教教师中登记了最高学历的。",
    rows=lambda asked: seconded(asked).exclude(teacher__education=""),
)
define(
    "bachelor_ratio",
    "本科及以上学历比例",
    "%",
    "最高学历为大学本科及以上的占支教教师的比例。",
    ratio=("bachelors", "education_known"),
)
define(
    "first_time", "首次支教", "名", "支教教师中第一次支教的。", rows=lambda asked: seconded(asked).filter(is_first=True)
)
define("swapped", "对口互派教师", "名", "互派双方的教师。", rows=swapped)
define(
    "shadowing", "跟岗学习", "名", "到其他学校跟岗学习的教师。",
    rows=lambda asked: asked.secondments().filter(programme__direction=Direction.LEARNING), by=DIMENSIONS,
)  # fmt: skip
define(
    "brief", "短期指导", "名", "短期到其他学校上课、指导的教师，几次都算一名。",
    rows=lambda asked: asked.secondments().filter(programme__direction=Direction.BRIEF), distinct="teacher", by=DIMENSIONS,
)  # fmt: skip
define(
    "ended_early",
    "提前终止",
    "名",
    "时段内提前终止的派遣。",
    rows=lambda asked: asked.secondments().filter(state="ended_early"),
)
define(
    "changes",
    "派遣变更",
    "件",
    "时段内提前终止、延期、换岗、调整学科的次数。",
    rows=lambda asked: asked.of_secondments(SecondmentChange),
    by={"kind": "kind"},  # not by reason: it tells of somebody's health
)
define(
    "demanded",
    "岗位需求",
    "人",
    "受援学校申报的需求人数。",
    rows=lambda asked: asked.of_year(Demand),
    total="number",
    by={"subject": "subject", "at": "school__name"},
)
define("pairings", "结对学校", "对", "结对帮扶的学校对数。", rows=lambda asked: asked.events(Pairing))

# What 优质均衡 2.11 asks for, and what 总表 adds.
define(
    "staff",
    "在编专任教师",
    "人",
    "学校报送的在编专任教师；没有报送的按教师名册计。",
    rows=_working_teachers,
    given=Entered("teachers"),
)
define(
    "eligible", "符合交流条件教师", "人", f"学校报送的符合交流条件教师；没有报送的按在本校任教满 {YEARS_UNTIL_DUE} 年、没有暂缓的计。",
    rows=_due, given=Entered("eligible"),
)  # fmt: skip
define(
    "exchanged", "实际交流轮岗教师", "人", "时段内派出、在岗，项目计入交流轮岗的教师。", rows=exchanged, by=DIMENSIONS
)
define(
    "exchanged_backbone", "实际交流骨干教师", "人", "实际交流轮岗教师中派出时持有有效骨干称号的。",
    rows=lambda asked: exchanged(asked).filter(is_backbone=True), by=DIMENSIONS,
)  # fmt: skip
define(
    "town_to_village", "城镇到乡村", "人", "从城区、镇区学校到乡村学校的交流轮岗教师。",
    rows=lambda asked: exchanged(asked).filter(sending_school__location__in=[Location.CITY, Location.TOWN], placed_location=Location.VILLAGE),
)  # fmt: skip
define(
    "village_to_town", "乡村到城镇", "人", "从乡村学校到城区、镇区学校的教师，含跟岗学习。",
    rows=lambda asked: asked.secondments().filter(
        sending_school__location=Location.VILLAGE, placed_location__in=[Location.CITY, Location.TOWN]
    ),
)  # fmt: skip
define(
    "same_kind", "同类学校之间", "人", "派出学校与受援学校城乡分类相同的交流轮岗教师。",
    rows=lambda asked: exchanged(asked).filter(sending_school__location=F("placed_location")),
)  # fmt: skip

# What the sentences of a report tell besides.
define(
    "sent_away", "派往外校的教师", "名", "本校（本县）派出、不在本校及所属学校任教的支教教师；问全部学校时即全部。",
    rows=lambda asked: seconded(asked).filter(_leaving(asked)) if asked.viewpoint.is_county else seconded(asked).filter(_leaving(asked)).exclude(_arriving(asked)),
    by=DIMENSIONS, only={"duty": "duty"},
)  # fmt: skip
define(
    "came_in", "外校派来的教师", "名", "其他学校派到本校及所属学校的支教教师；问全部学校时即全部。",
    rows=lambda asked: seconded(asked) if asked.viewpoint.is_county else seconded(asked).filter(_arriving(asked)).exclude(_leaving(asked)),
    by=DIMENSIONS, only={"duty": "duty"},
)  # fmt: skip
define(
    "moved_within", "本校与所属学校之间的教师", "名", "在本校与所属学校之间交流支教的教师；问全部学校时即全部。",
    rows=lambda asked: seconded(asked).filter(_leaving(asked)).filter(_arriving(asked)), by=DIMENSIONS, only={"duty": "duty"},
)  # fmt: skip
define(
    "acting_heads", "挂职校长", "名", "职责为挂职校长的支教教师。",
    rows=lambda asked: seconded(asked).filter(duty=Duty.HEAD), by=DIMENSIONS,
)  # fmt: skip
define(
    "acting_deputies", "挂职副校长", "名", "职责为挂职副校长的支教教师。",
    rows=lambda asked: seconded(asked).filter(duty=Duty.DEPUTY), by=DIMENSIONS,
)  # fmt: skip
define(
    "seconded_share", "支教教师占比", "%", "某一类支教教师占全部支教教师的比例。",
    ratio=("seconded", "seconded"), only=DIMENSIONS,
)  # fmt: skip
define("backbone_ratio", "骨干教师占比", "%", "骨干教师占支教教师的比例。", ratio=("backbone_seconded", "seconded"))
define(
    "backbone_teacher_ratio", "骨干教师占比（不含带队领导）", "%", "骨干教师占支教教师（不含带队领导）的比例。",
    ratio=("backbone_seconded", "seconded_teachers"),
)  # fmt: skip
define(
    "exchange_ratio",
    "交流轮岗教师比例",
    "%",
    "实际交流轮岗教师占符合交流条件教师的比例。",
    ratio=("exchanged", "eligible"),
)
define(
    "backbone_exchange_ratio", "交流教师中骨干教师比例", "%", "实际交流骨干教师占实际交流轮岗教师的比例。",
    ratio=("exchanged_backbone", "exchanged"),
)  # fmt: skip
define(
    "age_known", "登记了出生日期的支教教师", "名", "支教教师中登记了出生日期的，年龄按时段开始那天算。", rows=_with_age,
    by={"age": "t_age", "sex": "teacher__sex"},
)  # fmt: skip
define("swap_pairs", "对口互派", "对", "对口互派的教师对数。", rows=swapped, given=_swap_pairs)
define(
    "allocated", "选派计划", "名", "下达的选派名额。", rows=lambda asked: asked.of_year(Allocation), total="number",
    by={"subject": "subject"},
)  # fmt: skip
define("public_notices", "公示", "次", "时段内本单位的公示。", rows=_notices)
define(
    "shadowing_sent", "派出跟岗学习", "人", "本校（本县）派到其他学校跟岗学习的教师。",
    rows=lambda asked: _shadowing(asked).filter(_leaving(asked)),
)  # fmt: skip
define(
    "shadowing_received", "接收跟岗学习", "人", "其他学校派到本校跟岗学习的教师；问全部学校时即全部。",
    rows=lambda asked: _shadowing(asked) if asked.viewpoint.is_county else _shadowing(asked).exclude(_leaving(asked)),
)  # fmt: skip
