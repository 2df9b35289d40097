"""What a person can reach: every list, count, choice, export and document starts from `visible_to(user)`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from assignments.choices import BUREAU_ROLES, KNOWN_TO_RECEIVER, OVER, SCHOOL_ROLES, Role
from zhijiao import clock, guard
from zhijiao.dates import ApproximateDateAttribute

if TYPE_CHECKING:
    from assignments.periods import Period


def unique_with_blanks(*fields: str, name: str, message: str, blank: tuple[str, ...]) -> models.UniqueConstraint:
    """Unique together, where two that are both empty in a `blank` field are the same there.

    An expression, because SQLite knows no NULLS NOT DISTINCT. A blank field named `start` is a date, any other a key.
    """

    def never(field: str) -> Any:
        return Coalesce(field, Value(dt.date(1, 1, 1))) if field == "start" else Coalesce(field, Value(0))

    expressions = [never(field) if field in blank else models.F(field) for field in fields]
    return models.UniqueConstraint(*expressions, name=name, violation_error_message=message)


class Inspected(NamedTuple):
    """What somebody inspects while a round is under way: with these teams, at these schools."""

    teams: frozenset[int] = frozenset()
    schools: frozenset[int] = frozenset()


NOTHING_INSPECTED = Inspected()
_inspected: list[Callable[[Any], Inspected]] = []


def inspected_by(find: Callable[[Any], Inspected]) -> None:
    """Says what a person inspects; inspections are records of another app. Asked once a request, of inspectors alone."""
    _inspected[:] = [find]


@dataclass(frozen=True)
class Access:
    """The districts, schools and teachers that a person's memberships of a day open."""

    everything: bool = False
    districts: frozenset[int] = frozenset()
    schools: frozenset[int] = frozenset()
    teachers: frozenset[int] = frozenset()
    roles: frozenset[str] = frozenset()
    counties: frozenset[int] = frozenset()  # the counties in which any of these stand
    whole: frozenset[int] = frozenset()  # of the districts those in which the person does not only inspect
    inspected: Inspected = NOTHING_INSPECTED

    @classmethod
    def of(cls, user: Any, day: dt.date | None = None) -> Access:
        """Computed once for a request: the user object lives as long as the request does."""
        if not getattr(user, "is_authenticated", False) or not user.is_active:
            return cls()
        if user.is_superuser:
            return cls(everything=True, roles=frozenset(Role.values))
        day = day or timezone.localdate()
        known = getattr(user, "_access", None)
        if known is None or known[0] != day:
            known = user._access = (day, cls._computed(user, day))
        return known[1]

    @classmethod
    def _computed(cls, user: Any, day: dt.date) -> Access:
        from assignments.models.places import District, School

        parts = District.objects.filter(parent=OuterRef("district"))
        villages = School.objects.filter(centre_school=OuterRef("school"))
        rows = user.memberships.current(day).annotate(has_parts=Exists(parts), has_villages=Exists(villages))
        memberships = list(rows.select_related("school__county", "teacher__county", "district").only(*_OF_A_ROLE))
        user.memberships_of_today = memberships  # the frame of the page and the home page ask for them too
        bureau = {m.district_id for m in memberships if m.role in BUREAU_ROLES}
        run = {m.district_id for m in memberships if m.role in BUREAU_ROLES and m.role != Role.INSPECTOR}
        schools = {m.school_id for m in memberships if m.role in SCHOOL_ROLES}
        districts, whole, below = set(bureau), set(run), set(schools)
        if any(m.has_parts for m in memberships if m.role in BUREAU_ROLES):
            within = Q(parent__in=bureau) | Q(parent__parent__in=bureau)
            for pk, parent, above in District.objects.filter(within).values_list("pk", "parent", "parent__parent"):
                districts.add(pk)
                whole |= {pk} if run & {parent, above} else set()
        if any(m.has_villages for m in memberships if m.role in SCHOOL_ROLES):
            below |= set(School.objects.filter(centre_school__in=schools).values_list("pk", flat=True))
        roles = frozenset(m.role for m in memberships)
        return cls(
            districts=frozenset(districts),
            whole=frozenset(whole),
            schools=frozenset(below),
            teachers=frozenset(m.teacher_id for m in memberships if m.role == Role.TEACHER and m.teacher_id),
            roles=roles,
            inspected=_inspected[0](user) if Role.INSPECTOR in roles and _inspected else NOTHING_INSPECTED,
            counties=frozenset(districts | {_county_of(m) for m in memberships if not m.district_id}),
        )


