"""People and schools that seem to be entered twice. Nothing is decided here: somebody looks at both, and merges or leaves them."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Protocol

from django.db.models import Exists, OuterRef, Q

from assignments.access import within
from assignments.choices import DistinctKind
from assignments.distinct import told_apart
from assignments.models import DistinctPair, School, Teacher

_NUMERALS = "零一二三四五六七八九"
_SHORTER = (
    ("小学校", "小学"), ("完全小学", "小学"), ("初级中学", "初"), ("高级中学", "高"), ("初中", "初"), ("高中", "高"), ("九年一贯制学校", "九年制"),
    ("小学", "小"), ("中学", "中"), ("幼儿园", "幼"), ("实验", "实"),
)  # fmt: skip


class Person(Protocol):
    """What is compared of a teacher."""

    pk: int
    county_id: int
    name: str
    school_id: int | None
    birth_date: dt.date | None
    id_number_hash: str


@dataclass(frozen=True)
class Pair:
    """Two records that may be one, and why."""

    first: Any
    second: Any
    reasons: tuple[str, ...]

    @property
    def is_across_counties(self) -> bool:
        return bool(self.first.county_id != self.second.county_id)


# --- people --------------------------------------------------------------------------------------------------------------


def why_same_person(one: Person, other: Person) -> tuple[str, ...]:
    """The signs that both are one person, the strongest first; none where something speaks clearly against it."""
    if one.id_number_hash and one.id_number_hash == other.id_number_hash:
        return ("身份证号相同",)
    if plain(one.name) != plain(other.name) or one.county_id != other.county_id:
        return ()
    differ = bool(one.id_number_hash and other.id_number_hash)
    if one.birth_date and one.birth_date == other.birth_date:
        return ("姓名和出生日期相同，身份证号不同，请先核对号码" if differ else "姓名和出生日期相同",)
    born_apart = bool(one.birth_date and other.birth_date)
    if one.school_id and one.school_id == other.school_id and not differ and not born_apart:
        return ("同一所学校里姓名相同",)
    return ()


def same_people(rows: Iterable[Any]) -> list[Pair]:
    """Pairs among these teachers; a number that agrees before a name that does."""
    rows = list(rows)
    keys = [
        ([("id", row.id_number_hash)] if row.id_number_hash else []) + [("name", row.county_id, plain(row.name))]
        for row in rows
    ]
    pairs = [Pair(one, other, why) for one, other in _sharing(rows, keys) if (why := why_same_person(one, other))]
    return sorted(pairs, key=lambda pair: (pair.reasons[0] != "身份证号相同", pair.first.name, pair.first.pk))


def people_for(user: Any) -> list[Pair]:
    """Among the teachers whom this person may merge, without those of whom somebody said that they are two."""
    rows = within(Teacher.objects.visible_to(user).filter(merged_into=None), user, "teacher.merge")
    others = Teacher.objects.filter(merged_into=None).exclude(pk=OuterRef("pk"))
    namesake = others.filter(county=OuterRef("county"), name=OuterRef("name"))
    suspects = rows.filter(
        (~Q(id_number_hash="") & Exists(others.filter(id_number_hash=OuterRef("id_number_hash"))))
        | Exists(namesake.filter(birth_date=OuterRef("birth_date")))
        | Exists(namesake.filter(school=OuterRef("school")))
    )
    wanted = ("name", "county__name", "school__name", "birth_date", "id_number_hash", "subject", "stage", "retired_on")
    pairs = same_people(suspects.select_related("school", "county").only(*wanted).order_by("pk"))
    return _unanswered(DistinctKind.TEACHER, pairs)


# --- schools -------------------------------------------------------------------------------------------------------------


def plain(name: str) -> str:
    """Without blanks and width: 沈 若兰 is 沈若兰."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", name))


def short_form(name: str, county: str = "") -> str:
    """What is left of a school's name when everything that is said now and left out then is gone: 一小 for 青岚县第一小学."""
    left = plain(name)
    for prefix in (county, county[:-1] if len(county) > 2 else ""):
        if prefix and left.startswith(prefix) and left != prefix:
            left = left.removeprefix(prefix)
            break
    left = re.sub(r"^[县市区](?=.)", "", left)
    left = re.sub(r"第?(\d)(?=\D)", lambda found: _NUMERALS[int(found[1])], left)
    left = re.sub(r"第(?=[一二三四五六七八九十])", "", left)
    left = re.sub(r"(?<=.)(乡|镇|街道)(?=中心)", "", left)
    for long, short in _SHORTER:
        left = left.replace(long, short)
    return left.removesuffix("学校") or left


def why_same_school(one: Any, other: Any) -> tuple[str, ...]:
    """The signs that both are one school. Rows of School, with their county."""
    if one.code and one.code == other.code:
        return ("学校标识码相同",)
    if one.county_id != other.county_id or (one.code and other.code):
        return ()
    names, others = plain(one.name), plain(other.name)
    if others in map(plain, one.aliases) or names in map(plain, other.aliases):
        return ("一方的校名是另一方的其他名称",)
    county = one.county.name
    if short_form(one.name, county) == short_form(other.name, county):
        return ("校名只差“县”“第”“学校”等字，像是简称",)
    if _forms(one) & _forms(other):
        return ("有一个相同的简称或旧名",)
    return ()


def _forms(school: Any) -> set[str]:
    return {short_form(name, school.county.name) for name in (school.name, *school.aliases)}


def same_schools(rows: Iterable[Any]) -> list[Pair]:
    rows = list(rows)
    keys: list[list[Hashable]] = [
        [("code", row.code)] * bool(row.code) + [(row.county_id, form) for form in sorted(_forms(row))] for row in rows
    ]
    pairs = [Pair(one, other, why) for one, other in _sharing(rows, keys) if (why := why_same_school(one, other))]
    return sorted(pairs, key=lambda pair: (pair.first.name, pair.first.pk))


def schools_for(user: Any) -> list[Pair]:
    """Among the schools that this person may merge, as above."""
    rows = within(School.objects.visible_to(user).filter(merged_into=None), user, "school.merge")
    wanted = ("name", "aliases", "code", "township", "stage", "closed_on", "county__name")
    pairs = same_schools(rows.select_related("county").only(*wanted).order_by("pk"))
    return _unanswered(DistinctKind.SCHOOL, pairs)


def _unanswered(kind: DistinctKind, pairs: list[Pair]) -> list[Pair]:
    said = told_apart(kind, {row.pk for pair in pairs for row in (pair.first, pair.second)})
    return [pair for pair in pairs if DistinctPair.key_of(pair.first, pair.second) not in said]


def _sharing(rows: list[Any], keys: Iterable[Iterable[Hashable]]) -> Iterable[tuple[Any, Any]]:
    """Pairs of rows with a key in common, each once."""
    grouped: dict[Hashable, list[Any]] = defaultdict(list)
    for row, own in zip(rows, keys, strict=True):
        for key in own:
            grouped[key].append(row)
    seen: set[tuple[int, int]] = set()
    for group in grouped.values():
        for one, other in combinations(group, 2):
            key = (min(one.pk, other.pk), max(one.pk, other.pk))
            if one.pk != other.pk and key not in seen:
                seen.add(key)
                yield one, other
