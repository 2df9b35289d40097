"""What is typed into the plan: the year's dates, what a school asks for, who is to give how many, where people go."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, cast

from django import forms

from assignments.applications import Assignment
from assignments.choices import SUBJECT_CHOICES, SUBJECTS, TeachingStage
from assignments.forms.workflow import day_field
from assignments.models import Allocation, Demand, School, YearSchedule
from assignments.plan import MOST, SUBJECTS_OF, Need, Opening, Share, schedule_problem, stages_of

MOST_LINES = 60
AT_FIRST = 6
MORE = 6
_HERE = {"min_value": f"应在 1 到 {MOST} 之间", "max_value": f"应在 1 到 {MOST} 之间", "invalid": "请填一个整数"}


class SchoolBook:
    """The schools that may be named in a form, found by name or another name. One question for a whole form."""

    def __init__(self, schools: Iterable[School]) -> None:
        self._by_name: dict[str, School] = {}
        self.schools = list(schools)
        for school in self.schools:
            self._by_name.update((_plain(name), school) for name in school.aliases)
        self._by_name.update((_plain(school.name), school) for school in self.schools)  # a name wins over an alias

    @property
    def names(self) -> list[str]:
        return [school.name for school in self.schools]

    def find(self, text: str) -> School:
        """ValidationError, with the name that may be meant, where there is none."""
        found = self._by_name.get(_plain(text))
        if found is not None:
            return found
        near = difflib.get_close_matches(_plain(text), self._by_name, n=1, cutoff=0.6)
        hint = f"，是不是“{self._by_name[near[0]].name}”" if near else "，请从列表里选"
        raise forms.ValidationError(f"没有“{text.strip()}”这所学校{hint}")


def _plain(name: str) -> str:
    return unicodedata.normalize("NFKC", name).replace(" ", "").strip()


class ScheduleForm(forms.Form):
    """The deadlines of a school year."""

    demands_until = day_field("需求申报截止", required=False, help_text="过了这一天，学校不能再改需求，局里还可以")
    applications_until = day_field("个人申报截止", required=False)
    recommendations_until = day_field("学校推荐上报截止", required=False)
    report_in_until = day_field("报到截止", required=False, help_text="过了这一天还没确认到岗的，转为逾期未报到")
    notice_days = forms.IntegerField(
        label="公示几个工作日", min_value=1, max_value=60,
        error_messages={"min_value": "至少 1 个工作日", "max_value": "最多 60 个工作日", "invalid": "请填一个整数", "required": "请填写公示几个工作日"},
    )  # fmt: skip
    document = forms.CharField(label="通知文号", max_length=60, required=False, help_text="如 青教人〔2026〕12号")

    def __init__(self, schedule: YearSchedule, data: Any = None) -> None:
        super().__init__(data, initial={name: getattr(schedule, name) for name in self.base_fields})

    def clean(self) -> dict[str, Any]:
        values = cast(dict[str, Any], super().clean())
        if not self.errors and (wrong := schedule_problem(values)):
            self.add_error(*wrong)
        return values


@dataclass(frozen=True)
class NeedRow:
    """A line of the grid: the subject, how many, and what is asked of them."""

    subject: str
    number: forms.BoundField
    requirement: forms.BoundField


class DemandForm(forms.Form):
    """What a school asks for, as a grid of its stages and their subjects: numbers are typed where somebody is needed."""

    def __init__(self, school: School, demands: Sequence[Demand], data: Any = None) -> None:
        super().__init__(data)
        stated = {(one.stage, one.subject): one for one in demands}
        self._lines: list[tuple[str, str]] = [
            (str(stage), subject) for stage in stages_of(school) for subject in SUBJECTS_OF[stage]
        ]
        self._lines += [key for key in stated if key not in self._lines]
        for stage, subject in self._lines:
            known, name = stated.get((stage, subject)), _name(stage, subject)
            self.fields[f"n-{name}"] = forms.IntegerField(
                label=f"{subject}人数", required=False, min_value=0, max_value=MOST, initial=known.number if known else None,
                widget=forms.NumberInput(attrs={"class": "form-control", "inputmode": "numeric", "placeholder": "0", "aria-label": f"{subject}人数"}),
                error_messages={**_HERE, "min_value": f"应在 0 到 {MOST} 之间", "max_value": f"应在 0 到 {MOST} 之间"},
            )  # fmt: skip
            self.fields[f"r-{name}"] = forms.CharField(
                label=f"{subject}要求", required=False, max_length=200, initial=known.requirement if known else "",
                widget=forms.TextInput(attrs={"class": "form-control", "placeholder": "要求，可不填", "aria-label": f"{subject}要求"}),
                error_messages={"max_length": "最多 200 字"},
            )  # fmt: skip

    def groups(self) -> list[tuple[str, list[NeedRow]]]:
        """Stage by stage, as the page draws it."""
        grouped: dict[str, list[NeedRow]] = {}
        for stage, subject in self._lines:
            name = _name(stage, subject)
            label = TeachingStage(stage).label if stage else "没有写明学段的"
            grouped.setdefault(label, []).append(NeedRow(subject, self[f"n-{name}"], self[f"r-{name}"]))
        return list(grouped.items())

    @property
    def needs(self) -> list[Need]:
        """The lines with a number."""
        typed = self.cleaned_data
        named = [(stage, subject, _name(stage, subject)) for stage, subject in self._lines]
        return [
            Need(stage, subject, typed[f"n-{name}"], typed[f"r-{name}"].strip())
            for stage, subject, name in named
            if typed[f"n-{name}"]
        ]

    def clean(self) -> dict[str, Any]:
        values = cast(dict[str, Any], super().clean())
        for stage, subject in self._lines:
            name = _name(stage, subject)
            if values.get(f"r-{name}", "").strip() and values.get(f"n-{name}") == 0:
                self.add_error(f"n-{name}", f"{subject}写了要求，没有写人数")
        return values


def _name(stage: str, subject: str) -> str:
    return f"{stage or 'any'}-{SUBJECTS.index(subject)}"


@dataclass(frozen=True)
class ShareRow:
    sender: forms.BoundField
    receiver: forms.BoundField
    subject: forms.BoundField
    number: forms.BoundField

    @property
    def where(self) -> str:
        """What the line is called where it is folded, on a phone."""
        return f"{self.receiver.value() or '受援学校待定'} {self.subject.value() or '不限学科'}"

    @property
    def whence(self) -> str:
        name = self.sender.value()
        return f"{name}派出" if name else "还没写派出学校"

    @property
    def is_wrong(self) -> bool:
        return any(field.errors for field in (self.sender, self.receiver, self.subject, self.number))


class AllocationsForm(forms.Form):
    """Many lines of the plan at once. A line without a sending school is left out."""

    document = forms.CharField(
        label="计划文号", max_length=60, required=False, help_text="如 青教人〔2026〕21号；没有就不填"
    )

    def __init__(self, book: SchoolBook, suggested: Sequence[Opening] = (), data: Any = None) -> None:
        super().__init__(data)
        self._book, self._suggested = book, list(suggested)[:MOST_LINES]
        asked = str(data.get("lines", "")) if data is not None else ""
        known = int(asked) if asked.isdecimal() and len(asked) < 4 else len(self._suggested) + AT_FIRST
        self.lines = min(MOST_LINES, known + (MORE if data is not None and "more" in data else 0))
        for place in range(self.lines):
            opening = self._suggested[place] if place < len(self._suggested) else None
            self.fields[f"s-{place}"] = school_text("派出学校", is_in_row=True)
            self.fields[f"r-{place}"] = school_text("受援学校", opening.school if opening else "", is_in_row=True)
            self.fields[f"k-{place}"] = _subject(opening.subject if opening else "")
            self.fields[f"n-{place}"] = _number(opening.open if opening else None)

    def rows(self) -> list[ShareRow]:
        return [ShareRow(self[f"s-{n}"], self[f"r-{n}"], self[f"k-{n}"], self[f"n-{n}"]) for n in range(self.lines)]

    @property
    def shares(self) -> list[Share]:
        return cast(list[Share], self.cleaned_data["shares"])

    def clean(self) -> dict[str, Any]:
        values = cast(dict[str, Any], super().clean())
        shares = [share for place in range(self.lines) if (share := self._share(values, place))]
        if not shares and not self.errors:
            raise forms.ValidationError("还没有填派出学校，一行都没有下达")
        return {**values, "shares": shares}

    def _share(self, values: dict[str, Any], place: int) -> Share | None:
        if not values.get(f"s-{place}"):
            return None
        sender = self._found(values, f"s-{place}")
        receiver = self._found(values, f"r-{place}") if values.get(f"r-{place}") else None
        if values.get(f"n-{place}") is None and f"n-{place}" not in self.errors:
            self.add_error(f"n-{place}", "请填名额")
        if sender is None or f"r-{place}" in self.errors or not values.get(f"n-{place}"):
            return None
        return Share(sender, receiver, values.get(f"k-{place}", ""), values[f"n-{place}"])

    def _found(self, values: dict[str, Any], name: str) -> School | None:
        try:
            return self._book.find(values[name])
        except forms.ValidationError as wrong:
            self.add_error(name, wrong)
            return None


def school_text(label: str, initial: str = "", *, is_in_row: bool = False, **options: Any) -> forms.CharField:
    """A school by its name; the page has the list of them as `schools`. In a row of many there is no label but the field's own."""
    attrs = {"aria-label": label, "placeholder": label} if is_in_row else {}
    return forms.CharField(
        label=label, required=options.pop("required", False), max_length=80, initial=initial,
        widget=forms.TextInput(attrs={"class": "form-control", "list": "schools", "autocomplete": "off", **attrs}), **options,
    )  # fmt: skip


