"""`notify`: tells people something, once, in the site and by e-mail."""

from __future__ import annotations

import datetime as dt
import logging
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.utils import timezone
from django_tasks import task
from django_tasks_db.models import DBTaskResult

from zhijiao.accounts.models import User
from zhijiao.notices.kinds import Kind, kind
from zhijiao.notices.models import Notice, NoticeTemplate

logger = logging.getLogger(__name__)
KEPT_FOR = dt.timedelta(days=365)
JOBS_KEPT_FOR = dt.timedelta(days=14)
_TITLE_MAX = 200


def notify(
    users: Iterable[User | None],
    kind_name: str,
    values: Mapping[str, Any],
    url: str = "",
    key: str = "",
    *,
    county: Any = None,
) -> int:
    """Tell these people; those whom the same `key` was told already are left alone. Returns how many were told now.

    The words are the county's own, where it wrote some. The notices stand or fall with the caller's transaction. The
    e-mail leaves after it (`manage.py run_jobs`), and what goes wrong with it is written into the log only.
    """
    people = {user.pk: user for user in users if user is not None and user.is_active}
    if not people:
        return 0
    told = kind(kind_name)
    title, text = words(told, county)
    sending = uuid.uuid4()
    fields: dict[str, Any] = {
        "kind": told.name,
        "key": key,
        "title": told.told(title, values)[:_TITLE_MAX],
        "text": told.told(text, values),
        "url": url,
        "sending": sending,
    }
    with transaction.atomic():
        Notice.objects.bulk_create([Notice(user_id=pk, **fields) for pk in sorted(people)], ignore_conflicts=True)
        written = list(Notice.objects.filter(sending=sending).values_list("user_id", flat=True))
        if mail_is_configured() and any(people[pk].email for pk in written):
            mail.enqueue(str(sending))  # a row of the same transaction: neither lost nor sent for nothing
    return len(written)


def words(told: Kind, county: Any) -> tuple[str, str]:
    """Title and text: the county's own, else those that came with the product."""
    pk = getattr(county, "pk", county)
    own = NoticeTemplate.objects.filter(county_id=pk, kind=told.name).first() if pk else None
    return (own.title, own.text) if own else (told.title, told.text)


def mail_is_configured() -> bool:
    return bool(settings.EMAIL_HOST)


@task
def mail(sending: str) -> int:
    """The notices of one call to those who have an address, one message each. Returns how many left."""
    rows = Notice.objects.filter(sending=sending).exclude(user__email="").select_related("user").order_by("id")
    connection = get_connection()
    return sum(_mailed(notice, connection) for notice in rows)


def _mailed(notice: Notice, connection: Any) -> bool:
    subject = " ".join(notice.title.split())  # a line break would end the header
    try:
        message = EmailMessage(subject, notice.text + _where(notice.url), to=[notice.user.email], connection=connection)
        return bool(message.send())
    except Exception:  # whatever a mail server comes up with; the notice stands in the site
        logger.exception("通知 %s 的邮件没有发出", notice.pk)
        return False


def _where(url: str) -> str:
    return f"\n\n{settings.SITE_URL.rstrip('/')}{url}" if url.startswith("/") and settings.SITE_URL else ""


def forget_old(today: dt.date) -> int:
    """Notices read a year ago are of no use any more; returns how many went."""
    before = timezone.now() - KEPT_FOR
    return int(Notice.objects.filter(read_at__lt=before).delete()[0])


def forget_jobs() -> int:
    """What `run_jobs` did two weeks ago; returns how many rows went."""
    over = DBTaskResult.objects.filter(finished_at__lt=timezone.now() - JOBS_KEPT_FOR)
    return int(over.delete()[0])
