"""Difficulties: a teacher asks for help, somebody takes it on with a date, it is settled in words, or opened again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from assignments import telling
from assignments.access import has_on, may
from assignments.choices import KNOWN_TO_RECEIVER, DifficultyCategory, Role, SecondmentState
from assignments.models import Difficulty, Secondment, Teacher
from assignments.models.scope import Access
from assignments.permissions import KNOW_CIRCUMSTANCES, may_see_circumstances
from assignments.recording import year_of
from zhijiao.accounts import audit
from zhijiao.attachments.forms import keep_all
from zhijiao.attachments.storing import Examined
from zhijiao.dates import ApproximateDate, told
from zhijiao.refusals import Refused

DAYS_TO_SETTLE = 14  # offered as the date when somebody takes a difficulty on
BRIEFLY = "健康方面"
HIDDEN = "涉及健康，只给本人、派出学校、教育局和承办人看"


# --- who --------------------------------------------------------------------------------------------------------------


def may_read(user: Any, difficulty: Difficulty) -> bool:
    """Whether the words may be shown: those about health are for those who may see such, who wrote them, who settles them."""
    if difficulty.category != DifficultyCategory.HEALTH:
        return True
    return user.pk in (difficulty.raised_by_id, difficulty.owner_user_id) or may_see_circumstances(
        user, difficulty.teacher
    )


def told_briefly(difficulty: Difficulty) -> str:
    """For a message or a home page, which others may read over somebody's shoulder: nothing of health."""
    return BRIEFLY if difficulty.category == DifficultyCategory.HEALTH else difficulty.text[:40]


def sees_health_of_the_county(user: Any) -> bool:
    """As permissions.may_see_circumstances has it of the bureau, for a list."""
    return bool(Access.of(user).roles & KNOW_CIRCUMSTANCES)


def may_see(user: Any, difficulty: Difficulty) -> bool:
    """The difficulty and its words: a photo may tell as much as they do."""
    rows = Difficulty.objects.visible_to(user).select_related("teacher").filter(pk=difficulty.pk)
    return any(may_read(user, row) for row in rows)


def may_settle(user: Any, difficulty: Difficulty) -> bool:
    """The schools concerned and the bureau take it on and settle it."""
    return has_on(user, "difficulty.settle", difficulty)


def may_reopen(user: Any, difficulty: Difficulty) -> bool:
    """They, and the teacher, for whom it may not be settled after all."""
    return has_on(user, "difficulty.reopen", difficulty)


def may_add_files(user: Any, difficulty: Difficulty) -> bool:
    return user.pk == difficulty.raised_by_id or may_settle(user, difficulty)


def those_who_may_ask(user: Any) -> QuerySet[Teacher]:
    """The teachers for whom this person may ask for help: oneself, those received by one's school, all for the bureau."""
    access = Access.of(user)
    found = Q(pk__in=access.teachers)
    serving = Secondment.objects.filter(state__in=KNOWN_TO_RECEIVER).exclude(
        state__in=[SecondmentState.COMPLETED, SecondmentState.ENDED_EARLY]
    )
    if may(user, "difficulty.create"):
        found |= Q(pk__in=serving.filter(placements__receiving_school__in=access.schools).values("teacher"))
    if access.everything:
        found |= Q(pk__in=serving.values("teacher"))
    elif Role.OFFICER in access.roles:
        found |= Q(pk__in=serving.filter(county__in=access.districts).values("teacher"))
    return Teacher.objects.filter(found).select_related("school").order_by("name", "pk")


# --- acting -----------------------------------------------------------------------------------------------------------


def raise_difficulty(
    teacher: Teacher, *, category: str, text: str, by: Any, when: dt.date | None = None, files: Iterable[Examined] = ()
) -> Difficulty:
    """A teacher, or the school for them, says what they need help with."""
    if not those_who_may_ask(by).filter(pk=teacher.pk).exists():
        raise Refused(f"{teacher}不在您可以代为登记的教师里")
    day = when or timezone.localdate()
    with transaction.atomic():
        difficulty = Difficulty(
            county_id=teacher.county_id, teacher=teacher, category=category, text=text, raised_by=by
        )
        difficulty.when = ApproximateDate.day(day)
        difficulty.school_year = year_of(difficulty.when)
        difficulty.full_clean()
        difficulty.save()
        telling.tell_of_difficulty(difficulty, "difficulty_raised", by=by, text=told_briefly(difficulty))
        audit.record(by, "提出困难诉求", difficulty, after={"类别": difficulty.get_category_display()})
        keep_all(list(files), difficulty, by=by)
    return difficulty


