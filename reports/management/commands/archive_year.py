"""manage.py archive_year --period P OUT.zip: the whole year as a folder that can be read without the product."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from assignments.choices import Role
from assignments.models import Membership
from assignments.periods import Period
from reports.archive import write_archive
from reports.management.commands.annual_report import named_county
from zhijiao.workbook.management.files import BAD_INPUT, BAD_USAGE, target_file


class Command(BaseCommand):
    help = "把一个学年的总结、文件、工作簿、附件打成一个压缩包，带目录和校验码"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("out", metavar="OUT.zip", type=Path, help="写到哪个文件")
        parser.add_argument("--period", required=True, metavar="P", help="学年，如 2023-2024")
        parser.add_argument("--district", metavar="CODE", help="县（市、区）的区划代码；只有一个县时不用写")

    def handle(self, *args: Any, out: Path, period: str, district: str | None, **options: Any) -> None:
        try:
            asked = Period.parse(period)
        except ValueError as problem:
            raise CommandError(str(problem), returncode=BAD_USAGE) from None
        if not asked.school_year or asked.term:
            raise CommandError("档案按学年打包，时段应写学年，如 2023-2024", returncode=BAD_USAGE)
        county = named_county(district)
        officers = Membership.objects.current().filter(role=Role.OFFICER, district=county, user__is_active=True)
        officer = officers.select_related("user").order_by("pk").first()
        if officer is None:
            raise CommandError(f"{county}还没有支教专干，文件没有人能出；请先开账号。", returncode=BAD_INPUT)
        with target_file(out) as target:
            files = write_archive(target, county, asked, by=None, reader=officer.user)
        self.stdout.write(f"{county}{asked.title}的档案已写到 {out}，共 {len(files)} 个文件。")
