"""manage.py annual_report --period P OUT: the year's report as it stands now."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Q

from assignments.models import District, School
from assignments.periods import Period
from reports.annual_report import annual_report, is_empty
from reports.annual_report.page import standalone_page
from reports.documents.excel import render_excel
from reports.documents.glyphs import missing_glyphs
from reports.documents.pdf import RenderingError, render_pdf
from reports.documents.text import render_text
from reports.documents.tree import Document
from reports.documents.word import render_word
from reports.figures import Asked, Viewpoint
from reports.figures.asked import Side
from zhijiao.workbook.management.files import BAD_INPUT, BAD_USAGE, target_file

FORMATS: dict[str, Callable[[Document], bytes]] = {
    "pdf": render_pdf,
    "docx": render_word,
    "xlsx": render_excel,
    "html": lambda document: standalone_page(document).encode(),
    "txt": lambda document: render_text(document).encode(),
}
SIDES = {"sending": Side.SENDING, "receiving": Side.RECEIVING}


class Command(BaseCommand):
    help = "生成一个县或一所学校的年度支教工作总结"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("out", metavar="OUT", type=Path, help="写到哪个文件")
        parser.add_argument("--period", metavar="P", required=True, help="学年 2023-2024、学期 2023-2024-1 或年份 2009")
        parser.add_argument("--school", metavar="NAME", help="学校名称（中心校连同所属学校）；不写时是全县的总结")
        parser.add_argument("--district", metavar="CODE", help="县（市、区）的区划代码或名称")
        parser.add_argument(
            "--side", choices=SIDES, help="只写派出（sending）或只写接收（receiving）；不写时两方面都写"
        )
        parser.add_argument("--format", choices=FORMATS, default="pdf", help="pdf、docx、xlsx、html 或 txt")

    def handle(self, *args: Any, out: Path, period: str, format: str, **options: Any) -> None:
        try:
            asked = Asked(Period.parse(period), viewpoint(options["school"], options["district"], options["side"]))
        except ValueError as problem:
            raise CommandError(str(problem), returncode=BAD_USAGE) from None
        document = annual_report(asked)
        if is_empty(document):
            raise CommandError(
                f"{asked.viewpoint.name}{asked.period.title}没有支教工作的记录，没有生成总结。", returncode=BAD_INPUT
            )
        try:
            written = FORMATS[format](document)
        except RenderingError as problem:
            raise CommandError(str(problem), returncode=BAD_INPUT) from None
        with target_file(out) as target:
            target.write(written)
        if missing := missing_glyphs(document.text()):
            self.stderr.write(f"注意：文档的字体里没有这些字，PDF 里会显示成方框：{'、'.join(sorted(missing))}")
        sections, figures = (
            len([one for one in document.sections() if one.level == 1 and one.number]),
            len(document.distinct_figures()),
        )
        self.stdout.write(f"《{document.title_text}》已写到 {out}：{sections} 个部分，{figures} 个数据。")


def viewpoint(school: str | None, district: str | None, side: str | None) -> Viewpoint:
    if school:
        found = named_school(school, named_county(district) if district else None)
        return Viewpoint(found.county, found, SIDES[side] if side else None)
    if side:
        raise CommandError("--side 只用于学校的总结，要和 --school 一起写", returncode=BAD_USAGE)
    return Viewpoint(named_county(district))


def named_school(name: str, county: District | None) -> School:
    """By its name or one of its other names; otherwise the nearest names are suggested."""
    wanted = name.strip()
    schools = School.objects.select_related("county")
    if county:
        schools = schools.filter(county=county)
    known = list(schools.values_list("pk", "name", "aliases"))
    found = [pk for pk, own, _ in known if own == wanted] or [pk for pk, _, aliases in known if wanted in aliases]
    if len(found) == 1:
        return schools.get(pk=found[0])
    if found:
        counties = "、".join(sorted({str(school.county) for school in schools.filter(pk__in=found)}))
        raise CommandError(
            f"有几所学校都叫“{wanted}”（{counties}），请用 --district 写明县（市、区）", returncode=BAD_INPUT
        )
    words = [word for _, own, aliases in known for word in (own, *aliases)]
    near = difflib.get_close_matches(wanted, words, n=3, cutoff=0.4)
    hint = f"，是不是{'、'.join(f'“{word}”' for word in near)}？" if near else "。"
    raise CommandError(f"没有叫“{wanted}”的学校{hint}", returncode=BAD_INPUT)


def named_county(code: str | None) -> District:
    counties = District.objects.counties()
    if code:
        found = counties.filter(Q(code=code) | Q(name=code)).first()
        if found is None:
            known = "、".join(f"{county.code or county.name}（{county.name}）" for county in counties[:10])
            raise CommandError(f"没有区划“{code}”。" + (f"现有：{known}。" if known else ""), returncode=BAD_INPUT)
        return found
    here = list(counties[:2])
    if not here:
        raise CommandError("还没有任何县（市、区），请先导入工作簿。", returncode=BAD_INPUT)
    if len(here) > 1:
        raise CommandError("有几个县（市、区），请用 --district 写明区划代码。", returncode=BAD_USAGE)
    return here[0]
