"""What was done to one record, as the trail tells it: label, old → new, who, for whom, when, why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model, Q
from django.utils import timezone
from django.utils.dateparse import parse_date

from zhijiao.accounts.models import AuditEntry
from zhijiao.dates import told


@dataclass(frozen=True)
class Change:
    """One field: what it is called, what it was, what it is."""

    label: str
    old: str
    new: str


@dataclass(frozen=True)
class Step:
    """One entry of the trail, told."""

    pk: int
    at: dt.datetime
    verb: str
    by: str
    reason: str
    changes: tuple[Change, ...]
    subject: str = ""


def history_of(row: Model, limit: int = 20, *, also: Iterable[Model] = ()) -> list[Step]:
    """The newest steps of one record, and of those that `also` belong to it; one query. Whoever sees it may see them.

    Shown by {% include "components/history.html" with steps=… %}.
    """
    wanted = Q(pk__in=[])
    for one in (row, *also):
        wanted |= Q(subject_type=one._meta.label_lower, subject_id=str(one.pk))
    return [step_of(entry) for entry in AuditEntry.objects.filter(wanted).order_by("-id")[:limit]]


def done_by(row: Any, *verbs: str) -> list[tuple[Any, dt.date]]:
    """Who did one of these to the row, and on which day; the first of them first."""
    entries = AuditEntry.objects.filter(subject_type=row._meta.label_lower, subject_id=str(row.pk), verb__in=verbs)
    found = entries.exclude(by=None).select_related("by").order_by("id")
    return [(entry.by, timezone.localdate(entry.at)) for entry in found]


def step_of(entry: AuditEntry) -> Step:
    changes = tuple(changes_of(entry))
    return Step(entry.pk, entry.at, entry.verb, who(entry), entry.reason, changes, entry.subject_name)


def who(entry: AuditEntry) -> str:
    """陆老师（代吴校长）."""
    return f"{entry.by_name}（代{entry.on_behalf_of_name}）" if entry.on_behalf_of_name else entry.by_name


def changes_of(entry: AuditEntry) -> Iterable[Change]:
    """Every field that is named before or after, and did not stay as it was."""
    model = model_of(entry.subject_type)
    for key in dict.fromkeys([*entry.before, *entry.after]):
        old, new = entry.before.get(key), entry.after.get(key)
        if old != new:
            tell = _teller(model, key)
            yield Change(_label(model, key), tell(old), tell(new))


def model_of(label: str) -> type[Model] | None:
    """The model behind the name that an entry keeps; None where it is no more."""
    try:
        return apps.get_model(label) if label else None
    except LookupError:
        return None


def called(label: str) -> str:
    """What an entry was about: 教师, 派遣, 账号."""
    model = model_of(label)
    return str(model._meta.verbose_name) if model else label


def _field(model: type[Model] | None, key: str) -> Any:
    try:
        return model._meta.get_field(key) if model else None
    except FieldDoesNotExist:
        return None


def _label(model: type[Model] | None, key: str) -> str:
    field = _field(model, key)
    return str(getattr(field, "verbose_name", "") or key).removeprefix("是否")


def _teller(model: type[Model] | None, key: str) -> Callable[[Any], str]:
    field = _field(model, key)
    words = {str(value): str(label) for value, label in (getattr(field, "flatchoices", None) or ())}

    def tell(value: Any) -> str:
        if value is None or value == "":
            return ""
        if isinstance(value, bool):
            return "是" if value else "否"
        if isinstance(value, list | tuple):
            return "、".join(tell(part) for part in value)
        if isinstance(value, dict):
            return "，".join(f"{name}：{tell(part)}" for name, part in value.items())
        text = str(value)
        if text in words:
            return words[text]
        day = _day(text)
        return told(day) if day else text

    return tell


def _day(text: str) -> dt.date | None:
    try:
        return parse_date(text) if len(text) == 10 else None
    except ValueError:
        return None
