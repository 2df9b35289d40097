"""The one search box: teachers, schools, secondments and documents within one's scope, by name, pinyin, initials or number.

The lists take their search from here too, so that “全部 n 条” leads to the same rows that were counted.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.db.models import Case, Count, IntegerField, Max, Q, QuerySet, Value, When, Window
from django.urls import NoReverseMatch, reverse

from assignments.access import may
from assignments.choices import SecondmentState
from assignments.models import Activity, Placement, PolicyDocument, School, Secondment, Teacher
from assignments.unmasking import may_reveal
from zhijiao.accounts import audit
from zhijiao.accounts.limits import within_limit
from zhijiao.encryption import blind_index

SHOWN, SUGGESTED = 8, 4  # rows of a group on the page, and while one is typing
REPORTS = 3  # schools whose annual report is offered
MOST_WORDS, LONGEST = 5, 40
ID_SEARCHES_AN_HOUR = 30  # an ID number that is found or not tells something; a curious person is slowed down
_LATIN = re.compile(r"[a-z]+")
_HAN = re.compile(r"[\u4e00-\u9fff]{2,6}")
_NUMBER = re.compile(r"\d{11}")
_ID_NUMBER = re.compile(r"\d{17}[\dX]")


# --- words -----------------------------------------------------------------------------------------------------------


def words_in(text: str) -> list[str]:
    """What was typed, in words; Latin letters small, full-width signs as usual ones."""
    clean = unicodedata.normalize("NFKC", text).replace("\0", "").lower().replace("ü", "v")
    return [word[:LONGEST] for word in clean.split()][:MOST_WORDS]


def is_personal(text: str) -> bool:
    """A number of a person: kept out of addresses and logs."""
    return bool(_NUMBER.search(_compact(text)))


def id_number_in(text: str) -> str:
    """The ID number that was typed; "" where it is none."""
    compact = _compact(text)
    return compact if _ID_NUMBER.fullmatch(compact) else ""


def _compact(text: str) -> str:
    return re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text)).upper()


def swapped(letters: str) -> list[str]:
    """With two neighbours changed over: slr finds 沈若兰 (srl) as well."""
    pairs = range(len(letters) - 1) if 3 <= len(letters) <= 4 else ()
    return [letters[:n] + letters[n + 1] + letters[n] + letters[n + 2 :] for n in pairs]


def person_words(word: str, path: str = "") -> Q:
    """A teacher of this name, pinyin or initials."""
    found = Q(**{f"{path}name__icontains": word})
    letters = word.lower()
    if _LATIN.fullmatch(letters):
        found |= Q(**{f"{path}initials__startswith": letters}) | Q(**{f"{path}pinyin__startswith": letters})
        found |= Q(**{f"{path}initials__in": swapped(letters)})
        if len(letters) > 2:
            found |= Q(**{f"{path}pinyin__contains": letters})
    return found


def school_named(word: str, path: str = "") -> Q:
    """A school of this name, of another name of it, or of a short one: 县一小 for 青岚县第一小学."""
    found = Q(**{f"{path}name__icontains": word}) | Q(**{f"{path}aliases__icontains": word})
    # SQLite keeps what is not ASCII in JSON as \uXXXX.
    found |= Q(**{f"{path}aliases__icontains": json.dumps(word)[1:-1]})
    if _HAN.fullmatch(word):
        found |= Q(**{f"{path}name__regex": ".*".join(word)})
    return found


def school_words(word: str) -> Q:
    return school_named(word) | Q(initials__istartswith=word) | Q(code__startswith=word) | Q(township__icontains=word)


def teacher_words(word: str) -> Q:
    return person_words(word) | school_named(word, "school__")


def secondment_words(word: str) -> Q:
    """By its teacher, a school of it, or its document number."""
    # A sub-query, because a join to the placements would repeat the secondment.
    received = Placement.objects.filter(school_named(word, "receiving_school__")).values("secondment")
    return (
        person_words(word, "teacher__")
        | school_named(word, "sending_school__")
        | Q(pk__in=received)
        | Q(dispatch_document__icontains=word)
    )


def _all(words: Iterable[str], matching: Callable[[str], Q]) -> Q:
    found = Q()
    for word in words:
        found &= matching(word)
    return found


# --- what is found -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Hit:
    """One row that was found. Without an address: it may be known of, but not opened."""

    title: str
    remark: str = ""
    url: str = ""
    state: str = ""


@dataclass(frozen=True)
class Group:
    """Rows of one kind, the best first; `count` is how many there are, `more` the list of all of them."""

    title: str
    unit: str
    hits: list[Hit]
    count: int
    more: str = ""

    @property
    def is_cut(self) -> bool:
        return self.count > len(self.hits)


@dataclass(frozen=True)
class Found:
    groups: list[Group] = field(default_factory=list)
    refusal: str = ""  # why nothing was looked for, in words

    @property
    def count(self) -> int:
        return sum(group.count for group in self.groups)


def find(user: Any, text: str, shown: int = SHOWN) -> Found:
    """Everything of these words that the person may know of, by kind."""
    words = words_in(text)
    if not words or is_personal(text) or (max(len(word) for word in words) < 2 and words[0].isascii()):
        return Found()
    seeker = _Seeker(user, words, shown)
    schools, school_rows = seeker.schools()
    groups = [
        seeker.teachers(),
        schools,
        seeker.secondments(),
        seeker.dispatch_documents(),
        seeker.policy_documents(),
        seeker.activities(),
        seeker.reports(school_rows),
    ]
    return Found([group for group in groups if group and group.hits])


def find_by_id_number(user: Any, id_number: str) -> Found:
    """The teacher with this number, for whoever may see it; written down, without the number."""
    if not may(user, "teacher.reveal_id"):
        return Found(refusal="按身份证号查找，只有教育局的支教专干和教师所在学校可以")
    if not within_limit("id_search", str(user.pk), ID_SEARCHES_AN_HOUR, 3600):
        return Found(refusal=f"一小时里最多按身份证号查找 {ID_SEARCHES_AN_HOUR} 次，请稍后再查")
    rows = Teacher.objects.visible_to(user).filter(merged_into=None, id_number_hash=blind_index(id_number))
    rows = rows.select_related("school").order_by("pk")[:SHOWN]
    found = [row for row in rows if may_reveal(user, row, "id")]
    audit.record(user, "按身份证号查找", found[0] if found else None, after={"found": len(found)})
    return Found([Group("教师", "人", [_person(user, row) for row in found], len(found))] if found else [])


def _person(user: Any, row: Teacher) -> Hit:
    post = f"{row.get_stage_display()}{row.subject}" if row.subject else ""
    parts = [row.school.name if row.school else "", post, row.get_title_display(), "已离岗" if row.retired_on else ""]
    return Hit(row.name, "　".join(part for part in parts if part), _page(user, "teacher", row.pk))


def _page(user: Any, kind: str, key: int) -> str:
    """The page of a row, where the person may open such pages."""
    return reverse(f"assignments:{kind}_detail", args=[key]) if may(user, _OPENS[kind]) else ""


_OPENS = {
    "teacher": "teacher.view",
    "school": "school.view",
    "secondment": "secondment.view",
    "activity": "activity.list",
}


class _Seeker:
    """One search of one person: one question to the database for each kind."""

    def __init__(self, user: Any, words: list[str], shown: int) -> None:
        self.user, self.words, self.shown = user, words, shown
        self.query = " ".join(words)

    def teachers(self) -> Group | None:
        if not may(self.user, "teacher.list"):
            return None
        rows = Teacher.objects.visible_to(self.user).working().select_related("school")
        rows = rows.only("name", "stage", "subject", "title", "retired_on", "school__name")
        found, count = self._top(rows, teacher_words, _rank_of_person(self.words), "name")
        return Group("教师", "人", [_person(self.user, row) for row in found], count, self._list("teacher_list"))

    def schools(self) -> tuple[Group | None, list[School]]:
        if not may(self.user, "school.list"):
            return None, []
        rows = School.objects.visible_to(self.user).filter(merged_into=None, closed_on=None)
        rows = rows.only("name", "aliases", "township", "stage", "code")
        found, count = self._top(rows, school_words, _rank_of_school(self.words), "name")
        hits = []
        for row in found:
            told = [row.get_stage_display(), row.township, "、".join(row.aliases)]
            hits.append(Hit(row.name, "　".join(part for part in told if part), _page(self.user, "school", row.pk)))
        return Group("学校", "所", hits, count, self._list("school_list")), found

    def secondments(self) -> Group | None:
        if not may(self.user, "secondment.list"):
            return None
        rows = Secondment.objects.visible_to(self.user).with_receiving_school()
        rows = rows.select_related("teacher", "sending_school").only(
            "start", "end", "precision", "date_words", "state", "teacher__name", "sending_school__name"
        )
        first = Case(When(state=SecondmentState.ON_POST, then=0), default=1, output_field=IntegerField())
        found, count = self._top(rows, secondment_words, first, "-start")
        hits = [
            Hit(
                row.teacher.name,
                f"{row.sending_school.name} → {row.receiving_school_name or '未定'}　{row.period_told}",
                _page(self.user, "secondment", row.pk),
                row.state,
            )
            for row in found
        ]
        return Group("支教派遣", "条", hits, count, self._list("secondment_list", year="all"))

    def dispatch_documents(self) -> Group | None:
        """The numbers of the documents by which people were dispatched."""
        if not may(self.user, "secondment.list"):
            return None
        rows = Secondment.objects.visible_to(self.user).exclude(dispatch_document="")
        rows = rows.filter(_all(self.words, lambda word: Q(dispatch_document__icontains=word))).order_by()
        rows = rows.values("dispatch_document").annotate(people=Count("pk"), day=Max("dispatched_on"))
        found = list(
            rows.annotate(total=Window(Count("dispatch_document"))).order_by("-day", "dispatch_document")[: self.shown]
        )
        hits = [
            Hit(
                row["dispatch_document"],
                f"派遣文件　{row['people']} 人",
                _address("assignments:secondment_list", q=row["dispatch_document"], year="all"),
            )
            for row in found
        ]
        return Group("派遣文号", "件", hits, found[0]["total"] if found else 0)

    def policy_documents(self) -> Group | None:
        if not may(self.user, "report.read"):
            return None
        rows = PolicyDocument.objects.visible_to(self.user).select_related("school", "school_year")
        found, count = self._top(rows, _document_words, Value(0), "-start")
        hits = [
            Hit(
                str(row),
                "　".join(part for part in (row.number, row.issuer, row.school.name if row.school else "") if part),
                self._where_told(row),
            )
            for row in found
        ]
        return Group("政策文件", "件", hits, count)

    def _where_told(self, row: PolicyDocument) -> str:
        """A policy document has no page of its own: it stands on its school's, or in the county's annual report."""
        if row.school_id:
            page = _page(self.user, "school", row.school_id)
            return f"{page}#organisation" if page else ""
        return _address("reports:annual_report", period=row.school_year.code) if row.school_year else ""

    def activities(self) -> Group | None:
        if not may(self.user, "activity.list"):
            return None
        rows = Activity.objects.visible_to(self.user).select_related("school", "receiving_school")
        found, count = self._top(rows, activity_words, Value(0), "-start")
        hits = [
            Hit(
                str(row),
                "　".join(
                    part for part in (str(row.school or row.organiser or ""), row.recipient, row.when.told()) if part
                ),
                _page(self.user, "activity", row.pk),
            )
            for row in found
        ]
        return Group("帮扶活动", "次", hits, count, self._list("activity_list", year="all"))

    def reports(self, schools: list[School]) -> Group | None:
        """The annual reports of the schools that were found."""
        if not may(self.user, "report.read"):
            return None
        hits = [
            Hit(f"{row.name}工作总结", "所选学年", url)
            for row in schools[:REPORTS]
            if (url := _address("reports:annual_report", school=row.pk))
        ]
        return Group("工作总结", "份", hits, len(hits))

    def _top(self, rows: QuerySet[Any], matching: Callable[[str], Q], rank: Any, *order: str) -> tuple[list[Any], int]:
        """The best rows, and how many there are, in one question."""
        rows = rows.filter(_all(self.words, matching)).annotate(rank=rank, total=Window(Count("pk")))
        found = list(rows.order_by("rank", *order, "pk")[: self.shown])
        return found, found[0].total if found else 0

    def _list(self, name: str, **filters: str) -> str:
        return _address(f"assignments:{name}", q=self.query, **filters)


def activity_words(word: str) -> Q:
    plain = ("title", "kind", "code", "organiser", "receiving_party")
    found = school_named(word, "school__") | school_named(word, "receiving_school__")
    for name in plain:
        found |= Q(**{f"{name}__icontains": word})
    return found


def _document_words(word: str) -> Q:
    return Q(title__icontains=word) | Q(number__icontains=word) | Q(issuer__icontains=word)


def _rank_of_person(words: list[str]) -> Case:
    """The name itself, its pinyin, its initials; then what begins so; then what has it somewhere; then slips."""
    first = words[0]
    begins = Q(initials__startswith=first) | Q(pinyin__startswith=first)
    return Case(
        When(name__in=words, then=0),
        When(Q(pinyin__in=words) | Q(initials__in=words), then=1),
        When(name__startswith=first, then=2),
        When(begins, then=3),
        When(name__contains=first, then=4),
        When(pinyin__contains=first, then=5),
        default=6,
        output_field=IntegerField(),
    )


def _rank_of_school(words: list[str]) -> Case:
    first = words[0]
    return Case(
        When(Q(name__in=words) | Q(code__in=words), then=0),
        When(Q(aliases__icontains=json.dumps(first)) | Q(aliases__icontains=f'"{first}"'), then=1),
        When(Q(initials__in=words), then=2),
        When(name__startswith=first, then=3),
        When(name__contains=first, then=4),
        default=5,
        output_field=IntegerField(),
    )


def _address(name: str, **query: Any) -> str:
    """ "" where the page is not part of this installation."""
    try:
        return f"{reverse(name)}?{urlencode(query)}"
    except NoReverseMatch:
        return ""
