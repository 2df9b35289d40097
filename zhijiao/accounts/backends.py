"""Who a session belongs to."""

from __future__ import annotations

from django.contrib.auth.backends import ModelBackend
from django.db.models import Count, Q

from zhijiao.accounts.models import User


class AccountBackend(ModelBackend):
    """Django's. The person comes with how many notices they have not read, which every page tells."""

    def get_user(self, user_id: int) -> User | None:
        unread = Count("notices", filter=Q(notices__read_at=None))
        user: User | None = User.objects.annotate(unread_notices=unread).filter(pk=user_id).first()
        return user if user and self.user_can_authenticate(user) else None
