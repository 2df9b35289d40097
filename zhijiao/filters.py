"""What a list can be narrowed by: a search box, filters kept in the address, and the panel that offers them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

EVERYTHING = "all"  # the value of a filter with a default that takes the default away


class ListFilters(django_filters.FilterSet):
    """A filter set with a search box `q` over `searched`: paths of texts, and of initials, which match from the beginning."""

    searched: ClassVar[tuple[str, ...]] = ()
    q = django_filters.CharFilter(label="搜索", method="search")

    @classmethod
    def defaults(cls, request: HttpRequest) -> dict[str, str]:
        """The values of a list that is opened without any query."""
        return {}

    @classmethod
    def is_closed(cls, request: HttpRequest, asked: Mapping[str, Any]) -> bool:
        """Whether what is asked for can only be looked at, so that nothing is added to it and nothing done with many rows."""
        return False

    def search(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Every word has to stand in one of the fields."""
        for word in unicodedata.normalize("NFKC", value).split():
            rows = rows.filter(self.matching(word))
        return rows

    def matching(self, word: str) -> Q:
        found = Q(pk__in=[])
        for path in self.searched:
            found |= Q(**{f"{path}__istartswith" if path.endswith("initials") else f"{path}__icontains": word})
        return found


class ChoicesFilter(django_filters.MultipleChoiceFilter):
    """One of several values of a column of the row's own. No row comes twice, so none needs DISTINCT, which breaks counting."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, distinct=False, **kwargs)


@dataclass(frozen=True)
class Option:
    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True)
class PanelField:
    """One filter as the panel draws it. `kind`: chips, select, date or text."""

    name: str
    label: str
    kind: str
    value: str
    options: tuple[Option, ...] = ()

    def told(self) -> list[tuple[str, str]]:
        """What is chosen, in words: pairs of value and label."""
        if self.kind in ("chips", "select"):
            return [(one.value, one.label) for one in self.options if one.is_chosen and one.value]
        return [(self.value, self.value)] if self.value else []

    @property
    def drawn(self) -> SafeString:
        return _drawn(self)


@lru_cache(maxsize=512)
def _drawn(field: PanelField) -> SafeString:
    """The same choices look the same for everybody, so they are drawn once; what is chosen is part of the key."""
    return render_to_string("components/_list_field.html", {"field": field})


def panel_field(name: str, field: Any, values: Iterable[str]) -> PanelField:
    chosen = [value for value in values if value]
    label, value = str(field.label), chosen[-1] if chosen else ""
    if isinstance(field, forms.NullBooleanField):
        answers = (("", "不限"), ("true", "是"), ("false", "否"))
        return PanelField(name, label, "select", value, _options(answers, [value.lower()]))
    if isinstance(field.widget, forms.SelectMultiple):
        return PanelField(name, label, "chips", value, _options(field.choices, chosen))
    if isinstance(field.widget, forms.Select):
        return PanelField(name, label, "select", value, _options(field.choices, [value]))
    return PanelField(name, label, "date" if isinstance(field, forms.DateField) else "text", value)


def _options(choices: Iterable[tuple[Any, Any]], chosen: list[str]) -> tuple[Option, ...]:
    known = ((str(value), str(label)) for value, label in choices)
    return tuple(Option(value, label if value else "不限", value in chosen) for value, label in known)
