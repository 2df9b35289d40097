"""What the forms of care and aid have in common: schools by name, dates in the year looked at, two people at one record."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.db.models import Model

from assignments.forms.schools import SchoolField
from assignments.models import School
from assignments.models.scope import Access
from assignments.recording import is_officer_of, label_of, told_value
from zhijiao.entry import fingerprint
from zhijiao.fields import WhenField


def words(label: str, longest: int, missing: str = "", **options: Any) -> forms.CharField:
    """A text field; `missing` is said where it has to be filled in and is not."""
    options.setdefault("required", bool(missing))
    return forms.CharField(
        label=label, max_length=longest,
        error_messages={"required": missing, "max_length": f"{label}最多 {longest} 个字，现在有 %(show_value)d 个"},
        **options,
    )  # fmt: skip


class RecordForm(forms.Form):
    """`row` is the record as it is (an unsaved one for a new record), `first_year` stands for a year that is left out."""

    writes: ClassVar[tuple[str, ...]] = ()  # what it changes of the record, in this order
    doing: ClassVar[str] = ""  # the school that did it: a school's own people need not say
    essential: ClassVar[tuple[str, ...]] = ()  # shown at once; the others under “再写详细些”

    def __init__(self, *args: Any, user: Any, row: Any, first_year: int | None = None, **options: Any) -> None:
        self.user, self.row, self.first_year = user, row, first_year
        self.is_clash, self.clashes = False, list[tuple[str, str, str]]()
        options.setdefault("initial", self._known(row))
        super().__init__(*args, **options)
        self._own: School | None = None
        self._offer_schools()
        for field in self.fields.values():
            if isinstance(field, WhenField):
                field.first_year = first_year
        if row.pk:
            self.fields.pop("photos", None)  # added on the record's page

    def _known(self, row: Any) -> dict[str, Any]:
        return {name: getattr(row, name) for name in self.base_fields if hasattr(row, name)}

    # --- schools ---------------------------------------------------------------------------------------------------------

    def _offer_schools(self) -> None:
        named = [name for name, field in self.fields.items() if isinstance(field, SchoolField)]
        if not named:
            return
        rows = (
            School.objects.choosable_by(self.user)
            .only("name", "aliases", "county_id", "centre_school_id")
            .order_by("name")
        )
        schools = list(rows)
        known = {school.pk for school in schools}
        for name in named:
            now = self.initial.get(name)  # one that was closed since can stay
            field: Any = self.fields[name]
            field.offer([*schools, now] if isinstance(now, School) and now.pk not in known else schools)
        self._settle_own(schools)

    def _settle_own(self, schools: list[School]) -> None:
        """A school's own people write for their school; where they have several, they pick one."""
        if not self.doing or is_officer_of(self.user, self.row.county_id) or self._writes_for_the_bureau():
            return
        own = _centre_first([school for school in schools if school.pk in Access.of(self.user).schools])
        now = self.initial.get(self.doing)
        self._own = now if isinstance(now, School) else (own[0] if own else None)
        if len(own) <= 1 or (self.row.pk and self._own not in own):
            del self.fields[self.doing]
            return
        field: Any = self.fields[self.doing]
        field.required, field.help_text = True, f"也可以为 {'、'.join(school.name for school in own[1:4])} 登记"
        field.offer(own)
        self.initial[self.doing] = self._own

    def _writes_for_the_bureau(self) -> bool:
        """An officer who fills in a new record, of which the county is not known yet."""
        return self.row.county_id is None and any(is_officer_of(self.user, pk) for pk in Access.of(self.user).districts)

    # --- values ----------------------------------------------------------------------------------------------------------

    def values(self) -> dict[str, Any]:
        """What is to be written, by name."""
        return {name: self._value(name) for name in self.writes}

    def _value(self, name: str) -> Any:
        if name == self.doing and name not in self.fields:
            return self._own
        return self.cleaned_data[name]

    @property
    def new_files(self) -> Any:
        return self.cleaned_data.get("photos", [])

    # --- somebody was faster ---------------------------------------------------------------------------------------------

    @property
    def seen(self) -> str:
        """What the form shows the record to be, for the hidden field."""
        return fingerprint(self.row, self.writes) if self.row.pk else ""

    def clash_with(self, row: Model) -> None:
        """Put what is recorded now beside what was typed; sent again, what was typed counts."""
        self.row, self.is_clash = row, True
        typed = type(row)(pk=row.pk)
        for name, value in self.values().items():
            setattr(typed, name, value)
            now, yours = told_value(row, name), told_value(typed, name)
            if now != yours:
                self.clashes.append((label_of(type(row), name), now or "（空）", yours or "（空）"))

    # --- groups ----------------------------------------------------------------------------------------------------------

    def first(self) -> list[Any]:
        names = self.essential or tuple(self.fields)
        return [self[name] for name in self.fields if name in names]

    def more(self) -> list[Any]:
        return [self[name] for name in self.fields if self.essential and name not in self.essential]

    def more_is_open(self) -> bool:
        """Where something in there is filled in or wrong."""
        return any(field.errors or field.value() not in (None, "", []) for field in self.more())


def _centre_first(schools: list[School]) -> list[School]:
    """A centre school before the village schools below it."""
    own = {school.pk for school in schools}
    return sorted(schools, key=lambda school: school.centre_school_id in own)
