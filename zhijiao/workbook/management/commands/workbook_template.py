"""manage.py workbook_template OUT.xlsx: the empty workbook."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from zhijiao.workbook import registry
from zhijiao.workbook.management.files import target_file
from zhijiao.workbook.template import write_template


class Command(BaseCommand):
    help = "写出空白工作簿（含填写说明、下拉列表和示例行）"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("out", metavar="OUT.xlsx", type=Path, help="写到哪个文件")

    def handle(self, *args: Any, out: Path, **options: Any) -> None:
        with target_file(out) as target:
            write_template(target)
        self.stdout.write(f"已写出空白工作簿 {out}：{len(registry.sheets())} 张表。")
