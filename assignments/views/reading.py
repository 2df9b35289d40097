"""Who reads a page: which objects they may open from it, which school year they look at, and what others add to it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Model
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from assignments.models import School
from assignments.models.scope import Access
from assignments.periods import Period
from zhijiao.detail import Section, Teller
from zhijiao.navigation import chosen_year

Contribution = Callable[["Reading", Any], Iterator[Section]]
_contributed: dict[type[Model], list[Contribution]] = defaultdict(list)


def adds_to(model: type[Model]) -> Callable[[Contribution], Contribution]:
    """Lets an app that builds on this one add its sections to the page of an object, which knows nothing of them."""

    def remember(contribution: Contribution) -> Contribution:
        _contributed[model].append(contribution)
        return contribution

    return remember


@dataclass(frozen=True)
class Reading:
    """One person who looks at one page."""

    request: HttpRequest

    @property
    def user(self) -> Any:
        return self.request.user

    @cached_property
    def access(self) -> Access:
        return Access.of(self.user)

    @cached_property
    def tell(self) -> Teller:
        return Teller(self.address)

    @cached_property
    def period(self) -> Period:
        return looked_at(self.request)

    def address(self, row: Model) -> str:
        """The page of an object, where there is one and this person may open it."""
        if isinstance(row, School) and not self._may_open_school(row):
            return ""
        try:
            return reverse(f"{row._meta.app_label}:{row._meta.model_name}_detail", args=[row.pk])
        except NoReverseMatch:
            return ""

    def _may_open_school(self, school: School) -> bool:
        access = self.access
        return access.everything or school.pk in access.schools or school.county_id in access.districts

    def contributed(self, row: Model) -> list[Section]:
        """What other apps add to the page of this object."""
        return [section for add in _contributed[type(row)] for section in add(self, row)]


def looked_at(request: HttpRequest) -> Period:
    """The school year that was chosen in the navigation."""
    return Period.parse(chosen_year(request))
