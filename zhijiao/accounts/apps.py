from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AccountsConfig(AppConfig):
    name = "zhijiao.accounts"
    label = "accounts"
    verbose_name = "账号"

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in

        from zhijiao import daily
        from zhijiao.accounts import checks, limits, sessions, triggers  # noqa: F401  # checks register themselves

        post_migrate.connect(triggers.lay, sender=self, dispatch_uid="accounts.triggers")
        daily.register("清理过期的尝试次数", lambda today: limits.forget_old())
        daily.register("清理过期的登录", lambda today: sessions.forget_old())
        user_logged_in.connect(sessions.begin, dispatch_uid="accounts.sessions")