def _subject(initial: str = "") -> forms.ChoiceField:
    return forms.ChoiceField(
        label="学科", required=False, choices=[("", "不限"), *SUBJECT_CHOICES], initial=initial,
        widget=forms.Select(attrs={"class": "form-select", "aria-label": "学科"}), error_messages={"invalid_choice": "没有这个学科"},
    )  # fmt: skip


def _number(initial: int | None = None) -> forms.IntegerField:
    return forms.IntegerField(
        label="名额", required=False, min_value=1, max_value=MOST, initial=initial, error_messages=_HERE,
        widget=forms.NumberInput(attrs={"class": "form-control", "inputmode": "numeric", "aria-label": "名额"}),
    )  # fmt: skip


class AllocationForm(forms.Form):
    """One line of the plan."""

    def __init__(self, book: SchoolBook, allocation: Allocation, data: Any = None) -> None:
        super().__init__(data)
        self._book = book
        receiver = allocation.receiving_school.name if allocation.receiving_school else ""
        self.fields["sender"] = school_text("派出学校", allocation.sending_school.name, required=True)
        self.fields["receiver"] = school_text("受援学校", receiver, help_text="还没定到哪所学校的，先留空")
        self.fields["subject"] = _subject(allocation.subject)
        self.fields["number"] = _number(allocation.number)
        self.fields["number"].required = True
        self.fields["document"] = forms.CharField(
            label="计划文号", max_length=60, required=False, initial=allocation.document
        )

    def clean_sender(self) -> School:
        return self._book.find(self.cleaned_data["sender"])

    def clean_receiver(self) -> School | None:
        text = self.cleaned_data["receiver"]
        return self._book.find(text) if text else None

    @property
    def share(self) -> Share:
        typed = self.cleaned_data
        return Share(typed["sender"], typed["receiver"], typed["subject"], typed["number"])


