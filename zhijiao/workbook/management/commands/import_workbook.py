"""manage.py import_workbook IN.xlsx: exit 1 and nothing written where a row is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from zhijiao.workbook.errors import write_marked
from zhijiao.workbook.importing import ImportPlan, carry_out, plan_import
from zhijiao.workbook.management.files import BAD_INPUT, source_file, target_file

_TOLD = 200  # problems on the screen


class Command(BaseCommand):
    help = "导入工作簿；有一处错就什么也不写，并列出全部问题"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("workbook", metavar="IN.xlsx", type=Path, help="填好的工作簿")
        parser.add_argument("--dry-run", action="store_true", help="只说明会新增、修改、不变和有错的各有多少，不写入")
        parser.add_argument("--errors", metavar="OUT.xlsx", type=Path, help="有错时，把标出错误的工作簿写到这里")
        parser.add_argument("--district", metavar="CODE", help="县（市、区）的区划代码；不写时按工作簿的“基本信息”")

    def handle(
        self, *args: Any, workbook: Path, dry_run: bool, errors: Path | None, district: str | None, **options: Any
    ) -> None:
        source = source_file(workbook)
        if dry_run:
            plan = plan_import(source, code=district)
        else:
            plan = carry_out(source, code=district, file_name=workbook.name)
        self._tell(plan)
        if plan.problems:
            self._tell_problems(plan)
            if errors:
                with target_file(errors) as target:
                    write_marked(source, plan.problems, target)
                self.stdout.write(f"标出错误的工作簿已写到 {errors}。")
            raise CommandError(f"共 {len(plan.problems)} 处问题，什么也没有导入。", returncode=BAD_INPUT)
        if dry_run:
            self.stdout.write("以上是预演，什么也没有写入。")
        else:
            self.stdout.write(f"已导入{plan.county}的工作簿 {workbook.name}。")

    def _tell(self, plan: ImportPlan) -> None:
        for notice in plan.notices:
            self.stdout.write(f"提示：{notice}。")
        for sheet in plan.sheets:
            told = f"新增 {sheet.created}，修改 {sheet.changed}，不变 {sheet.unchanged}，有错 {sheet.refused}"
            if sheet.created or sheet.changed or sheet.unchanged or sheet.refused:
                self.stdout.write(f"{sheet.sheet}：{told}")
        totals = [plan.total(what) for what in ("created", "changed", "unchanged", "refused")]
        self.stdout.write("合计：新增 {}，修改 {}，不变 {}，有错 {}".format(*totals))

    def _tell_problems(self, plan: ImportPlan) -> None:
        for problem in plan.problems[:_TOLD]:
            self.stderr.write(str(problem))
        if len(plan.problems) > _TOLD:
            self.stderr.write(f"……还有 {len(plan.problems) - _TOLD} 处，用 --errors OUT.xlsx 可看全部。")
