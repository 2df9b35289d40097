from django.apps import AppConfig


class AttachmentsConfig(AppConfig):
    name = "zhijiao.attachments"
    label = "attachments"
    verbose_name = "附件"

    def ready(self) -> None:
        from zhijiao import daily
        from zhijiao.attachments.storing import sweep

        daily.register("清理没有传完的附件", lambda today: sweep())