# What the frame and the home page tell of a role. Each page asks this, and a school and a teacher are sixty columns more.
_OF_A_ROLE = (
    "user", "role", "start", "end", "duty", "school__name", "school__county", "teacher__name", "teacher__county", "teacher__school", "district",
    *(f"{county}__{field}" for county in ("district", "school__county", "teacher__county") for field in ("name", "code", "level", "bureau", "parent")),
)  # fmt: skip


def _county_of(membership: Any) -> int:
    place = membership.school or membership.teacher
    return int(place.county_id)


def memberships_of(user: Any) -> list[Any]:
    """The person's roles of today with their places, the first granted first; known once it was asked what they may see."""
    if not getattr(user, "is_authenticated", False):
        return []
    Access.of(user)
    known = getattr(user, "memberships_of_today", None)
    if known is None:  # an administrator of the installation, who sees everything without a role
        known = user.memberships_of_today = list(
            user.memberships.current().select_related("school__county", "teacher__county", "district")
        )
    return sorted(known, key=lambda membership: membership.pk)


# A receiving school still has things to settle with a teacher who went home; after that it reads, and changes nothing.
KEPT_AFTER_END = dt.timedelta(days=60)


def at_schools(path: str, schools: frozenset[int], *, still_open: bool = False) -> Q:
    """Rows whose school on this path is one of these. A receiving school knows of a secondment from its dispatch on.

    `still_open` leaves out those secondments that were over so long ago that their receiving school only reads them.
    """
    found = Q(**{f"{path}__in": schools})
    secondment, is_received, _ = path.rpartition("placements__receiving_school")
    if not is_received:
        return found
    found &= Q(**{f"{secondment}state__in": KNOWN_TO_RECEIVER})
    return found & _still_open(secondment) if still_open else found


def _still_open(secondment: str) -> Q:
    """In words that hold for each row of a join, so without a negation. What was never closed has not ended."""
    since, ended_on, end = clock.today() - KEPT_AFTER_END, f"{secondment}ended_on", f"{secondment}end"
    running = [state for state in KNOWN_TO_RECEIVER if state not in OVER]
    return (
        Q(**{f"{secondment}state__in": running})
        | Q(**{f"{ended_on}__gte": since})
        | Q(**{ended_on: None, f"{end}__gte": since})
    )


