"""Figures of 教学工作与专项档案."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, QuerySet, Sum

from assignments.choices import Direction
from assignments.models import Placement
from evaluations.choices import GIVEN_LESSONS, LECTURE_RECORD, LessonKind
from evaluations.models import Lecture, Lesson, Mentorship, WorkRecord
from reports.figures.asked import Asked
from reports.figures.registry import Number, Reckoned, define


def _records(asked: Asked) -> QuerySet[Any]:
    return asked.of_secondments(WorkRecord)


def _lessons(*kinds: str) -> Any:
    return lambda asked: asked.of_secondments(Lesson).filter(kind__in=kinds)


def _larger_of_each(parts: list[list[tuple[Any, Any]]]) -> Number:
    """Lectures are counted in the archive, or told one by one; of the same teacher the larger number holds."""
    counted = dict(parts[0])
    for secondment, number in parts[1]:
        counted[secondment] = max(counted.get(secondment, 0), number)
    return sum(counted.values())


def _lecture_records(asked: Asked) -> QuerySet[Any]:
    return _records(asked).filter(category=LECTURE_RECORD)


_lectures = Reckoned(
    lambda asked: [
        (_lecture_records(asked), "secondment", Sum("number")),
        (asked.of_secondments(Lecture), "secondment", Count("pk")),
    ],
    _larger_of_each,
)


def _placements(asked: Asked) -> QuerySet[Any]:
    return asked.hanging_on_secondments(Placement).filter(order=1)


define(
    "work_records",
    "专项档案",
    "份",
    "支教教师专项档案中各类材料的数量。",
    rows=_records,
    total="number",
    by={"category": "category"},
    only={"secondment": "secondment"},
)
define("archives", "建档教师", "名", "有专项档案记录的支教教师。", rows=_records, distinct="secondment")
for _kind in GIVEN_LESSONS:
    define(
        f"{_kind.value}_lessons",
        str(_kind.label),
        "节",
        f"支教教师上的{_kind.label}。",
        rows=_lessons(_kind),
        total="number",
        only={"topic": "topic"},
    )
define(
    "given_lessons",
    "各类公开教学",
    "节",
    "公开课、示范课、汇报课等各类课合计，不含听课、评课。",
    rows=_lessons(*GIVEN_LESSONS),
    total="number",
    by={"subject": "subject"},
)
define("observed_lessons", "听课", "节", "支教教师听课节数。", rows=_lessons(LessonKind.OBSERVED), total="number")
define("assessed_lessons", "评课", "节", "支教教师评课节数。", rows=_lessons(LessonKind.ASSESSED), total="number")
define(
    "lectures",
    "专题讲座",
    "次",
    "支教教师所作的专题讲座；逐次登记的与档案中计数的，同一教师取多的。",
    rows=_lecture_records,
    given=_lectures,
)
define(
    "lecture_audience",
    "讲座参加人数",
    "人次",
    "逐次登记的讲座的参加人数。",
    rows=lambda asked: asked.of_secondments(Lecture).exclude(people_number=None),
    total="people_number",
)
define(
    "mentorships",
    "师徒结对",
    "对",
    "支教教师与当地教师的师徒结对。",
    rows=lambda asked: asked.of_secondments(Mentorship),
)
define(
    "weekly_periods",
    "周课时",
    "节",
    "支教教师每周任课节数合计。",
    rows=lambda asked: _placements(asked).exclude(weekly_periods=None),
    total="weekly_periods",
)
define(
    "classes_taught",
    "任教班级",
    "个",
    "支教教师任教的班数合计。",
    rows=lambda asked: _placements(asked).exclude(class_count=None),
    total="class_count",
)
define(
    "pupils_taught",
    "任教学生",
    "人",
    "支教教师任教的学生合计。",
    rows=lambda asked: _placements(asked).exclude(pupils=None),
    total="pupils",
)
define(
    "class_heads_there",
    "任班主任",
    "名",
    "在受援学校任班主任的支教教师。",
    rows=lambda asked: _placements(asked).filter(is_class_head=True),
)
define(
    "brief_lessons",
    "短期指导上课",
    "节",
    "短期指导的教师上的各类课。",
    rows=lambda asked: _lessons(*GIVEN_LESSONS)(asked).filter(secondment__programme__direction=Direction.BRIEF),
    total="number",
    by={"kind": "kind"},
)
