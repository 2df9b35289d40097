"""The person who signs in."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models.functions import Lower

from zhijiao.accounts import scope


class UserQuerySet(models.QuerySet["User"]):
    def visible_to(self, user: Any) -> Self:
        """The accounts this person may know of. Whose they are is known to the app with the roles."""
        return scope.accounts_for(self, user)


class AccountManager(UserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    """Django's, with the rows that somebody may see."""

    use_in_migrations = False


class User(AbstractUser):
    """A person who can sign in. Has no rights of its own: those come from dated memberships."""

    first_name = None  # type: ignore[assignment]  # a Chinese name is one field
    last_name = None  # type: ignore[assignment]
    name = models.CharField("姓名", max_length=50)
    phone = models.CharField("手机号", max_length=11, blank=True)

    objects: ClassVar[Any] = AccountManager()
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = verbose_name_plural = "账号"
        constraints = [
            models.UniqueConstraint(
                Lower("username"), name="username_once", violation_error_message="这个账号名已经有人用了，请换一个"
            )
        ]

    def __str__(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name
