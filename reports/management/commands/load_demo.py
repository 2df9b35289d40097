"""manage.py load_demo: a made-up county with a finished and a running year, through the product's own import and steps."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from assignments.models import District
from reports.demo import Wish
from reports.demo.accounts import Login, remembered_logins
from reports.demo.loading import forget, settle
from zhijiao.workbook.importing import ImportPlan

BAD_INPUT, BAD_USAGE = 1, 2


def tell_counts(command: BaseCommand, plan: ImportPlan) -> None:
    """What the import did, sheet by sheet; CommandError where it was refused."""
    for problem in plan.problems[:50]:
        command.stderr.write(str(problem))
    if plan.problems:
        raise CommandError(f"示例数据有 {len(plan.problems)} 处没有通过检查，什么也没有写入。", returncode=BAD_INPUT)
    told = [f"{sheet.sheet} {sheet.created + sheet.changed + sheet.unchanged}" for sheet in plan.sheets]
    for place in range(0, len(told), 8):
        command.stdout.write("  " + "，".join(told[place : place + 8]))
    command.stdout.write(
        f"合计：新增 {plan.total('created')}，修改 {plan.total('changed')}，不变 {plan.total('unchanged')} 条记录。"
    )


class Command(BaseCommand):
    help = "装入虚构的青岚县：一个结束的学年和一个进行中的学年，附演示账号"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--reset", action="store_true", help="先删除示例县已有的数据（只在 DEBUG 时可用）")
        parser.add_argument("--if-empty", action="store_true", help="系统里已经有县时什么也不做")
        parser.add_argument("--without-report", action="store_true", help="不写上一学年的总结，快几秒")
        parser.add_argument("--seed", type=int, default=1, help="同样的种子得到同样的数据")
        parser.add_argument("--schools", type=int, default=60, help="学校所数")
        parser.add_argument("--teachers", type=int, default=1200, help="教师人数")
        parser.add_argument("--secondments", type=int, default=120, help="结束的那个学年的派遣人数")

    def handle(self, *args: Any, reset: bool, if_empty: bool, **options: Any) -> None:
        if reset and not settings.DEBUG:
            raise CommandError("--reset 会删除数据，只在开发环境（DEBUG=1）可用。", returncode=BAD_USAGE)
        if if_empty and District.objects.counties().exists():
            self.stdout.write("系统里已经有县（市、区），没有装入示例数据。")
            if settings.DEBUG and (known := remembered_logins()):
                self._tell_logins(known)
            return
        size = {name: options[name] for name in ("seed", "schools", "teachers", "secondments")}
        wish = Wish.loaded(timezone.localdate(), **size)
        began = time.monotonic()
        if reset:
            self._forget(wish)
        self.stdout.write(f"正在装入{wish.name}（虚构）……")
        settled = settle(wish, is_told=not options["without_report"])
        tell_counts(self, settled.plan)
        self.stdout.write(f"{wish.name}进行中的学年由各单位一步一步办到今天：{settled.acts} 次办理。")
        self._tell_logins(list(settled.logins))
        self.stdout.write(f"用时 {time.monotonic() - began:.0f} 秒。")

    def _forget(self, wish: Wish) -> None:
        county = District.objects.filter(code=wish.code).first()
        if county:
            self.stdout.write(f"已删除{county}的 {forget(county)} 条记录。")

    def _tell_logins(self, logins: list[Login]) -> None:
        self.stdout.write(f"演示账号（密码都是 {logins[0].password}）：")
        for login in logins:
            self.stdout.write(f"  {login.username:<10}{login.name}，{login.what}")