class AssignForm(forms.Form):
    """The receiving school of one secondment."""

    def __init__(self, book: SchoolBook, data: Any = None, *, school: str = "", subject: str = "") -> None:
        super().__init__(data)
        self._book = book
        self.fields["school"] = school_text("受援学校", school, required=True)
        self.fields["school"].error_messages["required"] = "请填受援学校"
        self.fields["subject"] = _subject(subject)

    def clean_school(self) -> School:
        return self._book.find(self.cleaned_data["school"])


class MatchingForm(forms.Form):
    """Where many are to go: a line for each, left empty where it is not decided yet."""

    def __init__(self, book: SchoolBook, proposed: dict[int, Opening | None], data: Any = None) -> None:
        super().__init__(data)
        self._book, self._keys = book, list(proposed)
        for key, opening in proposed.items():
            self.fields[f"school-{key}"] = school_text("受援学校", opening.school if opening else "", is_in_row=True)
            self.fields[f"subject-{key}"] = _subject(opening.subject if opening else "")

    def row(self, key: int) -> tuple[forms.BoundField, forms.BoundField]:
        return self[f"school-{key}"], self[f"subject-{key}"]

    @property
    def wanted(self) -> list[Assignment]:
        return cast(list[Assignment], self.cleaned_data["wanted"])

    def clean(self) -> dict[str, Any]:
        values, wanted = cast(dict[str, Any], super().clean()), []
        for key in self._keys:
            if not values.get(f"school-{key}"):
                continue
            try:
                wanted.append(
                    Assignment(key, self._book.find(values[f"school-{key}"]), values.get(f"subject-{key}", ""))
                )
            except forms.ValidationError as wrong:
                self.add_error(f"school-{key}", wrong)
        if not wanted and not self.errors:
            raise forms.ValidationError("一个受援学校都还没有填")
        return {**values, "wanted": wanted}
