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

from assignments import closing
from assignments.models import School, Secondment, Teacher
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
        if isinstance(row, Teacher) and not self._may_open_teacher(row.pk):
            return ""
        if isinstance(row, Secondment) and self._is_teacher_alone and row.teacher_id not in self.access.teachers:
            return ""
        try:
            return reverse(f"{row._meta.app_label}:{row._meta.model_name}_detail", args=[row.pk])
        except NoReverseMatch:
            return ""

    def _may_open_school(self, school: School) -> bool:
        access = self.access
        return access.everything or school.pk in access.schools or school.county_id in access.districts

    @property
    def _is_teacher_alone(self) -> bool:
        return not (self.access.everything or self.access.districts or self.access.schools)

    def _may_open_teacher(self, pk: int) -> bool:
        access = self.access
        if access.everything or pk in access.teachers:
            return True
        return not self._is_teacher_alone and (bool(access.districts) or pk in self._teachers)

    @cached_property
    def _teachers(self) -> frozenset[int]:
        """Of a school: a team's leader, named on a page, may belong to another. One query a page, however many are named."""
        return frozenset(Teacher.objects.visible_to(self.user).values_list("pk", flat=True))

    def contributed(self, row: Model) -> list[Section]:
        """What other apps add to the page of this object. That its year is closed is told above the page."""
        closing.is_only_looked_at(row)
        return [section for add in _contributed[type(row)] for section in add(self, row)]


def looked_at(request: HttpRequest) -> Period:
    """The school year that was chosen in the navigation."""
    return Period.parse(chosen_year(request))