def take_on(difficulty: Difficulty, *, by: Any, owner: str, due_on: dt.date) -> Difficulty:
    """Somebody says that they see to it, and until when. Also: another takes it over, or the date moves."""
    with transaction.atomic():
        locked = _locked(difficulty)
        _require(may_settle(by, locked))
        _require_open(locked)
        if due_on < timezone.localdate():
            raise Refused(f"办理期限 {told(due_on)} 已经过了，应是今天或以后")
        before = _progress(locked)
        is_first = not locked.owner
        locked.owner, locked.owner_user, locked.due_on = owner, by, due_on
        locked.full_clean()
        locked.save()
        telling.tell_of_difficulty(locked, "difficulty_taken", by=by, text=told_briefly(locked))
        audit.record(by, "承办困难诉求" if is_first else "改承办或期限", locked, before=before, after=_progress(locked))
    return locked


def settle(difficulty: Difficulty, *, by: Any, resolution: str, resolved_on: dt.date) -> Difficulty:
    """It is done: how, and when."""
    with transaction.atomic():
        locked = _locked(difficulty)
        _require(may_settle(by, locked))
        _require_open(locked)
        _check_day(locked, resolved_on)
        locked.resolution, locked.resolved_on = resolution, resolved_on
        if not locked.owner:
            locked.owner, locked.owner_user = str(by), by
        locked.full_clean()
        locked.save()
        telling.tell_of_difficulty(locked, "difficulty_settled", by=by, text=told_briefly(locked))
        after = {"解决日期": told(resolved_on)} | ({} if _is_about_health(locked) else {"解决办法": resolution})
        audit.record(by, "办结困难诉求", locked, after=after)
    return locked


def reopen(difficulty: Difficulty, *, by: Any, reason: str) -> Difficulty:
    """It was not settled after all. What was written stays in the trail."""
    with transaction.atomic():
        locked = _locked(difficulty)
        _require(may_reopen(by, locked))
        if not locked.is_resolved:
            raise Refused("这件事还没有办结，不用重新打开")
        before = {"解决日期": told(locked.resolved_on) if locked.resolved_on else ""}
        if not _is_about_health(locked):
            before["解决办法"] = locked.resolution
        locked.resolution, locked.resolved_on, locked.due_on = "", None, None
        locked.save()
        # A reason may tell of the illness as well, and the trail is read by more people than the difficulty.
        is_told = not _is_about_health(locked)
        audit.record(
            by, "重新打开困难诉求", locked, before=before, reason=reason if is_told else "涉及健康，原因不写入"
        )
    return locked


def _locked(difficulty: Difficulty) -> Difficulty:
    locked: Difficulty = (
        Difficulty.objects.select_for_update(of=("self",)).select_related("teacher").get(pk=difficulty.pk)
    )
    return locked


def _require(is_allowed: bool) -> None:
    if not is_allowed:
        raise Refused("这件事由两边学校和教育局办理")


def _require_open(difficulty: Difficulty) -> None:
    if difficulty.is_resolved:
        day = f"{told(difficulty.resolved_on)}" if difficulty.resolved_on else "之前"
        raise Refused(f"这件事 {day} 已经办结；如果没有真正解决，请先重新打开")


def _check_day(difficulty: Difficulty, resolved_on: dt.date) -> None:
    if resolved_on > timezone.localdate():
        raise Refused(f"解决日期 {told(resolved_on)} 还没有到，应是今天或以前")
    if difficulty.start and resolved_on < difficulty.start:
        raise Refused(f"解决日期 {told(resolved_on)} 早于提出日期 {told(difficulty.start)}，应在提出以后")


def _is_about_health(difficulty: Difficulty) -> bool:
    return difficulty.category == DifficultyCategory.HEALTH


def _progress(difficulty: Difficulty) -> dict[str, str]:
    due = told(difficulty.due_on) if difficulty.due_on else ""
    return {name: value for name, value in {"承办": difficulty.owner, "期限": due}.items() if value}
