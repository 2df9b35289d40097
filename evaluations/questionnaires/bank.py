"""The bank of questions: a county copies a ready-made set, changes it while it is unused, and afterwards makes a new version."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max

from assignments.access import may
from assignments.models.scope import Access
from evaluations.choices import QuestionKind
from evaluations.models import Question, QuestionOption, QuestionSet
from zhijiao.accounts import audit
from zhijiao.refusals import Refused

MOST_QUESTIONS = 30  # more do not fit two minutes
FIELDS = (
    "title",
    "respondents",
    "introduction",
    "introduction_other",
    "other_language",
    "has_faces",
    "is_about_teacher",
)


@dataclass(frozen=True)
class Option:
    text: str
    points: Decimal | None = None
    opinion: str = ""
    text_other: str = ""


@dataclass(frozen=True)
class Asked:
    """One question as it is to be."""

    text: str
    kind: str = QuestionKind.SCALE
    options: tuple[Option, ...] = ()
    text_other: str = ""
    is_required: bool = False
    tells_satisfaction: bool = False


@dataclass(frozen=True)
class Content:
    """A whole set as it is to be."""

    title: str
    respondents: str
    questions: tuple[Asked, ...]
    introduction: str = ""
    introduction_other: str = ""
    other_language: str = ""
    has_faces: bool = False
    is_about_teacher: bool = True

    def fields(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in FIELDS}


def choosable(user: Any) -> Any:
    """The sets that may be opened: the ready-made ones and the county's own, without those retired."""
    return QuestionSet.objects.visible_to(user).filter(is_retired=False)


def content_of(question_set: QuestionSet) -> Content:
    """The set as it stands."""
    rows = question_set.questions.prefetch_related("options").order_by("number")
    asked = tuple(
        Asked(
            row.text, row.kind,
            tuple(Option(one.text, one.points, one.opinion, one.text_other) for one in row.options.all()),
            row.text_other, row.is_required, row.tells_satisfaction,
        )
        for row in rows
    )  # fmt: skip
    fields: dict[str, Any] = {name: getattr(question_set, name) for name in FIELDS}
    return Content(questions=asked, **fields)


def why_not_defined(user: Any, county_id: int | None) -> str:
    """Why this person does not write this county's questions; empty: they do."""
    access = Access.of(user)
    if not may(user, "questionnaire.define") or county_id is None:
        return "题目由教育局编写；现成的题目先复制一份，再改"
    return "" if access.everything or county_id in access.districts else "题目由本县教育局编写"


@transaction.atomic
def copy(question_set: QuestionSet, *, county: Any, by: Any) -> QuestionSet:
    """The county's own copy, which can be changed. A county that has one already gets its next version."""
    _ask(by, county.pk)
    made = _written(
        QuestionSet(county=county, key=question_set.key, version=_next(county.pk, question_set.key)),
        content_of(question_set),
    )
    audit.record(by, "复制问卷题目", made, after={"来自": str(question_set), "版本": made.version})
    return made


@transaction.atomic
def rewrite(question_set: QuestionSet, content: Content, *, by: Any) -> QuestionSet:
    """The set with this content. One that was used stays as it was asked, and a new version is made, which takes its place."""
    locked = QuestionSet.objects.select_for_update(of=("self",)).get(pk=question_set.pk)
    _ask(by, locked.county_id)
    if faults := faults_of(content):
        raise Refused("；".join(faults))
    if not locked.is_frozen:
        locked.questions.all().delete()
        changed = _written(locked, content)
        audit.record(by, "修改问卷题目", changed, after={"题数": len(content.questions)})
        return changed
    if locked.is_retired:
        raise Refused("这一版已经有了新版，请改新版")
    made = _written(
        QuestionSet(county_id=locked.county_id, key=locked.key, version=_next(locked.county_id, locked.key)), content
    )
    QuestionSet.objects.filter(pk=locked.pk).update(is_retired=True)
    audit.record(by, "问卷题目出新版", made, before={"版本": locked.version}, after={"版本": made.version})
    return made


@transaction.atomic
def retire(question_set: QuestionSet, *, by: Any) -> None:
    """Offered no more; what was asked with it stays."""
    locked = QuestionSet.objects.select_for_update(of=("self",)).get(pk=question_set.pk)
    _ask(by, locked.county_id)
    if locked.is_retired:
        raise Refused("这套题已经停用")
    locked.is_retired = True
    locked.save(update_fields=["is_retired"])
    audit.record(by, "停用问卷题目", locked)


def faults_of(content: Content) -> list[str]:
    """What is wrong with it, each with its place."""
    faults = []
    if not content.questions:
        faults.append("至少要有一题")
    if len(content.questions) > MOST_QUESTIONS:
        faults.append(f"有 {len(content.questions)} 题，最多 {MOST_QUESTIONS} 题")
    if sum(one.tells_satisfaction for one in content.questions) > 1:
        faults.append("只能有一题是总体满意度")
    for number, one in enumerate(content.questions, 1):
        faults += [f"第 {number} 题：{fault}" for fault in _faults_of_question(one, content.has_faces)]
    return faults


def _faults_of_question(asked: Asked, has_faces: bool) -> list[str]:
    if asked.kind == QuestionKind.TEXT:
        return ["文字题没有选项，请去掉"] if asked.options else []
    faults = []
    if not 2 <= len(asked.options) <= 6:
        faults.append(f"有 {len(asked.options)} 个选项，应是 2 到 6 个")
    elif has_faces and len(asked.options) != 3:
        faults.append("用三个表情的题要有 3 个选项")
    if len({one.text for one in asked.options}) != len(asked.options):
        faults.append("有两个选项一样")
    if asked.tells_satisfaction and not all(one.opinion for one in asked.options):
        faults.append("总体满意度题的每个选项都要写算作满意、基本满意还是不满意")
    return faults


def _ask(by: Any, county_id: int | None) -> None:
    if why_not := why_not_defined(by, county_id):
        raise Refused(why_not)


def _next(county_id: int | None, key: str) -> int:
    known = QuestionSet.objects.filter(county=county_id, key=key).aggregate(n=Max("version"))["n"]
    return int(known or 0) + 1


def _written(row: QuestionSet, content: Content) -> QuestionSet:
    for name, value in content.fields().items():
        setattr(row, name, value)
    row.save()
    for number, asked in enumerate(content.questions, 1):
        question = Question.objects.create(
            county_id=row.county_id, question_set=row, number=number, text=asked.text, text_other=asked.text_other,
            kind=asked.kind, is_required=asked.is_required, tells_satisfaction=asked.tells_satisfaction,
        )  # fmt: skip
        QuestionOption.objects.bulk_create(
            QuestionOption(
                county_id=row.county_id, question=question, number=place, text=one.text, text_other=one.text_other,
                points=one.points, opinion=one.opinion,
            )
            for place, one in enumerate(asked.options, 1)
        )  # fmt: skip
    return row
