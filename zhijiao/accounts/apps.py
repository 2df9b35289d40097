from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "zhijiao.accounts"
    label = "accounts"
    verbose_name = "账号"
