"""manage.py export_workbook --period P OUT.xlsx: the workbook of a period, filled."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from zhijiao.workbook import registry
from zhijiao.workbook.exporting import export_workbook
from zhijiao.workbook.management.files import BAD_USAGE, target_file


class Command(BaseCommand):
    help = "把一个时段的记录写成工作簿；在别处导入它，得到同样的一年"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("out", metavar="OUT.xlsx", type=Path, help="写到哪个文件")
        parser.add_argument("--period", required=True, metavar="P", help="学年 2023-2024、学期 2023-2024-1 或年份 2009")
        parser.add_argument("--district", metavar="CODE", help="县（市、区）的区划代码；只有一个县时不用写")

    def handle(self, *args: Any, out: Path, period: str, district: str | None, **options: Any) -> None:
        try:
            wanted = registry.period(period)
            county = registry.known_county(district)
        except ValueError as problem:
            raise CommandError(str(problem), returncode=BAD_USAGE) from None
        with target_file(out) as target:
            counts = export_workbook(target, county=county, period=wanted)
        for name, count in counts.items():
            if count:
                self.stdout.write(f"{name}：{count} 条")
        self.stdout.write(f"已写出{county} {wanted}的工作簿 {out}，共 {sum(counts.values())} 条。")
