"""专项档案: a seconded teacher, or the receiving school for them, records the work; the receiving school confirms it.

What is confirmed stays as it is: the school sends it back first, with a reason, where something is wrong.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models, transaction
from django.db.models import Q

from assignments import recording
from assignments.access import has_on, may, reaches
from assignments.choices import SecondmentState as State
from assignments.models import Secondment
from evaluations.models import Lecture, Lesson, Mentorship, MentorshipStep, WorkRecord
from evaluations.telling.work import tell_of_return
from zhijiao import clock
from zhijiao.accounts import audit
from zhijiao.refusals import Refused

KINDS: dict[str, type[models.Model]] = {
    "record": WorkRecord,
    "lesson": Lesson,
    "lecture": Lecture,
    "mentorship": Mentorship,
}
WORKING = (State.ON_POST, State.APPRAISED)  # afterwards the archive is closed
CONFIRMED = ~Q(confirmed_on=None) | ~Q(confirmed_by="")
RETURNED = ~Q(return_reason="")
WAITING = ~CONFIRMED & Q(return_reason="")


def kind_of(row: models.Model) -> str:
    """The kind as it stands in an address."""
    return next(key for key, model in KINDS.items() if isinstance(row, model))


def is_confirmed(row: Any) -> bool:
    return bool(row.confirmed_on or row.confirmed_by)


def why_not_entered(user: Any, secondment: Secondment) -> str:
    """Why this person records no work of this secondment; empty: they do."""
    if not reaches(user, "worklog.create", secondment):
        return "工作记录由支教教师本人或受援学校登记"
    if secondment.state not in WORKING:
        return f"{secondment.teacher}现在是“{secondment.get_state_display()}”，在岗期间才能登记工作记录"
    return ""


def may_write(user: Any, row: Any) -> bool:
    """The teacher and the receiving school, until it is confirmed."""
    if row.pk and not has_on(user, "worklog.edit", row):
        return False
    return not is_confirmed(row) and not why_not_entered(user, row.secondment)


def may_see(user: Any, row: Any) -> bool:
    return may(user, "worklog.view") and recording.is_visible(user, row)


def may_confirm(user: Any, secondment: Secondment) -> bool:
    return reaches(user, "worklog.confirm", secondment)


def _place(row: Any) -> None:
    row.county_id, row.school_year_id = row.secondment.county_id, row.secondment.school_year_id


def create(row: Any, values: dict[str, Any], *, by: Any, files: Iterable[Any] = ()) -> Any:
    """A new record. Refused where it is not this person's to make, in words."""
    if why_not := why_not_entered(by, row.secondment):
        raise Refused(why_not)
    row.entered_by = by
    return recording.create(row, values, by=by, files=files)


def change(row: Any, values: dict[str, Any], *, by: Any, seen: str = "") -> Any:
    """Change what is not confirmed; what was sent back waits for the school again."""
    with transaction.atomic():
        changed = recording.change(row, values, by=by, seen=seen)
        if changed.return_reason:
            changed.return_reason = ""
            changed.save(update_fields=["return_reason"])
    return changed


@transaction.atomic
def remove(row: Any, *, by: Any, reason: str) -> None:
    """Take away what was entered twice or by mistake; the trail keeps what it was."""
    locked = _locked(row)
    if not may_write(by, locked):
        raise Refused("已经确认的记录不能删去；确有错误的，请受援学校先退回")
    if not reason.strip():
        raise Refused("没有删去：请写一句为什么，如 重复登记")
    audit.record(by, f"删去{row._meta.verbose_name}", locked, before={"内容": str(locked)}, reason=reason.strip())
    locked.delete()


@transaction.atomic
def confirm(rows: Iterable[Any], *, by: Any) -> int:
    """The receiving school says that it was so. Gives how many; what somebody else confirmed meanwhile is left alone."""
    number = 0
    for row in sorted(rows, key=lambda each: (each._meta.label, each.pk)):
        locked = _locked(row)
        if not has_on(by, "worklog.confirm", locked):
            raise Refused("工作记录由受援学校确认")
        if is_confirmed(locked):
            continue
        locked.confirmed_on, locked.confirmed_by, locked.return_reason = clock.today(), str(by)[:50], ""
        locked.save(update_fields=["confirmed_on", "confirmed_by", "return_reason"])
        audit.record(by, f"确认{row._meta.verbose_name}", locked, after={"内容": str(locked)})
        number += 1
    return number


@transaction.atomic
def send_back(row: Any, *, by: Any, reason: str) -> None:
    """It was not so, or something is missing: back to who wrote it, with the reason."""
    locked = _locked(row)
    if not has_on(by, "worklog.confirm", locked):
        raise Refused("工作记录由受援学校退回")
    if not reason.strip():
        raise Refused("没有退回：请写明哪里要改")
    locked.confirmed_on, locked.confirmed_by, locked.return_reason = None, "", reason.strip()
    locked.save(update_fields=["confirmed_on", "confirmed_by", "return_reason"])
    audit.record(by, f"退回{row._meta.verbose_name}", locked, reason=reason.strip())
    tell_of_return(locked, by=by)


@transaction.atomic
def add_step(mentorship: Mentorship, values: dict[str, Any], *, by: Any) -> MentorshipStep:
    """A step on the apprentice's way; it may come after the pair was confirmed."""
    locked = _locked(mentorship)
    if why_not := why_not_entered(by, locked.secondment):
        raise Refused(why_not)
    step = MentorshipStep(county_id=locked.county_id, mentorship=locked, school_year_id=locked.school_year_id)
    for name, value in values.items():
        setattr(step, name, value)
    step.full_clean(exclude=["county", "school_year"])
    step.save()
    audit.record(by, "登记师徒结对步骤", locked, after={"类别": step.get_kind_display(), "内容": step.text})
    return step


def _locked(row: Any) -> Any:
    found = type(row).objects.select_for_update(of=("self",)).select_related("secondment__teacher").filter(pk=row.pk)
    locked = found.first()
    if locked is None:
        raise Refused("这条记录已经删去了")
    return locked


def connect() -> None:
    """Records of work are kept as all records are, and can have files."""
    from zhijiao import attachments

    keeping = recording.Keeping(may_write, _place, "已经确认的记录不能再改；确有错误的，请受援学校先退回")
    for model in KINDS.values():
        recording.also_keeps(model, keeping)
        attachments.register(model, may_see, may_write)
