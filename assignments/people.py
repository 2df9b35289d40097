"""Teachers and schools: entering, correcting, retiring and closing them, and bringing them back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q

from assignments.access import NOT_YOURS, cells
from assignments.choices import SecondmentState
from assignments.models import District, Placement, School, Secondment, Teacher
from assignments.models.scope import Access
from assignments.pinyin import set_readings
from assignments.recording import ChangedMeanwhile
from zhijiao.accounts import audit
from zhijiao.encryption import blind_index
from zhijiao.entry import changed_meanwhile
from zhijiao.refusals import Refused, atomically

# A secondment in one of these binds nobody: not begun, over, or given up.
IDLE = (
    SecondmentState.DRAFT, SecondmentState.SENT_BACK, SecondmentState.WITHDRAWN, SecondmentState.COMPLETED, SecondmentState.ENDED_EARLY,
)  # fmt: skip
CONTACTS = ("principal", "contact", "phone", "address")  # what a school's own people keep up to date
_PRIVATE = {"id_number", "bank_card", "phone", "emergency_contact", "health", "family", "bank"}
_NAMED = 3


# --- who ---------------------------------------------------------------------------------------------------------------


def _holds(user: Any, action: str, county: int, school: int | None) -> bool:
    access = Access.of(user)
    if access.everything:
        return True
    scopes = {cell.scope for cell in cells(user, action)}
    return ("A" in scopes and county in access.districts) or bool(scopes & {"S", "R"} and school in access.schools)


def may_edit_teacher(user: Any, teacher: Teacher) -> bool:
    """The bureau, and the school the teacher is at; not a school that once sent or received them."""
    return _holds(user, "teacher.edit", teacher.county_id, teacher.school_id) and teacher.merged_into_id is None


def may_retire(user: Any, teacher: Teacher) -> bool:
    return _holds(user, "teacher.retire", teacher.county_id, teacher.school_id) and teacher.merged_into_id is None


def may_merge(user: Any, row: Teacher | School) -> bool:
    """Whether this person may merge it with another one."""
    action = "teacher.merge" if isinstance(row, Teacher) else "school.merge"
    return _holds(user, action, row.county_id, None) and row.merged_into_id is None


def may_edit_school(user: Any, school: School) -> bool:
    """The whole of it."""
    return _holds(user, "school.edit", school.county_id, None) and school.merged_into_id is None


def may_edit_contacts(user: Any, school: School) -> bool:
    return _holds(user, "school.edit_own_contact", school.county_id, school.pk) and school.merged_into_id is None


def _insist(may: bool) -> None:
    """Asked by each function that changes something, whatever page led there."""
    if not may:
        raise Refused(NOT_YOURS)


def schools_to_place_at(user: Any) -> Iterable[School]:
    """Where this person may enter a teacher: any school for the bureau, one's own for a school."""
    access, rows = Access.of(user), School.objects.choosable_by(user).order_by("name")
    if access.everything:
        return rows
    scopes = {cell.scope for cell in cells(user, "teacher.edit")}
    where = Q(pk__in=[])
    if "A" in scopes:
        where |= Q(county__in=access.districts)
    if "S" in scopes:
        where |= Q(pk__in=access.schools)
    return rows.filter(where)


def counties_to_add_in(user: Any) -> Iterable[District]:
    access, counties = Access.of(user), District.objects.counties().order_by("code")
    return counties if access.everything else counties.filter(pk__in=access.districts)


# --- entering and correcting ---------------------------------------------------------------------------------------------


def add_teacher(values: Mapping[str, Any], *, by: Any) -> Teacher:
    """`values` by field, the school among them; its county becomes the teacher's."""
    with atomically():
        teacher = Teacher(**values)
        teacher.county = teacher.school.county  # type: ignore[union-attr]
        _insist(may_edit_teacher(by, teacher))
        _refuse_number_of_another(teacher)
        set_readings(teacher)
        teacher.save()
        audit.record(by, "登记教师", teacher, after=_told(teacher, values))
    return teacher


def save_teacher(
    teacher: Teacher, values: Mapping[str, Any], *, by: Any, seen: str = "", compared: Iterable[str] = ()
) -> Teacher:
    """`seen`: the fingerprint over the `compared` columns of what the person was shown. ChangedMeanwhile: somebody was faster."""
    with atomically():
        row = _locked(Teacher, teacher.pk, seen, compared)
        _insist(may_edit_teacher(by, row))
        before, after = _take_over(row, values)
        _insist(may_edit_teacher(by, row))  # nobody moves a teacher to where they have nothing to say
        _refuse_number_of_another(row)
        if row.school and row.school.county_id != row.county_id:
            raise Refused("调到别的县的教师，请由调入的县另行登记，这里写离岗日期")
        set_readings(row)
        row.save()
        if after:
            audit.record(by, "修改教师", row, before=before, after=after)
    return row


def add_school(values: Mapping[str, Any], *, by: Any) -> School:
    with atomically():
        school = School(**values)
        _insist(may_edit_school(by, school))
        set_readings(school)
        _check(school)
        school.save()
        audit.record(by, "登记学校", school, after=_told(school, values))
    return school


