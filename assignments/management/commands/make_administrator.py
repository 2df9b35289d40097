"""manage.py make_administrator USERNAME NAME: the first administrators of a county, who grant every other role.

Two of them, or one and a leader, are needed before a role of the bureau can be granted.
"""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from assignments.members import first_administrator
from assignments.models import District
from zhijiao.refusals import Refused


class Command(BaseCommand):
    help = "开一个局管理员的账号，打印领取码"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", help="账号名，如姓名的拼音")
        parser.add_argument("name", help="姓名")
        parser.add_argument("--county", default="", help="县（市、区）的名称；只有一个县时不用写")

    def handle(self, *args: Any, **options: Any) -> None:
        counties = District.objects.counties()
        found = list((counties.filter(name=options["county"]) if options["county"] else counties)[:2])
        if len(found) != 1:
            raise CommandError("请用 --county 写明是哪个县（市、区），它要先登记在系统里")
        try:
            code = first_administrator(username=options["username"], name=options["name"], county=found[0])
        except Refused as refused:
            raise CommandError(str(refused)) from None
        self.stdout.write(f"{found[0]}的管理员 {options['name']}：打开网站的 /claim/ ，领取码 {code}")