class CountyQuerySet(models.QuerySet[Any]):
    """Rows that belong to a county."""

    def update(self, **values: Any) -> int:
        """Asks the guard first, about the rows as they are and about the year they are put into; signals are sent for single rows only."""
        guard.ask(self.all())
        if year := {name: of for name, of in values.items() if name in ("school_year", "school_year_id")}:
            counties = set(self.order_by().values_list("county", flat=True))
            guard.ask([self.model(county_id=county, **year) for county in sorted(counties)])
        return super().update(**values)

    update.alters_data = True  # type: ignore[attr-defined]

    def bulk_create(self, objs: Any, *args: Any, **kwargs: Any) -> list[Any]:
        rows = list(objs)
        guard.ask(rows)
        return super().bulk_create(rows, *args, **kwargs)

    def bulk_update(self, objs: Any, *args: Any, **kwargs: Any) -> int:
        rows = tuple(objs)
        guard.ask(rows)
        return super().bulk_update(rows, *args, **kwargs)

    def visible_to(self, user: Any) -> Self:
        """The rows this person may know of; anything else does not exist for them."""
        access = Access.of(user)
        if access.everything:
            return self
        reachable = Q(pk__in=[])
        districts = access.whole if self.model.is_inspected else access.districts
        if districts:
            reachable |= Q(county__in=districts) | Q(county=None) if self._is_shared() else Q(county__in=districts)
        by_relation = self._by_relation(access)
        if by_relation is not None:
            # A sub-query, because the way to a school may lead through many rows and would repeat the outer one.
            reachable |= Q(pk__in=self.model._default_manager.filter(by_relation).values("pk"))
        return self.filter(reachable)

    def _is_shared(self) -> bool:
        return bool(self.model._meta.get_field("county").null)

    def _by_relation(self, access: Access) -> Q | None:
        found = self._related_to(access)
        if self.model.is_inspected and access.inspected.teams:
            found = (found or Q(pk__in=[])) | self.model.inspected_side(access.inspected)
        return found

    def _related_to(self, access: Access) -> Q | None:
        found: Q | None = None
        for path in self.model.schools_concerned if access.schools else ():
            found = (found or Q()) | at_schools(path, access.schools)
        for path in self.model.teachers_concerned if access.teachers else ():
            found = (found or Q()) | Q(**{f"{path}__in": access.teachers})
        if self._is_shared() and (access.schools or access.teachers):
            # Programmes and rules are no secret to the schools and teachers of the county.
            found = (found or Q()) | Q(county=None) | Q(county__in=access.counties)
        return found


class CountyModel(models.Model):
    """A row that belongs to a county: the county is scope, partition and shard key at once."""

    county = models.ForeignKey("assignments.District", models.PROTECT, related_name="+", verbose_name="县（市、区）")

    objects: ClassVar[Any] = CountyQuerySet.as_manager()

    schools_concerned: ClassVar[tuple[str, ...]] = ()  # paths to the schools that may see the row
    teachers_concerned: ClassVar[tuple[str, ...]] = ()  # paths to the teachers who may see it

    is_inspected: ClassVar[bool] = False  # inspectors know of the rows of the schools they inspect, and of no others

    class Meta:
        abstract = True

    @classmethod
    def sending_side(cls) -> tuple[str, ...]:
        """The paths to the schools that have the row as senders, or as their own."""
        return tuple(path for path in cls.schools_concerned if "receiving_school" not in path)

    @classmethod
    def receiving_side(cls, schools: frozenset[int], *, still_open: bool = False) -> Q:
        """The rows that these schools have as receivers, or as their own."""
        found = Q(pk__in=[])
        for path in cls.schools_concerned if schools else ():
            if "sending_school" not in path and path != "teacher__school":
                found |= at_schools(path, schools, still_open=still_open)
        return found

    @classmethod
    def inspected_side(cls, inspected: Inspected) -> Q:
        """The rows of somebody's inspections: those that the inspected schools have as receivers, or as their own."""
        return cls.receiving_side(inspected.schools)


class DatedQuerySet(CountyQuerySet):
    def in_period(self, period: Period) -> Self:
        """What happened in a school year, a term or a calendar year."""
        return self.filter(period.events())


class DatedModel(CountyModel):
    """Something that happened, when that was (as precisely as is known) and in which school year it counts.

    The school year is its own field: a meeting in late August belongs to the year that it prepares.
    """

    school_year = models.ForeignKey(
        "assignments.SchoolYear", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="学年"
    )
    start = models.DateField("开始", null=True, blank=True)
    end = models.DateField("结束", null=True, blank=True)
    precision = models.CharField("日期精度", max_length=12, blank=True)
    date_words = models.CharField("日期原文", max_length=60, blank=True)

    when = ApproximateDateAttribute()
    objects: ClassVar[Any] = DatedQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(start=None) | Q(end__gte=models.F("start")),
                name="%(app_label)s_%(class)s_dates",
                violation_error_message="结束日期早于开始日期，结束应在开始以后",
            )
        ]