def save_school(
    school: School, values: Mapping[str, Any], *, by: Any, seen: str = "", compared: Iterable[str] = ()
) -> School:
    """A name that changes stays as another name, so that old rosters are still understood."""
    with atomically():
        row = _locked(School, school.pk, seen, compared)
        _insist(may_edit_school(by, row) or (set(values) <= set(CONTACTS) and may_edit_contacts(by, row)))
        old = row.name
        before, after = _take_over(row, values)
        if row.name != old:
            row.aliases = [name for name in dict.fromkeys([*row.aliases, old]) if name != row.name]
        set_readings(row)
        _check(row)
        row.save()
        if after:
            audit.record(by, "修改学校", row, before=before, after=after)
    return row


def _locked(model: Any, pk: int, seen: str, compared: Iterable[str]) -> Any:
    row = model.objects.select_for_update(no_key=True).get(pk=pk)
    if row.merged_into_id:
        raise Refused(f"{row}已经并入别的记录，不能再改")
    if changed_meanwhile(row, compared, seen):
        raise ChangedMeanwhile(row)
    return row


def _take_over(row: Any, values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    before, after = {}, {}
    for name, value in values.items():
        old = getattr(row, name)
        if old != value:
            before[name], after[name] = _shown(name, old, "原内容"), _shown(name, value, "新内容")
            setattr(row, name, value)
    return before, after


def _told(row: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _shown(name, value, "已填写") for name, value in values.items() if value not in (None, "", [])}


def _shown(name: str, value: Any, instead: str) -> Any:
    """As the trail keeps it: nothing of a person's numbers, health or family."""
    if name in _PRIVATE:
        return instead if value else ""
    return value if value is None or isinstance(value, bool | int | list) else str(value)


def _refuse_number_of_another(teacher: Teacher) -> None:
    if not teacher.id_number:
        return
    rows = Teacher.objects.filter(county=teacher.county_id, id_number_hash=blind_index(teacher.id_number))
    if rows.exclude(pk=teacher.pk).exists():
        raise Refused("这个身份证号已经登记在本县另一位教师名下，请先用身份证号搜索，核对是不是同一个人")


def _check(school: School) -> None:
    try:
        school.validate_constraints()
    except ValidationError as wrong:
        raise Refused("；".join(wrong.messages)) from None


# --- leaving and coming back ---------------------------------------------------------------------------------------------


def retire_teacher(teacher: Teacher, *, on: dt.date, by: Any, reason: str) -> None:
    """Left the post or the county: kept, and left out of lists and choices. Refused while a secondment runs."""
    with atomically():
        row = _locked(Teacher, teacher.pk, "", ())
        _insist(may_retire(by, row))
        if row.retired_on:
            raise Refused(f"{row}已经是离岗")
        _refuse_running(Secondment.objects.filter(teacher=row), f"{row}离岗")
        row.retired_on = on
        row.save(update_fields=["retired_on"])
        audit.record(by, "教师离岗", row, before={"retired_on": None}, after={"retired_on": str(on)}, reason=reason)


def bring_back_teacher(teacher: Teacher, *, by: Any, reason: str) -> None:
    with atomically():
        row = _locked(Teacher, teacher.pk, "", ())
        _insist(may_retire(by, row))
        if not row.retired_on:
            raise Refused(f"{row}没有离岗")
        before, row.retired_on = row.retired_on, None
        row.save(update_fields=["retired_on"])
        audit.record(by, "教师回岗", row, before={"retired_on": str(before)}, after={"retired_on": None}, reason=reason)


def close_school(school: School, *, on: dt.date, by: Any, reason: str) -> None:
    """Closed or taken into another: kept, and left out of lists and choices. Refused while somebody is sent from or to it."""
    with atomically():
        row = _locked(School, school.pk, "", ())
        _insist(may_edit_school(by, row))
        if row.closed_on:
            raise Refused(f"{row}已经停用")
        stays = Placement.objects.filter(receiving_school=row).values("secondment")
        _refuse_running(Secondment.objects.filter(Q(sending_school=row) | Q(pk__in=stays)), f"停用{row}")
        below = list(School.objects.filter(centre_school=row, closed_on=None, merged_into=None)[:_NAMED])
        if below:
            raise Refused(f"{row}下面还有{'、'.join(map(str, below))}等学校，请先改它们的所属中心校")
        row.closed_on = on
        row.save(update_fields=["closed_on"])
        audit.record(by, "停用学校", row, before={"closed_on": None}, after={"closed_on": str(on)}, reason=reason)


def reopen_school(school: School, *, by: Any, reason: str) -> None:
    with atomically():
        row = _locked(School, school.pk, "", ())
        _insist(may_edit_school(by, row))
        if not row.closed_on:
            raise Refused(f"{row}没有停用")
        before, row.closed_on = row.closed_on, None
        row.save(update_fields=["closed_on"])
        audit.record(by, "恢复学校", row, before={"closed_on": str(before)}, after={"closed_on": None}, reason=reason)


def _refuse_running(rows: Any, what: str) -> None:
    running = list(rows.exclude(state__in=IDLE).select_related("teacher").order_by("-start")[:_NAMED])
    if running:
        told = "、".join(f"{row}（{row.get_state_display()}）" for row in running)
        raise Refused(f"{what}以前，要先办完这些派遣：{told}")
