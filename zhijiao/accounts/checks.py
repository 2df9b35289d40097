"""What somebody who sets the system up is warned of: `manage.py check --deploy`."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Tags, Warning, register
from django.db import DatabaseError

from zhijiao.accounts.models import User


@register(Tags.security, deploy=True)
def nobody_goes_round_the_roles(**kwargs: Any) -> list[CheckMessage]:
    """zhijiao.W001: somebody can sign in who sees and may do everything, in every county, whatever their roles are."""
    try:
        names = list(User.objects.filter(is_superuser=True, is_active=True).values_list("username", flat=True))
    except DatabaseError:  # before the first migrate there is nobody
        return []
    if not names:
        return []
    told = f"维护账号 {'、'.join(sorted(names))} 能登录，不受角色和范围的限制"
    return [Warning(told, hint="维护做完就停用它；日常的事由有角色的账号办。", id="zhijiao.W001")]
