from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "zhijiao.notices"
    label = "notices"
    verbose_name = "通知"

    def ready(self) -> None:
        from zhijiao import daily
        from zhijiao.entry.turns import forget_old as forget_turns
        from zhijiao.notices.sending import forget_jobs, forget_old

        daily.register("清理一年前读过的通知", lambda today: forget_old(today))
        daily.register("清理办完两周的后台任务", lambda today: forget_jobs())
        daily.register("清理上周交过的表单记录", lambda today: forget_turns())
